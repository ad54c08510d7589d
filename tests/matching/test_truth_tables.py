"""The truth tables of docs/guideline-authoring.md, spelled out."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from chart_words import finding, guideline_of, words

from chart_triage.matching import evaluate
from chart_triage.records.determination import CriterionResult
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import ConceptSpec, Node

DOCS = Path(__file__).parents[2] / "docs" / "guideline-authoring.md"

# two parts, their ANY, their ALL
COMBINATIONS = [
    ("supported", "supported", "supported", "supported"),
    ("supported", "conflicting", "supported", "conflicting"),
    ("supported", "unclear", "supported", "unclear"),
    ("supported", "not_found", "supported", "not_found"),
    ("supported", "contradicted", "supported", "contradicted"),
    ("conflicting", "conflicting", "conflicting", "conflicting"),
    ("conflicting", "unclear", "conflicting", "conflicting"),
    ("conflicting", "not_found", "conflicting", "not_found"),
    ("conflicting", "contradicted", "conflicting", "contradicted"),
    ("unclear", "unclear", "unclear", "unclear"),
    ("unclear", "not_found", "unclear", "not_found"),
    ("unclear", "contradicted", "unclear", "contradicted"),
    ("not_found", "not_found", "not_found", "not_found"),
    ("not_found", "contradicted", "not_found", "contradicted"),
    ("contradicted", "contradicted", "contradicted", "contradicted"),
]

# status of the finding; of a criterion on a disease, and on a question whose doubt supports
LEAVES = [
    ("present", "supported", "supported"),
    ("uncertain", "unclear", "supported"),
    ("absent", "contradicted", "contradicted"),
    ("family", "not_found", "not_found"),
    ("hypothetical", "not_found", "not_found"),
    ("historical_resolved", "not_found", "not_found"),
    (None, "not_found", "not_found"),
]

CONCEPTS = {
    "first": ConceptSpec.model_validate(
        {"label": "first", "kind": "disease", "facets": {"part": "part", "other": "o"}}
    ),
    "second": ConceptSpec.model_validate({"label": "second", "kind": "disease"}),
    "doubted": ConceptSpec.model_validate(
        {"label": "doubted", "kind": "question", "uncertain_supports": True, "facets": {"part": "part", "other": "o"}}
    ),
    "resting": ConceptSpec.model_validate({"label": "resting", "kind": "question", "contradicted_by": ["first"]}),
}


def leaf(concept: str, **fields: object) -> Node:
    return Node.model_validate({"label": concept, "finding": concept, "missing": f"a record of {concept}", **fields})


def result_of(node: Node, *found: Finding) -> CriterionResult:
    guideline = guideline_of([node.model_copy(update={"number": "1"})], CONCEPTS)
    return evaluate({f.concept: f for f in found}, guideline).criteria["1"]


def findings_that_give(status: str, concept: str, at: int) -> list[Finding]:
    against = words("absent", at + 50)
    return {
        "supported": [finding(concept, "present", at=at)],
        "conflicting": [finding(concept, "present", at=at, counter=[against], conflicting=True)],
        "unclear": [finding(concept, "uncertain", at=at)],
        "contradicted": [finding(concept, "absent", at=at)],
        "not_found": [],
    }[status]


@pytest.mark.parametrize(("first", "second", "any_of", "all_of"), COMBINATIONS)
def test_any_and_all_of_two_parts(first: str, second: str, any_of: str, all_of: str) -> None:
    for one, two in permutations([first, second]):
        found = [*findings_that_give(one, "first", 0), *findings_that_give(two, "second", 100)]
        parts = [leaf("first"), leaf("second")]
        either = Node.model_validate({"label": "either", "any_of": parts, "missing": "one of both"})
        both = Node.model_validate({"label": "both", "all_of": parts})
        assert result_of(either, *found).status == any_of
        assert result_of(both, *found).status == all_of


@pytest.mark.parametrize(("status", "disease", "question"), LEAVES)
def test_a_finding_gives_its_criterion_a_status(status: str | None, disease: str, question: str) -> None:
    for concept, expected in (("first", disease), ("doubted", question)):
        found = [finding(concept, status)] if status else []
        assert result_of(leaf(concept), *found).status == expected


@pytest.mark.parametrize("status", ["family", "hypothetical", "historical_resolved"])
def test_words_that_do_not_count_are_kept_beside_it(status: str) -> None:
    result = result_of(leaf("first"), finding("first", status))
    assert (result.evidence, result.counter_evidence) == ((), (words(status, 0, "first"),))
    assert result.missing == ("a record of first",)


def test_evidence_against_stands_beside_a_supported_criterion() -> None:
    denial = words("absent", 30)
    result = result_of(leaf("first"), finding("first", "present", counter=[denial]))
    assert (result.status, result.counter_evidence) == ("supported", (denial,))


def test_evidence_for_stands_beside_a_contradicted_criterion() -> None:
    earlier, relative = words("present", 30), words("family", 60)
    result = result_of(leaf("first"), finding("first", "absent", counter=[earlier, relative]))
    assert (result.status, result.evidence) == ("contradicted", (earlier,))
    assert result.counter_evidence == (words("absent", 0, "first"), relative)


@pytest.mark.parametrize("status", ["present", "absent"])
def test_a_record_that_contradicts_itself_is_conflicting(status: str) -> None:
    other = words("absent" if status == "present" else "present", 30)
    result = result_of(leaf("first"), finding("first", status, counter=[other], conflicting=True))
    assert result.status == "conflicting"
    assert {item.status for item in result.evidence} == {"present"}
    assert {item.status for item in result.counter_evidence} == {"absent"}


def test_a_node_can_say_itself_what_a_status_does() -> None:
    superseded = leaf("first", against=["absent", "historical_resolved"])
    suspected = leaf("first", supports=["present", "uncertain"])
    weighed = leaf("first", supports=[], unclear=["present", "uncertain"], against=[])
    assert result_of(superseded, finding("first", "historical_resolved")).status == "contradicted"
    assert result_of(suspected, finding("first", "uncertain")).status == "supported"
    assert result_of(suspected, finding("first", "absent")).status == "contradicted"
    assert result_of(weighed, finding("first", "present")).status == "unclear"
    assert result_of(weighed, finding("first", "absent")).status == "not_found"


# what is said of the concept that the question rests on, and of the question itself
@pytest.mark.parametrize(
    ("first", "resting", "expected"),
    [
        ("absent", None, "contradicted"),
        ("absent", "present", "conflicting"),
        ("absent", "uncertain", "unclear"),
        ("absent", "absent", "contradicted"),
        ("present", "present", "supported"),
        ("uncertain", "present", "supported"),
        (None, "present", "supported"),
        ("family", None, "not_found"),
    ],
)
def test_a_question_falls_with_what_it_rests_on(first: str | None, resting: str | None, expected: str) -> None:
    said = [("first", first, 0), ("resting", resting, 100)]
    found = [finding(concept, status, at=at) for concept, status, at in said if status]
    assert result_of(leaf("resting"), *found).status == expected


def test_a_facet_needs_words_of_its_own() -> None:
    part = leaf("first", facet="part")
    assert result_of(part, finding("first", "present", facet="part")).status == "supported"
    assert result_of(part, finding("first", "present", facet="other")).status == "not_found"
    assert result_of(part, finding("first", "present")).status == "not_found"


def test_a_facet_in_the_other_words_counts_while_the_whole_stands() -> None:
    part = leaf("doubted", facet="part")
    beside = [words("uncertain", 30, facet="part")]
    assert result_of(part, finding("doubted", "present", counter=beside)).status == "supported"
    assert result_of(part, finding("doubted", "absent", facet="other", counter=beside)).status == "not_found"


def test_a_negated_whole_negates_its_facets_but_not_the_reverse() -> None:
    part = leaf("first", facet="part")
    assert result_of(part, finding("first", "absent")).status == "contradicted"
    assert result_of(part, finding("first", "absent", facet="other")).status == "not_found"
    other_open = finding("first", "present", facet="other", counter=[words("absent", 30, facet="part")])
    assert result_of(part, other_open).status == "contradicted"
    assert result_of(leaf("first"), other_open).status == "supported"


@pytest.mark.parametrize(
    ("within", "at", "sections", "expected"),
    [
        ("document", 5000, ("Findings", "Impression"), "supported"),
        ("section", 5000, ("Impression", "Impression"), "supported"),
        ("section", 20, ("Findings", "Impression"), "unclear"),
        ("sentence", 240, ("Findings", "Findings"), "supported"),
        ("sentence", 241, ("Findings", "Findings"), "unclear"),
    ],
)
def test_parts_must_stand_as_near_as_the_guideline_says(
    within: str, at: int, sections: tuple[str, str], expected: str
) -> None:
    both = Node.model_validate({"label": "both", "all_of": [leaf("first"), leaf("second")], "within": within})
    found = [finding("first", "present", section=sections[0]), finding("second", "present", at=at, section=sections[1])]
    result = result_of(both, *found)
    assert result.status == expected
    assert len(result.evidence) == 2


def test_missing_names_the_parts_that_are_not_supported() -> None:
    both = Node.model_validate({"label": "both", "all_of": [leaf("first"), leaf("second")]})
    either = Node.model_validate(
        {"label": "either", "any_of": [leaf("first"), leaf("second")], "missing": "one of both"}
    )
    assert result_of(both, finding("first", "present")).missing == ("a record of second",)
    assert result_of(both).missing == ("a record of first", "a record of second")
    assert result_of(either).missing == ("one of both",)
    assert result_of(either, finding("first", "uncertain")).missing == ("a record of first",)
    assert result_of(either, finding("first", "present")).missing == ()


def test_an_any_shows_the_words_that_decide_it() -> None:
    either = Node.model_validate(
        {"label": "either", "any_of": [leaf("first"), leaf("second")], "missing": "one of both"}
    )
    known, excluded = finding("first", "present"), finding("second", "absent", at=100)
    assert result_of(either, known, excluded).counter_evidence == ()
    assert result_of(either, excluded).counter_evidence == excluded.evidence
    assert result_of(either, finding("first", "uncertain"), excluded).counter_evidence == ()


def test_words_are_shown_once() -> None:
    quote = words("present")
    twice = Finding(concept="first", status=quote.status, evidence=(quote, quote))
    assert result_of(leaf("first"), twice).evidence == (quote,)


def test_the_tables_in_the_manual_are_these() -> None:
    rows = [
        tuple(cell.strip(" `") for cell in line.strip("| \n").split("|"))
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    assert set(COMBINATIONS) <= set(rows)
    assert {(status or "not mentioned", *rest) for status, *rest in LEAVES} <= set(rows)
