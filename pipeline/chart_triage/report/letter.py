"""The request-for-information letter as DOCX and PDF, from the guideline's `request_letter.md`.

It tells what is asked for, for whom, until when and where to send it. It says nothing of what the chart shows.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from chart_triage.records.chart_index import Identity
from chart_triage.records.determination import Determination
from chart_triage.records.guideline import Guideline
from chart_triage.records.letter import LetterData, LetterItem
from chart_triage.records.request import RequestItem
from chart_triage.report import wording
from chart_triage.report.letter_docx import letter_docx
from chart_triage.report.letter_pdf import letter_pdf
from chart_triage.report.letter_text import letter_blocks
from chart_triage.settings import Settings


class Letter(NamedTuple):
    docx: bytes
    pdf: bytes


def request_letter(determination: Determination, guideline: Guideline, site: Settings) -> Letter | None:
    """The letter; None where nothing is asked for or the guideline has no template. Same input, same bytes."""
    if not determination.requests or not guideline.request_letter:
        return None
    blocks = letter_blocks(guideline.request_letter, letter_data(determination, guideline, site))
    triage = determination.triage
    made = (triage.urgency.received if triage else None) or guideline.effective
    return Letter(letter_docx(blocks, made), letter_pdf(blocks))


def letter_data(determination: Determination, guideline: Guideline, site: Settings) -> LetterData:
    """Whom it is about: as the caller says, else as the chart's pages print it."""
    request, triage = determination.inputs.request, determination.triage
    urgency = triage.urgency if triage else None
    printed = (determination.index.patient if determination.index else None) or Identity()
    return LetterData(
        member_name=request.member_name or printed.name or "",
        date_of_birth=_day(request.born or printed.born),
        member_id=request.member_id or next(iter(printed.member_numbers), ""),
        reference_number=request.reference or "",
        procedure=_procedure(guideline),
        received=_day(urgency.received if urgency else None),
        answer_due=_day(urgency.answer_due if urgency else None),
        planned_scan=_day(request.planned_scan),
        expedited="yes" if urgency and urgency.expedited else "",
        asked=tuple(map(_item, determination.requests)),
        site_name=site.site_name or "",
        site_address=tuple(filter(None, map(str.strip, (site.site_address or "").split(";")))),
        site_phone=site.site_phone or "",
        site_fax=site.site_fax or "",
    )


def _item(item: RequestItem) -> LetterItem:
    text = item.text[:1].upper() + item.text[1:]
    return LetterItem(text=text, found_in=wording.page_kinds(item.found_in))


def _procedure(guideline: Guideline) -> str:
    return f"{guideline.title} ({wording.listed([f'{code.system} {code.code}' for code in guideline.codes])})"


def _day(day: date | None) -> str:
    """
    >>> _day(date(2026, 11, 3))
    'November 3, 2026'
    """
    return f"{day:%B} {day.day}, {day.year}" if day else ""
