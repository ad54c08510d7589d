"""The six-week question: was an intravascular stent placed within the window before the scan, request or note?

The arithmetic is shown to the reviewer. A stent that cannot be dated is uncertain; an older one is not listed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
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
_BOOKED = re.compile(
    r"\b(?:cath(?: lab)?|angio(?:gram|graphy|plasty)?|PCI|procedure|admission|slot|case|"
    r"theatre)\b[^.\n]{0,30}\b(?:booked|"
    r"scheduled|listed|planned|arranged|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\b(?:booked|scheduled|"
    r"listed|planned|"
    r"arranged) (?:for|on)\b|\bif (?:the )?(?:FFR|iFR|significant|flow|ischa?emi\w{1,2}|stress test|lesion)\b|"
    r"\bdepending on (?:the )?(?:FFR|iFR|angio\w{0,6}|result)",
    re.IGNORECASE,
)
_RECENT = re.compile(r"\b(?:recent(?:ly)?|just|new(?:ly)?|fresh)\b", re.IGNORECASE)


_LATER = re.compile(
    r"\b(?:(?:for|after|at|over) (?:one|two|three|four|five|\d{1,2})[- ](?:years?|months?)\b"
    r"|(?:one|two|three|four|five|six|\d{1,2}) (?:years?|months?) (?:later|after|afterwards|post)"
    r"|\d{1,2}[- ](?:year|month) follow[- ]?up|the following year|since then)",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"\b(?:days?|weeks?|months?|years?|(?:last|this) (?:week|month|year))\b[^.;\n]{0,24}\bor\b[^.;\n]{0,24}?"
    r"\b(?:days?|weeks?|months?|years?|longer|(?:last|this) (?:week|month|year))\b",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:corrected|amended|changed|revised|updated|altered|rectified)\b[^.;\n]{0,60}\b(?:from|of)\b", re.IGNORECASE
)
_TO = re.compile(r"\W{0,3}(?:to|->|\u2192)\s{0,3}(?:read )?\Z", re.IGNORECASE)
_SET_RIGHT = re.compile(
    r"\b(?:should (?:be|read|say|have (?:been|read))|correct(?:ed)? (?:date |year )?(?:is|to|was|being)|actually|"
    r"in fact|in truth|but (?:in|on|from)?|(?:report|note|notes|summary|record|records|letter|log|card|lab|registry|"
    r"database|images?|film) "
    r"(?:clearly |itself |is ){0,2}(?:dated|shows?|says?|states?|gives?|confirms?|documents?|reads?|has|have|dates?|"
    r"puts?))\b",
    re.IGNORECASE,
)
_MISTYPED = re.compile(
    r"\b(?:typed|entered|recorded|written|charted|dictated|mistyped|transcribed|documented|misread|not)\s{1,3}"
    r"(?:down )?(?:as |in |on |from )?\Z",
    re.IGNORECASE,
)
_AND_NOT = re.compile(r"\b(?:not|rather than|instead of|in place of)\s{1,3}(?:in |on |from )?\Z", re.IGNORECASE)
_DATE_LINE = re.compile(
    r"\s{0,4}(?:[-*\u2022]\s{0,3})?(?:if (?:yes|so)[,:]? )?(?:date|when|year|month|(?:date |day )?(?:placed|inserted|"
    r"implanted|fitted|put in|done|stented))\b[^.;:?\n]{0,40}[:?]?\s{1,4}",
    re.IGNORECASE,
)
_DATE_CORRECTED = re.compile(
    r"\bdate\b[^.;\n]{0,40}\b(?:corrected|amended|changed|revised|wrong|incorrect)\b", re.IGNORECASE
)
_DATE_LINES = 3  # statements behind a form's question in which the date is asked for
_FOLLOWING = 260  # characters
UNDATED = "no date of placement is given"
_NEAR = 40  # characters
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
    found = _valid(text, find_dates(text, noted or reference or _SOME_DAY))
    when = _nearest(found, span[0] - statement[0], span[1] - statement[0])
    if when is not None and when.relative and _EITHER.search(text) is not None:
        return Recency(Status.UNCERTAIN, "more than one time of placement is named", None)
    if when is None:
        day = noted or reference or _SOME_DAY
        when = _asked_below(raw, statement[1], day)
        if when is None and _DATE_CORRECTED.search(text) is not None:  # "Stent date corrected. It was 12 May 2019."
            when = next(
                iter(_valid(rest := raw[statement[1] : statement[1] + _FOLLOWING], find_dates(rest, day))), None
            )
    if when is not None:
        return _dated(when, reference or (_SOME_DAY if when.relative else None), days, known=reference is not None)
    near = raw[max(statement[0], span[0] - 80) : min(statement[1], span[1] + 80)]
    past = _PAST.search(raw[max(statement[0], span[0] - 45) : min(statement[1], span[1] + 15)]) or section in (
        "past_medical_history",
        "past_surgical_history",
        "problem_list",
        "social_history",
    )
    if not past and _BOOKED.search(text) and not _DONE_NOW.search(near):
        return Recency(Status.HYPOTHETICAL, "booked, or to be placed on a condition", None)
    if not past and (_DONE_NOW.search(near) or section in ("procedure", "diagnosis")):
        if (later := _LATER.search(raw, span[1], span[1] + _FOLLOWING)) is not None:
            return Recency(Status.UNCERTAIN, f"{UNDATED}, and the text goes on to '{later.group()}'", None)
        return Recency(
            Status.PRESENT, "placed in the procedure that this note describes; no other date is given", reference
        )
    if _RECENT.search(near):
        return Recency(Status.UNCERTAIN, "called recent, but no date is given", None)
    return Recency(Status.UNCERTAIN, UNDATED, None)


def _valid(text: str, found: list[When]) -> list[When]:
    """The dates without those that the text corrects: "date corrected from 2021 to 12 Sep 2026", "had been typed as
    09/2026; the report shows 09/2016", "2019, not 2026"."""
    wrong = set()
    for one, other in pairwise(found):
        between = text[one.end : other.start]
        before = text[max(0, one.start - _NEAR) : one.start]
        moved = _TO.match(between) is not None and _MOVED.search(text, 0, one.start + 5) is not None
        if moved or _SET_RIGHT.search(between) or _MISTYPED.search(before):
            wrong.add(one)
        elif _AND_NOT.search(between):
            wrong.add(other)
    return [when for when in found if when not in wrong]


