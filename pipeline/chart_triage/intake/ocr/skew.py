"""How far the lines of a page are tilted."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from chart_triage.intake.ocr.ink import InkMask

MAX_TILT = 6.0  # degrees; more than paper feeders do
_COARSE, _FINE, _FINEST = 0.25, 0.06, 0.015
_ACROSS, _DOWN = 72, 120  # dpi at which the page is looked at
_STRIPS = 32
_MAX_FREQUENCY = 40.0  # cycles per inch: finer detail is not the rhythm of lines


def line_tilt(ink: InkMask, dpi_x: float, dpi_y: float) -> float:
    """Degrees by which the page must be turned clockwise for its lines to run level; 0 for an empty page.

    The ink is summed up along the rows of narrow vertical strips. At the right tilt the strips' profiles, shifted
    against each other, add up to the sharpest stripes; shifts are phases in the frequency domain, so that one angle
    costs a product of small matrices and no image is turned.
    """
    height, width = ink.shape
    small_width = max(_STRIPS, round(width * _ACROSS / dpi_x) // _STRIPS * _STRIPS)
    small_height = max(8, round(height * _DOWN / dpi_y))
    small = cv2.resize(ink * np.uint8(255), (small_width, small_height), interpolation=cv2.INTER_AREA)
    each = small_width // _STRIPS
    profiles = small.reshape(small_height, _STRIPS, each).sum(axis=2, dtype=np.float32)
    if not profiles.any():
        return 0.0
    frequency = np.fft.rfftfreq(small_height, 1.0 / _DOWN)
    used = (frequency > 0) & (frequency < _MAX_FREQUENCY)
    frequency = frequency[used]
    spectrum = np.fft.rfft(profiles, axis=0)[used].astype(np.complex64)
    weight = (frequency**2).astype(np.float32)
    from_middle = (np.arange(_STRIPS) + 0.5) * each / _ACROSS - small_width / _ACROSS / 2

    turns = np.outer((2 * np.pi * frequency).astype(np.float32), from_middle.astype(np.float32))

    def sharpness(degrees: float) -> float:
        phase = np.float32(np.tan(np.radians(degrees))) * turns
        total = (spectrum * (np.cos(phase) + 1j * np.sin(phase))).sum(axis=1)
        return float(weight @ (total.real**2 + total.imag**2))

    best = _around(sharpness, 0.0, MAX_TILT, _COARSE)
    best = _around(sharpness, best, _COARSE, _FINE)
    return -_around(sharpness, best, _FINE, _FINEST)


def _around(sharpness: Callable[[float], float], middle: float, reach: float, step: float) -> float:
    count = round(reach / step)
    return max((middle + step * k for k in range(-count, count + 1)), key=sharpness)
