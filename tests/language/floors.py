"""The figures below which no change may fall, rounded down to hundredths, in floors.yaml.

python tests/language/floors.py            # measures anew and writes floors.yaml; look at the difference before
                                           # it is committed: a floor goes down only with a reason
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from math import floor
from pathlib import Path

import yaml

from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.evaluation.measure import EVAL_DIR, LeftOut, measured
from chart_triage.evaluation.scoring import SetFigures
from chart_triage.evaluation.span_assertion import TargetFigures
from chart_triage.settings import Settings

FILE = Path(__file__).parent / "floors.yaml"
Floors = dict[str, dict[str, float]]
"""Set, or set and family ("traps: forms") -> name of the figure -> its floor."""


def read_floors() -> Floors:
    floors: Floors = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return floors


def figures_of(found: SetFigures | TargetFigures) -> Iterator[tuple[str, dict[str, float]]]:
    """The figures of one set that have a value, under the names of floors.yaml."""
    if isinstance(found, TargetFigures):
        yield found.name, {f"{axis} F1": c.f1 for axis, c in found.by_axis.items() if c.f1 is not None}
        return
    named = {
        "decision": found.labels.decision.value,
        "strict": found.labels.strict.value,
        "present F1": found.present.f1,
        "criteria F1": found.criteria.f1,
        "contraindications F1": found.devices.f1,
        "exact criteria": found.determinations.value,
        "exact contraindications": found.contraindication_sets.value,
        "same suggestion": found.suggestions.value,
    }
    yield found.name, {name: value for name, value in named.items() if value is not None}
    for family, rates in found.by_family.items():
        if family and rates.decision.value is not None and rates.strict.value is not None:
            yield f"{found.name}: {family}", {"decision": rates.decision.value, "strict": rates.strict.value}


def main() -> None:
    """Sets that cannot be measured here keep the floors that they have."""
    floors = read_floors() if FILE.exists() else {}
    for found in measured(Assessor(DEFAULT_GUIDELINE, Settings()), os.environ):
        if isinstance(found, LeftOut):
            sys.stdout.write(f"left as it is: {found.name} ({found.why})\n")
        elif isinstance(found, SetFigures | TargetFigures):
            for name, values in figures_of(found):
                floors[name] = {figure: floor(value * 100) / 100 for figure, value in values.items()}
    head = f"# Written by tests/language/floors.py. With {EVAL_DIR} set, the sets of that folder are measured too.\n"
    FILE.write_text(head + yaml.safe_dump(floors, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
