"""PP-OCRv6 (small recogniser, ONNX) as a reader of single words: the second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.ocr import onnx
from chart_triage.intake.ocr.models import LINE_READER
from chart_triage.resources import model_path

_HEIGHT = 48  # pixels that the model was trained with
_LEAST_WIDTH, _MOST_WIDTH = 16, 3200
# The model knows 18,700 characters; what a clinical print-out in English is written with:
_ALPHABET = frozenset(chr(c) for c in range(32, 127)) - frozenset("|^~`{}\\_")


class PaddleReader:
    """One per process (`paddle_reader()`)."""

    def __init__(self) -> None:
        self._session = onnx.session(model_path(LINE_READER))
        self._input = self._session.get_inputs()[0].name
        known = ["", *self._session.get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
        self._columns = np.array([0, *(i for i, c in enumerate(known) if c in _ALPHABET)])
        self._characters = [known[i] for i in self._columns]

    @property
    def version(self) -> str:
        return LINE_READER.version

    def read(self, images: Sequence[GreyPixels]) -> list[tuple[str, float]]:
        """Text and mean confidence (0..1) of each image of one line or word."""
        return [self._read(image) for image in images]

    def _read(self, image: GreyPixels) -> tuple[str, float]:
        height, width = image.shape
        wide = min(max(round(width * _HEIGHT / height), _LEAST_WIDTH), _MOST_WIDTH)
        shrinks = height > _HEIGHT
        small = cv2.resize(image, (wide, _HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        grey = small.astype(np.float32) / 127.5 - 1.0
        scores: NDArray[np.float32] = self._session.run(None, {self._input: np.stack([grey] * 3)[None]})[0][0]
        return self._decode(scores[:, self._columns])

    def _decode(self, scores: NDArray[np.float32]) -> tuple[str, float]:
        """CTC: the best character of each step, repeats and blanks left out."""
        best = scores.argmax(axis=1)
        starts = np.flatnonzero((best > 0) & (best != np.concatenate(([0], best[:-1]))))
        if not len(starts):
            return "", 0.0
        text = "".join(self._characters[i] for i in best[starts])
        return text, float(scores[starts, best[starts]].mean())


@cache
def paddle_reader() -> PaddleReader:
    """This process's reader; loading it takes 0.2 s."""
    return PaddleReader()
