"""What the model of page kinds sees of a page: its words by hash, the words that begin its cells, its layout.

Numbers count by their length only, so that no patient's number is a feature.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import log, log1p, sqrt
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from chart_triage.indexing.page_words import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUCKETS = 4096
LAYOUT = (
    "cells a line", "length of a cell", "short cells", "cells that end a sentence", "cells with a colon", "digits",
    "capitals", "marks", "blanks to fill in", "bullets", "words", "you", "i",
)  # fmt: skip
_MARKS = ("\u2610", "\u2612", "\u237e", "\u2370", "[ ]", "[x]", "[X]", "( )", "\u2611")
_SHORT = 30
_YOU = frozenset(("you", "your"))
_I = frozenset(("l", "my", "me"))  # "i" in the words' form
_LONGEST_NUMBER = 4


class PageFeatures(NamedTuple):
    """`buckets` are distinct; `values` are of length 1 taken together; `layout` follows `LAYOUT`."""

    buckets: NDArray[np.int64]
    values: NDArray[np.float64]
    layout: NDArray[np.float64]


def features(cells: Sequence[Cell]) -> PageFeatures:
    counts: Counter[int] = Counter()
    for cell in cells:
        for place, token in enumerate(cell.tokens):
            word = f"#{min(len(token.word), _LONGEST_NUMBER)}" if cell.text[token.start].isdigit() else token.word
            counts[_bucket(word)] += 1
            if place == 0:
                counts[_bucket(f"^{word}")] += 1
    values = [1 + log(count) for count in counts.values()]
    length = sqrt(sum(value * value for value in values)) or 1.0
    buckets = np.fromiter(counts, np.int64, len(counts))
    return PageFeatures(buckets, np.array(values) / length, np.array(_layout(cells)))


@lru_cache(maxsize=50_000)
def _bucket(word: str) -> int:
    return crc32(word.encode()) % BUCKETS


def _layout(cells: Sequence[Cell]) -> list[float]:
    count = len(cells) or 1
    texts = [cell.text.strip() for cell in cells]
    joined = "".join(texts)
    letters = sum(map(str.isalpha, joined)) or 1
    words = [token.word for cell in cells for token in cell.tokens]
    lines = 1 + sum(b.start - (a.start + len(a.text)) != 1 for a, b in pairwise(cells))
    return [
        min(count / lines, 6.0) / 3,
        log1p(len(joined) / count) / 4,
        sum(len(text) <= _SHORT for text in texts) / count,
        sum(text.endswith((".", "?", "!")) for text in texts) / count,
        sum(":" in text[:_SHORT] for text in texts) / count,
        sum(map(str.isdigit, joined)) / (len(joined) or 1) * 3,
        sum(map(str.isupper, joined)) / letters,
        min(sum(joined.count(mark) for mark in _MARKS) / count, 2.0),
        min((joined.count("____") + joined.count("....")) / count, 2.0) * 3,
        sum(text.startswith(("\u2022", "- ", "* ")) for text in texts) / count,
        log1p(len(words)) / 7,
        sum(word in _YOU for word in words) / (len(words) or 1) * 20,
        sum(word in _I for word in words) / (len(words) or 1) * 20,
    ]
