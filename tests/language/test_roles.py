"""People told apart by their role: whose device it is decides, and only where the text says who the patient is."""

from __future__ import annotations

import pytest

from chart_triage.language.annotator import Annotator
from chart_triage.records.mention import Status

OTHERS = [
    ("Kidney donor assessment. The recipient has a pacemaker; the donor is well.", "pacemaker"),
    ("Couple seen together, this note is hers. He has a pacemaker. She is well.", "pacemaker"),
    ("Two sisters. The elder has epilepsy; the younger, this patient, has eczema.", "epilepsy"),
    ("The letter concerns brothers. Ben has epilepsy. Sam, whom I am asking you to see, has asthma.", "epilepsy"),
    ("Board list: #1 Khan, glioblastoma; #2 Lowe (this letter), abscess.", "brain_tumor"),
]
OWN = [
    ("Kidney donor assessment: the donor, our patient, has a pacemaker.", "pacemaker"),
    ("Couple seen together, this note is his. He has a pacemaker. She is well.", "pacemaker"),
    ("Two sisters. The elder, this patient, has epilepsy; the younger is well.", "epilepsy"),
    ("The letter concerns brothers. Ben has asthma. Sam, whom I am asking you to see, has epilepsy.", "epilepsy"),
    ("Board list: #1 Khan, abscess; #2 Lowe (this letter), glioblastoma.", "brain_tumor"),
]


@pytest.mark.parametrize(("text", "concept"), OTHERS)
def test_what_the_other_person_has_is_not_the_patients(annotator: Annotator, text: str, concept: str) -> None:
    assert [m.status for m in annotator.annotate(text).mentions if m.concept == concept] == [Status.FAMILY]


@pytest.mark.parametrize(("text", "concept"), OWN)
def test_what_the_patient_has_stays_the_patients(annotator: Annotator, text: str, concept: str) -> None:
    assert [m.status for m in annotator.annotate(text).mentions if m.concept == concept] == [Status.PRESENT]
