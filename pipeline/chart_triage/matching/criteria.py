"""The guideline's tree over a chart's findings: a finding gives a leaf its outcome, `logic` does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chart_triage.matching.logic import Outcome, all_of, any_of, joined
from chart_triage.records.determination import CriterionResult, CriterionStatus
from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.guideline import ConceptSpec, Guideline, Node, Note
from chart_triage.records.mention import Status


class StatusTable(NamedTuple):
    """Which statuses of a finding support a leaf, leave it unclear, or speak against it. Others: not found."""

    supports: frozenset[Status]
    unclear: frozenset[Status]
    against: frozenset[Status]

    def rank(self, status: Status) -> int:
        """0 where the status supports, 1 unclear, 2 against, 3 otherwise."""
        return next((rank for rank, statuses in enumerate(self) if status in statuses), 3)

    def speaks_for(self, item: Evidence) -> bool:
        return item.status in self.supports or item.status in self.unclear


class _Stated(NamedTuple):
    """What a finding, or the part of it with the asked facet, says."""

    status: Status
    evidence: tuple[Evidence, ...]
    counter_evidence: tuple[Evidence, ...]
    conflicting: bool


def evaluate_criteria(findings: Mapping[str, Finding], guideline: Guideline) -> dict[str, CriterionResult]:
    """A result for each printed number, in printed order."""
    results: dict[str, CriterionResult] = {}
    for top in guideline.criteria:
        _evaluate(top, findings, guideline.concepts, results)
    return {node.number: results[node.number] for node in guideline.numbered() if node.number}


def _evaluate(
    node: Node,
    findings: Mapping[str, Finding],
    concepts: Mapping[str, ConceptSpec],
    results: dict[str, CriterionResult],
) -> Outcome:
    parts = [_evaluate(child, findings, concepts, results) for child in node.children]
    if node.any_of:
        outcome = any_of(parts, node.missing)
    elif node.all_of:
        outcome = all_of(parts, node.within)
    else:
        outcome = leaf_outcome(node, findings, concepts)
    if node.number:
        results[node.number] = CriterionResult(
            label=node.label,
            status=outcome.status,
            evidence=outcome.evidence,
            counter_evidence=outcome.counter_evidence,
            missing=outcome.missing,
            notes=_notes(node, findings),
        )
    return outcome


def status_table(node: Node, concept: ConceptSpec | None) -> StatusTable:
    """What the node states, and for the statuses that it leaves open the default of its concept."""
    stated = {*(node.supports or ()), *(node.unclear or ()), *(node.against or ())}
    doubt_supports = concept is not None and concept.uncertain_supports

    def statuses(given: tuple[Status, ...] | None, *default: Status) -> frozenset[Status]:
        return frozenset(default) - stated if given is None else frozenset(given)

    supports = statuses(node.supports, Status.PRESENT, *([Status.UNCERTAIN] if doubt_supports else []))
    unclear = statuses(node.unclear, Status.UNCERTAIN) - supports
    return StatusTable(supports, unclear, statuses(node.against, Status.ABSENT))


def leaf_outcome(node: Node, findings: Mapping[str, Finding], concepts: Mapping[str, ConceptSpec]) -> Outcome:
    """What the findings say of a node that is a `finding`."""
    assert node.finding is not None
    concept = concepts.get(node.finding)
    opposing = concept.contradicted_by if concept else ()
    if node.finding not in findings and findings.keys().isdisjoint(opposing):
        return Outcome(CriterionStatus.NOT_FOUND, missing=(node.missing,))  # most leaves: no chart speaks of all
    table = status_table(node, concept)
    outcome = _judged(_stated(findings.get(node.finding), node.facet, table), table)
    for key in opposing:
        opposed = findings.get(key)
        if opposed and opposed.status is Status.ABSENT and not opposed.conflicting:
            outcome = _opposed(outcome, opposed)
    return Outcome(
        status=outcome.status,
        evidence=joined([outcome.evidence]),
        counter_evidence=joined([outcome.counter_evidence]),
        missing=() if outcome.status is CriterionStatus.SUPPORTED else (node.missing,),
    )


def _judged(stated: _Stated | None, table: StatusTable) -> Outcome:
    if stated is None:
        return Outcome(CriterionStatus.NOT_FOUND)
    if stated.status in table.supports:
        status = CriterionStatus.CONFLICTING if stated.conflicting else CriterionStatus.SUPPORTED
        return Outcome(status, stated.evidence, stated.counter_evidence)
    if stated.status in table.unclear:
        return Outcome(CriterionStatus.UNCLEAR, stated.evidence, stated.counter_evidence)
    speaking_for = tuple(item for item in stated.counter_evidence if table.speaks_for(item))
    others = tuple(item for item in stated.counter_evidence if not table.speaks_for(item))
    status = CriterionStatus.NOT_FOUND
    if stated.status in table.against:
        status = CriterionStatus.CONFLICTING if stated.conflicting and speaking_for else CriterionStatus.CONTRADICTED
    return Outcome(status, speaking_for, (*stated.evidence, *others))


def _stated(finding: Finding | None, facet: str | None, table: StatusTable) -> _Stated | None:
    """The finding, or what it says of one facet."""
    if finding is None:
        return None
    if facet is None:
        return _Stated(finding.status, finding.evidence, finding.counter_evidence, finding.conflicting)
    own = tuple(item for item in finding.evidence if item.facet == facet)
    counter = tuple(item for item in finding.counter_evidence if item.facet == facet)
    if own:
        stated = [item.status for item in own]
        status = finding.status if finding.status in stated else min(stated, key=table.rank)
        return _Stated(status, own, counter, finding.conflicting and bool(counter))
    return _stated_beside(finding, counter, table)


def _stated_beside(finding: Finding, counter: tuple[Evidence, ...], table: StatusTable) -> _Stated | None:
    """A facet that the deciding words do not name: what `counter`, the other words about it, or the whole say.

    Words for the facet count while the whole is not overruled; what negates the whole negates each facet, and the
    negation of one facet says nothing about the others.
    """
    roles = [table.against]
    if finding.status in table.supports or finding.status in table.unclear:
        roles = [table.supports, table.unclear, table.against]
    for role in roles:
        said = tuple(item for item in counter if item.status in role)
        if said:
            rest = tuple(item for item in counter if item.status not in role)
            return _Stated(said[0].status, said, rest, False)
    whole = tuple(item for item in finding.evidence if item.facet is None and item.status is finding.status)
    if whole and finding.status in table.against:
        return _Stated(finding.status, whole, counter, False)
    return None


def _opposed(outcome: Outcome, opposed: Finding) -> Outcome:
    """The outcome when a concept that it rests on is absent: words for it make a conflict, silence a contradiction."""
    status = {
        CriterionStatus.SUPPORTED: CriterionStatus.CONFLICTING,
        CriterionStatus.NOT_FOUND: CriterionStatus.CONTRADICTED,
    }.get(outcome.status, outcome.status)
    return outcome._replace(status=status, counter_evidence=(*outcome.counter_evidence, *opposed.evidence))


def _notes(node: Node, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    notes = [
        Note(text=f"The print says '{e.printed}', read as '{e.read_as}'. {e.why}", when=e.when) for e in node.errata
    ]
    return tuple(note.text for note in (*notes, *node.notes) if applies(note, findings))


def applies(note: Note, findings: Mapping[str, Finding]) -> bool:
    """Whether the chart gives reason to show the note."""
    found = (findings.get(key) for key in note.when)
    return not note.when or any(finding.status in note.status for finding in found if finding)
