"""The words that clinical English is written with, and the core of a word as a page shows it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache

from chart_triage import resources

_AROUND = "".join(chr(c) for c in range(33, 127) if not chr(c).isalnum()) + "‘’“”—–•…"
_PARTS = re.compile(r"[-/'.,()&+]+")


@cache
def vocabulary() -> Mapping[str, int]:
    """Lower-case words and the bit length of their count in the reports that the list was made from (1 = rare).

    Made by models/ocr/make_vocabulary.py; see the card beside it.
    """
    text = gzip.decompress((resources.models() / "ocr" / "vocabulary.txt.gz").read_bytes()).decode("ascii")
    rows = (line.split("\t") for line in text.splitlines())
    return {word: int(weight) for word, weight in rows}


def core(text: str) -> tuple[str, str, str]:
    """`text` parted into leading punctuation, core, trailing punctuation."""
    inner = text.strip(_AROUND)
    if not inner:
        return text, "", ""
    start = text.index(inner)
    return text[:start], inner, text[start + len(inner) :]


def is_known(text: str) -> bool:
    """Whether the letters of `text` are words. Numbers and bare punctuation are neither right nor wrong: known."""
    words = vocabulary()
    for part in _PARTS.split(core(text)[1].lower()):
        if part and not part.isdigit() and part not in words and not (part.endswith("s") and part[:-1] in words):
            return False
    return True
