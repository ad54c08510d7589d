"""What the top and the foot of a page say about where documents begin and end."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.document_dates import StatedDate, document_date, stated_dates
from chart_triage.indexing import kind_signs, page_words
from chart_triage.records.page import FurnitureRole, Page

_DIGIT = "[0-9OoIl|]"
_COUNT = re.compile(rf"\b(?:page|pg|p)\s?[.:]?\s?({_DIGIT}{{1,3}})\s?(?:of|/)\s?({_DIGIT}{{1,3}})\b", re.IGNORECASE)
_BARE_COUNT = re.compile(rf"^[-\s]*({_DIGIT}{{1,3}})\s?(?:of|/)\s?({_DIGIT}{{1,3}})[-\s]*$", re.IGNORECASE)
_MISREAD = str.maketrans("OoIiLl|", "0011111")
_SENT = re.compile(
    r"\bfrom\b|\bfax\b|\bto:|\d{1,2}:\d{2}.*\b(?:\d{3}-?)?\d{3}-?\d{4}\b|\b0\d{1,2}/\d{3}\b", re.IGNORECASE
)
"""A fax banner: it counts the pages of the transmission."""
_BARE_NUMBER = re.compile(rf"^[-\s]*(?:page|pg|p)?\s?[.:]?\s?({_DIGIT}{{1,3}})[-\s]*$", re.IGNORECASE)
_FORM = re.compile(r"\bform\s?(?:no\.?|number|#)?\s?:?\s?([A-Z]{1,6}[- ]?\d{1,6}[A-Z]?)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\bcont(?:inued|inuation|inues|'d|d\.|\.)(?!\w)|^\W*(?:addendum|late entry)\b", re.IGNORECASE)
_DATED_END = re.compile(r"\s+[-\u2013]\s+\S.*\d{2,4}\s*$")
_LABEL = re.compile(kind_signs.TITLE_LABEL, re.IGNORECASE)
_EDGE_LINES = 4
_TOP = 700
_FOOT = 400
_SHORTEST = 4  # letters of a word that tells one letterhead from another
_LETTERHEAD_LINES = 2
_LETTERHEAD_WORDS = 12


class PageEdges(NamedTuple):
    """One page's edges.

    - `numbered`: "page x of y", the fax banner's left out; y is 0 for "page x".
    - `dates`: the days that the page gives itself; `on`: the best of those at its top.
    - `letterhead`: the longer words of its running headers and first lines; `form`: the number of a printed form.
    - `ended`: its foot closes a document. `goes_on`: its top continues one.
    """

    title: str | None
    numbered: tuple[int, int] | None
    dates: tuple[StatedDate, ...]
    on: date | None
    letterhead: frozenset[str]
    form: str | None
    ended: bool
    goes_on: bool


def read_edges(page: Page, title: str | None) -> PageEdges:
    """`title`: as the signs of the page's kind tell it."""
    lines = [line for line in page_words.looked_at(page.text).split("\n") if line.strip()]
    top = lines[: _EDGE_LINES + 1]
    running = [line.text for line in page.furniture if line.role is not FurnitureRole.FAX_BANNER]
    above = "\n".join(line.text for line in page.furniture if line.role is FurnitureRole.HEADER)
    return PageEdges(
        title=_plain(title) if title is not None else None,
        numbered=_numbered(page, lines),
        dates=tuple(stated_dates(f"{above}\n{page.text}" if above else page.text)),
        on=document_date(f"{above}\n{page.text[:_TOP]}"),
        letterhead=frozenset(_letterhead([*above.split("\n"), *lines[:_LETTERHEAD_LINES]])),
        form=next(
            (m[1].upper() for line in (*running, *top, *lines[-_EDGE_LINES:]) if (m := _FORM.search(line))), None
        ),
        ended=_ends(page.text),
        goes_on=bool(lines) and (lines[0].lstrip()[:1].islower() or any(_GOES_ON.search(line) for line in top)),
    )


def _plain(title: str) -> str:
    """A title without its date and without a label before it ("EXAM: MRI BRAIN")."""
    return _LABEL.sub("", _DATED_END.sub("", title.strip())).strip(" -:*#=_")


def _numbered(page: Page, lines: list[str]) -> tuple[int, int] | None:
    running = [line for line in page.furniture if line.role is not FurnitureRole.FAX_BANNER]
    edges = (*(line.text for line in running), *lines[: _EDGE_LINES + 1], *lines[-_EDGE_LINES:])
    for line in edges:
        found = None if _SENT.search(line) else _COUNT.search(line) or _BARE_COUNT.search(line)
        if found is not None:
            number, of = (_number(part) for part in found.groups())
            if 1 <= number <= of:
                return number, of
    for line in (line.text for line in running if line.role is FurnitureRole.PAGE_NUMBER):
        if found := _BARE_NUMBER.search(line):
            return _number(found[1]), 0
    return None


def _number(digits: str) -> int:
    return int(digits.translate(_MISREAD))


def _letterhead(lines: list[str]) -> Iterator[str]:
    """The words of lines that may be a letterhead: no section's title, no line of a paragraph."""
    for line in lines:
        if line.rstrip()[-1:] in (":", ".", ",", ";") or len(line.split()) > _LETTERHEAD_WORDS:
            continue
        for cell in page_words.cells(line):
            yield from (t.word for t in cell.tokens if len(t.word) >= _SHORTEST and not t.word.isdigit())


@lru_cache(maxsize=1)
def _ends_pattern() -> re.Pattern[str]:
    with (resources.lexicons() / "shared" / "document_ends.csv").open(encoding="utf-8", newline="") as file:
        phrases = [re.escape(row["phrase"]).replace(r"\ ", r"\s{1,2}") for row in csv.DictReader(file)]
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(phrases)})(?![A-Za-z])", re.IGNORECASE)


def _ends(text: str) -> bool:
    return _ends_pattern().search(text, max(0, len(text) - _FOOT)) is not None
