"""A page between reading and layout: placed words, whatever placed them."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.intake.layout.placed import PlacedWord, Rectangle
from chart_triage.records.chart import WarningKind
from chart_triage.records.page import PageSource


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells of one row of a ruled table, left to right."""

    cells: tuple[Rectangle, ...]


@dataclass(frozen=True, slots=True)
class PageDraft:
    """An upright page. `words` are in the file's own sequence, form marks among them (`PlacedWord.sign`).

    `problem` is why the page, or a part of it, could not be read, with the words for the reviewer; a page with a
    problem and without words is unread.
    """

    number: int
    width: float
    height: float
    rotation: int
    source: PageSource
    words: tuple[PlacedWord, ...] = ()
    table_rows: tuple[TableRow, ...] = ()
    problem: tuple[WarningKind, str] | None = None
    was_sideways: bool = False
    legibility: float | None = None
