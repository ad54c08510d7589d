"""What the layout works on: words with places, and the breaks that it puts between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

from chart_triage.records.geometry import Box
from chart_triage.records.page import MarkState

MARK_CHARACTERS = {MarkState.TICKED: "☒", MarkState.UNTICKED: "☐", MarkState.UNKNOWN: "⍰"}
DIAGONAL = -1

Rectangle = tuple[float, float, float, float]
"""(x0, y0, x1, y1) in points, origin top-left, y downwards: a `Box` before it is checked and kept."""


class Sign(NamedTuple):
    """A form mark before its place in the text is known. `hint` is its label where the page shows none."""

    state: MarkState
    kind: Literal["acroform", "drawn", "typed", "image"]
    hint: str = ""


class PlacedWord(NamedTuple):
    """A word, or a form mark, in points of the upright page (origin top-left).

    `turn` is how far its text runs from the page's upright: 0, 90, 180, 270 degrees, or `DIAGONAL`.
    A word that ends in "-" or in a soft hyphen (U+00AD) may be joined to the next line's first word.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    turn: int = 0
    sign: Sign | None = None
    confidence: float = 1.0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


class Break(StrEnum):
    """What stands between a word and the one before it."""

    SPACE = "space"
    GAP = "gap"  # wide gap on one line, or the next cell of a table row
    WRAP = "wrap"  # a line end within a table cell: the row stays one line
    LINE = "line"
    BLOCK = "block"


class Token(NamedTuple):
    """A word and the break before it (ignored for a page's first word).

    `gaps` counts the cell borders that a `Break.GAP` stands for: empty cells of a table keep their column.
    """

    before: Break
    word: PlacedWord
    gaps: int = 1


def sign_word(sign: Sign, place: Rectangle) -> PlacedWord:
    return PlacedWord(MARK_CHARACTERS[sign.state], *place, sign=sign)


def bounds(words: list[PlacedWord]) -> Rectangle:
    """The rectangle around `words`, which must not be empty."""
    return (
        min(w.x0 for w in words),
        min(w.y0 for w in words),
        max(w.x1 for w in words),
        max(w.y1 for w in words),
    )


def box_around(words: list[PlacedWord]) -> Box:
    return Box(*bounds(words))
