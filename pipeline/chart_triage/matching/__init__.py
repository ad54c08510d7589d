"""Findings + guideline -> Assessment: which criteria the record supports, what speaks against them, what is missing.

Pure and deterministic: the same findings and guideline give the same assessment. docs/guideline-authoring.md has the
truth tables that `logic` and `criteria` carry out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chart_triage.matching.criteria import evaluate_criteria
from chart_triage.matching.requests import documented_share, wanted
from chart_triage.matching.safety import check_safety
from chart_triage.matching.silence import with_unread
from chart_triage.records.determination import (
    Assessment,
    ConceptResult,
    CriterionResult,
    CriterionStatus,
    OtherFinding,
    Suggestion,
)
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import ConceptKind, Guideline
from chart_triage.records.implant import Implant

__all__ = ["documented_share", "evaluate", "wanted", "with_unread"]


def evaluate(findings: Mapping[str, Finding], guideline: Guideline, implants: Sequence[Implant] = ()) -> Assessment:
    """One chart's findings, by concept key or group of words, against one guideline. Warnings are the composer's.

    `implants` are shown with the devices that they are; they decide nothing.

    Raises ValueError for a finding that the guideline does not know: nothing that was found may get lost silently.
    """
    groups = {other.group for other in guideline.others}
    for key in findings:
        if key not in guideline.concepts and key not in groups:
            raise ValueError(f"finding '{key}' is no concept of guideline {guideline.id}")
    criteria = evaluate_criteria(findings, guideline)
    contraindications, flags = check_safety(findings, guideline, implants)
    return Assessment(
        concepts=_concepts(findings, guideline),
        criteria=criteria,
        contraindications=contraindications,
        others=_others(findings, guideline, implants),
        suggestion=_suggestion(criteria, guideline),
        flags=flags,
    )


def _concepts(findings: Mapping[str, Finding], guideline: Guideline) -> dict[str, ConceptResult]:
    found = [findings[key] for key in guideline.concepts if key in findings]
    return {
        f.concept: ConceptResult(status=f.status, evidence=f.evidence, counter_evidence=f.counter_evidence)
        for f in found
    }


def _others(
    findings: Mapping[str, Finding], guideline: Guideline, implants: Sequence[Implant]
) -> tuple[OtherFinding, ...]:
    listed = {item.concept for item in guideline.contraindications.items}
    unlisted = tuple(implant for implant in implants if implant.kind not in listed)
    return tuple(
        OtherFinding(
            kind=other.kind,
            label=other.label,
            evidence=found.evidence,
            implants=unlisted if other.concept_kind is ConceptKind.DEVICE else (),
        )
        for other in guideline.others
        if (found := findings.get(other.group)) and found.status in other.statuses
    )


def _suggestion(criteria: Mapping[str, CriterionResult], guideline: Guideline) -> Suggestion:
    """One supported top-level criterion is enough; doubt or conflict in one is for a clinician to weigh."""
    statuses = {criteria[top.number].status for top in guideline.criteria if top.number}
    if CriterionStatus.SUPPORTED in statuses:
        return Suggestion.CRITERIA_SUPPORTED
    if statuses & {CriterionStatus.CONFLICTING, CriterionStatus.UNCLEAR}:
        return Suggestion.NEEDS_CLINICAL_REVIEW
    return Suggestion.MORE_INFORMATION_NEEDED
