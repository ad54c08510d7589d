"""What a recognition engine is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chart_triage.intake.images import GreyPixels


class OcrWord(NamedTuple):
    """A word in pixels of the image that was given to the engine.

    `line` and `block` number the lines and blocks of the page in the engine's own reading order. `confidence` is the
    engine's own, 0..1.
    """

    text: str
    confidence: float
    x0: float
    y0: float
    x1: float
    y1: float
    line: int
    block: int


class Engine(Protocol):
    """Reads whole pages. `version` names engine and model; results kept by content are keyed with it."""

    @property
    def version(self) -> str: ...

    def recognise(self, pixels: GreyPixels, dpi: float, *, has_columns: bool = False) -> list[OcrWord]:
        """Words in reading order. Raises `TimeoutError` when the page takes longer than the engine allows."""
        ...


class LineReader(Protocol):
    """Reads images of one line or one word each: the second opinion."""

    @property
    def version(self) -> str: ...

    def read(self, images: Sequence[GreyPixels]) -> list[tuple[str, float]]:
        """Text and confidence (0..1) of each image."""
        ...
