"""Days and times of day as date stamps print them: 11/13/2026, 2026-11-13, NOV 13 2026, 09:14 AM."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from typing import NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGIT = "[0-9OoIl]"  # stamps are recognised badly: O for 0, l for 1
_NAME = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
_ONE, _YEAR = rf"{_DIGIT}{{1,2}}", rf"{_DIGIT}{{4}}"
_DATE = re.compile(
    rf"(?<![\w/])(?:(?P<year>{_YEAR})-(?P<month>{_DIGIT}{{2}})-(?P<day>{_DIGIT}{{2}})"
    rf"|(?P<m>{_ONE}) ?[/.-] ?(?P<d>{_ONE}) ?[/.-] ?(?P<y>{_YEAR}|{_DIGIT}{{2}})"
    rf"|(?P<name>{_NAME})\.? {{0,2}}(?P<nd>{_ONE})(?:st|nd|rd|th)?,? {{0,2}}(?P<ny>{_YEAR})"
    rf"|(?P<fd>{_ONE})[ -](?P<fname>{_NAME})\.?,?[ -](?P<fy>{_YEAR}))(?!\w)",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?<![\d:/])(\d{1,2})[:.](\d{2})(?:[:.]\d{2})? ?(?:([ap])\.?m\b\.?)?", re.IGNORECASE)


class PrintedDate(NamedTuple):
    """A day at `text[start:end]`."""

    day: date
    start: int
    end: int


def find_dates(text: str) -> Iterator[PrintedDate]:
    """Days that exist, in order; month before day where both are numbers."""
    for found in _DATE.finditer(text):
        part = {key: value for key, value in found.groupdict().items() if value}
        name = part.get("name") or part.get("fname")
        year = _number(part.get("year") or part.get("y") or part.get("ny") or part.get("fy") or "")
        month = _MONTHS.index(name[:3].lower()) + 1 if name else _number(part.get("month") or part.get("m") or "")
        number = _number(part.get("day") or part.get("d") or part.get("nd") or part.get("fd") or "")
        try:
            yield PrintedDate(date(year + 2000 if year < 100 else year, month, number), *found.span())
        except ValueError:
            continue


def time_after(text: str, at: int, reach: int = 14) -> time | None:
    """The time of day that is printed within `reach` characters after `at`."""
    found = _TIME.search(text[at : at + reach])
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _number(digits: str) -> int:
    return int(digits.translate(str.maketrans("OoIl", "0011")))
