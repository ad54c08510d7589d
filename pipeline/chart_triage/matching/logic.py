"""Three-valued ANY and ALL over outcomes that carry their words.

Statuses have an order: supported > conflicting = unclear > not_found > contradicted. ANY takes the best of its parts,
ALL the worst; between conflicting and unclear, conflicting is said. So an ANY is contradicted only when all parts are,
an ALL when one is, and silence never becomes "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeVar

from chart_triage.records.determination import CriterionStatus
from chart_triage.records.finding import Evidence

SENTENCE_LENGTH = 250  # characters; matching sees spans and not the text, so this stands for one sentence

_RANK = {
    CriterionStatus.SUPPORTED: 3,
    CriterionStatus.CONFLICTING: 2,
    CriterionStatus.UNCLEAR: 2,
    CriterionStatus.NOT_FOUND: 1,
    CriterionStatus.CONTRADICTED: 0,
}
_DOUBT = _RANK[CriterionStatus.UNCLEAR]
_Item = TypeVar("_Item", Evidence, str)


class Outcome(NamedTuple):
    """What is known about a criterion or a part of one. `missing`: what the record would have to contain."""

    status: CriterionStatus
    evidence: tuple[Evidence, ...] = ()
    counter_evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


def any_of(parts: Sequence[Outcome], missing: str) -> Outcome:
    """The best part decides. Its words are shown; where nothing is better than not found, the words of all parts."""
    best = max(_RANK[part.status] for part in parts)
    deciding = [part for part in parts if _RANK[part.status] == best] if best >= _DOUBT else parts
    if best == _RANK[CriterionStatus.SUPPORTED]:
        wanted: tuple[str, ...] = ()
    elif best == _DOUBT:
        wanted = joined(part.missing for part in deciding)
    else:
        wanted = (missing,)
    return _outcome(best, deciding, wanted)


def all_of(parts: Sequence[Outcome], within: Literal["document", "section", "sentence"] = "document") -> Outcome:
    """The worst part decides; the words of all are shown. Parts whose words stand too far apart leave it unclear."""
    worst = min(_RANK[part.status] for part in parts)
    wanted = joined(part.missing for part in parts)
    whole = _outcome(worst, parts, wanted)
    if whole.status is CriterionStatus.SUPPORTED and not _together([part.evidence for part in parts], within):
        return whole._replace(
            status=CriterionStatus.UNCLEAR, missing=(f"one {within} that states all parts of this together",)
        )
    return whole


def _outcome(rank: int, deciding: Sequence[Outcome], missing: tuple[str, ...]) -> Outcome:
    statuses = {part.status for part in deciding if _RANK[part.status] == rank}
    status = CriterionStatus.CONFLICTING if CriterionStatus.CONFLICTING in statuses else statuses.pop()
    return Outcome(
        status=status,
        evidence=joined(part.evidence for part in deciding),
        counter_evidence=joined(part.counter_evidence for part in deciding),
        missing=missing,
    )


def joined(groups: Iterable[tuple[_Item, ...]]) -> tuple[_Item, ...]:
    """All items in their order, each once."""
    return tuple(dict.fromkeys(item for group in groups for item in group))


def _together(groups: Sequence[tuple[Evidence, ...]], within: str) -> bool:
    """Whether some choice of one item from each group stands in one section, or in the length of a sentence."""
    if within == "section":
        sections = [{item.section for item in group} for group in groups]
        return bool(set.intersection(*sections))
    if within == "sentence":
        return any(
            all(any(first.start <= i.start and i.end <= first.start + SENTENCE_LENGTH for i in g) for g in groups)
            for group in groups
            for first in group
        )
    return True
