"""What OCR returns for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from chart_triage.intake.layout.placed import PlacedWord, Rectangle
from chart_triage.intake.page_draft import Affine, TableRow


class Legibility(NamedTuple):
    """`share`: of the page's words expected to be right, 0..1. `unclear`: regions where hardly one is."""

    share: float
    unclear: tuple[Rectangle, ...]


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a page image shows, in points.

    `width`, `height`: of the upright page, which was turned clockwise by `rotation` degrees. Places are on the level
    sheet, which `level` takes to the upright page; None where both are the same. `words` hold form marks as well, in
    reading order of lines.
    """

    rotation: Literal[0, 90, 180, 270]
    width: float
    height: float
    level: Affine | None
    words: tuple[PlacedWord, ...]
    table_rows: tuple[TableRow, ...]
    legibility: Legibility
    is_blank: bool


class Lost(NamedTuple):
    """A page on which recognition took too long, failed, or died."""


Outcome = PageReading | Lost
