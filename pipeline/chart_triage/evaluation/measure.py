"""All labelled sets that can be found, measured one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chart_triage import resources
from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.evaluation import gold
from chart_triage.evaluation.false_alarms import AlarmFigures, count_alarms, sampled
from chart_triage.evaluation.gold import GoldText
from chart_triage.evaluation.scoring import SetFigures, score
from chart_triage.evaluation.span_assertion import TargetFigures, score_targets
from chart_triage.records.determination import Annotation

EVAL_DIR = "CHART_TRIAGE_EVAL_DIR"
Figures = SetFigures | TargetFigures | AlarmFigures


class LeftOut(NamedTuple):
    """A set that was not measured, and why."""

    name: str
    why: str


def measured(assessor: Assessor, environ: Mapping[str, str] | None = None) -> Iterator[Figures | LeftOut]:
    """Each set's figures as soon as they are there: the repository's own sets first, then those of the folder that
    CHART_TRIAGE_EVAL_DIR names. Raises GoldError where a file is there and cannot be used."""
    yield from _own_sets(assessor)
    named = (os.environ if environ is None else environ).get(EVAL_DIR)
    if not named:
        yield LeftOut("real notes, negation, false alarms", f"{EVAL_DIR} is not set")
        return
    yield from _outside_sets(assessor, Path(named))


def reader(assessor: Assessor) -> _Reader:
    return _Reader(assessor)


def _own_sets(assessor: Assessor) -> Iterator[Figures | LeftOut]:
    texts = resources.data_root() / "tests" / "language"
    examples = resources.lexicons() / DEFAULT_GUIDELINE / "examples.yaml"
    for name, path, read in (
        ("traps", texts / "traps", gold.traps),
        ("held-out traps", texts / "heldout" / "traps.jsonl", gold.heldout_traps),
        ("held-out notes", texts / "heldout" / "notes.jsonl", gold.heldout_notes),
        ("guideline's examples", examples, gold.examples),
    ):
        yield score(name, read(path), _Reader(assessor)) if path.exists() else LeftOut(name, _missing(path))


def _outside_sets(assessor: Assessor, folder: Path) -> Iterator[Figures | LeftOut]:
    real, negation, notes = folder / "eval" / "real-dev.jsonl", folder / "eval" / "negation-dev.jsonl", folder / "corpora" / "text"
    if real.exists():
        yield score("real notes", gold.real_notes(real), _Reader(assessor))
    else:
        yield LeftOut("real notes", _missing(real))
    if negation.exists():
        yield score_targets("negation", gold.negation(negation), assessor)
    else:
        yield LeftOut("negation", _missing(negation))
    if notes.is_dir():
        yield count_alarms(sampled(notes), assessor)
    else:
        yield LeftOut("false alarms", _missing(notes))


def _missing(path: Path) -> str:
    return f"there is no {path}"
