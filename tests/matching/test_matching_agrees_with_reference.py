"""Under random guidelines and random findings: the matcher agrees with the plain one, and its promises hold."""

from __future__ import annotations

import random
from typing import Any

import reference
from chart_words import PLACE_WIDTH, finding, guideline_of
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_triage.matching import evaluate
from chart_triage.records.determination import CriterionStatus
from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.guideline import ConceptSpec, Guideline, Node
from chart_triage.records.mention import Status

CONCEPTS = ["c0", "c1", "c2", "c3"]
FACETS = ["f0", "f1"]
often = settings(max_examples=300, deadline=None)
statuses = st.sampled_from(list(Status))


@st.composite
def concept_specs(draw: st.DrawFn) -> dict[str, ConceptSpec]:
    return {
        key: ConceptSpec.model_validate(
            {
                "label": key,
                "kind": "disease",
                "uncertain_supports": draw(st.booleans()),
                "contradicted_by": draw(st.lists(st.sampled_from(CONCEPTS), max_size=1)),
                "facets": {facet: facet for facet in FACETS},
            }
        )
        for key in CONCEPTS
    }


@st.composite
def nodes(draw: st.DrawFn, number: str, depth: int, *, plain: bool) -> Node:
    """`plain`: all leaves keep the default statuses. Half of the inner nodes carry a number."""
    shown = number if depth == 3 or draw(st.booleans()) else None
    rule = draw(st.sampled_from(["any_of", "all_of", "finding"])) if depth else "finding"
    node: dict[str, Any] = {"number": shown, "label": number, "missing": f"missing {number}"}
    if rule != "finding":
        size = draw(st.integers(1, 3))
        node[rule] = [draw(nodes(f"{number}.{i}", depth - 1, plain=plain)) for i in range(size)]
        if rule == "all_of":
            node["within"] = draw(st.sampled_from(["document", "section", "sentence"]))
        return Node.model_validate(node)
    node["finding"] = draw(st.sampled_from(CONCEPTS))
    node["facet"] = draw(st.sampled_from([None, None, *FACETS]))
    if not plain and draw(st.booleans()):
        roles = draw(st.lists(st.sampled_from(["supports", "unclear", "against", "none"]), min_size=6, max_size=6))
        for role in ("supports", "unclear", "against"):
            if draw(st.booleans()):
                node[role] = [status for status, given in zip(Status, roles, strict=True) if given == role]
    return Node.model_validate(node)


@st.composite
def guidelines(draw: st.DrawFn, *, plain: bool = False) -> Guideline:
    count = draw(st.integers(1, 3))
    return guideline_of([draw(nodes(str(i), 3, plain=plain)) for i in range(count)], draw(concept_specs()))


@st.composite
def evidence_lists(draw: st.DrawFn, status: st.SearchStrategy[Status], least: int) -> list[Evidence]:
    return [
        Evidence(
            start=(start := draw(st.integers(0, 500))),
            end=start + PLACE_WIDTH,
            text="words",
            status=draw(status),
            facet=draw(st.sampled_from([None, *FACETS])),
            section=draw(st.sampled_from([None, "Findings", "Impression"])),
        )
        for _ in range(draw(st.integers(least, 3)))
    ]


@st.composite
def some_findings(draw: st.DrawFn) -> dict[str, Finding]:
    found = {}
    for key in draw(st.sets(st.sampled_from(CONCEPTS))):
        status = draw(statuses)
        evidence = [*draw(evidence_lists(st.just(status), 1)), *draw(evidence_lists(statuses, 0))]
        counter = draw(evidence_lists(statuses, 0))
        found[key] = Finding(
            concept=key,
            status=status,
            evidence=tuple(evidence),
            counter_evidence=tuple(counter),
            conflicting=bool(counter) and draw(st.booleans()),
        )
    return found


@often
@given(guidelines(), some_findings())
def test_every_criterion_agrees_with_the_plain_matcher(guideline: Guideline, found: dict[str, Finding]) -> None:
    results = evaluate(found, guideline).criteria
    assert list(results) == [node.number for node in guideline.numbered()]
    for node in guideline.numbered():
        assert node.number
        result = results[node.number]
        status, for_it, against_it, missing = reference.criterion(node, found, guideline.concepts)
        assert result.status == status
        assert reference.places(result.evidence) == for_it
        assert reference.places(result.counter_evidence) == against_it
        assert set(result.missing) == missing
        assert len(set(result.evidence)) == len(result.evidence)
        assert len(set(result.missing)) == len(result.missing)


@often
@given(guidelines(plain=True), some_findings(), st.sampled_from(CONCEPTS))
def test_more_support_never_turns_supported_into_something_else(
    guideline: Guideline, found: dict[str, Finding], concept: str
) -> None:
    before = evaluate(found, guideline).criteria
    stated = finding(concept, "present", at=500)
    if concept in found:
        both_sides = {"evidence": (*stated.evidence, *found[concept].evidence)}
        stated = stated.model_copy(update={**both_sides, "counter_evidence": found[concept].counter_evidence})
    after = evaluate({**found, concept: stated}, guideline).criteria
    for number, result in before.items():
        if result.status is CriterionStatus.SUPPORTED:
            assert after[number].status is CriterionStatus.SUPPORTED


@often
@given(guidelines(plain=True), some_findings())
def test_nothing_is_contradicted_where_nothing_is_said_to_be_absent(
    guideline: Guideline, found: dict[str, Finding]
) -> None:
    said = {
        key: f
        for key, f in found.items()
        if Status.ABSENT not in {item.status for item in (*f.evidence, *f.counter_evidence)}
    }
    results = evaluate(said, guideline).criteria
    assert results
    assert CriterionStatus.CONTRADICTED not in {result.status for result in results.values()}


@often
@given(guidelines())
def test_silence_is_not_found_everywhere(guideline: Guideline) -> None:
    results = evaluate({}, guideline).criteria
    assert results
    assert {result.status for result in results.values()} == {CriterionStatus.NOT_FOUND}
    assert all(result.missing for result in results.values())


@often
@given(guidelines(), some_findings())
def test_what_is_decided_is_cited(guideline: Guideline, found: dict[str, Finding]) -> None:
    quoted = {item for f in found.values() for item in (*f.evidence, *f.counter_evidence)}
    for result in evaluate(found, guideline).criteria.values():
        if result.status in (CriterionStatus.SUPPORTED, CriterionStatus.CONFLICTING):
            assert result.evidence
        if result.status in (CriterionStatus.CONTRADICTED, CriterionStatus.CONFLICTING):
            assert result.counter_evidence
        assert {*result.evidence, *result.counter_evidence} <= quoted


@often
@given(guidelines(), some_findings(), st.randoms(use_true_random=False))
def test_the_order_of_the_findings_does_not_matter(
    guideline: Guideline, found: dict[str, Finding], chance: random.Random
) -> None:
    keys = list(found)
    chance.shuffle(keys)
    shuffled = {key: found[key] for key in keys}
    assert evaluate(shuffled, guideline).model_dump_json() == evaluate(found, guideline).model_dump_json()
