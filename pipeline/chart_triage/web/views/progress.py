"""How far a chart is, in the words of the intake page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow

_STAGES = {"assessing": "Understanding the language", "drawing": "Drawing the highlights"}
_READING = 0.8  # share of the bar that reading takes: the rest is short


class Progress(NamedTuple):
    """`share` of the whole, from 0 to 1; `over`: nothing more will happen by itself."""

    id: str
    state: str
    says: str
    share: float
    over: bool


def progress_of(chart: ChartRow, told: Mapping[str, Any]) -> Progress:
    """`told` is what the worker said last; empty where none has begun."""
    match chart.state:
        case State.READY | State.SIGNED_OFF:
            return Progress(chart.id, chart.state, f"Done, {_pages(chart.pages)}", 1.0, True)
        case State.PARKED:
            return Progress(chart.id, chart.state, chart.problem or "It could not be processed.", 1.0, True)
        case State.PROCESSING if told.get("job") == "queued":
            return Progress(chart.id, chart.state, "Something went wrong; it will be tried again", 0.0, False)
        case State.PROCESSING:
            says, share = _stage(told, chart.pages)
            return Progress(chart.id, chart.state, says, share, False)
    return Progress(chart.id, chart.state, "Waiting for its turn", 0.0, False)


def _stage(told: Mapping[str, Any], expected: int | None) -> tuple[str, float]:
    stage, page = told.get("stage", "reading"), told.get("page")
    if stage in _STAGES:
        return _STAGES[stage], _READING + (0.05 if stage == "assessing" else 0.1)
    if not page:
        return "Reading", 0.02
    if not expected:
        return f"Reading, page {page} done", 0.3
    return f"Reading page {min(page, expected)} of {expected}", _READING * min(page / expected, 1)


def _pages(count: int | None) -> str:
    return "1 page" if count == 1 else f"{count or 0} pages"
