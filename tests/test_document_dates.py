"""The day that a document gives itself, not one of those that it tells of."""

from __future__ import annotations

from datetime import date

import pytest

from chart_triage.document_dates import document_date, stated_dates

DAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    "text",
    [
        "Date of service: 03/14/2026\nStent.",
        "DATE OF EXAM: March 14, 2026",
        "Encounter date: 2026-03-14",
        "DOS: 3/14/26",
        "Patient: A. Example\tExam date: 03/14/2026\nDOB: 01/02/1956",
        "LABORATORY RESULTS\nDate of service 14 Mar 2026 Lab director: P. Example MD",
        "Collected: 03/14/2026 07:40\tReported: 03/15/2026",
        "NAME: EXAMPLE, ANN    MR#: X-1\nDOB: 08/14/1995    DATE: 03/14/2026",
        "Example Clinic\n\nMarch 14, 2026\nRE: Ann Example DOB: 01/02/1956",
        "Neurology visit - 03/14/2026\nStent 1/1/2025.",
        "Impression: normal.\nElectronically signed by L. Example, MD 03/14/2026 18:03",
        "Dictated by: L. Example MD 03/14/2026",
        "Date of service: O3/l4/2026",
        "Exam date: 03/ 14/2O26",
        "Exam date: 03.14.2026",
        "Admitted: 03/09/2026\tDischarged: 03/16/2026\nDate of visit: 03/14/2026",
    ],
)
def test_a_document_tells_its_day(text: str) -> None:
    assert document_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "Date of birth: 03/14/1956",
        "Birth date: 03/14/1956",
        "DOB: 03/14/1956\nStent placed 1/1/2026",
        "Date: March 2026",
        "Needed by date: 03/14/2026",
        "Implant date: 03/14/2026",
        "Printed on 03/14/2026 at 9:12 AM",
        "Planned date: 03/14/2026",
        "The last study was good; a stent was placed on 3/14/2026.",
        "He has had seizures since 3/14/2026.",
    ],
)
def test_other_days_are_not_the_documents(text: str) -> None:
    assert document_date(text) is None


def test_the_day_of_the_service_outranks_signature_and_letterhead_wherever_they_stand() -> None:
    text = "Date: 03/20/2026\nSigned by L. Example MD 03/18/2026\nDate of service: 03/14/2026"
    assert [stated.rank for stated in stated_dates(text)] == [3, 2, 1]
    assert document_date(text) == DAY


def test_an_order_may_name_the_day_to_come() -> None:
    assert [s.may_be_planned for s in stated_dates("Date of service: 03/14/2026\nDate ordered: 03/01/2026")] == [
        True,
        False,
    ]
