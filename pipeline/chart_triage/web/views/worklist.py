"""Rows of the work list, and the same as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow
from chart_triage.web.views.words import STATES, SUGGESTIONS, Due, Tag, due, shortly

_CARRIES = (State.READY, State.SIGNED_OFF)
_COLUMNS = (
    "chart", "file", "patient", "member_id", "reference", "received_by_us", "due", "expedited", "mri_safety_check",
    "state", "suggestion", "criteria_supported", "pages", "pages_not_read", "assigned_to", "problem",
)  # fmt: skip


class Row(NamedTuple):
    """`opens`: where the name leads, None while there is nothing to see. `more`: what stands below the name."""

    id: str
    name: str
    more: str
    opens: str | None
    due: Due | None
    marks: tuple[Tag, ...]
    state: Tag
    suggestion: Tag | None
    supported: str
    pages: str
    assigned: str
    mine: bool
    came: str
    problem: str | None

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self[:]).encode()).hexdigest()[:16]


def row_of(chart: ChartRow, people: Mapping[int, str], *, viewer: int | None, reviews: bool) -> Row:
    done = chart.state in _CARRIES
    opens = (f"/charts/{chart.id}/review" if reviews else f"/charts/{chart.id}/readiness") if done else None
    patient, reference = _patient(chart), chart.request_json.get("reference")
    more = [part for part in (patient and chart.file_name, reference) if part]
    return Row(
        id=chart.id,
        name=patient or chart.file_name,
        more=" · ".join(more),
        opens=opens,
        due=due(chart),
        marks=tuple(_marks(chart)),
        state=STATES[chart.state],
        suggestion=SUGGESTIONS.get(chart.suggestion or "") if done else None,
        supported=", ".join(chart.summary_json.get("supported", ())) if done else "",
        pages=str(chart.pages or ""),
        assigned=people.get(chart.assigned_to or 0, ""),
        mine=viewer is not None and chart.assigned_to == viewer,
        came=shortly(chart.created_at),
        problem=chart.problem if chart.state == State.PARKED else None,
    )


def digest_of(rows: Iterable[Row], counts: Mapping[str, int], total: int) -> str:
    """Changes with anything that the list shows."""
    shown = [row.digest for row in rows], sorted(counts.items()), total
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def as_csv(charts: Iterable[ChartRow], people: Mapping[int, str]) -> str:
    """With a byte order mark, as spreadsheets want it; no cell that they would run."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for chart in charts:
        writer.writerow([_cell(value) for value in _values(chart, people)])
    return out.getvalue()


def _values(chart: ChartRow, people: Mapping[int, str]) -> tuple[object, ...]:
    request, found = chart.request_json, chart.summary_json
    return (
        chart.id, chart.file_name, _patient(chart), request.get("member_id"), request.get("reference"),
        f"{chart.created_at:%Y-%m-%dT%H:%M:%SZ}", f"{chart.due_at:%Y-%m-%dT%H:%M:%SZ}" if chart.due_at else None,
        "yes" if chart.expedited else "", "yes" if chart.safety_flag else "", chart.state, chart.suggestion,
        " ".join(found.get("supported", ())), chart.pages, " ".join(map(str, found.get("unread", ()))),
        people.get(chart.assigned_to or 0), chart.problem,
    )  # fmt: skip


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _patient(chart: ChartRow) -> str:
    return str(chart.request_json.get("member_name") or chart.summary_json.get("patient") or "")


def _marks(chart: ChartRow) -> Iterable[Tag]:
    if chart.expedited:
        yield Tag("Expedited", "bad")
    if chart.safety_flag:
        yield Tag("MRI safety", "warn")
    if chart.summary_json.get("unread"):
        yield Tag("Unread pages", "warn")
    if "foreign_patient" in chart.summary_json.get("warnings", ()):
        yield Tag("Two patients?", "bad")
