"""The criteria of the MR spectroscopy guideline, by what a record states."""

from __future__ import annotations

import pytest
from chart_words import finding, findings, words

from chart_triage.matching import evaluate
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import Guideline

DISEASES_OF_4 = {
    "4.a": "alexander_disease",
    "4.b": "krabbe",
    "4.c": "hypomyelination_congenital_cataract",
    "4.d": "megalencephalic_leukoencephalopathy",
    "4.e": "metachromatic_leukodystrophy",
    "4.f": "pelizaeus_merzbacher",
    "4.g": "vanishing_white_matter",
    "4.h": "x_adrenoleukodystrophy",
}
FACETS_OF_1_C = {
    "1.c.i": "demyelination",
    "1.c.ii": "edema",
    "1.c.iii": "infection",
    "1.c.iv": "grade",
    "1.c.v": "lymphoma",
    "1.c.vi": "metastasis",
    "1.c.vii": "necrosis",
}
TUMOR, PRESENT = "brain_tumor", "present"

# what the record states, the statuses of some criteria, the suggestion
SCENARIOS: list[tuple[dict[str, str], dict[str, str], str]] = [
    ({}, {"1": "not_found", "4": "not_found", "7": "not_found"}, "more_information_needed"),
    ({TUMOR: PRESENT}, {"1": "not_found", "1.a": "not_found", "1.c": "not_found"}, "more_information_needed"),
    ({TUMOR: PRESENT, "biopsy_guidance": PRESENT}, {"1": "supported", "1.a": "supported"}, "criteria_supported"),
    ({"biopsy_guidance": PRESENT}, {"1": "not_found", "1.a": "not_found"}, "more_information_needed"),
    (
        {TUMOR: "uncertain", "biopsy_guidance": PRESENT},
        {"1": "unclear", "1.a": "unclear"},
        "needs_clinical_review",
    ),
    ({TUMOR: "family", "biopsy_guidance": PRESENT}, {"1": "not_found", "1.a": "not_found"}, "more_information_needed"),
    (
        {TUMOR: PRESENT, "tumor_recurrence_vs_necrosis": PRESENT},
        {"1": "supported", "1.b": "supported", "1.c": "not_found"},
        "criteria_supported",
    ),
    (
        {TUMOR: PRESENT, "tumor_recurrence_vs_necrosis": "uncertain"},
        {"1": "supported", "1.b": "supported"},
        "criteria_supported",
    ),
    ({TUMOR: PRESENT, "glioma_differential": PRESENT}, {"1": "supported", "1.c": "supported"}, "criteria_supported"),
    (
        {TUMOR: "uncertain", "glioma_differential": PRESENT},
        {"1": "supported", "1.c": "supported"},
        "criteria_supported",
    ),
    ({"glioma_differential": PRESENT}, {"1": "supported", "1.c": "supported"}, "criteria_supported"),
    (
        {TUMOR: "absent"},
        {"1": "contradicted", "1.a": "contradicted", "1.c": "contradicted", "1.c.v": "contradicted"},
        "more_information_needed",
    ),
    (
        {TUMOR: "absent", "glioma_differential": PRESENT},
        {"1": "conflicting", "1.a": "contradicted", "1.c": "conflicting"},
        "needs_clinical_review",
    ),
    (
        {TUMOR: PRESENT, "tumor_treatment_planning_response": PRESENT},
        {"1": "supported", "1.d": "supported"},
        "criteria_supported",
    ),
    ({"epilepsy": PRESENT}, {"2": "not_found"}, "more_information_needed"),
    ({"epilepsy": PRESENT, "epilepsy_presurgical": PRESENT}, {"2": "supported"}, "criteria_supported"),
    ({"epilepsy": PRESENT, "epilepsy_presurgical": "hypothetical"}, {"2": "not_found"}, "more_information_needed"),
    ({"epilepsy": "uncertain", "epilepsy_presurgical": PRESENT}, {"2": "unclear"}, "needs_clinical_review"),
    ({"encephalopathy": PRESENT}, {"3": "not_found"}, "more_information_needed"),
    ({"encephalopathy": PRESENT, "encephalopathy_prognosis": PRESENT}, {"3": "supported"}, "criteria_supported"),
    ({"krabbe": PRESENT}, {"4": "not_found", "4.b": "supported", "5": "not_found"}, "more_information_needed"),
    ({"mri_nondiagnostic": PRESENT, "krabbe": PRESENT}, {"4": "not_found"}, "more_information_needed"),
    ({"therapy_planning": PRESENT, "krabbe": PRESENT}, {"4": "not_found"}, "more_information_needed"),
    ({"mri_nondiagnostic": PRESENT, "therapy_planning": PRESENT}, {"4": "not_found"}, "more_information_needed"),
    (
        {"mri_nondiagnostic": "absent", "therapy_planning": PRESENT, "krabbe": PRESENT},
        {"4": "contradicted", "4.b": "supported"},
        "more_information_needed",
    ),
    (
        {"mri_nondiagnostic": "historical_resolved", "therapy_planning": PRESENT, "krabbe": PRESENT},
        {"4": "contradicted"},
        "more_information_needed",
    ),
    (
        {"mri_nondiagnostic": "uncertain", "therapy_planning": PRESENT, "krabbe": PRESENT},
        {"4": "unclear"},
        "needs_clinical_review",
    ),
    (
        {"mri_nondiagnostic": PRESENT, "therapy_planning": PRESENT, "multiple_sclerosis": PRESENT},
        {"4": "not_found", "7": "supported"},
        "criteria_supported",
    ),
    ({"canavan": PRESENT}, {"5": "supported"}, "criteria_supported"),
    ({"creatine_deficiency": PRESENT}, {"5": "supported"}, "criteria_supported"),
    ({"maple_syrup_urine_disease": PRESENT}, {"5": "supported"}, "criteria_supported"),
    ({"nonketotic_hyperglycinemia": PRESENT, "canavan": "absent"}, {"5": "supported"}, "criteria_supported"),
    ({"canavan": "uncertain"}, {"5": "unclear"}, "needs_clinical_review"),
    ({"canavan": "absent"}, {"5": "not_found"}, "more_information_needed"),
    ({"@other_metabolic_disorder": PRESENT}, {"5": "unclear"}, "needs_clinical_review"),
    ({"@other_metabolic_disorder": PRESENT, "canavan": PRESENT}, {"5": "supported"}, "criteria_supported"),
    ({"@other_metabolic_disorder": "family"}, {"5": "not_found"}, "more_information_needed"),
    ({"mitochondrial_disorder": PRESENT, "melas": PRESENT}, {"6": "supported"}, "criteria_supported"),
    ({"mitochondrial_disorder": "uncertain", "leigh": "uncertain"}, {"6": "unclear"}, "needs_clinical_review"),
    ({"mitochondrial_disorder": "absent"}, {"6": "contradicted"}, "more_information_needed"),
    ({"multiple_sclerosis": PRESENT}, {"7": "supported"}, "criteria_supported"),
    ({"multiple_sclerosis": "uncertain"}, {"7": "unclear"}, "needs_clinical_review"),
    ({"multiple_sclerosis": "absent"}, {"7": "contradicted"}, "more_information_needed"),
]


