"""Rings drawn around words by hand or pen: found by their outline and taken out, so that the word inside is read."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.ocr.ink import InkMask, Parts
from chart_triage.intake.ocr.outline import polar

# In letter heights (small letters):
_HEIGHT = (1.9, 5.5)  # a ring is higher than the capitals in it
_WIDTH = (1.5, 13.0)
_STROKE = 0.5  # the broadest pen
_CONTENT = 0.6  # height of what is inside: a letter
_EDGE = 0.12  # around the pen's stroke, taken out with it: its blur

_ROUNDNESS = (0.6, 0.92)  # area of the hull to that of its frame: pi / 4 for an ellipse, 1 for a box
_ON_HULL = 0.8  # of the hull's radius, beyond which the pen must run ...
_CLOSED = 0.8  # ... in this share of the directions: a ring may be open
_DIRECTIONS = 64
_FULL = 0.45  # share of ink in the frame of the ring's own shape: more is a blot or a drawing


class Ring(NamedTuple):
    """A ring's frame in pixels, and its `outline` there: points (x, y) of the page."""

    place: tuple[int, int, int, int]
    outline: NDArray[np.int32]

    def holds(self, x: float, y: float) -> bool:
        return bool(cv2.pointPolygonTest(self.outline, (x, y), measureDist=False) >= 0)


def take_out_rings(pixels: GreyPixels, ink: InkMask, parts: Parts, letter_height: float) -> list[Ring]:
    """The rings on a level page without rules and check boxes; both images lose them. `parts` are those of `ink`."""
    labels, stats = parts
    wide, high = stats[:, cv2.CC_STAT_WIDTH] / letter_height, stats[:, cv2.CC_STAT_HEIGHT] / letter_height
    fits = (high >= _HEIGHT[0]) & (high <= _HEIGHT[1]) & (wide >= _WIDTH[0]) & (wide <= _WIDTH[1])
    fits &= stats[:, cv2.CC_STAT_AREA] <= _FULL * wide * high * letter_height**2
    fits[0] = False
    found = []
    for index in np.flatnonzero(fits).tolist():
        x0, y0, width, height = stats[index, :4].tolist()
        window = slice(y0, y0 + height), slice(x0, x0 + width)
        shape = np.asarray(labels[window] == index, dtype=np.uint8)
        hull = _hull(shape)
        pen = _pen(shape, hull, letter_height) if hull is not None else None
        if hull is None or pen is None:
            continue
        inside = np.asarray(ink[window] & (1 - pen), dtype=np.uint8)
        if not _holds_letters(inside, hull, letter_height):
            continue
        rest = cv2.dilate(inside, np.ones((3, 3), np.uint8))
        gone = (_wider(pen, round(_EDGE * letter_height)) > 0) & (rest == 0)
        pixels[window][gone | (pen > 0)] = 255
        ink[window][pen > 0] = 0
        _clear_around(pixels, ink, (x0, y0, x0 + width, y0 + height))
        found.append(Ring((x0, y0, x0 + width, y0 + height), hull + np.array([x0, y0], np.int32)))
    return found


def _hull(shape: InkMask) -> NDArray[np.int32] | None:
    """The convex hull of an outline that is roundish, else None."""
    height, width = shape.shape
    contours, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = np.asarray(cv2.convexHull(np.vstack(contours)), dtype=np.int32)
    share = cv2.contourArea(hull) / max(1, (width - 1) * (height - 1))
    return hull if _ROUNDNESS[0] <= share <= _ROUNDNESS[1] else None


def _pen(shape: InkMask, hull: NDArray[np.int32], letter_height: float) -> InkMask | None:
    """The outermost stroke of `shape`, None where it does not run along the hull or is no thin line."""
    seen = polar(shape, _DIRECTIONS)
    outside = np.zeros_like(shape)
    cv2.drawContours(outside, [hull], -1, 1, 1)
    border = polar(outside, _DIRECTIONS).outer
    along = seen.outer >= _ON_HULL * np.maximum(border, 0.01)
    if along.mean() < _CLOSED:
        return None
    # depth of each pixel below the outermost one of its direction, in pixels along the ray
    height, width = shape.shape
    scale = np.hypot(seen.rows + 0.5 - height / 2, seen.columns + 0.5 - width / 2) / np.maximum(seen.radius, 1e-6)
    depth = (seen.outer[seen.direction] - seen.radius) * scale
    thick = _thickness(seen.direction, depth, along)
    if thick > _STROKE * letter_height:
        return None
    pen = np.zeros_like(shape)
    kept = (depth <= 1.5 * thick + 1) & along[seen.direction]
    pen[seen.rows[kept], seen.columns[kept]] = 1
    return pen


def _thickness(direction: NDArray[np.int64], depth: NDArray[np.float64], along: NDArray[np.bool_]) -> float:
    """Median over the directions of how deep the ink goes on from the outside without a gap."""
    depths = []
    for each in np.flatnonzero(along).tolist():
        steps = np.sort(depth[direction == each])
        breaks = np.flatnonzero(np.diff(steps) > 1.6)
        depths.append(float(steps[breaks[0]] if len(breaks) else steps[-1]) + 1)
    return float(np.median(depths))


def _holds_letters(rest: InkMask, hull: NDArray[np.int32], letter_height: float) -> bool:
    """Whether something as high as a letter lies within the hull."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(rest, connectivity=8)
    return any(
        stats[index, cv2.CC_STAT_HEIGHT] >= _CONTENT * letter_height
        and cv2.pointPolygonTest(hull, tuple(centres[index].tolist()), measureDist=False) > 0
        for index in range(1, count)
    )


def _clear_around(pixels: GreyPixels, ink: InkMask, place: tuple[int, int, int, int]) -> None:
    """The blur just outside of the ring's frame, where no other ink is."""
    x0, y0, x1, y1 = place
    window = slice(max(0, y0 - 3), y1 + 3), slice(max(0, x0 - 3), x1 + 3)
    frame = np.ones_like(ink[window])
    frame[y0 - window[0].start : y1 - window[0].start, x0 - window[1].start : x1 - window[1].start] = 0
    near = cv2.dilate(ink[window], np.ones((5, 5), np.uint8))
    pixels[window][(frame > 0) & (near == 0)] = 255


def _wider(mask: InkMask, by: int) -> InkMask:
    return np.asarray(cv2.dilate(mask, np.ones((2 * by + 1, 2 * by + 1), np.uint8)), dtype=np.uint8)
