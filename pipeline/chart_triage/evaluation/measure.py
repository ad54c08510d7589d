"""All labelled sets that can be found, measured one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chart_triage import resources
from chart_triage.assess import Assessor
from chart_triage.evaluation import gold
from chart_triage.evaluation.false_alarms import AlarmFigures, count_alarms, read_verdicts, sampled, second_sample
from chart_triage.evaluation.scoring import Annotate, SetFigures, score
from chart_triage.evaluation.span_assertion import TargetFigures, score_targets

EVAL_DIR = "CHART_TRIAGE_EVAL_DIR"
Figures = SetFigures | TargetFigures | AlarmFigures


_OUTSIDE = ("real notes", "negation", "false alarms", "false alarms, second sample")


class LeftOut(NamedTuple):
    """A set that was not measured, and why."""

    name: str
    why: str


def measured(assessor: Assessor, environ: Mapping[str, str] | None = None) -> Iterator[Figures | LeftOut]:
    """Each set's figures as soon as they are there: the repository's own sets first, then those of the folder that
    CHART_TRIAGE_EVAL_DIR names. Raises GoldError where a file is there and cannot be used."""
    yield from _own_sets(assessor)
    named = (os.environ if environ is None else environ).get(EVAL_DIR)
    if named:
        yield from _outside_sets(assessor, Path(named))
    else:
        yield from (LeftOut(name, f"{EVAL_DIR} is not set") for name in _OUTSIDE)


def reading(assessor: Assessor) -> Annotate:
    """How a labelled text is read: as `chart-triage annotate` reads it, with the note's date where it has one."""
    return lambda text: assessor.text(text.id, text.text, note_date=text.note_date)


def _own_sets(assessor: Assessor) -> Iterator[Figures | LeftOut]:
    texts = resources.data_root() / "tests" / "language"
    for name, path, read in (
        ("traps", texts / "traps", gold.traps),
        ("held-out traps", texts / "heldout" / "traps.jsonl", gold.heldout_traps),
        ("held-out notes", texts / "heldout" / "notes.jsonl", gold.heldout_notes),
        ("blind traps", texts / "blind" / "traps.jsonl", gold.heldout_traps),
        ("blind notes", texts / "blind" / "notes.jsonl", gold.heldout_notes),
        ("guideline's examples", resources.lexicons() / resources.DEFAULT_GUIDELINE / "examples.yaml", gold.examples),
    ):
        yield score(name, read(path), reading(assessor)) if path.exists() else _missing(name, path)


def _outside_sets(assessor: Assessor, folder: Path) -> Iterator[Figures | LeftOut]:
    real, negation = folder / "eval" / "real-dev.jsonl", folder / "eval" / "negation-dev.jsonl"
    notes = folder / "corpora" / "text"
    yield (
        score("real notes", gold.real_notes(real), reading(assessor)) if real.exists() else _missing("real notes", real)
    )
    yield (
        score_targets("negation", gold.negation(negation), assessor)
        if negation.exists()
        else _missing("negation", negation)
    )
    judged = resources.data_root() / "tests" / "language" / "false_alarms.csv"
    verdicts = read_verdicts(judged) if judged.exists() else {}
    for name, draw in (("false alarms", sampled), ("false alarms, second sample", second_sample)):
        yield count_alarms(name, draw(notes), assessor, verdicts) if notes.is_dir() else _missing(name, notes)


def _missing(name: str, path: Path) -> LeftOut:
    return LeftOut(name, f"there is no {path}")
