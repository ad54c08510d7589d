"""A guideline of another modality needs a folder and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from chart_triage import resources
from chart_triage.guidelines import available, check, load, show
from chart_triage.matching import evaluate
from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.mention import Status


def stated(concept: str, status: Status, section: str | None = None, facet: str | None = None) -> Finding:
    quote = Evidence(start=0, end=5, text=concept, status=status, section=section, facet=facet)
    return Finding(concept=concept, status=status, evidence=(quote,))


def test_its_folder_loads_and_prints(cardiac: Path) -> None:
    assert check(cardiac) == []
    guideline = load(cardiac)
    assert [node.number for node in guideline.numbered()] == ["A", "A.1", "A.2", "B", "C"]
    printed = show(guideline)
    for words in ("MRI of the heart", "A.2  After a poor echocardiogram", "within one section", "CPT 75561"):
        assert words in printed


def test_its_criteria_are_matched(cardiac: Path) -> None:
    guideline = load(cardiac)
    found = [
        stated("coronary_disease", Status.PRESENT, "Assessment"),
        stated("echo_poor", Status.PRESENT, "Assessment"),
        stated("mass_differential", Status.UNCERTAIN, facet="thrombus"),
        stated("pacemaker", Status.PRESENT),
        stated("mr_conditional", Status.PRESENT),
        stated("@other_implant", Status.PRESENT),
    ]
    assessment = evaluate({f.concept: f for f in found}, guideline)
    assert {number: result.status for number, result in assessment.criteria.items()} == {
        "A": "supported",
        "A.1": "not_found",
        "A.2": "supported",
        "B": "not_found",
        "C": "supported",
    }
    assert assessment.contraindications["pacemaker"].status == "present_mr_conditional"
    assert assessment.suggestion == "criteria_supported"
    assert assessment.flags == ("mri_safety_check",)
    assert [other.kind for other in assessment.others] == ["other_implant"]


def test_it_is_found_by_its_id_where_the_guidelines_are(cardiac: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "lexicons", lambda: cardiac.parent)
    assert available() == ["cardiac-mri-2027"]
    assert load("cardiac-mri-2027") == load(cardiac)


def test_a_changed_term_changes_the_checksum(cardiac: Path) -> None:
    before = load(cardiac).sha256
    terms = cardiac / "terms.csv"
    terms.write_text(terms.read_text().replace("loop recorder", "event recorder"))
    assert load(cardiac).sha256 != before
