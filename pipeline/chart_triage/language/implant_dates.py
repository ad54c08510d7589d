"""When an implant was put in or taken out: dates in the scope of its name, by the words between the two."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from chart_triage.dates import When, find_dates
from chart_triage.language.implant_drafts import Draft, owner, quote
from chart_triage.language.implant_words import without_device_names
from chart_triage.language.surroundings import Surroundings
from chart_triage.records.implant import ImplantDate
from chart_triage.records.mention import Status

DayOf = Callable[[int], date | None]
"""The day from which relative dates at an offset count."""

_PUT_IN = re.compile(
    r"\b(?:implant(?:ed|ation)|placed|placement|insert(?:ed|ion)|since|put in|surgery|s/p|status post|received|got|"
    r"started)\b",
    re.IGNORECASE,
)
_TAKEN_OUT = re.compile(r"\b(?:removed|removal|explant(?:ed|ation)?|extracted|extraction|taken out)\b", re.IGNORECASE)
_OTHER_EVENT = re.compile(
    r"\b(?:interrogat\w+|check\w*|seen|evaluat\w+|scan\w*|mri|mr|clear\w+|program\w*|report\w*|visit\w*|replac\w+|revis\w+|"
    r"exchang\w+|chang\w+|fail\w*|due|schedul\w+|plan\w*|turned|adjust\w+|refill\w*|last|next|until|expires?|x-?ray|film|"
    r"noted|dependent|battery|clinic|note|exam\w*|born|dob|update\w*|upgrad\w+)\b",
    re.IGNORECASE,
)
_AFTER = 24  # characters behind a date or an implant's name in which the verb may follow

_PROCEDURE = re.compile(r"\b(?:implantation|placement|insertion|implant)\b", re.IGNORECASE)
_PROCEDURE_SECTIONS = frozenset({"procedure", "operation"})

_NEUTRAL = re.compile(r"\b(?:model|type|left|right|side|chest|dual|single|chamber|serial|titanium)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[);,\n]|\.\s")

Event = Literal["on", "off"]


def add_dates(place: Surroundings, drafts: Sequence[Draft], day_of: DayOf) -> None:
    """Dates of implantation and removal in the scope of a mention, given to the implant that they are of."""
    seen: set[int] = set()
    for draft in drafts:
        low, high = draft.scope
        for when in find_dates(place.raw[low:high], day_of(low)):
            start, end = low + when.start, low + when.end
            if start in seen:
                continue
            seen.add(start)
            whose = owner(place, drafts, (start, end), drafts)
            event = _event(place, whose, start, end) if whose is not None else None
            if whose is not None and event == "on" and whose.on is None:
                whose.on = implant_date(place, when, low)
            elif whose is not None and event == "off" and whose.off is None:
                whose.off = implant_date(place, when, low)


def add_procedure_dates(place: Surroundings, drafts: Sequence[Draft]) -> None:
    """The day of an operative report, for the implant that its procedure put in."""
    for draft in drafts:
        section = place.sections.at(draft.mention.start)
        low, high = draft.scope
        if draft.on is None and draft.mention.status is Status.PRESENT and section is not None:
            is_done = section.name in _PROCEDURE_SECTIONS and _PROCEDURE.search(place.raw, low, high)
            day = place.page_day(draft.mention.start) if is_done else None
            if day is not None:
                draft.on = implant_date(place, *day)


def _event(place: Surroundings, draft: Draft, start: int, end: int) -> Event | None:
    """What happened on the date: the word nearest to it decides; None for anything else, and where none says it.

    A date that stands right beside the name ("pacemaker (2019)", "ICD 3/2015") is that of the implantation.
    """
    mention = draft.mention
    is_behind = start >= mention.end
    low, high = (mention.end, start) if is_behind else (end, mention.start)
    between = place.raw[low:high] if low < high else ""
    near = _nearest(between, last=is_behind)
    if near is None:
        following = max(end, mention.end)
        near = _nearest(
            _CLAUSE_END.split(place.raw[following : min(draft.scope[1], following + _AFTER)])[0], last=False
        )
        if near is None and is_behind:
            near = _nearest(place.raw[max(draft.scope[0], mention.start - _AFTER) : mention.start], last=True)
    if near == "other":
        return None
    if near is not None:
        return near
    is_bare = not re.search(r"[A-Za-z]{4,}", _NEUTRAL.sub("", without_device_names(between)))
    return "on" if is_bare and mention.status is not Status.HISTORICAL_RESOLVED else None


def _nearest(words: str, *, last: bool) -> Literal["on", "off", "other"] | None:
    """The event that the first or the last telling word names."""
    found: list[tuple[int, Literal["on", "off", "other"]]] = []
    found += [(m.start(), "on") for m in _PUT_IN.finditer(words)]
    found += [(m.start(), "off") for m in _TAKEN_OUT.finditer(words)]
    found += [(m.start(), "other") for m in _OTHER_EVENT.finditer(words)]
    return (max(found) if last else min(found))[1] if found else None


def implant_date(place: Surroundings, when: When, shift: int) -> ImplantDate:
    days = (when.last - when.first).days
    precision: Literal["day", "month", "year", "interval"] = "interval"
    if not days:
        precision = "day"
    elif not when.relative:
        precision = "month" if days < 31 else "year"
    text = place.text[shift + when.start : shift + when.end]
    start = shift + when.start + len(text) - len(text.lstrip(" ("))
    words = quote(place, start, shift + when.end)
    return ImplantDate(first=when.first, last=when.last, precision=precision, quote=words)
