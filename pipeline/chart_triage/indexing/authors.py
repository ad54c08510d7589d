"""Who wrote a document, where it is printed: signature lines, headers, the name under a letter's closing.

Labels are rows of `lexicons/shared/author_labels.csv`. Who ordered or referred, who gets a copy and whom a letter
greets are no authors.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources

_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|la|le|bin|al|el|st\.?)"
_NAME = rf"[A-Z][A-Za-z'\u2019.-]*(?:(?:, ?| )(?:{_PARTICLE} )*[A-Z][A-Za-z'\u2019.-]*){{0,4}}?"
_GAP = r"(?:\s{1,2}by)?\s{0,3}[:,]?\s{0,3}"
_CLOSING = re.compile(
    r"^[ \t]*(?:sincerely|yours (?:truly|sincerely)|(?:with )?(?:kind|best|warm) (?:regards|wishes)|respectfully)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_OTHERS = re.compile(
    r"\b(?:order(?:ing|ed)|refer(?:ring|red)|requesting|dear|to|cc|pcp|primary care|attn|copy)\b", re.I
)
_TOP = 900  # characters in which a name without a label is the author's
_BELOW_CLOSING = 120
_FOOT = 400  # characters at the end in which a line that is a name with titles is a signature
_SPECIALTY = 40  # characters that may follow it


class _Patterns(NamedTuple):
    labelled: re.Pattern[str]
    with_credential: re.Pattern[str]
    ranks: dict[str, int]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    shared = resources.lexicons() / "shared"
    with (shared / "author_labels.csv").open(encoding="utf-8", newline="") as file:
        ranks = {row["label"]: int(row["rank"]) for row in csv.DictReader(file)}
    with (shared / "credentials.csv").open(encoding="utf-8", newline="") as file:
        credentials = sorted((row["credential"] for row in csv.DictReader(file)), key=lambda c: (-len(c), c))
    credential = rf"(?:{'|'.join(map(re.escape, credentials))})(?![A-Za-z])"
    labels = "|".join(
        re.escape(label).replace(r"\ ", r"\s{1,2}") for label in sorted(ranks, key=lambda x: (-len(x), x))
    )
    named = rf"{_NAME}(?:(?:, ?| ){credential}){{1,3}}"
    return _Patterns(
        re.compile(rf"(?<![A-Za-z])(?<![A-Za-z] )(?P<label>{labels})(?![A-Za-z]){_GAP}(?P<rest>[^\n\t]{{3,80}})", re.I),
        re.compile(named),
        ranks,
    )


def author(text: str, *, signed_only: bool = False) -> str | None:
    """The author's name and titles as printed; None where none is. `signed_only`: signatures count, headers do not
    (the physician of an order form is who asks for the scan)."""
    best = min(_candidates(text), key=lambda found: found[0], default=None)
    if best is None or (signed_only and best[0] > 1):
        return None
    return " ".join(best[1].split()).strip(" ,.;")


def _candidates(text: str) -> Iterator[tuple[int, str]]:
    patterns = _patterns()
    for found in patterns.labelled.finditer(text):
        rank = patterns.ranks[" ".join(found["label"].lower().split())]
        if name := _name_in(found["rest"], labelled=":" in found.group()[: -len(found["rest"])]):
            yield rank, name
    if closing := _CLOSING.search(text):
        below = text[closing.end() : closing.end() + _BELOW_CLOSING].strip().split("\n")[0]
        if name := _name_in(below, labelled=True):
            yield 1, name
    for line in reversed(text[-_FOOT:].split("\n")):
        match = patterns.with_credential.match(line.strip())
        if match is not None and len(line.strip()) - match.end() <= _SPECIALTY and not _OTHERS.search(line):
            yield 2, match.group()
            break
    for cell in re.split(r"[\n\t]", text[:_TOP]):
        match = patterns.with_credential.search(cell)
        if match is not None and not _OTHERS.search(cell[: match.end()]):
            yield 4, match.group()


def _name_in(rest: str, *, labelled: bool) -> str | None:
    """A name with a credential that begins `rest`; after a colon, two capitalised words do."""
    match = _patterns().with_credential.match(rest)
    if match is not None:
        return match.group()
    bare = re.match(r"[A-Z][A-Za-z'\u2019.-]*(?:(?:, ?| )[A-Z][A-Za-z'\u2019-]+){1,3}(?=\s*(?:$|[,;(\d]|on\b))", rest)
    return bare.group() if bare is not None and labelled else None
