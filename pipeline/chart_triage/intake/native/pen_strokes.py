"""What was drawn on a native page, as a pen would have: lines, rings, frames and washes of colour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from chart_triage.intake.layout.chosen_answers import PenShape, PenStroke
from chart_triage.intake.native.drawing import Stroke

_THIN = 2.6  # points: the height of a line drawn under or through a word, crooked ones included
_ROUND = (0.68, 1.4)  # of an ellipse's radius, where its points lie, those that only bend the curve included
_ON_RING = 0.85  # of the points
_FEWEST_POINTS = 9  # of a ring without curves
_WASH = (0.5, 0.97)  # luminance of colour behind words; darker hides them, lighter is paper


def pen_strokes(strokes: Sequence[Stroke]) -> Iterator[PenStroke]:
    for stroke in strokes:
        shape = _shape(stroke)
        askew = min(stroke.width, stroke.height) > 1.2 and shape not in (PenShape.FRAME, PenShape.WASH)
        yield PenStroke(stroke.place, shape, may_tick=askew)


def _shape(stroke: Stroke) -> PenShape:
    if stroke.height <= _THIN and not stroke.curved:
        return PenShape.LINE
    if not stroke.curved and len(stroke.points) == 2:
        return PenShape.SLANT
    if not stroke.curved and 4 <= len(stroke.points) <= 5:
        if stroke.fill is None:
            return PenShape.FRAME
        return PenShape.WASH if _WASH[0] <= stroke.fill < _WASH[1] else PenShape.OTHER
    return PenShape.RING if _is_round(stroke) else PenShape.OTHER


def _is_round(stroke: Stroke) -> bool:
    x0, y0, x1, y1 = stroke.place
    a, b, x, y = (x1 - x0) / 2, (y1 - y0) / 2, (x0 + x1) / 2, (y0 + y1) / 2
    blot = stroke.fill is not None and stroke.fill < _WASH[0] and not stroke.stroked
    if blot or not a or not b or (not stroke.curved and len(stroke.points) < _FEWEST_POINTS):
        return False
    far = [math.hypot((px - x) / a, (py - y) / b) for px, py in stroke.points]
    return sum(_ROUND[0] <= r <= _ROUND[1] for r in far) >= _ON_RING * len(far)
