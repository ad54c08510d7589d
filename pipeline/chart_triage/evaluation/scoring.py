"""A labelled set against what the program concludes: shares, F1 per concept and criterion, and every disagreement."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chart_triage.evaluation.disagreements import Disagreement, disagreement
from chart_triage.evaluation.gold import GoldText
from chart_triage.evaluation.outcomes import Level, Outcome, outcomes
from chart_triage.evaluation.rates import Count, Counts, Rate
from chart_triage.records.determination import Annotation
from chart_triage.records.page import Record

Annotate = Callable[[GoldText], Annotation]


class LabelRates(Record):
    """Over labels, `not_listed` ones included. `decision`: present or not. `strict`: the very status, or unlisted."""

    decision: Rate
    strict: Rate


class SetFigures(Record):
    """One set's figures. What a set does not label has empty counts.

    - `labels`, `by_family`, `by_status`: over the labels that the set gives.
    - `false_present`: concepts called present that a complete set does not list at all.
    - `present`: "present" per text and concept, those included; `by_concept` likewise.
    - `criteria`, `by_criterion`: supported, of the compared numbers. `devices`: contraindications in place.
    - `determinations`, `contraindication_sets`: texts whose whole set is exact; `suggestions`: texts with the same.
    """

    name: str
    texts: Count
    labels: LabelRates
    by_family: dict[str, LabelRates]
    by_status: dict[str, LabelRates]
    false_present: Count
    present: Counts
    by_concept: dict[str, Counts]
    criteria: Counts
    by_criterion: dict[str, Counts]
    devices: Counts
    by_device: dict[str, Counts]
    determinations: Rate
    contraindication_sets: Rate
    suggestions: Rate
    disagreements: tuple[Disagreement, ...]


def score(name: str, texts: Iterable[GoldText], annotate: Annotate) -> SetFigures:
    """Reads each text and compares it with its labels."""
    judged = [(gold, outcomes(gold, annotate(gold))) for gold in texts]
    pairs = [(gold, outcome) for gold, found in judged for outcome in found]
    concepts = [o for _, o in pairs if o.level == "concept"]
    labelled = [(gold, o) for gold, o in pairs if o.level == "concept" and o.labelled]
    criteria = [o for _, o in pairs if o.level == "criterion"]
    devices = [o for _, o in pairs if o.level == "contraindication"]
    return SetFigures(
        name=name,
        texts=len(judged),
        labels=_rates(o for _, o in labelled),
        by_family={f: _rates(o for g, o in labelled if g.family == f) for f in sorted({g.family for g, _ in labelled})},
        by_status={s: _rates(o for _, o in labelled if o.gold == s) for s in sorted({o.gold for _, o in labelled})},
        false_present=sum(not o.labelled for o in concepts),
        present=_counts(concepts),
        by_concept=_by_key(concepts),
        criteria=_counts(criteria),
        by_criterion=_by_key(criteria),
        devices=_counts(devices),
        by_device=_by_key(devices),
        determinations=_exact_sets(judged, "criterion"),
        contraindication_sets=_exact_sets(judged, "contraindication"),
        suggestions=_exact_sets(judged, "suggestion"),
        disagreements=tuple(disagreement(gold, o) for gold, o in pairs if not o.exact),
    )


def _rates(judged: Iterable[Outcome]) -> LabelRates:
    known = list(judged)
    return LabelRates(
        decision=Rate.of(o.gold_yes is o.read_yes for o in known),
        strict=Rate.of(o.exact for o in known),
    )


def _counts(judged: Iterable[Outcome]) -> Counts:
    return Counts.of((o.gold_yes, o.read_yes) for o in judged)


def _by_key(judged: list[Outcome]) -> dict[str, Counts]:
    """Keys that are neither labelled nor read anywhere are left out."""
    found = {key: _counts(o for o in judged if o.key == key) for key in sorted({o.key for o in judged})}
    return {key: counts for key, counts in found.items() if counts != Counts()}


def _exact_sets(judged: list[tuple[GoldText, list[Outcome]]], level: Level) -> Rate:
    """Texts in which everything of this level is right, of those that are judged at this level."""
    return Rate.of(all(o.exact for o in found if o.level == level) for gold, found in judged if _judges(gold, level))


def _judges(gold: GoldText, level: Level) -> bool:
    if level == "criterion":
        return gold.criteria is not None
    if level == "contraindication":
        return gold.contraindications is not None
    return gold.suggestion is not None and "suggestion" not in gold.open
