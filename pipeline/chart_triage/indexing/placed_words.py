"""The words of a page with their places, made comparable between copies of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chart_triage.indexing.glyphs import fold_shapes
from chart_triage.records.geometry import Box
from chart_triage.records.page import FurnitureRole, MarkState, Page, PageSource

_STRIPPED = ".,;:()[]{}\"'’‘“”`|_~*^=-–—•· "
_MARKS = {"☒": MarkState.TICKED, "☐": MarkState.UNTICKED, "⍰": MarkState.UNKNOWN}
_UNSTATED = 0.7  # confidence of words in running lines that were read by OCR: it is not kept
_JOINT = re.compile(r"(?<=[A-Za-z])[,_/;:|](?=[A-Za-z])")  # between words that one copy shows as one
_FOOT = 0.93  # of the page's height
_LEAST_ANCHORS = 6
_ANCHOR_LENGTH = 3
_OUTLIER = 3.0  # times the median residual


class PlacedToken(NamedTuple):
    """`text` as read, without punctuation at its ends; `key` with look-alike letters folded. `box` in points.

    `in_foot`: it stands at the page's lower edge, where forms print their revision in the smallest type.
    """

    text: str
    key: str
    box: Box
    confidence: float
    mark: MarkState | None
    in_foot: bool

    @property
    def x(self) -> float:
        return (self.box.x0 + self.box.x1) / 2

    @property
    def y(self) -> float:
        return (self.box.y0 + self.box.y1) / 2


def placed_tokens(page: Page) -> list[PlacedToken]:
    """All words of a page, running headers and footers among them; not page numbers and the fax machine's line."""
    states = {mark.start: mark.state for mark in page.marks}
    found: list[PlacedToken] = []
    for word in page.words:
        shown = page.text[word.start : word.end]
        mark = next((states[at] for at in range(word.start, word.end) if at in states), None)
        found += _token(shown, word.box, word.confidence, mark, page.height)
    for line in page.furniture:
        if line.role in (FurnitureRole.HEADER, FurnitureRole.FOOTER):
            for shown, box in _spread(line.text, line.box):
                confidence = 1.0 if page.source is PageSource.NATIVE else _UNSTATED
                found += _token(shown, box, confidence, None, page.height)
    return found


def _token(shown: str, box: Box, confidence: float, mark: MarkState | None, height: float) -> Iterator[PlacedToken]:
    in_foot = box.y0 > _FOOT * height
    if mark is not None:
        yield PlacedToken(mark.value, mark.value.upper(), box, confidence, mark, in_foot)
    each, at = box.width / len(shown), 0
    for part in _JOINT.split(shown):
        at = shown.index(part, at)
        text = part.strip(_STRIPPED + "".join(_MARKS))
        if text:
            place = Box(box.x0 + at * each, box.y0, box.x0 + (at + len(part)) * each, box.y1)
            yield PlacedToken(text, fold_shapes(text), place, confidence, None, in_foot)
        at += len(part)


def _spread(text: str, box: Box) -> Iterator[tuple[str, Box]]:
    """The words of a line whose place is known as a whole, as if all characters were equally wide."""
    each, at = box.width / max(len(text), 1), 0
    for word in text.split():
        at = text.index(word, at)
        yield word, Box(box.x0 + at * each, box.y0, box.x0 + (at + len(word)) * each, box.y1)
        at += len(word)


class Mapping(NamedTuple):
    """Takes places on one page to places on another: x' = [x, y, 1] @ across, y' = [x, y, 1] @ down."""

    across: NDArray[np.float64]
    down: NDArray[np.float64]

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (
            float(x * self.across[0] + y * self.across[1] + self.across[2]),
            float(x * self.down[0] + y * self.down[1] + self.down[2]),
        )


def fit(one: Sequence[PlacedToken], other: Sequence[PlacedToken]) -> Mapping | None:
    """How places of `one` lie on `other`, from the words that stand once on each; None with too few of those."""
    first, second = _once(one), _once(other)
    shared = [key for key in first if key in second]
    if len(shared) < _LEAST_ANCHORS:
        return None
    source = np.array([(first[key].x, first[key].y, 1.0) for key in shared])
    target = np.array([(second[key].x, second[key].y) for key in shared])
    kept = np.ones(len(shared), dtype=bool)
    for _ in range(3):
        solution = np.linalg.lstsq(source[kept], target[kept], rcond=None)[0]
        apart = np.abs(source @ solution - target).max(axis=1)
        kept = apart <= max(_OUTLIER * float(np.median(apart[kept])), 2.0)
        if kept.sum() < _LEAST_ANCHORS:
            return None
    return Mapping(solution[:, 0], solution[:, 1])


def _once(tokens: Sequence[PlacedToken]) -> dict[str, PlacedToken]:
    counts = Counter(token.key for token in tokens)
    return {t.key: t for t in tokens if counts[t.key] == 1 and len(t.key) >= _ANCHOR_LENGTH and t.mark is None}
