"""How much came, how long it took, and how far reviewers agreed with what was suggested, week by week.

A criterion counts once for a signed-off chart, by the last decision on it: accepted agrees with what was shown;
rejected and overridden do not. A falling share is the first sign that charts or the program changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chart_triage.store import reviews
from chart_triage.store.charts import State
from chart_triage.store.health import quantile
from chart_triage.store.reviews import Kind
from chart_triage.store.tables import ChartRow, ReviewEvent, User, now

_HOUR = 3600.0


@dataclass
class Agreement:
    """Decisions of reviewers on what was suggested."""

    accepted: int = 0
    rejected: int = 0
    overridden: int = 0

    @property
    def decided(self) -> int:
        return self.accepted + self.rejected + self.overridden

    @property
    def share(self) -> float | None:
        """Part that was accepted; None where nothing was decided."""
        return self.accepted / self.decided if self.decided else None

    def add(self, kind: str) -> None:
        self.accepted += kind == Kind.ACCEPT
        self.rejected += kind == Kind.REJECT
        self.overridden += kind == Kind.OVERRIDE


class Reason(NamedTuple):
    """Why a reviewer saw it otherwise, in their words."""

    at: datetime
    chart: str
    criterion: str
    kind: str
    status: str | None
    reason: str


@dataclass
class Week:
    """The week that begins on the Monday `start` (UTC). Times in hours: receipt to results, receipt to sign-off."""

    start: date
    received: int = 0
    signed_off: int = 0
    parked: int = 0
    to_results: list[float] = field(default_factory=list)
    to_sign_off: list[float] = field(default_factory=list)
    agreement: Agreement = field(default_factory=Agreement)

    def hours(self, times: list[float], share: float) -> float | None:
        return quantile(sorted(times), share)


@dataclass
class Quality:
    """`criteria` by number or name of a device; `by_week` by (Monday, criterion); `outcomes` counts (suggestion,
    the reviewer's own determination)."""

    weeks: list[Week]
    criteria: dict[str, Agreement]
    by_week: dict[tuple[date, str], Agreement]
    outcomes: Counter[tuple[str, str]]
    reasons: list[Reason]


class _Chart(NamedTuple):
    id: str
    state: str
    suggestion: str | None
    created_at: datetime
    ready_at: datetime | None
    signed_off_at: datetime | None


def quality(session: Session, since: datetime) -> Quality:
    """Figures of the charts that came in or were signed off after `since`."""
    columns = select(
        ChartRow.id, ChartRow.state, ChartRow.suggestion, ChartRow.created_at, ChartRow.ready_at,
        ChartRow.signed_off_at,
    )  # fmt: skip
    rows = session.execute(columns.where(or_(ChartRow.created_at >= since, ChartRow.signed_off_at >= since)))
    charts = [_Chart(*row) for row in rows.tuples()]
    weeks = {start: Week(start) for start in _mondays(since)}
    _count(charts, weeks, since)
    found = Quality(list(weeks.values()), defaultdict(Agreement), defaultdict(Agreement), Counter(), [])
    signed_off = {chart.id: chart for chart in charts if chart.state == State.SIGNED_OFF}
    for chart_id, events in _events(session, since):
        if chart_id in signed_off:
            _judge(signed_off[chart_id], reviews.fold(events), found, weeks)
    found.reasons.sort(reverse=True)
    found.criteria = dict(sorted(found.criteria.items()))
    return found


def _mondays(since: datetime) -> list[date]:
    first, last = _monday(since), _monday(now())
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _count(charts: Iterable[_Chart], weeks: dict[date, Week], since: datetime) -> None:
    for chart in charts:
        if chart.created_at >= since:
            week = weeks[_monday(chart.created_at)]
            week.received += 1
            week.parked += chart.state == State.PARKED
            if chart.ready_at:
                week.to_results.append((chart.ready_at - chart.created_at).total_seconds() / _HOUR)
        if chart.signed_off_at and chart.signed_off_at >= since:
            week = weeks[_monday(chart.signed_off_at)]
            week.signed_off += 1
            week.to_sign_off.append((chart.signed_off_at - chart.created_at).total_seconds() / _HOUR)


def _events(session: Session, since: datetime) -> Iterable[tuple[str, list[tuple[ReviewEvent, str]]]]:
    """All events of the charts that were signed off after `since`, chart by chart."""
    query = (
        select(ReviewEvent, User.name)
        .join(User, User.id == ReviewEvent.user_id)
        .join(ChartRow, ChartRow.id == ReviewEvent.chart_id)
        .where(ChartRow.signed_off_at >= since)
        .order_by(ReviewEvent.chart_id, ReviewEvent.version)
    )
    by_chart: dict[str, list[tuple[ReviewEvent, str]]] = defaultdict(list)
    for event, name in session.execute(query).tuples():
        by_chart[event.chart_id].append((event, name))
    return by_chart.items()


def _judge(chart: _Chart, review: reviews.Review, found: Quality, weeks: dict[date, Week]) -> None:
    assert chart.signed_off_at is not None
    start = _monday(chart.signed_off_at)
    if review.signed_off is not None:
        found.outcomes[chart.suggestion or "none", review.signed_off["outcome"]] += 1
    for criterion, decision in review.decisions.items():
        for agreement in (found.criteria[criterion], found.by_week[start, criterion], weeks[start].agreement):
            agreement.add(decision.kind)
        if decision.kind != Kind.ACCEPT:
            told = Reason(
                decision.at, chart.id, criterion, decision.kind, decision.status, str(decision.reason or "").strip()
            )
            found.reasons.append(told)
