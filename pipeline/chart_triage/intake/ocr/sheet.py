"""A page's pieces set anew as plain lines on one sheet: what the recogniser sees.

No columns, no tables, no frames, even baselines, little white: nothing is left for the recogniser's layout analysis to
get wrong. `Sheet.back` takes its words to where they stand on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.ocr.engine import OcrWord
from chart_triage.intake.ocr.pieces import Labels, Piece, Pieces

# In letter heights:
_LINE = 90.0  # least width of the sheet
_APART = 0.55  # between pieces on one line: a word space; wide gaps make the recogniser lose the narrow ones
_FAINT = 205  # of 255: darker than paper
_SPACE = 0.3  # a gap between words, not between letters
_ENOUGH_SPACES = 3
_WIDE, _LEAST_WIDE = 1.7, 0.95  # times the usual space of a piece; letter heights
_LEADING = 0.9
_MARGIN = 1.0
_PAD = 3  # pixels of the page around a piece: the blurred edge of its letters
_SAME_SIZE = 1.1
_NARROWEST = 0.25  # width of a letter, of its line's height
_ASCENT, _DESCENT = 1.35, 0.4  # of a line of the page's usual letters, from its baseline


class _Place(NamedTuple):
    """A piece on the sheet: where its cut-out lies, where that lies on the page, from where to where its line reaches.

    All words of a line get the line's height on the page: highlights are even, and rows are found by heights.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    page_x: int
    page_y: int
    top: float
    bottom: float


class _Cut(NamedTuple):
    pixels: GreyPixels
    page_x: int
    page_y: int
    above: int  # rows over the baseline
    top: float
    bottom: float


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    pixels: GreyPixels
    places: tuple[_Place, ...]

    def back(self, words: Iterable[OcrWord]) -> list[OcrWord]:
        """`words` on the page, line by line in the order of the pieces; `line` is the piece's number in that order."""
        if not self.places:
            return []
        frames = np.array([place[:4] for place in self.places], dtype=np.float64)
        found: list[OcrWord] = []
        for word in words:
            y = (word.y0 + word.y1) / 2
            off = np.maximum(0, np.maximum(frames[:, 1] - y, y - frames[:, 3]))
            for part in _parted(word, frames[off == off.min()]):
                x = (part.x0 + part.x1) / 2
                aside = np.maximum(0, np.maximum(frames[:, 0] - x, x - frames[:, 2]))
                index = int((aside + 3 * off).argmin())
                found.append(_on_page(part, self.places[index], index))
        found.sort(key=lambda word: (word.line, word.x0))
        return found


def _parted(word: OcrWord, frames: NDArray[np.float64]) -> list[OcrWord]:
    """`word` cut where it runs from one piece into the next on its line."""
    cuts = [
        index
        for right, left in zip(sorted(frames[:, 2]), sorted(frames[:, 0])[1:], strict=False)
        if word.x0 < right - 1 and word.x1 > left + 1
        for index in [sum(x < left - 1 for x in word.lefts)]
        if 0 < index < len(word.text)
    ]
    ends = [0, *sorted(set(cuts)), len(word.text)]
    return [word.part(start, end) for start, end in pairwise(ends)] if cuts else [word]


def _on_page(word: OcrWord, place: _Place, index: int) -> OcrWord:
    left = min(max(word.x0, place.x0), place.x1 - 1)
    right = max(min(word.x1, place.x1), left + 1)
    missing = _NARROWEST * (place.bottom - place.top) * len(word.text) - (right - left)
    if missing > 0:  # the engine's boxes of single letters are often a stroke wide
        left, right = max(place.x0, left - missing / 2), min(place.x1, right + missing / 2)
    to_x = place.page_x - place.x0
    return word._replace(
        x0=left + to_x,
        x1=right + to_x,
        y0=place.top,
        y1=place.bottom,
        line=index,
        lefts=tuple(each + to_x for each in word.lefts),
    )


