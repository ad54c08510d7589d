"""The age that follows from a date of birth and the day of the note: for the note on the guideline's scope alone."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from chart_triage.dates import find_dates

_BORN = re.compile(
    r"\b(?:DOB|D\.O\.B\.?|date of birth|birth ?date|born(?: on)?)\b[ \t]{0,3}[:#]?[ \t]{0,6}", re.IGNORECASE
)
_LONGEST_DATE = 20  # characters
_OLDEST = 120  # years


class Age(NamedTuple):
    """`years` on `day`, as `raw[start:end]` (the date of birth) gives it."""

    years: int
    start: int
    end: int
    reason: str


def age_by_birth(raw: str, day: date | None) -> Age | None:
    """The age at `day` by the first date of birth of the text; None where the day or a full date is not known."""
    if day is None or not any(word in raw for word in ("DOB", "D.O.B", "irth", "BIRTH", "Born", "born")):
        return None
    for match in _BORN.finditer(raw):
        found = find_dates(raw[match.end() : match.end() + _LONGEST_DATE], None)
        if not found or found[0].start > 1 or found[0].first != found[0].last:
            continue
        born = found[0].first
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        if 0 <= years <= _OLDEST:
            reason = f"born {born.isoformat()}, {years} years old on {day.isoformat()}"
            return Age(years, match.end() + found[0].start, match.end() + found[0].end, reason)
    return None
