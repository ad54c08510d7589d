"""Hypothesis strategies: random guidelines, trees of three levels, and random findings for them."""

from __future__ import annotations

from typing import Any

from chart_words import PLACE_WIDTH, guideline_of
from hypothesis import strategies as st

from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.guideline import ConceptSpec, Guideline, Node
from chart_triage.records.mention import Status

CONCEPTS = ["c0", "c1", "c2", "c3"]
FACETS = ["f0", "f1"]
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
