"""What the next sentence says of the thing just named."""

from __future__ import annotations

import pytest

from chart_triage.language.annotator import Annotator
from chart_triage.records.mention import Status


@pytest.mark.parametrize(
    ("text", "concept", "status"),
    [
        ("Problem list says epilepsy. The entry was deleted.", "epilepsy", Status.ABSENT),
        ("Epilepsy on the old list. Events were syncope and the diagnosis was withdrawn.", "epilepsy", Status.ABSENT),
        ("Epilepsy. I read all the records, no such disease.", "epilepsy", Status.ABSENT),
        ("Pacemaker. Wrong chart.", "pacemaker", Status.ABSENT),
        ("Last note said pacemaker; that was wrong, he has a loop recorder.", "pacemaker", Status.ABSENT),
        ("Cochlear implant left. ENT: device was removed in 2022.", "cochlear_implant", Status.HISTORICAL_RESOLVED),
        ("Cochlear implant left. ENT: other device was removed in 2022.", "cochlear_implant", Status.PRESENT),
        ("Insulin pump for six years, went back to pens in 2023.", "insulin_pump", Status.HISTORICAL_RESOLVED),
        ("Hepatic encephalopathy on arrival. By day 3 it had cleared.", "encephalopathy", Status.HISTORICAL_RESOLVED),
        ("Outside report called this a glioma. Re-read here: dysplasia, not a tumor.", "brain_tumor", Status.ABSENT),
        ("Outside report called this a glioma. Re-read here: glioma, 2 cm.", "brain_tumor", Status.PRESENT),
        ("Spinal cord stimulator no longer used, still implanted.", "spinal_cord_stimulator", Status.PRESENT),
        ("ICD is MR conditional. Earlier entry 'not MRI safe' is superseded.", "mr_conditional_device", Status.PRESENT),
        ("Pacemaker since 2019. It was explanted in 2024.", "pacemaker", Status.HISTORICAL_RESOLVED),
        ("Pacemaker since 2019. It was removed and replaced.", "pacemaker", Status.PRESENT),
        ("Cochlear implant on the right. Surgery is scheduled for May.", "cochlear_implant", Status.HYPOTHETICAL),
        ("Glioma, recurrence versus radiation necrosis. The question was settled by biopsy.",
         "tumor_recurrence_vs_necrosis", Status.HISTORICAL_RESOLVED),
        ("Known glioma. The question of surgery remains.", "brain_tumor", Status.PRESENT),
        ("Known glioma. It was removed in part.", "brain_tumor", Status.PRESENT),
        ('"patient has no pacemaker" should read "patient has a pacemaker".', "pacemaker", Status.PRESENT),
        ("For 'no glioma' please read 'a glioma'.", "brain_tumor", Status.PRESENT),
    ],
)  # fmt: skip
def test_the_next_sentence_decides(annotator: Annotator, text: str, concept: str, status: Status) -> None:
    found = {m.status for m in annotator.annotate(text).mentions if m.concept == concept}
    assert found == {status}


PATHOLOGY = """CLINICAL INFORMATION:
Glioma vs abscess.

GROSS DESCRIPTION:
Tan fragments.

FINAL DIAGNOSIS:
{diagnosis}
"""


def test_a_pathology_report_answers_what_was_asked_of_it(annotator: Annotator) -> None:
    text = PATHOLOGY.format(diagnosis="Oligodendroglioma.")
    (asked,) = [m for m in annotator.annotate(text).mentions if m.concept == "glioma_differential"]
    assert asked.status is Status.HISTORICAL_RESOLVED
    assert asked.reason == "answered by the diagnosis of the same pathology report"


@pytest.mark.parametrize(
    "text",
    [
        PATHOLOGY.partition("FINAL")[0],
        PATHOLOGY.partition("FINAL")[0] + "\fFINAL DIAGNOSIS:\nOligodendroglioma.",
        "INDICATION: Glioma vs abscess.\nFINDINGS: ring enhancement.\nDIAGNOSIS: see above.",
    ],
)
def test_other_reports_leave_the_question_open(annotator: Annotator, text: str) -> None:
    (asked,) = [m for m in annotator.annotate(text).mentions if m.concept == "glioma_differential"]
    assert asked.status is Status.PRESENT
