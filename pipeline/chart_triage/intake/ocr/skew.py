"""How far the lines of a page are tilted."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.ocr.ink import InkMask

MAX_TILT = 6.0  # degrees; more than paper feeders do
_COARSE, _FINE, _FINEST = 0.25, 0.06, 0.015
_DOWN = 120  # dpi at which the page is looked at
_STRIPS = 32  # at least
_BITS = np.array([number.bit_count() for number in range(256)], dtype=np.uint8)
_MAX_FREQUENCY = 40.0  # cycles per inch: finer detail is not the rhythm of lines


def line_tilt(ink: InkMask, dpi_x: float, dpi_y: float) -> float:
    """Degrees by which the page must be turned clockwise for its lines to run level; 0 for an empty page.

    The ink is summed up along the rows of narrow vertical strips. At the right tilt the strips' profiles, shifted
    against each other, add up to the sharpest stripes; shifts are phases in the frequency domain, so that one angle
    costs a product of small matrices and no image is turned.
    """
    if not ink.any():
        return 0.0
    small_height = max(8, round(len(ink) * _DOWN / dpi_y))
    strips, each = _strips(ink)
    profiles = cv2.resize(strips, (strips.shape[1], small_height), interpolation=cv2.INTER_AREA)
    frequency = np.fft.rfftfreq(small_height, 1.0 / _DOWN)
    used = (frequency > 0) & (frequency < _MAX_FREQUENCY)
    frequency = frequency[used]
    spectrum = np.fft.rfft(profiles, axis=0)[used].astype(np.complex64)
    weight = (frequency**2).astype(np.float32)
    count = strips.shape[1]
    from_middle = (np.arange(count) + 0.5 - count / 2) * each / dpi_x

    turns = np.outer((2 * np.pi * frequency).astype(np.float32), from_middle.astype(np.float32))

    def sharpness(degrees: float) -> float:
        phase = np.float32(np.tan(np.radians(degrees))) * turns
        total = (spectrum * (np.cos(phase) + 1j * np.sin(phase))).sum(axis=1)
        return float(weight @ (total.real**2 + total.imag**2))

    best = _around(sharpness, 0.0, MAX_TILT, _COARSE)
    best = _around(sharpness, best, _COARSE, _FINE)
    return -_around(sharpness, best, _FINE, _FINEST)


def _strips(ink: InkMask) -> tuple[NDArray[np.float32], int]:
    """The ink of each row in narrow upright strips (rows, strips), and how many pixels wide these are."""
    packed = np.packbits(ink, axis=1)
    each = max(1, packed.shape[1] // _STRIPS)
    count = packed.shape[1] // each
    bits = np.asarray(cv2.LUT(packed[:, : count * each], _BITS))
    return bits.reshape(len(ink), count, each).sum(axis=2, dtype=np.float32), 8 * each


def _around(sharpness: Callable[[float], float], middle: float, reach: float, step: float) -> float:
    count = round(reach / step)
    return max((middle + step * k for k in range(-count, count + 1)), key=sharpness)
