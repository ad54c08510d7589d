"""Ruled tables: the rules that are drawn on a page, handed to pdfplumber's table finder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.native.drawing import Drawing, Stroke
from chart_triage.intake.page_draft import TableRow

_THIN = 2.5  # points: a filled rectangle this thin is a rule
_STRAIGHT = 0.7  # points that a rule may lean
_SHORTEST = 4.0  # points
_WHITE = 0.97
_MAX_RULES = 3_000  # the finder's time grows with the square of their number
_MIN_RULES = 2  # in each direction: fewer make no cell


class _RulesOnly:
    """The two attributes of a pdfplumber page that its table finder looks at."""

    def __init__(self, rules: list[dict[str, Any]], bbox: Rectangle) -> None:
        self.edges = rules
        self.bbox = bbox


def find_table_rows(drawing: Drawing, boxes: Iterable[Rectangle], width: float, height: float) -> tuple[TableRow, ...]:
    """Rows with two cells or more, top to bottom. `boxes` are small squares: their sides are no rules."""
    skipped = set(boxes)
    rules = [rule for stroke in drawing.strokes if stroke.place not in skipped for rule in _rules(stroke)]
    vertical = sum(rule["orientation"] == "v" for rule in rules)
    if vertical < _MIN_RULES or len(rules) - vertical < _MIN_RULES or len(rules) > _MAX_RULES:
        return ()
    from pdfplumber.table import TableFinder  # 0.3 s to load: only for pages with rules

    rows = []
    for table in TableFinder(_RulesOnly(rules, (0.0, 0.0, width, height))).tables:
        for row in table.rows:
            cells = tuple(sorted(cell for cell in row.cells if cell is not None))
            if len(cells) > 1:
                rows.append(TableRow(cells))
    return tuple(rows)


def _rules(stroke: Stroke) -> Iterator[dict[str, Any]]:
    visible_fill = stroke.fill is not None and stroke.fill < _WHITE
    if stroke.curved or not (stroke.stroked or visible_fill):
        return
    x0, y0, x1, y1 = stroke.place
    if min(stroke.width, stroke.height) <= _THIN:
        if stroke.width >= stroke.height:
            yield from _rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)
        else:
            yield from _rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)
        return
    for (ax, ay), (bx, by) in zip(stroke.points, stroke.points[1:], strict=False):
        if abs(ax - bx) <= _STRAIGHT or abs(ay - by) <= _STRAIGHT:
            yield from _rule(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _rule(x0: float, y0: float, x1: float, y1: float) -> Iterator[dict[str, Any]]:
    """An edge in pdfplumber's terms."""
    is_vertical = x1 - x0 < y1 - y0
    if max(x1 - x0, y1 - y0) >= _SHORTEST:
        yield {
            "x0": x0,
            "x1": x1,
            "top": y0,
            "bottom": y1,
            "width": x1 - x0,
            "height": y1 - y0,
            "orientation": "v" if is_vertical else "h",
            "object_type": "line",
        }
