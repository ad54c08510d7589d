"""The six-week question: was an intravascular stent placed within the window before the scan, request or note?

The arithmetic is shown to the reviewer. A stent that cannot be dated is uncertain; an older one is not listed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from chart_triage.dates import When, find_dates
from chart_triage.records.mention import Status

_PAST = re.compile(
    r"\b(?:history of|h/o|hx of|hx|previous(?:ly)?|prior|old|known|remote|status post|s/p|has had|had had|in the "
    r"past|past|"
    r"existing|received|has (?:received|undergone)|unknown|the time was)\b",
    re.IGNORECASE,
)
_DONE_NOW = re.compile(
    r"\b(?:deployed|successful(?:ly)?|placement of|placed|implanted|implantation|stenting of|was stented|were "
    r"stented|inserted|"
    r"post-?dilat(?:ed|ation)|treated with|followed by|performed|emergent(?:ly)?)\b",
    re.IGNORECASE,
)
_RECENT = re.compile(r"\b(?:recent(?:ly)?|just|new(?:ly)?|fresh)\b", re.IGNORECASE)


_LATER = re.compile(
    r"\b(?:(?:for|after|at|over) (?:one|two|three|four|five|\d{1,2})[- ](?:years?|months?)\b"
    r"|(?:one|two|three|four|five|six|\d{1,2}) (?:years?|months?) (?:later|after|afterwards|post)"
    r"|\d{1,2}[- ](?:year|month) follow[- ]?up|the following year|since then)",
    re.IGNORECASE,
)
_FOLLOWING = 260  # characters
UNDATED = "no date of placement is given"
_SOME_DAY = date(2000, 7, 1)  # "3 weeks ago" is as long before any day


class Recency(NamedTuple):
    """`status` None: older than the window, so not listed. `reason` shows the days counted."""

    status: Status | None
    reason: str
    on: date | None


def recency(
    raw: str,
    statement: tuple[int, int],
    span: tuple[int, int],
    section: str | None,
    reference: date | None,
    days: int,
    *,
    noted: date | None = None,
) -> Recency:
    """How long before `reference` the stent of `raw[slice(*span)]` was placed; `days` is the window.

    "Three weeks ago" counts from the day of the note, `noted`; from `reference` where that is not known.
    """
    text = raw[slice(*statement)]
    found = find_dates(text, noted or reference or _SOME_DAY)
    when = _nearest(found, span[0] - statement[0], span[1] - statement[0])
    if when is not None:
        return _dated(when, reference or (_SOME_DAY if when.relative else None), days, known=reference is not None)
    near = raw[max(statement[0], span[0] - 80) : min(statement[1], span[1] + 80)]
    past = _PAST.search(raw[max(statement[0], span[0] - 45) : min(statement[1], span[1] + 15)]) or section in (
        "past_medical_history",
        "past_surgical_history",
        "problem_list",
        "social_history",
    )
    if not past and (_DONE_NOW.search(near) or section in ("procedure", "diagnosis")):
        if (later := _LATER.search(raw, span[1], span[1] + _FOLLOWING)) is not None:
            return Recency(Status.UNCERTAIN, f"{UNDATED}, and the text goes on to '{later.group()}'", None)
        return Recency(
            Status.PRESENT, "placed in the procedure that this note describes; no other date is given", reference
        )
    if _RECENT.search(near):
        return Recency(Status.UNCERTAIN, "called recent, but no date is given", None)
    return Recency(Status.UNCERTAIN, UNDATED, None)


def _nearest(dates: list[When], start: int, end: int) -> When | None:
    """The date that belongs to the span: in the same clause, after it first ("stent 3/2/26"), else before it."""
    best: tuple[int, When] | None = None
    for when in dates:
        gap = when.start - end if when.start >= end else start - when.end
        if gap < 0:
            gap = 0
        cost = gap if when.start >= end else gap + 15
        if gap <= 160 and (best is None or cost < best[0]):
            best = (cost, when)
    return best[1] if best else None


def _dated(when: When, reference: date | None, days: int, *, known: bool) -> Recency:
    if reference is None:
        return Recency(
            Status.UNCERTAIN, f"placed {_bare(when.text)}; no date of the note or scan to count from", when.first
        )
    opens = reference - timedelta(days=days)
    longest, shortest = (reference - when.first).days, (reference - when.last).days
    span = f"{shortest} days" if longest == shortest else f"{shortest} to {longest} days"
    told = (
        f"{_bare(when.text)} is {span} before {reference.isoformat() if known else 'the note'}; the window is "
        f"{days} days"
    )
    if when.first > reference:
        return Recency(Status.HYPOTHETICAL, f"{_bare(when.text)} lies after {reference.isoformat()}", when.first)
    on = when.first if known else None
    if when.last < opens:
        return Recency(None, told, on)
    return Recency(Status.PRESENT if when.first >= opens else Status.UNCERTAIN, told, on)


def _bare(date_as_written: str) -> str:
    """ "of 2016" -> "2016"."""
    return date_as_written.strip().removeprefix("of ").removeprefix("in ").removeprefix("on ")
