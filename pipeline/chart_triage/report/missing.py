"""What is still asked for, from the criteria that the records come closest to."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.records.determination import CriterionResult, CriterionStatus, Determination


@dataclass(frozen=True, slots=True)
class Request:
    """Statements or documents that would complete one criterion; `text` is the guideline's plain words."""

    key: str
    label: str
    text: tuple[str, ...]


def requests(determination: Determination) -> tuple[Request, ...]:
    """Requests of the criteria that the records speak about; of all criteria where they speak about none.

    A criterion belongs to those spoken about when its top-level criterion, or a part of that, has evidence on either
    side. Where a whole is supported, what its other parts lack is of no interest. The same words are told once.
    """
    criteria = determination.criteria
    spoken_about = {_group(key) for key, result in criteria.items() if result.evidence or result.counter_evidence}
    open_groups = {_group(k) for k in criteria} - {k for k, r in criteria.items() if _is_settled(k, r)}
    wanted = (spoken_about & open_groups) if spoken_about else open_groups
    asked: list[Request] = []
    for key, result in criteria.items():
        told = {line for request in asked for line in request.text}
        new = tuple(line for line in result.missing if line not in told)
        if new and _group(key) in wanted and result.status is not CriterionStatus.SUPPORTED:
            asked.append(Request(key, result.label, new))
    return tuple(asked)


def _group(key: str) -> str:
    return key.partition(".")[0]


def _is_settled(key: str, result: CriterionResult) -> bool:
    return key == _group(key) and result.status is CriterionStatus.SUPPORTED
