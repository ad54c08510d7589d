"""What the reports say of implants and of forms, in words."""

from __future__ import annotations

from datetime import date

from chart_triage.records.implant import Implant, ImplantDate, ImplantDetail, Quote, StatedMrCondition
from chart_triage.records.mention import Status
from chart_triage.records.page import FormRow, RowAnswer
from chart_triage.report.implant_words import forms_shown, implant_line

NAMED = Quote(start=0, end=9, text="pacemaker", page=2)


def quote(page: int) -> Quote:
    return Quote(start=20, end=26, text="words", page=page)


def test_an_implant_is_told_with_the_page_of_each_detail() -> None:
    implant = Implant(
        kind="pacemaker",
        label="Pacemaker",
        status=Status.PRESENT,
        named=NAMED,
        manufacturer=ImplantDetail(value="Medtronic", quote=quote(3)),
        model=ImplantDetail(value="Azure XT DR", quote=quote(3)),
        implanted_on=ImplantDate(first=date(2021, 12, 1), last=date(2021, 12, 31), precision="month", quote=quote(5)),
        mr_condition=StatedMrCondition(condition="conditional", quote=quote(6)),
    )
    assert implant_line(implant) == (
        "Pacemaker: Medtronic Azure XT DR (page 3), put in 2021-12 (page 5), stated to be MR conditional (page 6)."
    )


def test_an_implant_without_details_says_so() -> None:
    implant = Implant(kind="shunt", label="Shunt", status=Status.PRESENT, named=NAMED)
    assert implant_line(implant) == "Shunt: no details printed (page 2)."


def row(page: int, question: str, answer: RowAnswer = RowAnswer.NO, confidence: float = 1.0) -> FormRow:
    spans = ((0, len(question)),)
    return FormRow(page=page, question=question, answer=answer, confidence=confidence, box=(0, 0, 1, 1), spans=spans)


def test_a_page_of_rows_is_shown_as_a_table_and_a_single_row_is_not() -> None:
    rows = [row(3, "Pacemaker"), row(3, "ICD", RowAnswer.UNCLEAR, 0.5), row(3, "Clip", RowAnswer.YES), row(7, "Sent")]
    ((page, shown),) = forms_shown(rows)
    assert page == 3
    assert [(r.question, r.answer, r.doubtful) for r in shown] == [
        ("Pacemaker", "No", False),
        ("ICD", "Unclear: please look", True),
        ("Clip", "Yes", False),
    ]
