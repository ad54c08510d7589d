"""The smallest sets of statements that complete a criterion, against trying out every set there is."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import reference
from hypothesis import given, settings
from random_trees import guidelines, some_findings

from chart_triage.matching.completion import Statement, Together, read_tree, ways_to_complete
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import Guideline, Node

DOUBT = (reference.UNCLEAR, reference.CONFLICTING)


def status(node: Node, found: Any, concepts: Any) -> str:
    return reference.criterion(node, found, concepts)[0]


def can_support(node: Node, concepts: Any) -> bool:
    names = ("present", "absent", "family", "hypothetical", "historical_resolved", "uncertain")
    return any(reference.role_of(name, node, concepts[node.finding]) == "supports" for name in names)


def waiting(node: Node, found: Any, concepts: Any) -> bool:
    """Whether a finding that does not support yet may still be asked for: the records do not deny it."""
    return can_support(node, concepts) and status(node, found, concepts) not in (
        reference.SUPPORTED,
        reference.CONTRADICTED,
    )


def answers(node: Node, place: tuple[int, ...], found: Any, concepts: Any) -> set[Any]:
    """Everything that could be asked for below a node."""
    if node.finding:
        return {(node.finding, node.facet)} if waiting(node, found, concepts) else set()
    own = {("together", place)} if node.within != "document" else set()
    return own.union(*(answers(c, (*place, i), found, concepts) for i, c in enumerate(node.children)))


def holds(node: Node, place: tuple[int, ...], added: Any, found: Any, concepts: Any) -> bool:
    """Whether the node is supported once the answers are there, read from docs/requests.md."""
    if status(node, found, concepts) == reference.SUPPORTED:
        return True
    if node.finding:
        says_it = (node.finding, node.facet) in added
        says_a_part = node.facet is None and any(key == node.finding for key, _ in added)
        return waiting(node, found, concepts) and (says_it or says_a_part)
    below = [holds(c, (*place, i), added, found, concepts) for i, c in enumerate(node.children)]
    if node.any_of:
        return any(below)
    return all(below) and (node.within == "document" or ("together", place) in added)


def plain(wanted: Any) -> frozenset[Any]:
    return frozenset(("together", w.place) if isinstance(w, Together) else (w.finding, w.facet) for w in wanted)


def built_on(node: Node, place: tuple[int, ...], added: Any, found: Any, concepts: Any) -> set[str]:
    if not holds(node, place, added, found, concepts):
        return set()
    if node.finding:
        return {node.finding} if status(node, found, concepts) == reference.SUPPORTED else set()
    parts = [built_on(c, (*place, i), added, found, concepts) for i, c in enumerate(node.children)]
    return set[str]().union(*parts)


@settings(max_examples=400, deadline=None)
@given(guidelines(), some_findings())
def test_no_smaller_set_completes_a_criterion_and_none_of_its_size_is_left_out(
    guideline: Guideline, found: dict[str, Finding]
) -> None:
    concepts = guideline.concepts
    for top in guideline.criteria:
        everything = sorted(answers(top, (), found, concepts), key=str)
        by_size = (
            [frozenset(c) for c in combinations(everything, size) if holds(top, (), frozenset(c), found, concepts)]
            for size in range(len(everything) + 1)
        )
        smallest = next((sets for sets in by_size if sets), [])
        doubtful = {
            (leaf.finding, leaf.facet) for leaf in top.walk() if leaf.finding and status(leaf, found, concepts) in DOUBT
        }

        def rank(one: frozenset[Any], top: Node = top, doubtful: set[Any] = doubtful) -> tuple[int, int, int]:
            facets = sum(part is not None for key, part in one if key != "together")
            return -len(one & doubtful), -len(built_on(top, (), one, found, concepts)), facets

        best = {one for one in smallest if rank(one) == min(map(rank, smallest))}
        way = ways_to_complete(read_tree(top, found, concepts))
        assert {plain(one) for one in way.sets} == best
        assert len(way.sets) == len(best)
        if best:
            assert way.size == len(smallest[0])
            assert 0 <= way.documented <= 1 or way.size == 0


@settings(max_examples=200, deadline=None)
@given(guidelines(plain=True), some_findings())
def test_a_criterion_is_complete_when_nothing_is_wanted(guideline: Guideline, found: dict[str, Finding]) -> None:
    for top in guideline.criteria:
        part = read_tree(top, found, guideline.concepts)
        assert part.outcome.status == status(top, found, guideline.concepts)
        assert (ways_to_complete(part).sets == (frozenset(),)) == part.supported


def test_a_facet_answers_for_the_whole_and_not_the_reverse() -> None:
    node = Node.model_validate(
        {
            "label": "both",
            "all_of": [
                {"label": "whole", "finding": "first", "missing": "first"},
                {"label": "part", "finding": "first", "facet": "part", "missing": "its part"},
            ],
        }
    )
    assert ways_to_complete(read_tree(node, {}, {})).sets == (frozenset({Statement("first", "part")}),)
