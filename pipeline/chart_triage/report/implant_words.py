"""What the record says of an implant and of a form's rows, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chart_triage.records.implant import Implant, ImplantDate, Quote
from chart_triage.records.mention import Status
from chart_triage.records.page import FormRow, RowAnswer

_ENOUGH_ROWS = 3  # a page with fewer is no form
_SURE = 0.7  # confidence below which a row is to be looked at

_STATES = {
    Status.PRESENT: "",
    Status.HISTORICAL_RESOLVED: "removed",
    Status.UNCERTAIN: "not certain",
    Status.HYPOTHETICAL: "planned",
}
_CONDITIONS = {
    "conditional": "stated to be MR conditional",
    "safe": "stated to be MR safe",
    "unsafe": "stated to be MR unsafe",
    "unverified": "MR condition not verified",
}
_ANSWERS = {
    RowAnswer.YES: "Yes",
    RowAnswer.NO: "No",
    RowAnswer.UNANSWERED: "Not answered",
    RowAnswer.UNCLEAR: "Unclear: please look",
}


def implant_line(implant: Implant) -> str:
    """ "Cochlear implant: MED-EL Synchrony (page 3), put in 2015 (page 3), stated to be MR conditional (page 4)." """
    names = [d for d in (implant.manufacturer, implant.model) if d is not None]
    parts = [_STATES.get(implant.status, "")]
    if names:
        parts.append(f"{' '.join(dict.fromkeys(d.value for d in names))}{_page(names[-1].quote)}")
    if implant.implanted_on is not None:
        parts.append(f"put in {_day(implant.implanted_on)}{_page(implant.implanted_on.quote)}")
    if implant.removed_on is not None:
        parts.append(f"taken out {_day(implant.removed_on)}{_page(implant.removed_on.quote)}")
    if implant.mr_condition is not None:
        parts.append(f"{_CONDITIONS[implant.mr_condition.condition]}{_page(implant.mr_condition.quote)}")
    told = [part for part in parts if part]
    return f"{implant.label}: {', '.join(told) if told else f'no details printed{_page(implant.named)}'}."


def _day(day: ImplantDate) -> str:
    if day.precision == "day":
        return day.first.isoformat()
    if day.precision == "month":
        return day.first.strftime("%Y-%m")
    if day.precision == "year":
        return str(day.first.year)
    return f"between {day.first.isoformat()} and {day.last.isoformat()}"


def _page(quote: Quote) -> str:
    return f" (page {quote.page})" if quote.page is not None else ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A form's row as a reader sees it. `doubtful`: the program is not sure of the answer."""

    question: str
    answer: str
    free_text: str
    doubtful: bool


def forms_shown(rows: Iterable[FormRow]) -> list[tuple[int, list[ShownRow]]]:
    """The rows of each page that is a form."""
    pages: dict[int, list[FormRow]] = {}
    for row in rows:
        pages.setdefault(row.page, []).append(row)
    return [
        (page, [ShownRow(r.question, _ANSWERS[r.answer], r.free_text, r.confidence < _SURE) for r in found])
        for page, found in sorted(pages.items())
        if sum(row.by_mark for row in found) >= _ENOUGH_ROWS or len(found) > 2 * _ENOUGH_ROWS
    ]
