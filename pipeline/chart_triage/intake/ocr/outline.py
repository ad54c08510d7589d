"""How far the ink of a shape reaches in every direction from its middle: what tells rings from letters and squares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.ocr.ink import InkMask

_DIRECTIONS = 32  # fine enough for rings of 6 points


class Polar(NamedTuple):
    """The pixels of ink of a shape seen from its middle, in the units of the ellipse that its frame holds.

    `rows`, `columns` are the pixels; `radius` is 1 on that ellipse and 1.41 in the frame's corners; `direction` is
    0 to `len(outer)` - 1; `outer` is the greatest radius of each direction, 0 where there is no ink.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    radius: NDArray[np.float64]
    direction: NDArray[np.int64]
    outer: NDArray[np.float64]

    def share_between(self, low: float, high: float) -> float:
        """The share of directions in which the ink ends between `low` and `high`."""
        return float(((self.outer >= low) & (self.outer <= high)).mean())


def polar(shape: InkMask, directions: int = _DIRECTIONS) -> Polar:
    """Of all ink in `shape`, whose borders are the frame."""
    height, width = shape.shape
    rows, columns = np.nonzero(shape)
    x = (columns + 0.5 - width / 2) / (width / 2)
    y = (rows + 0.5 - height / 2) / (height / 2)
    radius = np.hypot(x, y)
    turns = np.arctan2(y, x) / (2 * np.pi) + 0.5
    direction = np.minimum((turns * directions).astype(np.int64), directions - 1)
    outer = np.zeros(directions)
    np.maximum.at(outer, direction, radius)
    return Polar(rows, columns, radius, direction, outer)


def disc(height: int, width: int, radius: float) -> NDArray[np.bool_]:
    """The pixels of a frame within `radius`, in the units of `Polar`."""
    y, x = np.ogrid[:height, :width]
    distance = np.hypot((x + 0.5 - width / 2) / (width / 2), (y + 0.5 - height / 2) / (height / 2))
    return np.asarray(distance <= radius, dtype=np.bool_)
