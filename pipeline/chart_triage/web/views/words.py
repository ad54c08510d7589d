"""States and suggestions in the words of the pages, each with the tone of its mark."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from chart_triage.records.determination import Suggestion
from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow, now


class Tag(NamedTuple):
    """`tone` is a class of style.css: good, warn, bad, doubt or plain."""

    words: str
    tone: str


STATES = {
    State.WAITING: Tag("Waiting", "plain"),
    State.PROCESSING: Tag("Processing", "plain"),
    State.READY: Tag("Ready", "good"),
    State.PARKED: Tag("Parked", "bad"),
    State.SIGNED_OFF: Tag("Signed off", "plain"),
}
SUGGESTIONS = {
    Suggestion.CRITERIA_SUPPORTED.value: Tag("Criteria supported", "good"),
    Suggestion.MORE_INFORMATION_NEEDED.value: Tag("More information needed", "warn"),
    Suggestion.NEEDS_CLINICAL_REVIEW.value: Tag("Needs clinical review", "doubt"),
}
NOT_FOUND = "not found in the records received"


class Due(NamedTuple):
    """`at`: the day (and time) in the site's own time; `left`: how long until then, or since."""

    at: str
    left: Tag


def due(chart: ChartRow) -> Due | None:
    """The due clock of a chart; None where it is not known when it is due. It stands still once signed off."""
    if chart.due_at is None:
        return None
    local = chart.due_at.astimezone()
    at = f"{local:%d %b %Y}" if (local.hour, local.minute) == (23, 59) else f"{local:%d %b %Y, %H:%M}"
    if chart.state == State.SIGNED_OFF:
        return Due(at, Tag("done", "plain"))
    return Due(at, _left((chart.due_at - now()).total_seconds()))


def _left(seconds: float) -> Tag:
    """
    >>> _left(3 * 3600 + 60).words, _left(-2 * 86400).words
    ('3 h left', '2 days overdue')
    """
    hours = abs(seconds) / 3600
    if hours < 1:
        span = f"{int(hours * 60)} min"
    elif hours < 48:
        span = f"{int(hours)} h"
    else:
        span = f"{int(hours / 24)} days"
    if seconds < 0:
        return Tag(f"{span} overdue", "bad")
    return Tag(f"{span} left", "warn" if hours < 24 else "plain")


def when(at: datetime) -> str:
    return f"{at.astimezone():%d %b %Y, %H:%M}"


def shortly(at: datetime) -> str:
    """Without its year, which is this one for nearly all charts of a work list."""
    return f"{at.astimezone():%d %b, %H:%M}"
