"""The pieces of lines on a level page: letters that follow each other without a wide gap.

Tesseract's own page layout fits one baseline through a whole row. In tables, forms and letterheads, where a row is
cells with wide gaps, that baseline is wrong, and words are cut at the wrong height or lost. A piece is short enough to
have one baseline, and pieces say nothing about columns or tables: that is decided later, from the words' places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.ocr.ink import Parts

# In letter heights (median height of letters, most without ascender):
_LETTER = (0.45, 3.6)  # height
_TALL = 2.3  # letters of two lines that touch, or of a heading
_WIDEST = 14.0
_REACH = 1.25  # to either side: letters up to 2.5 letter heights apart are in one piece
_DOT_REACH = 1.0  # from a piece's end to its punctuation
_ABOVE_BELOW = 0.4  # of dots, accents and commas from a piece's letters
_FAINTEST = 0.012  # area in squares of letter heights
_BAND = (0.3, 0.7)  # of a letter's height: crosses the small letters' zone whether it ascends or descends
_LOW = 0.8  # a lower letter is small print, or punctuation ...
_LOW_BESIDE = 0.75  # ... if it is this low against the letters around it,
_AROUND = (8.0, 0.9)  # within this distance across and down

Labels = NDArray[np.int32]


class Piece(NamedTuple):
    """Bounds in pixels, the row on which its letters stand, and its number in `Pieces.owner`."""

    x0: int
    y0: int
    x1: int
    y1: int
    baseline: float
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """`owner` (rows, columns) has a piece's number where its ink is, -1 on large drawings, 0 elsewhere.

    `letters` counts the connected parts that are as large as letters.
    """

    pieces: tuple[Piece, ...]
    owner: Labels
    letters: int


def find_pieces(parts: Parts, letter_height: float) -> Pieces:
    """Pieces from top to bottom, those at one height from left to right. `parts` are of level ink without rules."""
    labels, stats = parts
    finder = _Finder(stats.astype(np.int64), labels.shape, letter_height)
    letters = int(finder.letters.sum())
    finder.link(finder.letters & (finder.height <= _TALL))
    finder.attach(finder.letters & (finder.height > _TALL), keep=False)
    finder.link(finder.letters & (finder.height > _TALL))
    finder.attach(finder.marks & ~finder.letters, keep=True)
    pieces = [_piece(number, finder.members(number)) for number in finder.numbers]
    return Pieces(tuple(_in_order(pieces, letter_height)), np.take(finder.owner, labels), letters)


class _Finder:
    """The page's connected parts, and to which piece each belongs: 0 none yet, -1 none at all.

    `height`, `width` are in letter heights; `boxes` (left, top, width, height) in pixels.
    """

    def __init__(self, stats: NDArray[np.int64], shape: tuple[int, ...], letter_height: float) -> None:
        self.boxes = stats[:, :4]
        self.height = stats[:, cv2.CC_STAT_HEIGHT] / letter_height
        self.width = stats[:, cv2.CC_STAT_WIDTH] / letter_height
        is_large = (self.width > _WIDEST) | (self.height > _LETTER[1])
        self.marks = ~is_large & (stats[:, cv2.CC_STAT_AREA] >= _FAINTEST * letter_height**2)
        self.marks[0] = is_large[0] = False
        self.letters = self.marks & (self.height >= _LETTER[0]) & (self.width >= 0.1)
        self.owner = np.where(is_large, -1, 0).astype(np.int32)
        self.numbers: list[int] = []
        self._shape = shape
        self._unit = letter_height

    def members(self, number: int) -> NDArray[np.int64]:
        return np.asarray(self.boxes[self.owner == number], dtype=np.int64)

    def link(self, chosen: NDArray[np.bool_]) -> None:
        """New pieces of the `chosen` parts that have none: those whose bands touch share one."""
        parts = np.flatnonzero(chosen & (self.owner == 0))
        if not len(parts):
            return
        bands = np.zeros(self._shape, np.uint8)
        low, high = _BAND
        hanging = self._is_punctuation(parts)
        for (left, top, width, height), hangs in zip(self.boxes[parts].tolist(), hanging.tolist(), strict=True):
            reach = round(_REACH * min(max(height, _LOW * self._unit), 2 * self._unit))
            start, end = top + int(low * height), top + int(high * height)
            if hangs:  # a comma or an apostrophe: up and down to where letters have their bands
                start, end = max(0, round(top - _ABOVE_BELOW * self._unit)), round(end + _ABOVE_BELOW * self._unit)
            bands[start : max(end, start + 2), max(0, left - reach) : left + width + reach] = 1
        _, joined = cv2.connectedComponents(bands, connectivity=4)
        left, top, width, height = self.boxes[parts].T
        places = joined[top + ((low + high) / 2 * height).astype(np.int64), left + width // 2]
        names, order = np.unique(places, return_inverse=True)
        first = len(self.numbers) + 1
        self.owner[parts] = first + order
        self.numbers += range(first, first + len(names))

    def _is_punctuation(self, parts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Low parts that are low against the letters around them as well."""
        is_low = self.height[parts] < _LOW
        if not is_low.any():
            return is_low
        across, down = (distance * self._unit for distance in _AROUND)
        middle_x = self.boxes[parts, 0] + self.boxes[parts, 2] / 2
        middle_y = self.boxes[parts, 1] + self.boxes[parts, 3] / 2
        for index in np.flatnonzero(is_low):
            near = (abs(middle_y - middle_y[index]) < down) & (abs(middle_x - middle_x[index]) < across)
            is_low[index] = self.height[parts[index]] < _LOW_BESIDE * np.median(self.height[parts[near]])
        return is_low

    def attach(self, chosen: NDArray[np.bool_], *, keep: bool) -> None:
        """Give `chosen` parts to the piece in, beside or under which they stand: dots, accents, commas.

        Without `keep` they become nobody's and are shown with every piece that they cross (two lines that touch).
        """
        parts = np.flatnonzero(chosen & (self.owner == 0))
        if not len(parts) or not self.numbers:
            return
        zones = np.zeros(self._shape, np.int32)
        beside, above = round(_DOT_REACH * self._unit), round(_ABOVE_BELOW * self._unit)
        frames = []
        for number in self.numbers:
            left, top, width, height = self.members(number).T
            frames.append((number, left.min(), top.min(), (left + width).max(), (top + height).max()))
        for dx, dy in ((beside, above), (0, 0)):  # a piece's own ground wins over another one's surroundings
            for number, x0, y0, x1, y1 in frames:
                zones[max(0, y0 - dy) : y1 + dy, max(0, x0 - dx) : x1 + dx] = number
        left, top, width, height = self.boxes[parts].T
        found = zones[top + height // 2, left + width // 2]
        if keep:
            self.owner[parts] = found
        else:
            self.letters[parts[found > 0]] = self.marks[parts[found > 0]] = False


def _piece(number: int, members: NDArray[np.int64]) -> Piece:
    left, top, width, height = members.T
    right, bottom = left + width, top + height
    letters = height >= 0.5 * height.max()
    standing = letters & (height >= 0.8 * float(np.median(height[letters])))
    baseline = float(np.median(bottom[standing]))
    return Piece(
        int(left.min()),
        int(top.min()),
        int(right.max()),
        int(bottom.max()),
        baseline,
        number,
    )


def _in_order(pieces: list[Piece], letter_height: float) -> list[Piece]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.baseline):
        if rows and piece.baseline - rows[-1][0].baseline <= 0.6 * letter_height:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [piece for row in rows for piece in sorted(row, key=lambda each: each.x0)]
