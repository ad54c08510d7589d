"""How well the program reads: labelled texts in, precision, recall, F1 and every disagreement out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from chart_triage.assess import Assessor
from chart_triage.evaluation.false_alarms import AlarmFigures
from chart_triage.evaluation.measure import LeftOut, measured
from chart_triage.evaluation.scoring import SetFigures
from chart_triage.evaluation.tables import alarm_lines, set_lines, target_lines

__all__ = ["report_figures"]


def report_figures(errors: bool, json_file: Path | None = None) -> Iterator[str]:
    """Lines of Markdown, set by set as they are measured; `errors` adds a line for each disagreement.

    `json_file`: also write all figures and disagreements there, `{"sets": [...], "left_out": [[name, why], ...]}`.
    """
    left_out: list[LeftOut] = []
    kept = []
    for figures in measured(Assessor()):
        if isinstance(figures, LeftOut):
            left_out.append(figures)
            continue
        kept.append(figures.model_dump(mode="json"))
        if isinstance(figures, SetFigures):
            yield from set_lines(figures, errors=errors)
        elif isinstance(figures, AlarmFigures):
            yield from alarm_lines(figures, errors=errors)
        else:
            yield from target_lines(figures, errors=errors)
    yield from (f"Left out: {name} ({why})." for name, why in left_out)
    if json_file is not None:
        json_file.write_text(json.dumps({"sets": kept, "left_out": left_out}, indent=1) + "\n", encoding="utf-8")
