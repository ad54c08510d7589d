"""Under random guidelines and random findings: the matcher agrees with the plain one, and its promises hold."""

from __future__ import annotations

import random

import reference
from chart_words import finding
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import CONCEPTS, guidelines, some_findings

from chart_triage.matching import evaluate
from chart_triage.records.determination import CriterionStatus
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Status

often = settings(max_examples=300, deadline=None)


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