@pytest.mark.parametrize(("stated", "expected", "suggestion"), SCENARIOS, ids=[str(s[0]) for s in SCENARIOS])
def test_what_a_record_states_decides_the_criteria(
    mrs: Guideline, stated: dict[str, str], expected: dict[str, str], suggestion: str
) -> None:
    assessment = evaluate(findings(**stated), mrs)
    assert {number: assessment.criteria[number].status for number in expected} == expected
    assert assessment.suggestion == suggestion


@pytest.mark.parametrize(("number", "disease"), DISEASES_OF_4.items())
def test_each_disease_of_4_completes_it_with_the_mri_and_the_therapy(mrs: Guideline, number: str, disease: str) -> None:
    stated = {"mri_nondiagnostic": PRESENT, "therapy_planning": PRESENT, disease: PRESENT}
    criteria = evaluate(findings(**stated), mrs).criteria
    assert (criteria["4"].status, criteria[number].status) == ("supported", "supported")
    assert {item.text for item in criteria["4"].evidence} == set(stated)
    assert [n for n in DISEASES_OF_4 if criteria[n].status == "supported"] == [number]


@pytest.mark.parametrize(("number", "facet"), FACETS_OF_1_C.items())
def test_each_differential_of_1_c_has_its_number(mrs: Guideline, number: str, facet: str) -> None:
    found = {
        TUMOR: finding(TUMOR, PRESENT),
        "glioma_differential": finding("glioma_differential", PRESENT, at=50, facet=facet),
    }
    criteria = evaluate(found, mrs).criteria
    assert [n for n in FACETS_OF_1_C if criteria[n].status == "supported"] == [number]
    assert criteria["1.c"].evidence == found["glioma_differential"].evidence


