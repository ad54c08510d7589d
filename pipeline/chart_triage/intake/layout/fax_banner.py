"""The line that a fax machine prints along the edge of a page: "11/02/2026 09:14  FROM: NEURO CLINIC  P. 003/011"."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from chart_triage.records.page import FaxBanner, FurnitureLine, FurnitureRole

# Noise-tolerant: "O" for 0, "l" for 1, blanks beside slashes.
_DIGIT = "[0-9OoIl]"
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_PARTED = "(?: ?[/.-] ?| )"
_NUMERIC = re.compile(rf"\b({_DIGIT}{{1,4}}){_PARTED}({_DIGIT}{{1,2}}){_PARTED}({_DIGIT}{{4}}|{_DIGIT}{{2}})\b")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*"
_NAMED = re.compile(
    rf"\b(?:({_DIGIT}{{1,2}})[ -])?{_MONTH}\.?[ -](?:({_DIGIT}{{1,2}})[, -]{{1,3}})?({_DIGIT}{{4}})\b", re.I
)
_TIME = re.compile(rf"\b{_DIGIT}{{1,2}} ?[:.] ?{_DIGIT}{{2}}(?: ?[:.] ?{_DIGIT}{{2}})?(?: ?[AaPp]\.?[Mm]\b\.?)?")
_PAGE = re.compile(
    rf"\b(?:page|pg|p)\s?[.:#]?\s?({_DIGIT}{{1,4}})(?:(?:\s?(?:/|of)\s?|\s)({_DIGIT}{{1,4}}))?(?!\w)"
    rf"|(?<![\d/])({_DIGIT}{{1,4}})\s?(?:/|of)\s?({_DIGIT}{{1,4}})\s*$",
    re.I,
)
_FROM = re.compile(r"\b(?:from|fr0m|sender|sent by)\s?[:;.]?\s*", re.I)
_NAME_FIRST = re.compile(r"([^\d:]*[A-Za-z]{3}[^\d:]*?)\s+fax (?:no|number|#)", re.I)
_ENDS_SENDER = re.compile(r"\s{2,}|\t|\b(?:to|page|pg|p|fax|tel|phone|date|time|id)\s?[:.#]|\bfax\b", re.I)
_PHONE = re.compile(r"\+?1?[ .-]?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\b\d{3}[ -]\d{4}\b")
_FAX_WORD = re.compile(r"\b(?:fax\w*|rightfax|efax|csid|tsid|(?:from|to|job|id)\s?[:#])|\bFROM\b", re.I)
_SENDER_LENGTH = 60
_LONGEST = 160


class _Signs(NamedTuple):
    date: bool
    time: bool
    page: bool
    sender: bool


def is_banner(text: str) -> bool:
    """Whether a line at a page's edge is what a fax machine printed: sender or number, date, and time or page count.

    A note's own heading has date and page as well, but says nothing of who sent it to whom.
    """
    signs = _signs(text)
    return len(text) <= _LONGEST and signs.sender and signs.date and (signs.time or signs.page)


def _signs(text: str) -> _Signs:
    sender = _FAX_WORD.search(text) is not None or _PHONE.search(text) is not None
    dated = _NUMERIC.search(text) is not None or _NAMED.search(text) is not None
    without_date = _NUMERIC.sub(" ", text)
    return _Signs(dated, _TIME.search(without_date) is not None, _PAGE.search(without_date) is not None, sender)


def read_banner(line: FurnitureLine) -> FaxBanner | None:
    """What a line of the role FAX_BANNER says; None for other lines."""
    if line.role is not FurnitureRole.FAX_BANNER:
        return None
    text = line.text
    page, pages = _count(_NUMERIC.sub(" ", text))
    return FaxBanner(text=text, sent=_date(text), sender=_sender(text), page=page, pages=pages)


def _count(text: str) -> tuple[int | None, int | None]:
    found = _PAGE.search(text)
    if found is None:
        return None, None
    page, pages = _number(found[1] or found[3]), _number(found[2] or found[4])
    if not page or (pages is not None and pages < page):
        return None, None
    return page, pages


def _number(digits: str | None) -> int | None:
    return int(_digits(digits)) if digits else None


def _digits(text: str) -> str:
    return text.translate(str.maketrans("OoIl", "0011"))


def _date(text: str) -> str | None:
    found = _NUMERIC.search(text)
    if found is not None:
        first, second, third = (_digits(part) for part in found.groups())
        if len(first) == 4:
            return _iso(int(first), int(second), int(third))
        year = int(third) + (2000 if len(third) == 2 else 0)
        return _iso(year, int(first), int(second))
    named = _NAMED.search(text)
    day = named and (named[1] or named[3])
    if named is None or not day:
        return None
    return _iso(int(_digits(named[4])), _MONTHS[named[2].lower()[:3]], int(_digits(day)))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _sender(text: str) -> str | None:
    found = _FROM.search(text)
    if found is None:
        named = _NAME_FIRST.match(text)
        return named[1].strip()[:_SENDER_LENGTH] if named else None
    rest = text[found.end() :]
    ends = (_ENDS_SENDER.search(rest, 1), _PAGE.search(rest), _NUMERIC.search(rest), _TIME.search(rest))
    end = min((found.start() for found in ends if found), default=len(rest))
    name = _PHONE.sub("", rest[:end]).strip(" \t-:;,.|")
    return name[:_SENDER_LENGTH] or None
