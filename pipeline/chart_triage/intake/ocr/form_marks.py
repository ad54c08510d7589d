"""Check boxes on a page image: squares, and whether something is inside. The recogniser would only guess."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.ocr.ink import InkMask
from chart_triage.records.page import MarkState

_POINTS = 72.0
_SIDE = (5.5, 18.0)  # points: the sides of boxes on forms
_OVER_LETTERS = 1.3  # times the height of small letters: boxes are as tall as capitals or taller
_SQUARE = (0.72, 1.38)  # width to height
_MOST_SIDES = 6_000  # a page of writing has some hundred, a raster or noise tens of thousands
_STROKE = 4.6  # points: the shortest straight stroke that may be a side
_BRIDGE = 1.2  # points: a gap in a side that a speck or a thin mark tore
_ENDS = 0.25  # of the side, by which the ends of the two sides may differ
_DRAWN = 0.8  # share of each side that is drawn ...
_TORN = 0.7  # ... but for one that was torn by noise
_WHOLE = 0.92  # ... or the box is as low as capitals: "N" and "H" that stand alone are open
_RAGGED = 1  # pixels: the outer edge of a side
_CROSSING = 0.5  # of the width: what the end of a tick covers above a box
_BORDER = 1.8  # points from the edge within which a side is looked for
_CORNER = 1.4  # points
_CORNERS = 3  # of 4 are sharp; "D" has two and "O" none
_CORNER_GAP = (0.5, 0.9)  # points from those to the nearest ink, of boxes as low as capitals and of higher ones
_BLURRED = 0.104  # of the side: the same in grey scans; "D" has more
_SAME_SIZE, _IN_LINE = 0.15, 0.25  # by which boxes of one form may differ, and be out of line
_COMPANY = 3  # others in line with a box whose corners are rounded
_CAPITAL = 1.55  # times the height of small letters: capitals are lower, most boxes higher
_ONE_PIECE = 0.9  # of the width and height, that connected ink spans; "60" and "II" are two pieces
_LONG = 0.75  # of the box's height: how much of it each upright side runs through
_ALONE = 0.45  # letter heights of white to the left and to the right: letters stand closer
_ALONE_LARGE = 0.4  # of the height: the same for letters of headings
_ALONE_PERFECT = (0.3, 0.4)  # letter heights: the same for what is a square beyond doubt, empty or with a tick in it
_PERFECT = (
    0.85,
    0.95,
)  # share of the sides of such a square that is drawn: of one that a tick may cross, of the others
_PERFECT_CORNER = (0.5, 0.9, 1.2)  # points from its corners to the nearest ink: of two, the third and the fourth
_PERFECT_HEIGHT = 1.3  # times the height of small letters
_SPECK = (0.2, 0.4)  # of a letter's height across, of the box's down: the edge of a letter or a comma is larger
_THIN = 2.0  # points: strokes of boxes in grey scans, blurred; stems of bold letters are broader
_SOLID = 0.9  # share of ink in a box that was blackened all over
_INSET = 0.2  # of the side: what lies further in is the mark, not the border

# Share of ink inside. An empty box holds noise only; a tick's thin stroke fills about a tenth.
_EMPTY_BELOW, _FILLED_FROM = 0.06, 0.15
_SPANS = 0.45  # of the inside, both ways: a stroke this long was meant


Place = tuple[int, int, int, int]


class ImageMark(NamedTuple):
    """A check box in pixels of the image that it was found in."""

    state: MarkState
    confidence: float
    place: Place


def find_check_boxes(ink: InkMask, dpi: float, letter_height: float) -> list[ImageMark]:
    """Squares that stand alone; squares of a grid (a table's cells) are none. `ink` is level.

    `letter_height` is the page's, in pixels without ascender: what is no higher than a letter is one.
    """
    point = dpi / _POINTS
    stroke, bridge = max(3, round(_STROKE * point)), max(1, round(_BRIDGE * point)) | 1
    upright = _strokes(ink, (stroke, 1), (bridge, 1))
    level = _strokes(ink, (1, stroke), (1, bridge))
    sides = _upright_sides(upright, point)
    lines = upright | level
    squares, rounded = _squares(sides, ink, point, letter_height)
    found = [mark for place in squares if (mark := _judge(ink, lines, place, letter_height, point))]
    alone = [mark for place in rounded if (mark := _judge(ink, lines, place, letter_height, None))]
    places = [mark.place for mark in alone]
    found += [mark for mark in alone if mark.place not in squares and _has_company(mark.place, places)]
    return _apart(found)


def _strokes(ink: InkMask, length: tuple[int, int], bridge: tuple[int, int]) -> InkMask:
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(bridge, np.uint8))
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(length, np.uint8)), dtype=np.uint8)


def _upright_sides(upright: InkMask, point: float) -> NDArray[np.int64]:
    """Columns: left, top, right, bottom of the upright strokes that are as long as the side of a box."""
    outlines, within = cv2.findContours(upright, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return np.empty((0, 4), dtype=np.int64)
    outer = [cv2.boundingRect(each) for each, place in zip(outlines, within[0], strict=True) if place[3] < 0]
    left, top, width, height = np.array(outer, dtype=np.int64).T
    least, most = _SIDE
    fits = (height >= 0.8 * least * point) & (height <= 1.25 * most * point)
    return np.asarray(np.stack([left, top, left + width, top + height], axis=1)[fits], dtype=np.int64)


class _Shape(IntEnum):
    """What a place may be: `ROUNDED` is a box as low as capitals whose corners a blurred scan has rounded."""

    OTHER = 0
    ROUNDED = 1
    SQUARE = 2


def _squares(
    sides: NDArray[np.int64], ink: InkMask, point: float, letter_height: float
) -> tuple[list[Place], list[Place]]:
    """What may be boxes: for each left side the first square, and the first that is square or rounded."""
    squares: list[Place] = []
    rounded: list[Place] = []
    if len(sides) > _MOST_SIDES:
        return squares, rounded
    order = sides[np.lexsort((sides[:, 1], sides[:, 0]))].tolist()
    lefts = [side[0] for side in order]
    least, most = (side * point for side in _SIDE)
    for index, (left, top, _right, bottom) in enumerate(order):
        high = bottom - top
        if high < _OVER_LETTERS * letter_height:
            continue
        narrowest, widest = max(least, _SQUARE[0] * high), min(most, _SQUARE[1] * high)
        others = [  # from itself on: a filled box is one broad stroke, its own other side
            other
            for other in order[index : bisect_right(lefts, left + widest)]
            if narrowest <= other[2] - left <= widest
            and abs(other[1] - top) <= _ENDS * high
            and abs(other[3] - bottom) <= _ENDS * high
        ]
        is_open = True  # whether a rounded one would be the first
        for place in _framed(ink, left, top, bottom, others):
            shape = _shape(ink, place, point, letter_height)
            if shape is not _Shape.OTHER and is_open:
                rounded.append(place)
                is_open = False
            if shape is _Shape.SQUARE:
                squares.append(place)
                break
    return squares, rounded


def _framed(ink: InkMask, left: int, top: int, bottom: int, others: list[list[int]]) -> Iterator[Place]:
    """The places between an upright stroke and each of `others`."""
    for _, other_top, other_right, other_bottom in others:
        tops, bottoms = sorted((top, other_top)), sorted((bottom, other_bottom))
        whole = left, tops[0], other_right, bottoms[1]
        yield whole
        # a tick that crosses a side on its way out makes that side longer: then the shorter one tells
        crossed = left, tops[1], other_right, bottoms[0]
        if _is_little(ink, whole, crossed):
            yield crossed


def _is_little(ink: InkMask, whole: Place, part: Place) -> bool:
    """Whether what `part` leaves of `whole` above and below holds a stroke, not a side."""
    x0, top, x1, bottom = whole
    rests = ink[top : max(top, part[1] - _RAGGED), x0:x1], ink[part[3] + _RAGGED : bottom, x0:x1]
    return all(not rest.size or float(rest.any(axis=0).mean()) <= _CROSSING for rest in rests)


def _has_company(place: Place, others: list[Place]) -> bool:
    """Whether enough others of its size stand in its column or row: letters that look like boxes do not line up."""
    wide, high = place[2] - place[0], place[3] - place[1]
    alike = [
        other
        for other in others
        if other != place
        and abs(other[2] - other[0] - wide) <= _SAME_SIZE * wide
        and abs(other[3] - other[1] - high) <= _SAME_SIZE * high
        and min(abs(other[0] - place[0]) / wide, abs(other[1] - place[1]) / high) <= _IN_LINE
    ]
    return len(alike) >= _COMPANY


def _shape(ink: InkMask, place: Place, point: float, letter_height: float) -> _Shape:
    """Four sides of one piece and sharp corners."""
    x0, y0, x1, y1 = place
    border, corner = max(2, round(_BORDER * point)), max(2, round(_CORNER * point))
    box = ink[y0:y1, x0:x1]
    if not (_is_drawn(box[:border]) and _is_drawn(box[-border:])):  # most pairs of strokes are stems of letters
        return _Shape.OTHER
    drawn = _drawn_sides(box, border)
    if drawn[0] < _TORN or drawn[1] < _DRAWN:
        return _Shape.OTHER
    tips = (box[:corner, :corner], box[:corner, -corner:], box[-corner:, :corner], box[-corner:, -corner:])
    sharp = sum(bool(tip.any(axis=0).mean() > 0.7 and tip.any(axis=1).mean() > 0.7) for tip in tips)
    if sharp < _CORNERS or not (_has_thin_sides(box, point) or float(box.mean()) > _SOLID):
        return _Shape.OTHER
    low, high = _CORNER_GAP
    gap = _corner_gaps(box)[_CORNERS - 1]
    if gap > max(high * point, _BLURRED * (y1 - y0)) or not _is_one_piece(box):
        return _Shape.OTHER
    is_low = y1 - y0 < _CAPITAL * letter_height
    return _Shape.ROUNDED if is_low and (drawn[0] < _WHOLE or gap > low * point) else _Shape.SQUARE


def _is_drawn(level_side: InkMask) -> bool:
    """Whether the rows of an upper or lower side hold ink along enough of it."""
    return np.count_nonzero(level_side.any(axis=0)) >= _TORN * level_side.shape[1]


def _drawn_sides(box: InkMask, border: int) -> list[float]:
    """The share of each side that is drawn, the smallest first."""
    return sorted(
        float(side.mean())
        for side in (
            box[:border].any(axis=0),
            box[-border:].any(axis=0),
            box[:, :border].any(axis=1),
            box[:, -border:].any(axis=1),
        )
    )


def _is_perfect(box: InkMask, point: float, state: MarkState) -> bool:
    """Whether a square cannot be a letter: none has four whole sides and four sharp corners, but for one that a tick
    may cross."""
    drawn, gaps = _drawn_sides(box, max(2, round(_BORDER * point))), _corner_gaps(box)
    if state is MarkState.UNKNOWN or drawn[0] < _PERFECT[0] or drawn[1] < _PERFECT[1]:
        return False
    two, third, fourth = (max(1.0, corner * point) for corner in _PERFECT_CORNER)
    if state is MarkState.TICKED:
        return gaps[1] <= two and gaps[2] <= third
    return gaps[2] <= two and gaps[3] <= fourth


def _corner_gaps(box: InkMask) -> list[float]:
    """Steps along rows and columns from each corner to the nearest ink in its quarter, the smallest first."""
    half = min(box.shape) // 2
    gaps = []
    for turned in (box, box[:, ::-1], box[::-1], box[::-1, ::-1]):
        ys, xs = np.nonzero(turned[:half, :half])
        gaps.append(float((xs + ys).min()) if len(xs) else float(half))
    return sorted(gaps)


def _is_one_piece(box: InkMask) -> bool:
    count, _, stats, _ = cv2.connectedComponentsWithStats(box, connectivity=8)
    height, width = box.shape
    return any(
        wide >= _ONE_PIECE * width and high >= _ONE_PIECE * height
        for wide, high in stats[1:count, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].tolist()
    )


def _has_thin_sides(box: InkMask, point: float) -> bool:
    high = box.shape[0]
    middle = box[high // 4 : high - high // 4]
    thin = _THIN * point + 0.5  # lines begin and end anywhere in a pixel
    return all(_lower_quartile(_first_strokes(rows)) <= thin for rows in (middle, middle[:, ::-1]))


def _first_strokes(rows: InkMask) -> NDArray[np.int64]:
    """How many pixels of ink follow one another from the first one of each row on."""
    columns = np.arange(rows.shape[1])
    start = rows.argmax(axis=1)[:, None]
    ends = np.where((rows == 0) & (columns >= start), columns, rows.shape[1]).min(axis=1)
    return np.asarray(ends - start[:, 0], dtype=np.int64)


def _lower_quartile(values: NDArray[np.int64]) -> float:
    """As `np.percentile(values, 25)`, which takes ten times as long for a dozen values."""
    ordered = np.sort(values)
    at = (len(ordered) - 1) / 4
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (at - low))


def _judge(ink: InkMask, lines: InkMask, place: Place, letter_height: float, point: float | None) -> ImageMark | None:
    """The mark of a square; `point` None: without allowance for squares beyond doubt."""
    x0, y0, x1, y1 = place
    inset_x, inset_y = max(2, round(_INSET * (x1 - x0))), max(2, round(_INSET * (y1 - y0)))
    inside = ink[y0 + inset_y : y1 - inset_y, x0 + inset_x : x1 - inset_x]
    if not inside.size or _belongs_to_grid(lines, place):
        return None
    state, confidence = _state(inside)
    is_high = y1 - y0 >= _PERFECT_HEIGHT * letter_height
    perfect = point is not None and is_high and _is_perfect(ink[y0:y1, x0:x1], point, state)
    white = _ALONE_PERFECT[state is MarkState.TICKED] * letter_height if perfect else None
    alone = stands_alone(ink, place, letter_height, state, least=white)
    return ImageMark(state, confidence, place) if alone else None


def _state(inside: InkMask) -> tuple[MarkState, float]:
    fill = float(inside.mean())
    if fill >= _FILLED_FROM:
        return MarkState.TICKED, 0.95
    if fill < _EMPTY_BELOW:
        return MarkState.UNTICKED, 0.95
    spans = min(float(inside.any(axis=0).mean()), float(inside.any(axis=1).mean()))
    return (MarkState.TICKED, 0.8) if spans >= _SPANS else (MarkState.UNKNOWN, 0.5)


def stands_alone(
    ink: InkMask,
    place: Place,
    letter_height: float,
    state: MarkState,
    least: float | None = None,
) -> bool:
    """White on both sides, but for the end of a tick that reaches out of the box's upper right.

    `least` is the breadth of the white in pixels, if it is another than letters of its height need.
    """
    x0, y0, x1, y1 = place
    white = max(_ALONE * letter_height, _ALONE_LARGE * (y1 - y0)) if least is None else least
    gap, edge = max(2, round(white)), max(1, round(0.1 * letter_height))
    left = ink[y0:y1, max(0, x0 - edge - gap) : max(0, x0 - edge)]
    top = (y0 + y1) // 2 if state is MarkState.TICKED else y0  # "D" before "W" is free further down
    right = ink[top:y1, x1 + edge : x1 + edge + gap]
    return not any(_holds_more_than_specks(side, letter_height) for side in (left, right))


def _holds_more_than_specks(side: InkMask, letter_height: float) -> bool:
    across, down = side.any(axis=0), side.any(axis=1)
    wide, high = _SPECK
    return bool(across.sum() > 1 and (across.sum() > wide * letter_height or down.mean() > high))


def _belongs_to_grid(lines: InkMask, place: Place) -> bool:
    """Whether straight lines go on beyond two or more corners, as they do in a table."""
    x0, y0, x1, y1 = place
    reach = max(3, (x1 - x0) // 3)
    height, width = lines.shape
    outside = [
        lines[y0:y1, max(0, x0 - reach) : max(0, x0 - 1)],
        lines[y0:y1, min(width, x1 + 1) : x1 + reach],
        lines[max(0, y0 - reach) : max(0, y0 - 1), x0:x1],
        lines[min(height, y1 + 1) : y1 + reach, x0:x1],
    ]
    # a side going on leaves a line right through the strip next to it
    through = [part.size and part.all(axis=axis).any() for part, axis in zip(outside, (1, 1, 0, 0), strict=True)]
    return sum(map(bool, through)) >= 2


def _apart(found: list[ImageMark]) -> list[ImageMark]:
    """Without squares that overlap one taken already."""
    taken: list[ImageMark] = []
    for mark in sorted(found, key=lambda each: (each.place[1], each.place[0])):
        x0, y0, x1, y1 = mark.place
        if all(x0 >= b[2] or x1 <= b[0] or y0 >= b[3] or y1 <= b[1] for _, _, b in taken):
            taken.append(mark)
    return taken


def erase(pixels: NDArray[np.uint8], ink: InkMask, mark: ImageMark, dpi: float) -> None:
    """Take the box, and the ends of a tick that reach beyond it, out of both images."""
    x0, y0, x1, y1 = mark.place
    edge = max(2, round(1.2 * dpi / _POINTS))
    over = round(0.45 * (y1 - y0)) if mark.state is MarkState.TICKED else edge
    box: Rectangle = (max(0, x0 - edge), max(0, y0 - edge), x1 + edge, y1 + edge)
    top, left, right = max(0, y0 - over), int(box[0]), x1 + max(edge, over)
    window = ink[top : y1 + edge, left:right]
    _, labels = cv2.connectedComponents(window, connectivity=8)
    inner = labels[y0 - top : y1 - top, x0 - left : x1 - left]
    gone = np.isin(labels, np.unique(inner[inner > 0]))
    wide = cv2.dilate(gone.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    wide[y0 - top : y1 - top, x0 - left : x1 - left] = True
    pixels[top : y1 + edge, left:right][wide] = 255
    window[wide] = 0
