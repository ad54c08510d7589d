"""The six-week window of a stent: counted to the day, the arithmetic shown, nothing guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.language.annotator import Annotator
from chart_triage.records.mention import Mention, Status

NOTE = date(2026, 5, 13)


def stent(annotator: Annotator, text: str, note: date | None = NOTE, scan: date | None = None) -> Mention | None:
    found = [
        m for m in annotator.annotate(text, note_date=note, scan_date=scan).mentions if m.concept == "recent_stent"
    ]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("days", "status"), [(0, "present"), (1, "present"), (41, "present"), (42, "present"), (43, None), (400, None)]
)
def test_the_window_ends_with_the_forty_second_day(annotator: Annotator, days: int, status: str | None) -> None:
    placed = NOTE - timedelta(days=days)
    found = stent(annotator, f"Drug-eluting stent to the LAD placed {placed:%m/%d/%Y}.")
    assert (found.status.value if found else None) == status


def test_the_arithmetic_is_shown(annotator: Annotator) -> None:
    found = stent(annotator, "Drug-eluting stent to the LAD placed 04/01/2026.")
    assert found is not None
    assert found.on == date(2026, 4, 1)
    for part in ("04/01/2026", "42 days", "2026-05-13", "window is 42 days"):
        assert part in found.reason


@given(days=st.integers(0, 2000), note=st.dates(date(2005, 1, 1), date(2030, 12, 31)))
def test_each_day_counts_the_same_whatever_the_calendar(annotator: Annotator, days: int, note: date) -> None:
    placed = note - timedelta(days=days)
    found = stent(annotator, f"Coronary stent placed {placed.isoformat()}.", note)
    assert (found is not None) == (days <= 42)
    assert found is None or found.status is Status.PRESENT


def test_the_planned_scan_counts_before_the_note(annotator: Annotator) -> None:
    text = "Coronary stent placed 04/10/2026."
    early, late = stent(annotator, text, NOTE, date(2026, 5, 20)), stent(annotator, text, NOTE, date(2026, 6, 20))
    assert early is not None
    assert early.status is Status.PRESENT
    assert late is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Coronary stent placed in April 2026.", "present"),
        ("Coronary stent placed in March 2026.", None),
        ("Coronary stent, 2026.", "uncertain"),
        ("History of coronary stent.", "uncertain"),
        ("Coronary stent three weeks ago.", "present"),
        ("Coronary stent 8 weeks ago.", None),
        ("Coronary stent 5 years ago.", None),
        ("Recent coronary stent.", "uncertain"),
        ("No coronary stent was placed.", "absent"),
        ("Coronary stent planned for June.", "hypothetical"),
        ("Ureteral stent placed 05/01/2026.", None),
        ("Biliary stent placed 05/01/2026.", None),
    ],
)
def test_what_cannot_be_dated_is_uncertain_and_what_is_no_vessel_stent_is_not_listed(
    annotator: Annotator, text: str, status: str | None
) -> None:
    found = stent(annotator, text)
    assert (found.status.value if found else None) == status


def test_a_date_with_no_note_to_count_from_stays_uncertain(annotator: Annotator) -> None:
    found = stent(annotator, "Coronary stent placed 04/01/2026.", None)
    assert found is not None
    assert found.status is Status.UNCERTAIN


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("A drug-eluting stent was deployed in the LAD. She was free of angina for one year.", "uncertain"),
        ("Endovascular repair, a stent graft was deployed. Two months later bleeding recurred.", "uncertain"),
        ("A drug-eluting stent was deployed in the LAD. She went home after two days.", "present"),
    ],
)
def test_a_course_told_for_long_after_the_procedure_leaves_the_date_open(
    annotator: Annotator, text: str, status: str
) -> None:
    found = [m for m in annotator.annotate(text, note_date=NOTE).mentions if m.concept == "recent_stent"]
    assert found
    assert {m.status for m in found} == {status}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Date of the LAD stent corrected from 2021 to 2 May 2026.", "present"),
        ("LAD stent entered as 2016, should be 05/02/2026.", "present"),
        ("LAD stent typed as 05/2026; the cath report shows 05/2016.", None),
        ("LAD stent 2 May 2026, not 2016.", "present"),
        ("Coronary stent last month (20 April), doing well.", "present"),
        ("Coronary stent, he does not know whether it was weeks or years ago.", "uncertain"),
        ("Has the patient had a coronary stent?  YES\nIf yes, which vessel: LAD\nDate: 2 May 2026", "present"),
        ("PCI booked for Friday, stent to the RCA likely.", "hypothetical"),
    ],
)
def test_the_date_that_the_text_sets_right_counts(annotator: Annotator, text: str, status: str | None) -> None:
    found = stent(annotator, text)
    assert (found.status.value if found else None) == status
