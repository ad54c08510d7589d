"""How long a decision may take, by line of business: `lexicons/shared/due_times.csv`, or the site's own table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple

from chart_triage import resources
from chart_triage.errors import SettingsError

COLUMNS = ("line_of_business", "label", "urgency", "within", "unit", "answer_within", "source")
DEFAULT = "default"
_URGENCIES = ("standard", "expedited")
_UNITS = ("hours", "calendar_days")
_MOST = {"hours": 24 * 365, "calendar_days": 365}


class DueTime(NamedTuple):
    """`within` and `answer_within` (when the sender's answer is needed) count in `unit` from the receipt."""

    label: str
    within: int
    unit: Literal["hours", "calendar_days"]
    answer_within: int
    source: str


class Due(NamedTuple):
    """`at` None: at the end of the day."""

    on: date
    at: time | None


DueTimes = Mapping[tuple[str, str], DueTime]
"""(line of business, "standard" or "expedited") -> the time it may take."""


def load(path: Path | None = None) -> DueTimes:
    """The site's table, or the one that ships. Raises SettingsError that names every bad row and what to do."""
    place = path or resources.lexicons() / "shared" / "due_times.csv"
    problems: list[str] = []
    table: dict[tuple[str, str], DueTime] = {}
    try:
        text = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SettingsError(f"{place}: the table of due times cannot be read ({why}). Name another file.") from None
    for line, row in _rows(place.name, text, problems):
        key = (row["line_of_business"], row["urgency"])
        if key in table:
            problems.append(f"{place.name}:{line}: repeats {key[0]}, {key[1]}; delete one")
        table[key] = DueTime(
            row["label"], int(row["within"]), _unit(row["unit"]), int(row["answer_within"]), row["source"]
        )
    lines = sorted({line for line, _ in table} | {DEFAULT})
    absent = [(line, urgency) for line in lines for urgency in _URGENCIES if (line, urgency) not in table]
    problems = problems or [f"{place.name}: {line} has no row for {urgency}; add one" for line, urgency in absent]
    if problems:
        raise SettingsError("\n".join(problems))
    return table


def due_time(table: DueTimes, line_of_business: str | None, *, expedited: bool) -> DueTime:
    """Raises SettingsError for a line of business that has no row, naming those that have."""
    key = (line_of_business or DEFAULT, "expedited" if expedited else "standard")
    if key not in table:
        names = sorted({line for line, _ in table})
        near = get_close_matches(key[0], names, n=1)
        remedy = f"did you mean '{near[0]}'?" if near else f"allowed: {', '.join(names)}"
        raise SettingsError(f"unknown line of business '{key[0]}'; {remedy}")
    return table[key]


def counted(amount: int, unit: str, received: date, at: time | None) -> Due:
    """The day, and for hours from a known time also the time, that many hours or calendar days after the receipt.

    Where the time of receipt is not known, hours count as days of 24 from that day: 72 hours end on the third day.
    """
    if unit == "calendar_days":
        return Due(received + timedelta(days=amount), None)
    if at is None:
        return Due(received + timedelta(days=amount // 24), None)
    end = datetime.combine(received, at) + timedelta(hours=amount)
    return Due(end.date(), end.time())


def _unit(text: str) -> Literal["hours", "calendar_days"]:
    return "hours" if text == "hours" else "calendar_days"


def _rows(name: str, text: str, problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows that can be used, with their lines; what is wrong with the others goes to `problems`."""
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        problems.append(f"{name}:1: the header must be {','.join(COLUMNS)}")
        return
    for row in reader:
        told = _wrong(row)
        if told:
            problems.append(f"{name}:{reader.line_num}: {told}")
        else:
            yield reader.line_num, row


def _wrong(row: Mapping[str | None, str | None]) -> str | None:
    if None in row or None in row.values():
        return f"{len(COLUMNS)} cells are needed; put a cell with a comma in double quotes"
    empty = next((column for column in COLUMNS if not (row[column] or "").strip()), None)
    if empty:
        return f"the column `{empty}` is empty"
    if row["urgency"] not in _URGENCIES:
        return f"unknown urgency '{row['urgency']}'; allowed: {', '.join(_URGENCIES)}"
    if row["unit"] not in _UNITS:
        return f"unknown unit '{row['unit']}'; allowed: {', '.join(_UNITS)}"
    most = _MOST[str(row["unit"])]
    for column in ("within", "answer_within"):
        number = row[column] or ""
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= most):
            return f"`{column}`: '{number}' is no whole number from 1 to {most}"
    if int(row["answer_within"] or 0) > int(row["within"] or 0):
        return "the answer is needed later than the decision is due; lower `answer_within`"
    return None
