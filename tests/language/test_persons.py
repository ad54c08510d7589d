"""Texts about several people: whose pacemaker it is."""

from __future__ import annotations

import pytest

from chart_triage.language.annotator import Annotator
from chart_triage.language.persons import OtherPeople
from chart_triage.language.segments import Statements
from chart_triage.records.mention import Status


def others(text: str) -> list[str]:
    """The words of the text that stand in parts about somebody else."""
    found = OtherPeople(text, Statements(text))
    return [word for word in text.split() if found.at(text.index(word))]


@pytest.mark.parametrize(
    ("text", "theirs", "own"),
    [
        ("Patient 1: glioma.\nPatient 2: pacemaker.", "pacemaker.", "glioma."),
        ("Patient 1: glioma. Patient 2: pacemaker. This chart belongs to patient 2.", "glioma.", "pacemaker."),
        ("Twin A has epilepsy.\nTwin B (this patient) is well.", "epilepsy.", "well."),
        ("CHART OF TWIN B. Twin A has epilepsy. Twin B is well.", "epilepsy.", "well."),
        ("Handover for bed 4 (this chart): stable. Bed 5: ICD fired.", "ICD", "stable."),
        ("Mrs. R (our patient) has asthma. Mr. R has a pacemaker.", "pacemaker.", "asthma."),
        ("Proband Eli has it. This note concerns Noa, who sprained her ankle.", "it.", "ankle."),
        ("Name: Doe, Anna  MRN 112\nglioma\nName: Roe, Peter  MRN 998\npacemaker", "pacemaker", "glioma"),
        ("Patient: Anna Doe DOB 1/2/70\nfirst\nPatient: Bo Li DOB 3/4/80\nother\nPatient: Anna Doe DOB 1/2/70\nlast",
         "other", "last"),
    ],
)  # fmt: skip
def test_the_patient_is_the_one_marked_or_named_first(text: str, theirs: str, own: str) -> None:
    assert theirs in others(text)
    assert own not in others(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Hale plans to biopsy. Mrs. Ames has a glioma.",
        "Patient 55 y.o. seen. Pt 3 days post op.",
        "Moved from bed 4 to bed 6. Pacemaker checked in bed 6.",
        "Patient: Doe, Anna  MRN 112\nglioma\nPatient: Oce, Anna  MRN 1I2\npacemaker",
        "Patient: Anna Doe DOB 1/2/70\nglioma\nPatient: DOE, ANNA  DOB 1/2/70\npacemaker",
        "Name of device: Medtronic Azure MRN 112\nName: Anna Doe MRN 112",
        "Twin pregnancy 2019. Case discussed twice.",
    ],
)
def test_one_patient_is_not_taken_for_two(text: str) -> None:
    assert others(text) == []


def test_what_another_person_has_is_family_and_what_they_lack_is_nothing(annotator: Annotator) -> None:
    text = "Patient 1: pacemaker in place.\nPatient 2: glioma, no insulin pump.\nThis chart belongs to patient 1."
    found = {m.concept: m for m in annotator.annotate(text).mentions}
    assert found["pacemaker"].status is Status.PRESENT
    assert found["brain_tumor"].status is Status.FAMILY
    assert found["brain_tumor"].reason == "stands in a part of the text about another person"
    assert "insulin_pump" not in found