def set_sheet(page: GreyPixels, found: Pieces, letter_height: float) -> Sheet:
    cuts = [
        _cut(page, found.owner, part, letter_height)
        for piece in found.pieces
        for part in _without_wide_gaps(page, piece, found.owner, letter_height)
    ]
    width = max([round(_LINE * letter_height), *(cut.pixels.shape[1] for cut in cuts)])
    margin, apart = round(_MARGIN * letter_height), round(_APART * letter_height)
    lines: list[list[tuple[_Cut, int]]] = [[]]
    at = 0
    for cut in cuts:
        if lines[-1] and (at + cut.pixels.shape[1] > width or not _alike(lines[-1][0][0], cut)):
            lines.append([])
            at = 0
        lines[-1].append((cut, at))
        at += cut.pixels.shape[1] + apart
    return _paste(lines, width + 2 * margin, margin, round(_LEADING * letter_height))


def _without_wide_gaps(page: GreyPixels, piece: Piece, owner: Labels, letter_height: float) -> Iterator[Piece]:
    """The piece cut where a gap is much wider than its word spaces, as after a bullet.

    A gap is white: thin strokes ("/", "-") of a blurred page are fainter than ink and no part of a piece.
    """
    inked = (owner[piece.y0 : piece.y1, piece.x0 : piece.x1] == piece.number).any(axis=0)
    inked |= page[piece.y0 : piece.y1, piece.x0 : piece.x1].min(axis=0) < _FAINT
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    starts, ends = edges[inked[edges]] + 1, edges[~inked[edges]] + 1  # of gaps: the piece begins and ends with ink
    widths = ends[: len(starts)] - starts[: len(ends)]
    spaces = widths[widths > _SPACE * letter_height]
    usual = float(np.median(spaces)) if len(spaces) >= _ENOUGH_SPACES else letter_height
    at = piece.x0
    for start, width in zip(starts.tolist(), widths.tolist(), strict=False):
        if width > max(_WIDE * usual, _LEAST_WIDE * letter_height):
            yield piece._replace(x0=at, x1=piece.x0 + start)
            at = piece.x0 + start + width
    yield piece._replace(x0=at)


def _alike(one: _Cut, other: _Cut) -> bool:
    """Whether letters are equally high, so that the recogniser may take both for one line."""
    low, high = sorted((one.above, other.above))
    return high <= _SAME_SIZE * low + 1


def _paste(lines: Sequence[Sequence[tuple[_Cut, int]]], width: int, margin: int, leading: int) -> Sheet:
    heights = [
        (
            max((cut.above for cut, _ in line), default=0),
            max((len(cut.pixels) - cut.above for cut, _ in line), default=0),
        )
        for line in lines
    ]
    sheet = np.full((2 * margin + sum(a + b + leading for a, b in heights), width), 255, np.uint8)
    places: list[_Place] = []
    top = margin
    for line, (above, below) in zip(lines, heights, strict=True):
        for cut, at in line:
            x, y = margin + at, top + above - cut.above
            high, wide = cut.pixels.shape
            sheet[y : y + high, x : x + wide] = cut.pixels
            places.append(_Place(x, y, x + wide, y + high, cut.page_x, cut.page_y, cut.top, cut.bottom))
        top += above + below + leading
    return Sheet(sheet, tuple(places))


def _cut(page: GreyPixels, owner: Labels, piece: Piece, letter_height: float) -> _Cut:
    """The piece without what its neighbours reach into it."""
    height, width = page.shape
    left, top = max(0, piece.x0 - _PAD), max(0, piece.y0 - _PAD)
    right, bottom = min(width, piece.x1 + _PAD), min(height, piece.y1 + _PAD)
    pixels = page[top:bottom, left:right]
    owners = owner[top:bottom, left:right]
    foreign = (owners != 0) & (owners != piece.number)
    if foreign.any():
        wide = cv2.dilate(foreign.astype(np.uint8), np.ones((5, 5), np.uint8))
        own = cv2.dilate((owners == piece.number).astype(np.uint8), np.ones((3, 3), np.uint8))
        pixels = np.where((wide > 0) & (own == 0), np.uint8(255), pixels)
    above = min(max(0, round(piece.baseline - top)), len(pixels))
    line_top = max(0.0, min(piece.y0, piece.baseline - _ASCENT * letter_height))
    line_bottom = min(float(height), max(piece.y1, piece.baseline + _DESCENT * letter_height))
    return _Cut(np.asarray(pixels, dtype=np.uint8), left, top, above, line_top, line_bottom)
