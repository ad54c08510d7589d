"""Dates in clinical text, absolute and relative, resolved against a reference day. Nothing is guessed.

A date with no year takes the last such day before the reference. A month or a year alone is an interval; the
interval is kept, so that a caller can tell "surely within six weeks" from "perhaps".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

_MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_MONTH = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{{0,6}}\.?"
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_WORDS)} | {
    "a": 1,
    "an": 1,
    "couple": 2,
    "a couple of": 2,
    "few": 3,
    "a few": 3,
    "several": 4,
}
_DAYS = {
    "day": 1,
    "days": 1,
    "d": 1,
    "week": 7,
    "weeks": 7,
    "wk": 7,
    "wks": 7,
    "month": 30,
    "months": 30,
    "mo": 30,
    "mos": 30,
    "year": 365,
    "years": 365,
    "yr": 365,
    "yrs": 365,
}
_NUMBER = r"(?P<n>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple of|a few|several|an?)"
_UNIT = r"(?P<unit>days?|weeks?|wks?|months?|mos?|years?|yrs?|d)\b"
_ABSOLUTE = re.compile(
    r"\b(?P<y1>(?:19|20)\d\d)-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})\b"
    r"|\b(?P<m2>\d{1,2})[/-](?P<d2>\d{1,2})[/-](?P<y2>(?:19|20)?\d\d)\b"
    r"|\b" + _MONTH.format("mn3") + r"\s{1,3}(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(?P<y3>(?:19|20)\d\d)\b"
    r"|\b(?P<d4>\d{1,2})(?:st|nd|rd|th)?[\s-]{1,3}" + _MONTH.format("mn4") + r"[\s,-]{1,3}(?P<y4>(?:19|20)\d\d)\b"
    r"|\b(?P<m5>\d{1,2})/(?P<y5>(?:19|20)\d\d)\b"
    r"|\b" + _MONTH.format("mn6") + r"(?:\s{1,3}of)?,?\s{1,3}(?P<y6>(?:19|20)\d\d)\b"
    r"|\b(?P<m7>\d{1,2})/(?P<d7>\d{1,2})\b(?!/)"
    r"|\b" + _MONTH.format("mn8") + r"\s{1,3}(?P<d8>\d{1,2})(?:st|nd|rd|th)?\b(?!\s*%)"
    r"|\b(?:in|since|from|circa|ca\.?|around|about|during|early|late|year|dated|of|\()\s{0,2}(?P<y9>(?:19|20)\d\d)\b"
    r"|\b" + _MONTH.format("mn12") + r"\s{1,3}(?:of\s{1,3})?(?P<this>this|last)\s{1,3}year\b"
    r"|\b(?:in|since|last|this past|from|during|late|early|mid)[\s-]{1,2}"
    + _MONTH.format("mn13")
    + r"(?=[\s.,;)]|$)(?![\s,]{1,3}(?:of\s)?\d)"
    r"|\b(?P<d14>\d{1,2})(?:st|nd|rd|th)?(?:\s{1,3}of)?\s{1,3}(?!(?-i:may|mar|march)\b)"
    + _MONTH.format("mn14")
    + r"(?![\w/-])(?!,?\s{1,3}(?:19|20)\d\d)"
    r"|(?<=[\s(,])'(?P<y10>\d\d)\b"
    r"|\b(?P<y11>(?:19|20)\d\d)\b(?=\s*(?:$|[),.;]|(?:and|with|for|at|by)\b))",
    re.IGNORECASE,
)
_AGO = re.compile(
    _NUMBER
    + r"[\s-]{1,2}"
    + _UNIT
    + r"\s{0,2}(?P<how>ago|prior|previously|earlier|back|before|s/p|status post|out from|post|after|out)?",
    re.IGNORECASE,
)
_POD = re.compile(
    r"\b(?:pod|post-?\s?operative day|post-?\s?procedure day|post[- ]pci day|ppd)\s{0,2}#?\s{0,2}(?P<n>\d{1,3})\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?P<today>today|this morning|this admission|this hospitali[sz]ation|earlier today|tonight|just now)\b|"
    r"\b(?P<yesterday>yesterday)\b"
    r"|\b(?P<lastweek>last week)\b|\b(?P<lastmonth>last month)\b|\b(?P<lastyear>last year)\b"
    r"|\b(?P<years>(?:many|several|some) years|remote(?:ly)?|(?<!not )long ago|decades ago|years (?:ago|back|prior))\b"
    r"|\b(?P<months>(?:many|several|some) months ago)\b",
    re.IGNORECASE,
)
_OCR_ZERO = re.compile(r"(?<=[\d/])[oO](?=[\d/])|\b[oO](?=\d[/-])")


class When(NamedTuple):
    """A day or an interval (`first` to `last`, inclusive) at `start`..`end` of the searched text; `text` as written."""

    first: date
    last: date
    start: int
    end: int
    text: str
    relative: bool = False


def find_dates(text: str, reference: date | None) -> list[When]:
    """All dates in `text` that can be resolved; those that need a reference day only when there is one."""
    text = _OCR_ZERO.sub("0", text)
    found = [w for m in _ABSOLUTE.finditer(text) if (w := _absolute(m, reference)) is not None]
    if reference is not None:
        taken = [(w.start, w.end) for w in found]
        for pattern, resolve in ((_AGO, _ago), (_POD, _pod), (_NAMED, _named)):
            for match in pattern.finditer(text):
                if any(match.start() < e and s < match.end() for s, e in taken):
                    continue
                interval = resolve(match, reference)
                if interval is not None:
                    found.append(When(*interval, match.start(), match.end(), match.group(), relative=True))
    return sorted(found, key=lambda w: w.start)


def absolute(
    text: str, at: int = 0, end: int | None = None, *, whole: bool = False, later: bool = False
) -> When | None:
    """The date written out at `at`, as far as it names its own day; `whole`: it is all of `text[at:end]`; `later`:
    it may begin behind `at`."""
    find = _ABSOLUTE.fullmatch if whole else _ABSOLUTE.search if later else _ABSOLUTE.match
    match = find(text, at, len(text) if end is None else end)
    return _absolute(match, None) if match else None


def _absolute(match: re.Match[str], reference: date | None) -> When | None:
    parts = {k: v for k, v in match.groupdict().items() if v is not None}
    year = next((_year(v) for k, v in parts.items() if k[0] == "y"), None)
    month = next((int(v) for k, v in parts.items() if k[0] == "m" and k[1].isdigit()), None)
    if month is None:
        month = next((_MONTHS[v[:3].lower()] for k, v in parts.items() if k.startswith("mn")), None)
    day = next((int(v) for k, v in parts.items() if k[0] == "d"), None)
    if year is None and month is not None and day is None:
        year = _year_of_month(month, parts.get("this", ""), reference)
    interval = _interval(year, month, day, reference)
    return When(*interval, match.start(), match.end(), match.group()) if interval else None


def _year_of_month(month: int, which: str, reference: date | None) -> int | None:
    """The year of "February of this year" or "in February": the last such month that has begun."""
    if reference is None:
        return None
    if which:
        return reference.year - (which.lower() == "last")
    return reference.year - (month > reference.month)


def _year(text: str) -> int:
    value = int(text)
    return value if value > 99 else value + (2000 if value < 60 else 1900)


def _interval(year: int | None, month: int | None, day: int | None, reference: date | None) -> tuple[date, date] | None:
    try:
        if year is None:
            if reference is None or month is None or day is None:
                return None
            candidate = date(reference.year, month, day)
            if candidate > reference:
                candidate = date(reference.year - 1, month, day)
            return candidate, candidate
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is not None and month > 12 >= day:
            month, day = day, month  # 25/08/2026: written day first
        if day is None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError:
        return None


def _ago(match: re.Match[str], reference: date) -> tuple[date, date] | None:
    how = (match.group("how") or "").lower()
    if not how:
        return None
    number = match.group("n").lower()
    unit = match.group("unit").lower()
    days = (int(number) if number.isdigit() else _NUMBERS.get(number, 0)) * _DAYS[unit]
    if unit.startswith(("y", "m")):  # "6 months ago" is said of anything between five and seven
        one = days == _DAYS[unit] and how == "ago"
        slack = _DAYS[unit] // (3 if one else 2)  # "a month ago" is said of three to six weeks
        return _back(reference, days + slack), _back(reference, max(0, days - slack))
    return _back(reference, days), _back(reference, days)


def _pod(match: re.Match[str], reference: date) -> tuple[date, date]:
    day = _back(reference, int(match.group("n")))
    return day, day


def _named(match: re.Match[str], reference: date) -> tuple[date, date]:
    name = match.lastgroup or ""
    far = {
        "today": (0, 0),
        "yesterday": (1, 1),
        "lastweek": (13, 1),
        "lastmonth": (61, 1),
        "lastyear": (730, 1),
        "years": (36500, 365),
        "months": (365, 60),
    }
    first, last = far[name]
    return _back(reference, first), _back(reference, last)


def _back(day: date, days: int) -> date:
    return day - timedelta(days=min(days, (day - date.min).days))
