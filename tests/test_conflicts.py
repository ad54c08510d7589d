"""A form and the notes that contradict each other about a device: told to the reviewer, never settled silently."""

from __future__ import annotations

import pytest

from chart_triage import findings
from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.language.annotator import Annotator
from chart_triage.records.determination import Annotation, ContraindicationStatus
from chart_triage.settings import Settings

NOTE = "The record contradicts itself here"


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(DEFAULT_GUIDELINE, Settings())


def told(result: Annotation, device: str = "pacemaker") -> bool:
    return any(note.startswith(NOTE) for note in result.contraindications[device].notes)


DISPUTED = [
    ("Pacemaker: No\nInsulin pump: No\fCHEST: Dual-chamber pacemaker with intact leads.", "present"),
    ("[ ] Yes [x] No  Pacemaker\fOperative report. A permanent pacemaker was implanted.", "present"),
    ("Pacemaker: Yes\fHe has no implanted devices.", "present"),
    ("Pacemaker: Yes\fThe pacemaker was explanted in 2020.", "uncertain"),
]


@pytest.mark.parametrize(("text", "status"), DISPUTED)
def test_a_form_against_the_notes_is_a_conflict_with_both_sides(assessor: Assessor, text: str, status: str) -> None:
    result = assessor.text("x", text)
    pacemaker = result.contraindications["pacemaker"]
    assert told(result)
    assert pacemaker.status == status
    assert pacemaker.evidence
    assert pacemaker.counter_evidence
    sides = {text.count("\f", 0, e.start) for e in (*pacemaker.evidence, *pacemaker.counter_evidence)}
    assert sides == {0, 1}
    assert result.flags == ("mri_safety_check",)


AGREED = [
    "Pacemaker: No\fNo pacemaker.",
    "Pacemaker: Yes\fHe has a pacemaker.",
    "Pacemaker: Yes\fHe has a pacemaker. ROS template: denies pacemaker.",
    "Pacemaker: No\fThe pacemaker was explanted in 2020.",
    "Pacemaker: No\fMother has a pacemaker.",
    "Pacemaker: No\fIf a pacemaker is placed, call us.",
    "Pacemaker: No\fPacemaker implantation is scheduled for next month.",
    "He has a pacemaker.\fExam: no pacemaker seen.",
]


@pytest.mark.parametrize("text", AGREED)
def test_what_both_can_be_true_of_is_no_conflict(assessor: Assessor, text: str) -> None:
    assert not told(assessor.text("x", text))


@pytest.mark.parametrize(("form", "conflicting"), [("11/09/2026", True), ("11/09/2019", False)])
def test_a_form_from_before_the_operation_was_right_in_its_day(
    assessor: Assessor, form: str, conflicting: bool
) -> None:
    screening = f"MRI SAFETY SCREENING\nDate: {form}\nPacemaker: No\nInsulin pump: No"
    text = f"{screening}\fDate of service: 01/05/2022\nPacemaker implanted 12/03/2021."
    result = assessor.text("x", text)
    assert result.contraindications["pacemaker"].status is ContraindicationStatus.PRESENT
    assert told(result) is conflicting


def test_other_implants_of_many_kinds_do_not_contradict_each_other(assessor: Assessor) -> None:
    reading = Annotator(assessor.guideline).annotate("VNS: No\nVP shunt: Yes\fHe has a VP shunt.")
    found = findings.collect(reading.mentions, assessor.guideline)
    assert not found["@other_implant"].conflicting
