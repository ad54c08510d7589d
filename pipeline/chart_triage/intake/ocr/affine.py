"""Plane geometry between a page's images: 3 x 3 matrices that act on column vectors (x, y, 1)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.layout.placed import Rectangle

Matrix = NDArray[np.float64]
QuarterTurn = Literal[0, 90, 180, 270]


def scaling(x: float, y: float) -> Matrix:
    return np.array([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, 1.0]])


def shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def quarter_turn(degrees: QuarterTurn, width: float, height: float) -> Matrix:
    """A sheet of `width` x `height` turned clockwise; its top-left corner is the origin before and after."""
    match degrees:
        case 90:
            return np.array([[0.0, -1.0, height], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        case 180:
            return np.array([[-1.0, 0.0, width], [0.0, -1.0, height], [0.0, 0.0, 1.0]])
        case 270:
            return np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, width], [0.0, 0.0, 1.0]])
        case _:
            return np.eye(3)


def tilt(degrees: float, width: float, height: float) -> tuple[Matrix, float, float]:
    """A sheet turned clockwise about its middle, onto a sheet just large enough: matrix, width, height of that."""
    if degrees == 0:
        return np.eye(3), width, height
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    wide = width * abs(cosine) + height * abs(sine)
    high = width * abs(sine) + height * abs(cosine)
    turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    turn[:2, 2] = (wide / 2, high / 2) - turn[:2, :2] @ (width / 2, height / 2)
    return turn, wide, high


def hulls(matrix: Matrix, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """`hull` of each row (x0, y0, x1, y1) of `places`."""
    x, y = places[:, [0, 2, 2, 0]], places[:, [1, 1, 3, 3]]
    (a, b, c), (d, e, f) = matrix[:2]
    across, down = a * x + b * y + c, d * x + e * y + f
    return np.stack([across.min(axis=1), down.min(axis=1), across.max(axis=1), down.max(axis=1)], axis=1)


def hull(matrix: Matrix, place: Rectangle) -> Rectangle:
    """The upright rectangle around the image of `place`."""
    x0, y0, x1, y1 = place
    corners = matrix @ np.array([[x0, x1, x1, x0], [y0, y0, y1, y1], [1.0, 1.0, 1.0, 1.0]])
    return float(corners[0].min()), float(corners[1].min()), float(corners[0].max()), float(corners[1].max())
