"""A page between reading and layout: placed words, whatever placed them."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.intake.layout.placed import PlacedWord, Rectangle
from chart_triage.records.chart import WarningKind
from chart_triage.records.page import PageSource

Affine = tuple[tuple[float, float, float], tuple[float, float, float]]
"""The first two rows of a 3 x 3 matrix that acts on column vectors (x, y, 1)."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells of one row of a ruled table, left to right."""

    cells: tuple[Rectangle, ...]


@dataclass(frozen=True, slots=True)
class PageDraft:
    """An upright page. `words` are in the file's own sequence, form marks among them (`PlacedWord.sign`).

    `problem` is why the page, or a part of it, could not be read, with the words for the reviewer; a page with a
    problem and without words is unread. `notices` are what else a reviewer should know of it.

    A scan that lies askew is laid out on its level sheet: `level` takes points of that sheet, in which all places of
    the draft are given, to points of the upright page.
    """

    number: int
    width: float
    height: float
    rotation: int
    source: PageSource
    words: tuple[PlacedWord, ...] = ()
    table_rows: tuple[TableRow, ...] = ()
    problem: tuple[WarningKind, str] | None = None
    notices: tuple[tuple[WarningKind, str], ...] = ()
    was_sideways: bool = False
    legibility: float | None = None
    unclear: tuple[Rectangle, ...] = ()
    level: Affine | None = None
