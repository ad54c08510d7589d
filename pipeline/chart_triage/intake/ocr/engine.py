"""What a recognition engine is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chart_triage.intake.images import GreyPixels


class OcrWord(NamedTuple):
    """A word in pixels of the image that was given to the engine.

    `line` numbers the lines of the page in the engine's own reading order. `confidence` is the engine's own, 0..1.
    `lefts` are the left edges of the characters of `text`; empty where the engine does not say.
    """

    text: str
    confidence: float
    x0: float
    y0: float
    x1: float
    y1: float
    line: int
    lefts: tuple[float, ...] = ()

    def part(self, start: int, end: int) -> OcrWord:
        """The characters `start` to `end` as a word of its own; `lefts` must be known."""
        right = self.x1 if end == len(self.text) else max(self.lefts[end], self.lefts[start] + 1)
        return self._replace(text=self.text[start:end], x0=self.lefts[start], x1=right, lefts=self.lefts[start:end])


class Engine(Protocol):
    """Reads whole pages. `version` names engine and model; results kept by content are keyed with it."""

    @property
    def version(self) -> str: ...

    def recognise(self, pixels: GreyPixels, dpi: float) -> list[OcrWord]:
        """Words in reading order. Raises `TimeoutError` when the page takes longer than the engine allows."""
        ...


class LineReader(Protocol):
    """Reads images of one line or one word each: the second opinion."""

    @property
    def version(self) -> str: ...

    def read(self, images: Sequence[GreyPixels]) -> list[tuple[str, float]]:
        """Text and confidence (0..1) of each image."""
        ...
