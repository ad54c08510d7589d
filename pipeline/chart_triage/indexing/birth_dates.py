"""A date as forms and headers print it, legible or half so, to a `date`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from chart_triage.indexing.glyphs import as_digits, fold

_D = "[0-9OoQDIl|!iSsBZzG]"
_SEP = r"\s?[/.,\-–~]\s?"
_PARTED = re.compile(
    rf"(?<![A-Za-z0-9])({_D}{{1,4}})(?:{_SEP}|\s)({_D}{{1,2}})(?:{_SEP}|\s)({_D}{{4}}|{_D}{{2}})(?![0-9'’]|/[0-9'’])"
)
# A slash that was read as the digit 1, or not read at all
_RUN = re.compile(
    rf"(?<![A-Za-z0-9])({_D}{{2}})[/1Il|!]?\s?({_D}{{2}})[/1Il|!]?\s?((?:1[89]|[2Z][0O]){_D}{{2}})(?![0-9A-Za-z])"
)
_ISO_RUN = re.compile(rf"(?<![A-Za-z0-9])((?:1[89]|[2Z][0O]){_D}{{2}})({_D}{{2}})({_D}{{2}})(?![0-9A-Za-z])")
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9])(?:({_D}{{1,2}})(?:st|nd|rd|th)?[\s./-]{{1,2}}([A-Za-z0-9]{{3,9}})[\s.,/-]{{1,2}}({_D}{{4}}|\d{{2}})"
    rf"|([A-Za-z0-9]{{3,9}})[\s./-]{{1,2}}({_D}{{1,2}})(?:st|nd|rd|th)?[\s.,/-]{{1,2}}({_D}{{4}}))(?![0-9A-Za-z])"
)
_MONTHS = {
    fold(name)[:3]: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_OLDEST, _LATEST = 1890, 2060


def read_date(text: str, latest: int = 2030) -> tuple[date, int, int] | None:
    """The first date in `text` with its place, or None. Month before day where both are possible, as in the US.

    `latest` is the last year that can be meant: a year of two digits after it belongs to the century before.

    >>> read_date("O3/02/8l (45 y.o. F)")
    (datetime.date(1981, 3, 2), 0, 8)
    """
    found = [each for each in _readings(text, latest) if each is not None]
    return min(found, key=lambda each: each[1], default=None)


def _readings(text: str, latest: int) -> Iterator[tuple[date, int, int] | None]:
    for pattern in (_PARTED, _RUN, _ISO_RUN):
        for match in pattern.finditer(text):
            first, second, third = map(as_digits, match.groups())
            if any(c.isdigit() for c in match[0]) and (day := _numeric(first, second, third, latest)):
                yield day, match.start(), match.end()
                break
    for match in _NAMED.finditer(text):
        day_, month, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        number = _MONTHS.get(fold(month)[:3])
        if number and (day := _date(as_digits(year), number, int(as_digits(day_)), latest)):
            yield day, match.start(), match.end()
            break


def _numeric(first: str, second: str, third: str, latest: int) -> date | None:
    if not (first + second + third).isdigit():
        return None
    if len(first) == 4:
        return _date(first, int(second), int(third), latest)
    if len(first) > 2:
        return None
    a, b = int(first), int(second)
    return _date(third, a, b, latest) or _date(third, b, a, latest)


def _date(year: str, month: int, day: int, latest: int) -> date | None:
    if not year.isdigit():
        return None
    full = int(year)
    if len(year) == 2:
        full += 2000 if 2000 + full <= latest else 1900
    try:
        return date(full, month, day) if _OLDEST <= full <= _LATEST else None
    except ValueError:
        return None
