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

from chart_triage.intake.ocr.ink import InkMask

# In letter heights (median height of letters, most without ascender):
_LETTER = (0.45, 3.6)  # height
_WIDEST = 14.0
_LARGE = 0.8
_GROWN = 0.4  # by which the band of a smaller letter (a comma or an apostrophe, perhaps) reaches up and down
_REACH = 1.25  # to either side: letters up to 2.5 letter heights apart are in one piece
_DOT_REACH = 1.0  # from a piece's end to its punctuation
_ABOVE_BELOW = 0.4  # of dots, accents and commas from a piece's letters
_FAINTEST = 0.012  # area in squares of letter heights
_BAND = (0.3, 0.7)  # of a letter's height: crosses the small letters' zone whether it ascends or descends

Labels = NDArray[np.int32]


class Piece(NamedTuple):
    """Bounds in pixels, the height of its letters, the row on which they stand, and its number in the page's labels."""

    x0: int
    y0: int
    x1: int
    y1: int
    letter_height: float
    baseline: float
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """`owner` (rows, columns) has a piece's number where its ink is, 0 on paper, -1 on ink that is in no piece."""

    pieces: tuple[Piece, ...]
    owner: Labels


def find_pieces(ink: InkMask, letter_height: float) -> Pieces:
    """Pieces from top to bottom, those at one height from left to right. `ink` is level and without rules."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    _x, _y, width, height, area = stats.astype(np.int64).T
    least, most = _LETTER
    is_mark = (area >= _FAINTEST * letter_height**2) & (width <= _WIDEST * letter_height)
    is_mark &= height <= most * letter_height
    is_mark[0] = False
    is_letter = is_mark & (height >= least * letter_height) & (width >= 0.1 * letter_height)
    owner = np.where(is_mark, -1, 0).astype(np.int32)
    boxes = stats[:, :4].astype(np.int64)
    found = _link(np.flatnonzero(is_letter), boxes, ink.shape, letter_height, owner)
    _attach(np.flatnonzero(is_mark & ~is_letter), boxes, found, ink.shape, letter_height, owner)
    owner[(owner == 0) & (np.arange(count) > 0)] = -1
    pieces = [_piece(number, boxes[owner == number], letter_height) for number in found]
    return Pieces(tuple(_in_order(pieces, letter_height)), owner[labels])


def _link(
    chosen: NDArray[np.int64],
    boxes: NDArray[np.int64],
    shape: tuple[int, ...],
    letter_height: float,
    owner: Labels,
) -> list[int]:
    """Give each of the components `chosen` a piece, numbered from 1: those whose bands touch share one."""
    bands = np.zeros(shape, np.uint8)
    low, high = _BAND
    grown = round(_GROWN * letter_height)
    for left, top, width, height in boxes[chosen].tolist():
        reach = round(_REACH * min(max(height, 0.8 * letter_height), 2 * letter_height))
        if height < _LARGE * letter_height:
            start, end = max(0, top - grown), top + height + grown
        else:
            start, end = top + int(low * height), top + int(high * height)
        bands[start : max(end, start + 2), max(0, left - reach) : left + width + reach] = 1
    _, joined = cv2.connectedComponents(bands, connectivity=4)
    left, top, width, height = boxes[chosen].T
    numbers = joined[top + (((low + high) / 2) * height).astype(np.int64), left + width // 2]
    names, order = np.unique(numbers, return_inverse=True)
    owner[chosen] = 1 + order
    return list(range(1, 1 + len(names)))


def _attach(
    chosen: NDArray[np.int64],
    boxes: NDArray[np.int64],
    pieces: list[int],
    shape: tuple[int, ...],
    letter_height: float,
    owner: Labels,
) -> None:
    """Give dots, accents and punctuation to the piece beside or under which they stand."""
    if not len(chosen) or not pieces:
        return
    zones = np.zeros(shape, np.int32)
    beside, above = round(_DOT_REACH * letter_height), round(_ABOVE_BELOW * letter_height)
    inner = {number: boxes[owner == number] for number in pieces}
    for wide in (True, False):  # a piece's own ground wins over another one's surroundings
        for number, members in inner.items():
            x0, y0 = members[:, 0].min(), members[:, 1].min()
            x1, y1 = (members[:, 0] + members[:, 2]).max(), (members[:, 1] + members[:, 3]).max()
            dx, dy = (beside, above) if wide else (0, 0)
            zones[max(0, y0 - dy) : y1 + dy, max(0, x0 - dx) : x1 + dx] = number
    left, top, width, height = boxes[chosen].T
    numbers = zones[top + height // 2, left + width // 2]
    owner[chosen[numbers > 0]] = numbers[numbers > 0]


def _piece(number: int, members: NDArray[np.int64], letter_height: float) -> Piece:
    left, top, width, height = members.T
    right, bottom = left + width, top + height
    letters = height >= 0.5 * height.max()
    usual = float(np.median(height[letters]))
    standing = letters & (height >= 0.8 * usual)
    return Piece(
        int(left.min()),
        int(top.min()),
        int(right.max()),
        int(bottom.max()),
        usual,
        float(np.median(bottom[standing])),
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
