"""A page between reading and layout: placed words, whatever placed them."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.intake.layout.placed import PlacedWord, Rectangle
from chart_triage.records.chart import WarningKind
from chart_triage.records.page import PageSource

Affine = tuple[tuple[float, float, float], tuple[float, float, float]]
"""The first two rows of a 3 x 3 matrix that acts on column vectors (x, y, 1)."""


def on_page(level: Affine, place: Rectangle, width: float, height: float) -> Rectangle:
    """The upright rectangle around `place` of a level sheet, on the page of `width` x `height` and within it."""
    (a, b, c), (d, e, f) = level
    corners = [(x, y) for x in place[::2] for y in place[1::2]]
    xs = [min(max(a * x + b * y + c, 0.0), width) for x, y in corners]
    ys = [min(max(d * x + e * y + f, 0.0), height) for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


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
