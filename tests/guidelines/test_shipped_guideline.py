"""The folder that ships: complete, in order, and read as its documentation says."""

from __future__ import annotations

from datetime import date

import pytest

from chart_triage import resources
from chart_triage.guidelines import check, load, show
from chart_triage.records.guideline import ConceptKind, Guideline, Node
from chart_triage.records.mention import Status

NUMBERS = [
    "1",
    *("1.a", "1.b", "1.c", "1.c.i", "1.c.ii", "1.c.iii", "1.c.iv", "1.c.v", "1.c.vi", "1.c.vii", "1.d"),
    *("2", "3", "4", "4.a", "4.b", "4.c", "4.d", "4.e", "4.f", "4.g", "4.h", "5", "6", "7"),
]
REFERENCES = {"1": [11, 9, 3], "2": [9, 12], "3": [4], "4": [1], "5": [9, 6, 10], "6": [9, 12], "7": [9, 12]}
CONCEPTS = [
    *("brain_tumor", "tumor_recurrence_vs_necrosis", "biopsy_guidance", "glioma_differential"),
    *("tumor_treatment_planning_response", "epilepsy", "epilepsy_presurgical", "encephalopathy"),
    *("encephalopathy_prognosis", "mri_nondiagnostic", "therapy_planning", "alexander_disease", "krabbe"),
    *("hypomyelination_congenital_cataract", "megalencephalic_leukoencephalopathy", "metachromatic_leukodystrophy"),
    *("pelizaeus_merzbacher", "vanishing_white_matter", "x_adrenoleukodystrophy", "canavan", "creatine_deficiency"),
    *("maple_syrup_urine_disease", "nonketotic_hyperglycinemia", "mitochondrial_disorder", "lhon", "leigh", "merrf"),
    *("melas", "kearns_sayre", "multiple_sclerosis", "aneurysm_clip", "cochlear_implant", "icd_device"),
    *("insulin_pump", "pacemaker", "spinal_cord_stimulator", "recent_stent", "bmi_exceeds", "mr_conditional_device"),
]


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("healthhelp-mrs-2026")


def node(guideline: Guideline, number: str) -> Node:
    return next(node for node in guideline.numbered() if node.number == number)


def test_the_folder_is_in_order() -> None:
    assert check(resources.lexicons() / "healthhelp-mrs-2026") == []


def test_all_numbers_are_there_in_printed_order(guideline: Guideline) -> None:
    assert [node.number for node in guideline.numbered()] == NUMBERS
    assert {top.number: list(top.references) for top in guideline.criteria} == REFERENCES
    assert sorted(guideline.references) == list(range(1, 13))


def test_all_public_concepts_are_there(guideline: Guideline) -> None:
    assert sorted(guideline.concepts) == sorted(CONCEPTS)


def test_what_it_is_for(guideline: Guideline) -> None:
    assert (guideline.version, guideline.effective, guideline.last_review) == (
        "2026",
        date(2026, 1, 1),
        date(2025, 9, 30),
    )
    assert [(code.system, code.code) for code in guideline.codes] == [("CPT", "76390")]
    assert (guideline.scope.region, guideline.scope.pediatric_max_age) == ("brain", 21)
    assert len(guideline.changes) == 3


def test_2_and_3_need_their_purpose_and_6_and_7_none(guideline: Guideline) -> None:
    needed = {number: [part.finding for part in node(guideline, number).all_of] for number in ("2", "3")}
    assert needed == {
        "2": ["epilepsy", "epilepsy_presurgical"],
        "3": ["encephalopathy", "encephalopathy_prognosis"],
    }
    assert node(guideline, "6").finding == "mitochondrial_disorder"
    assert node(guideline, "7").finding == "multiple_sclerosis"


def test_4_is_the_mri_and_the_therapy_and_one_of_the_diseases(guideline: Guideline) -> None:
    mri, therapy, diseases = node(guideline, "4").all_of
    assert (mri.finding, therapy.finding) == ("mri_nondiagnostic", "therapy_planning")
    assert [part.number for part in diseases.any_of] == [f"4.{letter}" for letter in "abcdefgh"]


def test_5_names_its_four_and_leaves_the_unnamed_to_the_reviewer(guideline: Guideline) -> None:
    *named, unnamed = node(guideline, "5").any_of
    assert [part.finding for part in named] == [
        "canavan",
        "creatine_deficiency",
        "maple_syrup_urine_disease",
        "nonketotic_hyperglycinemia",
    ]
    assert (unnamed.finding, unnamed.supports) == ("@other_metabolic_disorder", ())
    assert unnamed.unclear == (Status.PRESENT, Status.UNCERTAIN)


def test_misprints_are_kept_with_their_reading(guideline: Guideline) -> None:
    errata = {n.number: [(e.printed, e.read_as) for e in n.errata] for n in guideline.numbered() if n.errata}
    assert errata == {
        "4.e": [("MCL", "MLD")],
        "5": [("nonketotic hyperglycemia", "nonketotic hyperglycinemia")],
    }


def test_diseases_of_the_open_lists_are_pointed_out(guideline: Guideline) -> None:
    pointed = {number: {key for n in node(guideline, number).notes for key in n.when} for number in ("5", "6")}
    assert {"krabbe", "x_adrenoleukodystrophy", "canavan", "@other_metabolic_disorder"} <= pointed["5"]
    assert pointed["6"] == {"kearns_sayre"}
    below = [key for key, spec in guideline.concepts.items() if spec.is_a == ("mitochondrial_disorder",)]
    assert below == ["lhon", "leigh", "merrf", "melas", "kearns_sayre"]


def test_the_safety_list(guideline: Guideline) -> None:
    overlay = guideline.contraindications
    listed = {item.concept: item for item in overlay.items}
    devices = {key for key, spec in guideline.concepts.items() if spec.kind is ConceptKind.DEVICE}
    assert set(listed) == devices | {"recent_stent", "bmi_exceeds"}
    assert {key for key, item in listed.items() if item.accepts_conditional} == devices
    assert overlay.conditional_concept == "mr_conditional_device"
    assert overlay.references == (8, 2, 5)
    window = listed["recent_stent"].window
    assert window
    assert (window.days, window.before) == (42, ("planned_scan", "request", "note"))
    assert "no limit for body size" in listed["bmi_exceeds"].notes[0].text
    assert [other.kind for other in guideline.others] == ["other_implant", "pediatric_age", "other_metabolic_disorder"]


def test_bare_abbreviations_with_other_meanings_never_stand_alone(guideline: Guideline) -> None:
    assert {"MCL", "MS", "NKH", "HCC", "PMD", "ALD"} <= set(guideline.ambiguous)
    bare = [term for term in guideline.terms if term.term.upper() in guideline.ambiguous and term.key[0] != "@"]
    assert bare
    assert all(term.needs for term in bare)


def test_nothing_in_it_refuses_care(guideline: Guideline) -> None:
    printed = show(guideline).lower()
    assert "multiple sclerosis" in printed
    for word in ("deny", "denied", "denial", "not medically necessary"):
        assert word not in printed


def test_the_printed_tree_fits_a_screen_and_has_every_number(guideline: Guideline) -> None:
    lines = show(guideline).splitlines()
    assert max(map(len, lines)) <= 110
    heads = [line.split()[0] for line in lines if line.strip()]
    assert [number for number in NUMBERS if number not in heads] == []
