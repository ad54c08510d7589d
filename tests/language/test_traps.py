"""No family of trap texts, no held-out set, no guideline's example may be read worse than it was: floors.yaml."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from floors import figures_of, read_floors

from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.evaluation.gold import heldout_notes, heldout_traps, traps
from chart_triage.evaluation.measure import EVAL_DIR, LeftOut, measured
from chart_triage.evaluation.scoring import SetFigures
from chart_triage.evaluation.span_assertion import TargetFigures
from chart_triage.settings import Settings

HERE = Path(__file__).parent
OUTSIDE = ("real notes", "negation")
FOLDERS = {"held-out traps": "heldout", "blind traps": "blind"}
FLOORS = read_floors()
OWN = [name for name in FLOORS if name.split(":")[0] not in OUTSIDE]


@cache
def all_sets() -> dict[str, SetFigures | TargetFigures | LeftOut]:
    found = measured(Assessor(DEFAULT_GUIDELINE, Settings()), os.environ)
    return {f.name: f for f in found if isinstance(f, SetFigures | TargetFigures | LeftOut)}


def hold(name: str) -> None:
    """Fails with the ids that are read wrongly when a figure of the set or family lies below its floor."""
    set_name, _, family = name.partition(": ")
    figures = all_sets()[set_name]
    assert not isinstance(figures, LeftOut)
    values = dict(figures_of(figures))[name]
    assert values.keys() == FLOORS[name].keys()
    fallen = {f: (values[f], least) for f, least in FLOORS[name].items() if values[f] < least}
    wrong = {d.id for d in figures.disagreements if not family or d.id in ids_of(set_name, family)}
    assert not fallen, f"{fallen}; read wrongly: {', '.join(sorted(wrong))}"


@cache
def ids_of(set_name: str, family: str) -> frozenset[str]:
    texts = traps(HERE / "traps") if set_name == "traps" else heldout_traps(HERE / FOLDERS[set_name] / "traps.jsonl")
    return frozenset(text.id for text in texts if text.family == family)


def test_each_family_and_each_own_set_has_a_floor() -> None:
    families = {f"traps: {text.family}" for text in traps(HERE / "traps")}
    for name, folder in FOLDERS.items():
        families |= {f"{name}: {text.family}" for text in heldout_traps(HERE / folder / "traps.jsonl")}
    assert len(families) > 40
    whole = {"traps", "held-out traps", "held-out notes", "blind traps", "blind notes", "guideline's examples"}
    assert set(OWN) == families | whole


def test_the_suites_are_as_large_as_they_have_to_be() -> None:
    assert sum(len(text.expect) + len(text.not_listed) for text in traps(HERE / "traps")) > 1500
    assert len(heldout_notes(HERE / "heldout" / "notes.jsonl")) >= 40


@pytest.mark.parametrize("name", OWN)
def test_nothing_of_our_own_is_read_worse_than_before(name: str) -> None:
    hold(name)


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_of_the_evaluation_folder_is_read_worse_than_before(name: str) -> None:
    """Without the folder there is nothing to read; then it must be said that the set was left out, and why."""
    if os.environ.get(EVAL_DIR):
        hold(name)
    else:
        assert all_sets()[name] == LeftOut(name, f"{EVAL_DIR} is not set")
