"""What is still asked for, from the criteria that the records come closest to."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.records.determination import CriterionStatus, Determination

_OPEN = frozenset(CriterionStatus) - {CriterionStatus.SUPPORTED}
_DOUBTS = frozenset({CriterionStatus.UNCLEAR, CriterionStatus.CONFLICTING})


@dataclass(frozen=True, slots=True)
class Request:
    """Statements or documents that would complete one criterion; `text` is the guideline's plain words."""

    key: str
    label: str
    text: tuple[str, ...]


def requests(determination: Determination) -> tuple[Request, ...]:
    """Requests of the criteria that the records speak about; of all top-level criteria where they speak about none.

    A top-level criterion is spoken about when it or a part of it has evidence on either side; its parts are named
    only where they have evidence themselves. Where a criterion is supported, only doubts about others remain worth
    asking. The same words are told once.
    """
    criteria = determination.criteria
    cited = {key for key, result in criteria.items() if result.evidence or result.counter_evidence}
    groups = {_group(key) for key in cited} or {_group(key) for key in criteria}
    settled = {_group(k) for k, r in criteria.items() if k == _group(k) and r.status is CriterionStatus.SUPPORTED}
    asked: list[Request] = []
    for key, result in criteria.items():
        told = {line for request in asked for line in request.text}
        new = tuple(line for line in result.missing if line not in told)
        wanted = _group(key) in groups - settled and (key == _group(key) or key in cited)
        if new and wanted and result.status in (_DOUBTS if settled else _OPEN):
            asked.append(Request(key, result.label, new))
    return tuple(asked)


def _group(key: str) -> str:
    return key.partition(".")[0]
