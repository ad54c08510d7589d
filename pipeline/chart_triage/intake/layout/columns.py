"""Reading order of a page's runs: columns one after the other, everything else row by row.

A column gutter is a vertical strip that no run crosses over several rows. A table has such strips as well, so a
strip only parts columns where both sides read like prose, or where one does and the lines of the two sides do not
stand at the same heights (a narrow side bar beside a letter).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chart_triage.intake.layout.lines import CELL_GAP, RUN_GAP, Row, Run, make_rows

_MIN_LINES = 4  # on each side
_EDGE_TOLERANCE = 2.5  # points, within which lines share a left edge
_MARGIN = 0.12  # of the text's width: a left edge nearer to the text's own left edge is an indent
_LOOSE_LINES = 2.0  # line heights of white space that end a column
_ALIGNED_WITHIN = 2.0  # points between the bottoms of two cells of one table row
_ALIGNED_SHARE = 0.6
_MAX_DEPTH = 4

# What prose looks like, against the cells of a table:
_PROSE_WORDS = 3.5  # a line, on average
_PROSE_FILL = 0.7  # median line width as a share of the column's
_PROSE_GAPPED = 0.2  # at most this share of lines with a wide gap inside
_PROSE_CONTINUED = 0.25  # at least this share of lines begins with a lower-case letter


@dataclass(frozen=True, slots=True)
class Band:
    """Rows to be read top to bottom; `continues` the band before it as the next column of the same text."""

    rows: list[Row]
    continues: bool = False


def reading_order(runs: Sequence[Run], depth: int = 0) -> list[Band]:
    """Bands in reading order: what is above a pair of columns, the left one, the right one, what is below."""
    rows = make_rows(runs)
    if depth >= _MAX_DEPTH:
        return [Band(rows)] if rows else []
    columns = _find_columns(rows)
    if columns is None:
        return [Band(rows)] if rows else []
    above, left, right, below = columns
    bands = reading_order(above, depth + 1)
    bands += reading_order(left, depth + 1)
    second = reading_order(right, depth + 1)
    bands += [Band(second[0].rows, continues=True), *second[1:]]
    return bands + reading_order(below, depth + 1)


Columns = tuple[list[Run], list[Run], list[Run], list[Run]]
"""Runs above, left, right, below."""


def _find_columns(rows: list[Row]) -> Columns | None:
    runs = [run for row in rows for run in row]
    if len(runs) < 2 * _MIN_LINES:
        return None
    height = sorted(run.height for run in runs)[len(runs) // 2]
    found: list[tuple[int, Columns]] = []
    for edge in _column_edges(runs, RUN_GAP * height):
        for first, last in _clear_stretches(rows, edge, RUN_GAP * height):
            columns = _split(rows, first, last, edge, height)
            if columns is None or min(len(columns[1]), len(columns[2])) < _MIN_LINES:
                continue
            left, right = _text_rows(columns[1]), _text_rows(columns[2])
            size = min(len(left), len(right))
            if size >= _MIN_LINES and _are_columns(left, right):
                found.append((size, columns))
    return max(found, key=lambda each: each[0])[1] if found else None


def _column_edges(runs: Sequence[Run], gutter: float) -> list[float]:
    """Where a right column may begin: a left edge that several runs share, or what follows a shared right edge."""
    start, end = min(r.x0 for r in runs), max(r.x1 for r in runs)
    first = start + _MARGIN * (end - start)
    edges = {cluster[0] for cluster in _clusters(r.x0 for r in runs if r.x0 > first)}
    for cluster in _clusters(r.x1 for r in runs if first < r.x1 < end - gutter):
        beyond = [r.x0 for r in runs if r.x0 > cluster[-1] + gutter]
        if beyond:
            edges.add(min(beyond))
    return sorted(edges)


def _clusters(values: Iterable[float]) -> Iterator[list[float]]:
    """Groups of at least `_MIN_LINES` values that are (nearly) the same."""
    cluster: list[float] = []
    for x in [*sorted(values), float("inf")]:
        if cluster and x - cluster[0] > _EDGE_TOLERANCE:
            if len(cluster) >= _MIN_LINES:
                yield cluster
            cluster = []
        cluster.append(x)


def _clear_stretches(rows: list[Row], edge: float, gutter: float) -> list[tuple[int, int]]:
    """Row ranges (first, last) in which no run reaches into the strip of width `gutter` left of `edge`."""
    stretches: list[tuple[int, int]] = []
    first: int | None = None
    for index, row in enumerate(rows):
        if any(run.x0 < edge - 1 and run.x1 > edge - gutter for run in row):
            if first is not None:
                stretches.append((first, index - 1))
            first = None
        elif first is None:
            first = index
    if first is not None:
        stretches.append((first, len(rows) - 1))
    return [(a, b) for a, b in stretches if b - a + 1 >= _MIN_LINES]


def _split(rows: list[Row], first: int, last: int, edge: float, height: float) -> Columns | None:
    """Part the stretch at `edge`; one-sided lines at its top and bottom that stand apart stay outside of it."""
    sides = [({run.x0 >= edge - 1 for run in row}) for row in rows]
    both = [i for i in range(first, last + 1) if sides[i]]
    left_rows = [i for i in both if False in sides[i]]
    right_rows = [i for i in both if True in sides[i]]
    if not left_rows or not right_rows:
        return None
    core_first, core_last = max(left_rows[0], right_rows[0]), min(left_rows[-1], right_rows[-1])
    if core_first > core_last:
        return None
    loose = _LOOSE_LINES * height
    while first < core_first and _stands_apart(rows, first, core_first, loose):
        first += 1
    while last > core_last and _stands_apart(rows, core_last, last, loose):
        last -= 1
    inside = [run for row in rows[first : last + 1] for run in row]
    return (
        [run for row in rows[:first] for run in row],
        [run for run in inside if run.x0 < edge - 1],
        [run for run in inside if run.x0 >= edge - 1],
        [run for row in rows[last + 1 :] for run in row],
    )


def _stands_apart(rows: list[Row], upper: int, lower: int, loose: float) -> bool:
    """Whether more than `loose` points of white lie somewhere between the rows `upper` and `lower`."""
    return any(min(r.y0 for r in rows[i + 1]) - max(r.y1 for r in rows[i]) > loose for i in range(upper, lower))


def _text_rows(runs: list[Run]) -> list[Row]:
    """Rows of text; the rows of ruled tables are left out."""
    return make_rows(run for run in runs if run.tokens is None)


def _are_columns(left_rows: list[Row], right_rows: list[Row]) -> bool:
    prose = _is_prose(left_rows), _is_prose(right_rows)
    return all(prose) or (any(prose) and _aligned_share(left_rows, right_rows) < _ALIGNED_SHARE)


def _is_prose(rows: list[Row]) -> bool:
    start, end = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    widths = sorted(row[-1].x1 - row[0].x0 for row in rows)
    words = sum(len(run.words) for row in rows for run in row)
    gapped = sum(any(b.x0 - a.x1 > CELL_GAP * a.height for a, b in pairwise(r)) for r in rows)
    continued = sum(row[0].words[0].text[:1].islower() for row in rows)
    return (
        words >= _PROSE_WORDS * len(rows)
        and widths[len(widths) // 2] >= _PROSE_FILL * (end - start)
        and gapped <= _PROSE_GAPPED * len(rows)
        and continued >= _PROSE_CONTINUED * len(rows)
    )


def _aligned_share(left: list[Row], right: list[Row]) -> float:
    """The share of the shorter side's lines that stand at the height of a line of the other side."""
    few, many = (left, right) if len(left) <= len(right) else (right, left)
    bottoms = [row[0].bottom for row in many]
    matched = sum(any(abs(row[0].bottom - bottom) <= _ALIGNED_WITHIN for bottom in bottoms) for row in few)
    return matched / len(few)
