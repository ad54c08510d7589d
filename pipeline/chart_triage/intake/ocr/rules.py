"""What is drawn on a page besides letters: rules, frames, solid bars; taken away before letters are sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.ocr.ink import InkMask, connected_parts

# In letter heights (without ascender):
_LONGEST_BAR = 6.0  # a longer straight horizontal stroke is no part of a letter
_TALLEST_STROKE = 4.5
_SOLID = 1.4  # a blot that a square of this side fits into is no letter
_GROUP, _FULL_GROUP = 4, 0x01010101  # pixels in a row that are looked at together: bytes of one number
_COARSE = 4  # pixels of the page that make one of the image in which bars are sought
_DARK = 0.5  # share of ink in a row or column of a bar
_BAR_HEIGHT = (1.4, 8.0)
_BAR_WIDTH = 4.0
_SAME_HEIGHT = 0.1  # by which rows of one height may differ
_USUAL_ROWS = 2
_MOST_PARTS = 3
_ON_EDGE = 0.35  # letter heights above and below the edge
_LETTERS_ON_EDGE = 0.02  # of the cell's width
_BAR_EDGE = 0.9  # share of ink along a bar's upper and lower edge; bold headings have gaps there


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Masks (rows, columns) of uint8, 1 on long straight lines; `bars` are solid boxes with white letters."""

    horizontal: InkMask
    vertical: InkMask
    bars: tuple[tuple[int, int, int, int], ...]

    @property
    def any(self) -> InkMask:
        return self.horizontal | self.vertical


def find_rules(ink: InkMask, letter_height: float) -> Rules:
    across, down = round(_LONGEST_BAR * letter_height), round(_TALLEST_STROKE * letter_height)
    bars = _bars(ink, letter_height)
    if bars:
        ink = ink.copy()
        for x0, y0, x1, y1 in bars:
            ink[y0:y1, x0:x1] = 0
    # one pixel wider: a rule of a page that lay askew has steps, and is broken at them
    level = _level_runs(cv2.dilate(ink, np.ones((3, 1), np.uint8)), across)
    upright = _upright_runs(cv2.dilate(ink, np.ones((1, 3), np.uint8)), down)
    return Rules(level, upright, bars)


