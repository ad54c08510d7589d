"""The work list of a folder of determinations: which chart is to be decided next.

Order: what is overdue or due first, by day and time; among those due at the same time expedited requests, then charts
that need an MRI safety check, then those that are readier to be decided, then those of which more could be read. A
chart of which nobody knows when it came in stands where one stands that is due on the day of the list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from chart_triage.errors import ChartTriageError
from chart_triage.records.determination import Determination
from chart_triage.records.triage import Triage, Urgency

COLUMNS = (
    "chart",
    "due",
    "due_time",
    "state",
    "expedited",
    "line_of_business",
    "received",
    "received_from",
    "reference",
    "mri_safety_check",
    "readiness",
    "completeness",
    "suggestion",
    "to_ask_for",
)
_SHOWN = ("chart", "due", "state", "expedited", "mri_safety_check", "readiness", "completeness", "to_ask_for")
_HEADS = ("CHART", "DUE", "STATE", "EXPEDITED", "MRI CHECK", "READY", "READ", "TO ASK FOR")


class Entry(NamedTuple):
    """One chart of the folder; `chart` is the name of its folder."""

    chart: str
    determination: Determination
    triage: Triage


class Found(NamedTuple):
    rows: tuple[Entry, ...]
    problems: tuple[str, ...]


class Row(NamedTuple):
    """What is told of one chart, column by column."""

    cells: dict[str, str]


def read(folder: Path) -> Found:
    """All `*/determination.json` of the folder; what cannot be read is told by name and never by content."""
    rows, problems = [], []
    for path in sorted(folder.glob("*/determination.json")):
        try:
            determination = Determination.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            problems.append(f"{path}: cannot be read as a determination of this version. Assess the chart again.")
            continue
        if determination.triage is None:
            problems.append(f"{path}: has no due time; it was made by an older version. Assess the chart again.")
            continue
        rows.append(Entry(path.parent.name, determination, determination.triage))
    return Found(tuple(rows), tuple(problems))


def ordered(entries: Iterable[Entry], as_of: date) -> list[Row]:
    """The charts as rows, the one to decide next first."""

    def key(entry: Entry) -> tuple[object, ...]:
        triage = entry.triage
        urgency = triage.urgency
        return (
            urgency.due or as_of,
            urgency.due_time or time.max,
            not urgency.expedited,
            "mri_safety_check" not in entry.determination.flags,
            -triage.readiness,
            -triage.completeness,
            entry.chart,
        )

    return [_row(entry, as_of) for entry in sorted(entries, key=key)]


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The list as lines of text, columns under their headings."""
    if not rows:
        yield "No chart here. Name the folder that `chart-triage assess --out` wrote to."
        return
    shown = [_HEADS, *(tuple(row.cells[name] for name in _SHOWN) for row in rows)]
    widths = [max(len(line[column]) for line in shown) for column in range(len(_HEADS))]
    for line in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
    undated = sum(row.cells["due"] == "not known" for row in rows)
    if undated:
        yield f"Of {undated} it is not known when {'it' if undated == 1 else 'they'} came in: give --received."


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Raises ChartTriageError where the file cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: spreadsheet_cell(value) for name, value in row.cells.items()} for row in rows)
    except OSError as error:
        why = error.strerror or "the system gave no reason"
        raise ChartTriageError(f"{path}: the list cannot be written ({why}). Choose another file.") from error


def _row(entry: Entry, as_of: date) -> Row:
    determination, triage = entry.determination, entry.triage
    urgency = triage.urgency
    values = (
        entry.chart,
        urgency.due.isoformat() if urgency.due else "not known",
        urgency.due_time.isoformat("minutes") if urgency.due_time else "",
        _state(urgency, as_of),
        {True: "yes", False: "no", None: "not stated"}[urgency.expedited],
        urgency.line_of_business,
        urgency.received.isoformat() if urgency.received else "",
        urgency.received_from.value if urgency.received_from else "",
        determination.inputs.request.reference or "",
        "yes" if "mri_safety_check" in determination.flags else "",
        f"{triage.readiness:.0%}",
        f"{triage.completeness:.0%}",
        determination.suggestion.value,
        str(len(determination.requests)),
    )
    return Row(dict(zip(COLUMNS, values, strict=True)))


def _state(urgency: Urgency, as_of: date) -> str:
    if urgency.due is None:
        return "no date of receipt"
    days = (urgency.due - as_of).days
    if days < 0:
        return f"overdue by {-days} {'day' if days == -1 else 'days'}"
    if days == 0:
        return "due today" + (f" {urgency.due_time:%H:%M}" if urgency.due_time else "")
    return f"in {days} {'day' if days == 1 else 'days'}"


def spreadsheet_cell(value: str) -> str:
    """A value as a spreadsheet may open it: what begins like a formula is text."""
    return f"'{value}" if value[:1] in "=+-@\t\r" and value[:1] else value
