"""The kinds of the pages of a bare text: only what its words say without doubt."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from chart_triage.indexing import kind_signs, page_words
from chart_triage.records.chart import PAGE_BREAK
from chart_triage.records.chart_index import PageKind

_LEAST_POINTS = 4.0
_LEAST_LEAD = 0.5  # points before the next kind


def by_rules(text: str) -> PageKind | None:
    """The kind that the signs of a page's text name; None where they are few or speak for two kinds alike."""
    cells = list(page_words.cells(page_words.looked_at(text)))
    ranked = sorted(kind_signs.points(kind_signs.find(cells)).items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < _LEAST_POINTS:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAST_LEAD:
        return None
    return ranked[0][0]


class TextKinds:
    """The kind of the page at an offset of a text whose pages are parted by form feeds. Nothing is looked at before
    somebody asks, and each page once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._kind = cache(self._read)
        self._starts: list[int] = []

    def __call__(self, offset: int) -> PageKind | None:
        if not self._starts:
            self._starts = [0, *(at + 1 for at, c in enumerate(self._text) if c == PAGE_BREAK)]
        return self._kind(bisect_right(self._starts, offset) - 1)

    def _read(self, page: int) -> PageKind | None:
        start = self._starts[page]
        end = self._text.find(PAGE_BREAK, start)
        return by_rules(self._text[start : len(self._text) if end < 0 else end])