def _level_runs(ink: InkMask, length: int) -> InkMask:
    """`ink` opened by a level line. Only rows that hold most of such a line in whole groups of pixels are looked at:
    few do, and to open an image by a long line takes long."""
    width = ink.shape[1]
    whole = width // _GROUP * _GROUP
    groups = np.ascontiguousarray(ink[:, :whole]).view(np.uint32) == _FULL_GROUP
    core = cv2.erode(groups.astype(np.uint8), np.ones((1, _core(length)), np.uint8)) if whole else groups
    rows = np.flatnonzero(core.any(axis=1))
    found = np.zeros_like(ink)
    if len(rows):
        found[rows] = cv2.morphologyEx(ink[rows], cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return found


def _upright_runs(ink: InkMask, length: int) -> InkMask:
    """`ink` opened by an upright line, in the same way."""
    height, width = ink.shape
    whole = height // _GROUP * _GROUP
    groups = np.bitwise_and.reduce(ink[:whole].reshape(-1, _GROUP, width), axis=1)
    core = cv2.erode(groups, np.ones((_core(length), 1), np.uint8)) if whole else groups
    columns = np.flatnonzero(core.any(axis=0))
    found = np.zeros_like(ink)
    if len(columns):
        part = np.ascontiguousarray(ink[:, columns])
        found[:, columns] = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return found


def _core(length: int) -> int:
    """Groups that lie within any line so long, at the page's border as well, where half of it suffices."""
    return max(1, (length - 5 * _GROUP) // _GROUP)


def _bars(ink: InkMask, letter_height: float) -> tuple[tuple[int, int, int, int], ...]:
    # sought on a coarse image: pages without a column of this height have none
    small = np.ascontiguousarray(ink[::_COARSE, ::_COARSE])
    side = max(3, round(_SOLID * letter_height / _COARSE))
    core = cv2.erode(small, np.ones((side, 1), np.uint8))
    if not core.any():
        return ()
    # letters break a bar up: close the holes along the line, then keep what is long and dark
    body = cv2.morphologyEx(cv2.dilate(core, np.ones((side, 1), np.uint8)), cv2.MORPH_CLOSE, np.ones((1, 3 * side)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(body, dtype=np.uint8), connectivity=4)
    found = []
    for coarse in stats[1:count].tolist():
        if (coarse[2] + 2) * _COARSE < _BAR_WIDTH * letter_height:  # too short, wherever exactly its ends are
            continue
        left, top, width, height = _exact(ink, coarse)
        least, most = _BAR_HEIGHT
        if not least * letter_height <= height <= most * letter_height or width < _BAR_WIDTH * letter_height:
            continue
        edges = ink[[top + 1, top + height - 2], left : left + width]
        if edges.mean(axis=1).min() >= _BAR_EDGE:
            found.append((left, top, left + width, top + height))
    return tuple(found)


def _exact(ink: InkMask, coarse: Sequence[int]) -> tuple[int, int, int, int]:
    """Left, top, width, height of a bar whose place is known to `_COARSE` pixels: its dark rows and columns."""
    left, top, width, height = (_COARSE * v for v in coarse[:4])
    x0, y0 = max(0, left - _COARSE), max(0, top - _COARSE)
    around = ink[y0 : top + height + _COARSE, x0 : left + width + _COARSE]
    rows, columns = (np.flatnonzero(around.mean(axis=axis) >= _DARK) for axis in (1, 0))
    if not len(rows) or not len(columns):
        return left, top, 0, 0
    return x0 + int(columns[0]), y0 + int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1


def table_cells(rules: Rules, ink: InkMask, letter_height: float) -> list[list[Rectangle]]:
    """Rows of cells of ruled tables, top to bottom, each left to right, in pixels.

    A cell is a white rectangle between rules; a frame around running text is a row of one cell and left out. `ink`
    is the page's with the rules: it tells where a coarse fax has lost one.
    """
    grid = rules.any
    if not rules.horizontal.any() or not rules.vertical.any():
        return []
    grid = cv2.dilate(grid, np.ones((3, 3), np.uint8))
    x0, y0, wide, high = cv2.boundingRect(grid)
    labels, stats = connected_parts(grid[y0 : y0 + high, x0 : x0 + wide])
    rows: list[list[Rectangle]] = []
    for index, (left, top, width, height, _area) in enumerate(stats.tolist()):
        if not index or width < 8 * letter_height or height < 2 * letter_height:
            continue
        inside = np.asarray(labels[top : top + height, left : left + width] != index, dtype=np.uint8)
        rows += _with_lost_rules(_cells(inside, x0 + left, y0 + top, letter_height), ink, letter_height)
    return rows


def _with_lost_rules(rows: list[list[Rectangle]], ink: InkMask, letter_height: float) -> list[list[Rectangle]]:
    """The rows of one table; those that are two or three of its usual rows high and hold a line in each are parted."""
    heights = [row[0][3] - row[0][1] for row in rows]
    alike = [[other for other in heights if abs(other - h) <= _SAME_HEIGHT * h] for h in heights]
    commonest = max(alike, key=len, default=[])
    if len(commonest) < _USUAL_ROWS:
        return rows
    usual = median(commonest)
    result = []
    for row in rows:
        height = row[0][3] - row[0][1]
        parts = round(height / usual)
        if 2 <= parts <= _MOST_PARTS and abs(height / parts - usual) <= _SAME_HEIGHT * usual:
            cuts = [[_part(cell, part, parts) for cell in row] for part in range(parts)]
            if all(_is_line(ink, cut[0]) for cut in cuts) and not any(
                _crosses(ink, cut[0], letter_height) for cut in cuts[:-1]
            ):
                result += cuts
                continue
        result.append(row)
    return result


def _part(cell: Rectangle, part: int, parts: int) -> Rectangle:
    x0, y0, x1, y1 = cell
    step = (y1 - y0) / parts
    return x0, y0 + part * step, x1, y0 + (part + 1) * step


def _is_line(ink: InkMask, cell: Rectangle) -> bool:
    """Whether something is written in the cell's middle half."""
    x0, y0, x1, y1 = (int(v) for v in cell)
    quarter = (y1 - y0) // 4
    return bool(ink[y0 + quarter : y1 - quarter, x0:x1].any())


def _crosses(ink: InkMask, cell: Rectangle, letter_height: float) -> bool:
    """Whether letters stand on the cell's lower edge, as they do where one line is in the middle of a tall cell.

    What is left of a lost rule is thinner than letters are high.
    """
    x0, _, x1, y1 = (int(v) for v in cell)
    reach = max(2, round(_ON_EDGE * letter_height))
    above, below = ink[max(0, y1 - reach), x0:x1], ink[min(y1 + reach, len(ink) - 1), x0:x1]
    return bool((above & below).mean() > _LETTERS_ON_EDGE)


def _cells(inside: InkMask, left: int, top: int, letter_height: float) -> list[list[Rectangle]]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    cells: list[tuple[int, int, int, int]] = []
    for x, y, width, height, area in stats[1:count].tolist():
        if height >= 1.2 * letter_height and width >= 1.2 * letter_height and area >= 0.9 * width * height:
            cells.append((left + x, top + y, left + x + width, top + y + height))
    cells.sort(key=lambda cell: (cell[1], cell[0]))
    rows: list[list[Rectangle]] = []
    for cell in cells:
        if rows and abs(cell[1] - rows[-1][0][1]) <= 0.5 * letter_height:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row) for row in rows if len(row) > 1]
