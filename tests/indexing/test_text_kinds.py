"""Page kinds of bare texts: named only where the words leave no doubt."""

from __future__ import annotations

import pytest

from chart_triage.indexing.text_kinds import TextKinds, by_rules
from chart_triage.records.chart_index import PageKind

LEAFLET = "What you should know about pacemakers\nPatient education\nTalk to your doctor. You may feel tired."
NOTE = "Progress note\nChief complaint: headache\nAssessment and plan: MRI. Informed consent was obtained."

NAMED = [
    ("FACSIMILE COVER SHEET\nTo: Imaging review\nFrom: Neurology\nPages including cover: 7", PageKind.FAX_COVER),
    ("F A X\nTo: Imaging review\nFrom: Neurology\nNumber of pages: 4", PageKind.FAX_COVER),
    ("PRIOR AUTHORIZATION REQUEST\nCPT: 76390\nRendering provider: Imaging", PageKind.ORDER_FORM),
    (NOTE, PageKind.CLINIC_NOTE),
    (
        "EXAM: MRI BRAIN WITHOUT CONTRAST\nCOMPARISON: None\nTECHNIQUE: Axial.\nIMPRESSION: Normal.",
        PageKind.RADIOLOGY_REPORT,
    ),
    (
        "PREOPERATIVE DIAGNOSIS: Glioma.\nPOSTOPERATIVE DIAGNOSIS: Same.\nFINDINGS: Firm.",
        PageKind.OPERATIVE_OR_PATHOLOGY_REPORT,
    ),
    ("Test name\tResult\tReference range\tUnits\nSodium\t138\t136-145\tmmol/L", PageKind.LABORATORY),
    ("Medication list\nMedication\tDose\tRefills\nlevetiracetam\t500 mg\t3", PageKind.MEDICATION_LIST),
    ("Routine EEG\nHyperventilation: no change.\nImpression: Normal awake EEG.", PageKind.EEG_REPORT),
    ("MRI Safety Screening Form\nPacemaker Y N\nAneurysm clip Y N", PageKind.MRI_SAFETY_FORM),
    (LEAFLET, PageKind.CONSENT_OR_EDUCATION),
    ("CONSENT FOR CRANIOTOMY\nI understand that bleeding may occur.", PageKind.CONSENT_OR_EDUCATION),
    ("MEDICAL COVERAGE POLICY\nMR spectroscopy is considered medically necessary for", PageKind.GUIDELINE_OR_POLICY),
    ("Dear Dr. Example,\nI saw her today.\nSincerely,\nA. Example, MD", PageKind.CORRESPONDENCE),
    ("REGISTRATION FACE SHEET\nGuarantor: self", PageKind.OTHER),
]
UNDECIDED = [
    "",
    "MRI brain 2024: glioma. She has a pacemaker.",
    "Informed consent was obtained. The patient was told that you may call your doctor.",
    "He read a fact sheet about multiple sclerosis.",
]


@pytest.mark.parametrize(("text", "kind"), NAMED)
def test_the_signs_of_a_page_name_its_kind(text: str, kind: PageKind) -> None:
    assert by_rules(text) is kind


@pytest.mark.parametrize("text", UNDECIDED)
def test_a_few_words_name_no_kind(text: str) -> None:
    assert by_rules(text) is None


def test_instructions_at_the_end_of_a_note_do_not_make_it_a_leaflet() -> None:
    note = (
        "Discharge summary\nHistory of present illness: seizure.\nHospital course: improved.\n"
        "Discharge diagnosis: epilepsy.\nDischarge instructions: You may drive after six months. Call us with fever. "
        "If you have a seizure, tell your doctor. You will be called."
    )
    assert by_rules(note) is PageKind.CLINIC_NOTE


def test_each_page_of_a_text_has_its_own_kind() -> None:
    kind_at = TextKinds(f"{NOTE}\f{LEAFLET}\fheadache")
    leaflet = len(NOTE) + 1
    assert [kind_at(at) for at in (0, len(NOTE) - 1)] == [PageKind.CLINIC_NOTE] * 2
    assert [kind_at(at) for at in (leaflet, leaflet + len(LEAFLET) - 1)] == [PageKind.CONSENT_OR_EDUCATION] * 2
    assert kind_at(leaflet + len(LEAFLET) + 3) is None
