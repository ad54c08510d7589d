"""What is ink on a page: grey scans flattened to black on white, fax damage mended, specks taken out.

An ink mask is an array (rows, columns) of uint8, 1 where there is ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.images import GreyPixels

InkMask = NDArray[np.uint8]

_BILEVEL_SHARE = 0.995  # of the pixels are black or white
_BLACK, _WHITE, _MIDDLE = 24, 231, 128

_BACKGROUND_STEP = 8  # pixels of a grey scan that make one of its background
_BACKGROUND_REACH = 9  # of those: wider than strokes and letters, narrower than shadows
_PAPER = 235  # what is lighter, after division by the background, is paper
_INK_SHARE = 0.01  # of a page's pixels, the darkest: they become black

_SPECK_AREA = 2  # pixels; the dots of "i" and full stops are larger, but for the smallest type
_SPECK_ALONE = 2  # pixels to the nearest ink that is no speck
_SPECK_DENSITY = 30.0  # per square inch, from where on small dots are noise and not punctuation
_HOLE_NEIGHBOURS = 7  # of 8 black: a white pixel among them is noise

_EMPTY_ROW = 0.15  # of the ink of its neighbours: what a lost scan line may still hold
_FULL_ROW = 0.97  # of the width: a line that a ruler would not draw
_MAX_LOST_ROWS = 2
_ROW_INK = 0.02  # of the width: a row of text
_SAME_INK = 0.35  # of the ink in the row below a lost one stands under ink of the row above


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """What the connected parts of an ink mask tell; `height`: median height of letters in pixels, 0 without."""

    height: float
    specks_per_square_inch: float


class Parts(NamedTuple):
    """The connected parts of an ink mask, ground included as the first.

    `labels` (rows, columns) of int32 has each pixel's part; `stats` its left, top, width, height and area in pixels.
    """

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]


def connected_parts(ink: InkMask) -> Parts:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return Parts(np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32))


def is_bilevel(pixels: GreyPixels) -> bool:
    """Whether the page was scanned or faxed in black and white."""
    counts = cv2.calcHist([pixels], [0], None, [256], [0, 256]).ravel()
    return float(counts[:_BLACK].sum() + counts[_WHITE:].sum()) >= _BILEVEL_SHARE * pixels.size


def flatten(pixels: GreyPixels) -> GreyPixels:
    """A grey scan on even white paper with black ink: divided by its background, then stretched."""
    height, width = pixels.shape
    step = _BACKGROUND_STEP
    small = cv2.resize(pixels, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    reach = np.ones((_BACKGROUND_REACH, _BACKGROUND_REACH), np.uint8)
    paper = cv2.medianBlur(cv2.dilate(small, reach), _BACKGROUND_REACH)
    if int(paper.min()) >= _PAPER:
        level = pixels
    else:
        level = cv2.divide(pixels, cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), scale=255)
    cumulative = np.cumsum(cv2.calcHist([level], [0], None, [256], [0, 256]).ravel())
    black = min(int(np.searchsorted(cumulative, _INK_SHARE * cumulative[-1])), _PAPER - 40)
    ramp = np.clip((np.arange(256) - black) * (255.0 / (_PAPER - black)), 0, 255)
    return np.asarray(cv2.LUT(level, ramp.astype(np.uint8)), dtype=np.uint8)


def ink_of(pixels: GreyPixels) -> InkMask:
    return np.asarray(pixels < _MIDDLE, dtype=np.uint8)


def mend_lost_rows(ink: InkMask) -> InkMask:
    """Scan lines that were lost on the way (blank, or black from edge to edge) filled from the rows around them.

    A pixel becomes ink where both the row above and the row below the gap have ink: strokes that run through.
    """
    width = ink.shape[1]
    count = ink.sum(axis=1, dtype=np.int32)
    full = np.flatnonzero(count >= _FULL_ROW * width)
    threshold = _ROW_INK * width
    mended = ink
    for rows in _groups(full, len(count)):
        mended = ink.copy() if mended is ink else mended
        mended[rows] = mended[rows[0] - 1] & mended[rows[-1] + 1]
    for size in range(1, _MAX_LOST_ROWS + 1):
        above, below = count[: -size - 1], count[size + 1 :]
        inside = np.max([count[k : len(count) - size - 1 + k] for k in range(1, size + 1)], axis=0)
        least = np.minimum(above, below)
        for first in np.flatnonzero((least >= threshold) & (inside <= _EMPTY_ROW * least)):
            common = ink[first] & ink[first + size + 1]
            if int(common.sum()) >= _SAME_INK * int(least[first]):
                mended = ink.copy() if mended is ink else mended
                mended[first + 1 : first + size + 1] |= common
    return mended


def _groups(rows: NDArray[np.intp], total: int) -> list[NDArray[np.intp]]:
    """Runs of at most `_MAX_LOST_ROWS` neighbouring rows, none at the page's border."""
    if not len(rows):
        return []
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    return [run for run in runs if len(run) <= _MAX_LOST_ROWS and run[0] > 0 and run[-1] < total - 1]


def fill_holes(ink: InkMask) -> InkMask:
    """Single white pixels within strokes become ink."""
    neighbours = cv2.boxFilter(ink, cv2.CV_8U, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT) - ink
    return ink | np.asarray(neighbours >= _HOLE_NEIGHBOURS, dtype=np.uint8)


def read_glyphs(ink: InkMask, dpi_x: float, dpi_y: float) -> tuple[Glyphs, InkMask]:
    """The connected parts of `ink`, and the ink without isolated specks where these are so dense that they are noise.

    A plain median or opening takes the dots of "i", full stops and thin strokes along (measured: worse than nothing);
    specks beside letters stay, they may be parts of them.
    """
    left, top, wide, high = cv2.boundingRect(ink)
    written = slice(top, top + high), slice(left, left + wide)
    labels, stats = connected_parts(ink[written]) if wide else connected_parts(ink)
    areas = stats[:, cv2.CC_STAT_AREA]
    is_small = areas <= _SPECK_AREA
    is_small[0] = False
    square_inches = ink.size / (dpi_x * dpi_y)
    density = float(is_small.sum()) / square_inches
    height = _letter_height(stats[1:], dpi_x, dpi_y)
    if density < _SPECK_DENSITY:
        return Glyphs(height, density), ink
    large = ~is_small
    large[0] = False
    reach = 2 * _SPECK_ALONE + 1
    near = cv2.dilate(large.astype(np.uint8)[labels], np.ones((reach, reach), np.uint8))
    keep = large
    keep[labels[(near > 0) & (ink[written] > 0)]] = True
    keep[0] = False
    clean = np.zeros_like(ink)
    clean[written] = fill_holes(keep.astype(np.uint8)[labels])
    return Glyphs(height, density), clean


def _letter_height(stats: NDArray[np.int32], dpi_x: float, dpi_y: float) -> float:
    """Median height of what is as large as letters of 4 to 40 points are; most letters have no ascender."""
    width = stats[:, cv2.CC_STAT_WIDTH] / dpi_x
    height = stats[:, cv2.CC_STAT_HEIGHT] / dpi_y
    area = stats[:, cv2.CC_STAT_AREA] / (dpi_x * dpi_y)
    is_letter = (height > 0.024) & (height < 0.4) & (width > 0.012) & (width < 0.5) & (area > 0.00018)
    heights = stats[is_letter, cv2.CC_STAT_HEIGHT]
    return float(np.median(heights)) if len(heights) >= 20 else 0.0