def test_what_is_missing_is_said_in_words_for_a_letter(mrs: Guideline) -> None:
    criteria = evaluate(findings(krabbe=PRESENT, therapy_planning=PRESENT), mrs).criteria
    assert criteria["4"].missing == ("an MRI report that calls the brain MRI non-diagnostic or indeterminate",)
    assert criteria["4.b"].missing == ()
    suspected = evaluate(findings(brain_tumor="uncertain", biopsy_guidance=PRESENT), mrs).criteria
    assert suspected["1"].missing == ("a record that states a brain tumor",)


def test_partial_evidence_is_shown_for_a_criterion_that_is_not_found(mrs: Guideline) -> None:
    criteria = evaluate(findings(epilepsy=PRESENT), mrs).criteria
    assert [item.text for item in criteria["2"].evidence] == ["epilepsy"]


@pytest.mark.parametrize("disease", ["krabbe", "x_adrenoleukodystrophy", "metachromatic_leukodystrophy"])
def test_the_reviewer_is_told_of_a_disease_that_could_slip_past_4(mrs: Guideline, disease: str) -> None:
    result = evaluate(findings(**{disease: PRESENT}), mrs).criteria["5"]
    assert result.status == "not_found"
    assert len(result.notes) == 1
    assert "open list of 5" in result.notes[0]
    assert evaluate({}, mrs).criteria["5"].notes == ()


def test_the_reviewer_is_told_how_a_misprint_is_read(mrs: Guideline) -> None:
    criteria = evaluate(
        findings(nonketotic_hyperglycinemia=PRESENT, metachromatic_leukodystrophy=PRESENT), mrs
    ).criteria
    assert criteria["5"].notes[0].startswith("The print says 'nonketotic hyperglycemia', read as")
    assert criteria["4.e"].notes[0].startswith("The print says 'MCL', read as 'MLD'")


def test_a_suspected_tumor_is_pointed_out_beside_1_c(mrs: Guideline) -> None:
    suspected = evaluate(findings(brain_tumor="uncertain", glioma_differential=PRESENT), mrs).criteria["1.c"]
    known = evaluate(findings(brain_tumor=PRESENT, glioma_differential=PRESENT), mrs).criteria["1.c"]
    assert len(suspected.notes) == 1
    assert "only suspected" in suspected.notes[0]
    assert known.notes == ()


def test_a_disorder_that_the_guideline_does_not_name_is_shown(mrs: Guideline) -> None:
    assessment = evaluate(findings(**{"@other_metabolic_disorder": PRESENT}), mrs)
    assert [(other.kind, other.evidence[0].text) for other in assessment.others] == [
        ("other_metabolic_disorder", "@other_metabolic_disorder")
    ]
    assert assessment.criteria["5"].evidence == assessment.others[0].evidence
    assert assessment.concepts == {}


def test_concepts_are_the_findings_in_the_guidelines_order(mrs: Guideline) -> None:
    denial = words("absent", 900)
    found: dict[str, Finding] = {
        "pacemaker": finding("pacemaker", PRESENT, counter=[denial]),
        "@other_implant": finding("@other_implant", PRESENT),
        "epilepsy": finding("epilepsy", "family", at=40),
    }
    concepts = evaluate(found, mrs).concepts
    assert list(concepts) == ["epilepsy", "pacemaker"]
    assert (concepts["pacemaker"].status, concepts["pacemaker"].counter_evidence) == ("present", (denial,))


def test_a_finding_that_the_guideline_does_not_know_is_not_dropped_silently(mrs: Guideline) -> None:
    with pytest.raises(ValueError, match="finding 'rabies' is no concept of guideline healthhelp-mrs-2026"):
        evaluate(findings(rabies=PRESENT), mrs)
