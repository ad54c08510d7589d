"""The assertion of given spans, lexicon or not, against a public assertion corpus."""

from __future__ import annotations

from collections.abc import Iterable

from chart_triage.assess import Assessor
from chart_triage.evaluation.disagreements import Disagreement, around
from chart_triage.evaluation.gold import GoldTarget
from chart_triage.evaluation.rates import Count, Counts
from chart_triage.records.mention import Axis, TargetAssertion
from chart_triage.records.page import Record

JUDGED = (Axis.NEGATED, Axis.HISTORICAL, Axis.HYPOTHETICAL, Axis.FAMILY)


class TargetFigures(Record):
    """Per axis, over all targets: whether it was labelled, and whether it was read."""

    name: str
    targets: Count
    by_axis: dict[str, Counts]
    disagreements: tuple[Disagreement, ...]


def score_targets(name: str, targets: Iterable[GoldTarget], assessor: Assessor) -> TargetFigures:
    pairs = [(gold, _read(gold, assessor)) for gold in targets]
    return TargetFigures(
        name=name,
        targets=len(pairs),
        by_axis={a.value: Counts.of((a in gold.axes, a in read.axes) for gold, read in pairs) for a in JUDGED},
        disagreements=tuple(
            Disagreement(
                id=gold.id, level="target", key=axis, gold=_said(axis in gold.axes), read=_said(axis in read.axes),
                decides=True, words=around(gold.text, gold.start, gold.end), cues=tuple(c.text for c in read.cues),
            )
            for axis in JUDGED for gold, read in pairs if (axis in gold.axes) != (axis in read.axes)
        ),
    )  # fmt: skip


def _read(gold: GoldTarget, assessor: Assessor) -> TargetAssertion:
    return assessor.text(gold.id, gold.text, targets=[(gold.start, gold.end)]).targets[0]


def _said(holds: bool) -> str:
    return "yes" if holds else "no"
