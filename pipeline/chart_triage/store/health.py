"""How processing does: what waits, what is parked and why, who works, how long charts take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chart_triage.store import jobs, workers
from chart_triage.store.tables import ChartRow, Job, WorkerRow, now

_LATELY = timedelta(hours=1)
_MOST = 5000  # charts of the last hour that are looked at


class Health(NamedTuple):
    """`jobs` and `charts` by state; `waiting_since` of the job that waits longest; `seconds` that each chart of the
    last hour took from its receipt to its results."""

    jobs: dict[str, int]
    charts: dict[str, int]
    waiting_since: datetime | None
    workers: list[WorkerRow]
    seconds: list[float]


class InWork(NamedTuple):
    """A job that is running. `page`: the one that was read last."""

    chart: str
    worker: str
    since: datetime
    tries: int
    stage: str
    page: int | None


def health(session: Session) -> Health:
    by_job = session.execute(select(Job.state, func.count()).group_by(Job.state)).tuples().all()
    by_chart = session.execute(select(ChartRow.state, func.count()).group_by(ChartRow.state)).tuples().all()
    times = select(Job.created_at, Job.done_at).where(Job.state == "done", Job.done_at > now() - _LATELY)
    seconds = [(done - made).total_seconds() for made, done in session.execute(times.limit(_MOST)).tuples() if done]
    return Health(dict(by_job), dict(by_chart), jobs.oldest_waiting(session), workers.alive(session), sorted(seconds))


def in_work(session: Session) -> list[InWork]:
    """The jobs that are running now, the oldest first."""
    query = select(Job).where(Job.state == "running", Job.lease_until > now()).order_by(Job.id)
    return [
        InWork(
            job.chart_id, job.worker or "", job.created_at, job.tries, str(job.progress_json.get("stage", "reading")),
            job.progress_json.get("page"),
        )
        for job in session.scalars(query)
    ]  # fmt: skip


def parked(session: Session, *, limit: int = 200) -> list[Job]:
    """Jobs that nobody will try again by itself, the newest first, each with its reason."""
    return list(session.scalars(select(Job).where(Job.state == "parked").order_by(Job.id.desc()).limit(limit)))


def quantile(ordered: list[float], share: float) -> float | None:
    """The value below which `share` of `ordered` lies (nearest rank); None of nothing."""
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
