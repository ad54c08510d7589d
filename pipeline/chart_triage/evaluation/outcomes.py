"""What was labelled beside what was read, one outcome for each thing judged in a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from chart_triage.evaluation.gold import COMPARED_CRITERIA, GoldText
from chart_triage.records.determination import Annotation, ContraindicationStatus, CriterionStatus
from chart_triage.records.finding import Evidence
from chart_triage.records.mention import Status

NOT_LISTED = "not listed"
Level = Literal["concept", "criterion", "contraindication", "suggestion"]
_IN_PLACE = (ContraindicationStatus.PRESENT, ContraindicationStatus.PRESENT_MR_CONDITIONAL)
_SAFE = "not in place"
_IN_QUESTION = "not supported"


class Outcome(NamedTuple):
    """`gold` and `read` as words; `gold_yes` and `read_yes`: present, supported, in place.

    `labelled` is false for a concept that was called present though the set does not list it. `evidence` is the
    first of what the program shows for its answer.
    """

    level: Level
    key: str
    gold: str
    read: str
    gold_yes: bool
    read_yes: bool
    exact: bool
    labelled: bool = True
    evidence: Evidence | None = None


def outcomes(gold: GoldText, read: Annotation) -> list[Outcome]:
    """Everything that the labels of one text judge."""
    judged = [*_labelled(gold, read), *_unlisted(gold, read)]
    if gold.criteria is not None:
        judged += _criteria(gold, gold.criteria, read)
    if gold.contraindications is not None:
        judged += _contraindications(gold, gold.contraindications, read)
    if gold.suggestion is not None and "suggestion" not in gold.open:
        same = gold.suggestion is read.suggestion
        judged.append(Outcome("suggestion", "suggestion", gold.suggestion, read.suggestion, True, same, same))
    return judged


def _labelled(gold: GoldText, read: Annotation) -> Iterator[Outcome]:
    labels: dict[str, Status | None] = {**gold.expect, **dict.fromkeys(sorted(gold.not_listed))}
    for key, label in labels.items():
        if key not in gold.open:
            yield _concept(key, label, read)


def _unlisted(gold: GoldText, read: Annotation) -> Iterator[Outcome]:
    if not gold.complete:
        return
    for key, found in read.concepts.items():
        if found.status is Status.PRESENT and key not in gold.expect and key not in gold.not_listed | gold.open:
            yield _concept(key, None, read)._replace(labelled=False)


def _concept(key: str, label: Status | None, read: Annotation) -> Outcome:
    status, evidence = _read(key, read)
    return Outcome(
        "concept", key, label or NOT_LISTED, status or NOT_LISTED, label is Status.PRESENT, status is Status.PRESENT,
        label is status, evidence=evidence,
    )  # fmt: skip


def _read(key: str, read: Annotation) -> tuple[Status | None, Evidence | None]:
    """Status and first evidence of a concept, or of a helper group ("@other_implant")."""
    found = read.concepts.get(key)
    if found is not None:
        return found.status, found.evidence[0]
    other = next((o for o in read.others if f"@{o.kind}" == key), None)
    return (other.evidence[0].status, other.evidence[0]) if other else (None, None)


def _criteria(gold: GoldText, supported: frozenset[str], read: Annotation) -> Iterator[Outcome]:
    for number in COMPARED_CRITERIA:
        if number in gold.open:
            continue
        result = read.criteria.get(number)
        label, found = number in supported, result is not None and result.status is CriterionStatus.SUPPORTED
        yield Outcome(
            "criterion", number, CriterionStatus.SUPPORTED if label else _IN_QUESTION,
            result.status if result else NOT_LISTED, label, found, label is found,
            evidence=next(iter(result.evidence), None) if result else None,
        )  # fmt: skip


def _contraindications(gold: GoldText, in_place: frozenset[str], read: Annotation) -> Iterator[Outcome]:
    for key in sorted((in_place | read.contraindications.keys()) - gold.open):
        result = read.contraindications.get(key)
        label, found = key in in_place, result is not None and result.status in _IN_PLACE
        yield Outcome(
            "contraindication", key, "in place" if label else _SAFE, result.status if result else NOT_LISTED,
            label, found, label is found, evidence=next(iter(result.evidence), None) if result else None,
        )  # fmt: skip