def _asked_below(raw: str, end: int, reference: date) -> When | None:
    """The date on the next lines of a form: "Stent fitted? YES", "Date: 6 Oct 2026"."""
    rest = raw[end : end + _FOLLOWING]
    lines = rest.split("\n")[: _DATE_LINES + 1]
    for line in lines if raw[end - 1 : end] == "\n" else lines[1:]:
        match = _DATE_LINE.match(line)
        if match is not None:
            return next(iter(find_dates(line[match.end() - 1 :], reference)), None)
    return None


def _nearest(dates: list[When], start: int, end: int) -> When | None:
    """The date that belongs to the span: in the same clause, after it first ("stent 3/2/26"), else before it.

    A day within the time that is named first counts before it ("last month (17 Sept)").
    """
    best: tuple[int, When] | None = None
    for when in dates:
        gap = when.start - end if when.start >= end else start - when.end
        if gap < 0:
            gap = 0
        cost = gap if when.start >= end else gap + 15
        if gap <= 160 and (best is None or cost < best[0]):
            best = (cost, when)
    if best is None:
        return None
    coarse = best[1]
    within = (w for w in dates if w is not coarse and abs(w.start - coarse.end) <= _NEAR and _holds(coarse, w))
    return next(within, coarse)


def _holds(coarse: When, exact: When) -> bool:
    return coarse.first <= exact.first and exact.last <= coarse.last and coarse.relative


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
