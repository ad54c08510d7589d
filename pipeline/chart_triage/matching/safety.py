"""The overlay of MRI contraindications: a state for each listed device and condition, and the safety flag.

The flag does not touch the criteria. A stated MR condition never cancels a device; it stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from chart_triage.matching.criteria import applies
from chart_triage.records.determination import ContraindicationResult, ContraindicationStatus
from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.guideline import Contraindication, Guideline
from chart_triage.records.implant import Implant, MrCondition, Quote, StatedMrCondition
from chart_triage.records.mention import Span, Status

Flags = tuple[Literal["mri_safety_check"], ...]

_STATE = {
    Status.PRESENT: ContraindicationStatus.PRESENT,
    Status.HYPOTHETICAL: ContraindicationStatus.PLANNED,
    Status.HISTORICAL_RESOLVED: ContraindicationStatus.REMOVED,
    Status.UNCERTAIN: ContraindicationStatus.UNCERTAIN,
    Status.ABSENT: ContraindicationStatus.ABSENT,
    Status.FAMILY: ContraindicationStatus.NOT_DOCUMENTED,
}
_NOT_IN_PLACE = {Status.ABSENT, Status.HISTORICAL_RESOLVED, Status.FAMILY, Status.HYPOTHETICAL}
_FLAGGED = {
    ContraindicationStatus.PRESENT,
    ContraindicationStatus.PRESENT_MR_CONDITIONAL,
    ContraindicationStatus.PLANNED,
    ContraindicationStatus.UNCERTAIN,
}
_SHOWN = {*_FLAGGED, ContraindicationStatus.REMOVED}
_STATED: dict[Status, MrCondition] = {
    Status.PRESENT: "conditional",
    Status.ABSENT: "unsafe",
    Status.UNCERTAIN: "unverified",
}
_CONDITION_NOTES = {
    Status.PRESENT: "Stated to be MR conditional or safe, see the evidence. The safety check stays.",
    Status.ABSENT: "Stated not to be MR conditional or safe, see the evidence.",
    Status.UNCERTAIN: "Its MR condition is not verified, see the evidence.",
}
_CONFLICT_NOTE = "The record contradicts itself here. Both sides are shown; please settle it before the scan."


class _Condition(NamedTuple):
    """What the record says of one device's MR condition."""

    status: Status
    evidence: tuple[Evidence, ...]


def check_safety(
    findings: Mapping[str, Finding], guideline: Guideline, implants: Sequence[Implant] = ()
) -> tuple[dict[str, ContraindicationResult], Flags]:
    """A result for each concept of the safety list, in its order, and the flag."""
    conditions = _conditions(findings, guideline, implants)
    results: dict[str, ContraindicationResult] = {}
    flagged = False
    for item in guideline.contraindications.items:
        finding = findings.get(item.concept)
        notes = tuple(note.text for note in item.notes if applies(note, findings))
        label = item.label or guideline.concepts[item.concept].label
        result = _result(label, finding, conditions.get(item.concept), notes)
        own = [implant for implant in implants if implant.kind == item.concept]
        shown = _shown(own, finding, conditions.get(item.concept)) if result.status in _SHOWN else ()
        results[item.concept] = result.model_copy(update={"implants": shown})
        flagged |= result.status in _FLAGGED
    return results, ("mri_safety_check",) if flagged else ()


def _shown(implants: Sequence[Implant], finding: Finding | None, condition: _Condition | None) -> tuple[Implant, ...]:
    """The implants of a device; where there is one, with the state and the MR condition that the record ends with."""
    if len(implants) != 1 or finding is None:
        return tuple(implants)
    changes: dict[str, object] = {"status": finding.status}
    if condition is not None and implants[0].mr_condition is None:
        words = condition.evidence[0]
        quote = Quote(start=words.start, end=words.end, text=words.text, page=words.page, boxes=words.boxes)
        changes["mr_condition"] = StatedMrCondition(condition=_STATED[condition.status], quote=quote)
    return (implants[0].model_copy(update=changes),)


def _result(
    label: str, finding: Finding | None, condition: _Condition | None, notes: tuple[str, ...]
) -> ContraindicationResult:
    if finding is None:
        return ContraindicationResult(label=label, status=ContraindicationStatus.NOT_DOCUMENTED, notes=notes)
    status = _STATE[finding.status]
    if status is ContraindicationStatus.PLANNED and not _planned(finding):
        status = ContraindicationStatus.NOT_DOCUMENTED
    evidence, counter = finding.evidence, finding.counter_evidence
    if finding.conflicting:
        notes = (_CONFLICT_NOTE, *notes)
        if finding.status in _NOT_IN_PLACE:  # "no" on a form does not outweigh an implant elsewhere
            status, evidence, counter = ContraindicationStatus.UNCERTAIN, counter, evidence
    elif status is ContraindicationStatus.NOT_DOCUMENTED:
        evidence, counter = (), (*evidence, *counter)
    if condition is not None:
        if condition.status is Status.PRESENT:
            status = ContraindicationStatus.PRESENT_MR_CONDITIONAL
        evidence = tuple(dict.fromkeys((*evidence, *condition.evidence)))
        notes = (_CONDITION_NOTES[condition.status], *notes)
    return ContraindicationResult(label=label, status=status, evidence=evidence, counter_evidence=counter, notes=notes)


def _planned(finding: Finding) -> bool:
    """Whether something is to be done for this patient, rather than named in a leaflet, a risk or a condition."""
    kinds = [{cue.kind for cue in item.cues} for item in finding.evidence]
    return any("planned" in found and "hypothetical" not in found for found in kinds)


def _conditions(
    findings: Mapping[str, Finding], guideline: Guideline, implants: Sequence[Implant]
) -> dict[str, _Condition]:
    """MR conditions by device: of the implant that the statement was read with, else of the device nearest to it."""
    overlay = guideline.contraindications
    stated = findings.get(overlay.conditional_concept) if overlay.conditional_concept else None
    devices = [found for item in overlay.items if (found := _in_place(item, findings))]
    if stated is None or not devices:
        return {}
    items = [i for i in (*stated.evidence, *stated.counter_evidence) if i.status in _CONDITION_NOTES]
    conditions: dict[str, _Condition] = {}
    for item in items:
        device = _stated_of(item, implants, devices) or _nearest(item, devices)
        known = conditions.setdefault(device, _Condition(item.status, ()))
        if known.status is item.status:
            conditions[device] = _Condition(known.status, (*known.evidence, item))
    return conditions


def _stated_of(item: Span, implants: Sequence[Implant], devices: Sequence[Finding]) -> str | None:
    """The device in place that the language stage read the MR condition with."""
    in_place = {device.concept for device in devices}
    for implant in implants:
        stated = implant.mr_condition
        if stated and (stated.quote.start, stated.quote.end) == (item.start, item.end) and implant.kind in in_place:
            return implant.kind
    return None


def _in_place(item: Contraindication, findings: Mapping[str, Finding]) -> Finding | None:
    finding = findings.get(item.concept)
    return finding if item.accepts_conditional and finding and finding.status is Status.PRESENT else None


def _nearest(item: Span, devices: Sequence[Finding]) -> str:
    def distance(device: Finding) -> int:
        return min(max(0, words.start - item.end, item.start - words.end) for words in device.evidence)

    return min(devices, key=distance).concept
