"""Work that survives kill -9: one table, leases, and a fence that grows with every claim.

A worker claims a job for a while and says now and then that it lives. When it falls silent the job can be claimed
again, with a higher fence; whoever holds an older one can no longer finish it, so that a result counts once.

Workers serve people in turns. Of those whose charts wait with the same priority, whoever has taken the least of the
workers' time within the last hour comes first: neither a thousand charts nor some that take minutes each keep somebody
waiting who brings one. A chart that takes long makes room for others that wait. Of one's own jobs the oldest comes
first. One that made room or took its worker down waits behind those that did not; one that did the latter too often is
parked with the reason. It blocks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Subquery, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from chart_triage.store.database import Database
from chart_triage.store.tables import Job, now

LEASE = timedelta(seconds=60)
TRIES = 3
_BACK_OFF = timedelta(seconds=10)
_LATELY = timedelta(hours=1)
_ROOM_AFTER = 15.0  # seconds that a chart has at least before it makes room
_LONG = 4  # and so many times what charts took on average within the last day
_USUAL = 15.0  # seconds that they are taken to need where fewer than `_FEW` were done
_FEW = 5
_DAY = timedelta(days=1)
_SETTLED = timedelta(seconds=3)  # what has waited for so long was not taken by another worker
_LOST_WORKER = "The program ended without a word while it worked on this chart."


class Lease(NamedTuple):
    job: int
    chart: str
    task: str
    fence: int
    tries: int
    begun_at: datetime
    taken: float
    """Seconds that former tries took."""

    def seconds(self) -> float:
        return self.taken + (now() - self.begun_at).total_seconds()


class LeaseLostError(Exception):
    """Another worker has the job by now; what was made is not kept."""


def enqueue(session: Session, chart: str, task: str, *, priority: int = 100, asked_by: str = "") -> int:
    """Put work into the queue, in the caller's transaction and `asked_by`'s turn. The lowest `priority` goes first."""
    job = Job(chart_id=chart, task=task, priority=priority, asked_by=asked_by)
    session.add(job)
    session.flush()
    return job.id


class Queue:
    """The jobs of one database. `lease` is how long a worker may be silent; `tries` how often a job is begun.

    `parked` is called in the transaction that parks a job, with the session, the chart and the reason, so that chart
    and job never say different things.
    """

    def __init__(
        self, database: Database, *, lease: timedelta = LEASE, tries: int = TRIES,
        parked: Callable[[Session, str, str], None] | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._lease = lease
        self._tries = tries
        self._parked = parked

    def claim(self, worker: str) -> Lease | None:
        """The next job for `worker`, or None. Jobs that were begun too often are parked on the way."""
        while True:
            with self._database.writing() as session:
                job = self._begin(session, worker)
                if job is None:
                    return None
                if job.tries <= self._tries:
                    return _lease_of(job)
                self._park(session, job, job.problem or _LOST_WORKER)

    def _begin(self, session: Session, worker: str) -> Job | None:
        at = now()
        runnable = or_(
            and_(Job.state == "queued", Job.run_after <= at),
            and_(Job.state == "running", Job.lease_until < at),
        )
        other = aliased(Job)
        in_work = select(other.id).where(
            other.chart_id == Job.chart_id, other.id != Job.id, other.state == "running", other.lease_until >= at
        )  # a chart that is to be processed anew waits until its older job is over
        taken = _taken_lately(at)
        made_room = case((Job.seconds < _ROOM_AFTER, 0), else_=1)
        order = (Job.priority, func.coalesce(taken.c.seconds, 0.0), Job.tries, made_room, Job.id)
        wanted = select(Job).outerjoin(taken, taken.c.asked_by == Job.asked_by).where(runnable, ~in_work.exists())
        job = session.scalar(wanted.order_by(*order).limit(1).with_for_update(skip_locked=True, of=Job))
        if job is None:
            return None
        job.state, job.worker, job.lease_until, job.begun_at = "running", worker, at + self._lease, at
        job.fence += 1
        job.tries += 1
        return job

    def beat(self, lease: Lease, progress: dict[str, Any] | None = None) -> None:
        """Say that the worker lives, and how far it is. Raises LeaseLostError when another one has the job."""
        values: dict[str, Any] = {"lease_until": now() + self._lease}
        if progress is not None:
            values["progress_json"] = progress
        with self._database.writing() as session:
            _held(session, lease, values)

    def finish(self, session: Session, lease: Lease) -> None:
        """Mark as done, in the transaction that keeps the results. Raises LeaseLostError: then keep nothing."""
        _held(session, lease, {"state": "done", "done_at": now(), "lease_until": None, "problem": None})

    def fail(self, lease: Lease, problem: str, *, again: bool) -> bool:
        """Give a job back with a reason (no words of the chart). True: it is parked, nobody will try it again."""
        with self._database.writing() as session:
            job = session.get(Job, lease.job, with_for_update=True)
            if job is None or job.fence != lease.fence or job.state != "running":
                raise LeaseLostError
            job.seconds = lease.seconds()
            if not again or job.tries >= self._tries:
                self._park(session, job, problem)
                return True
            job.state, job.lease_until, job.problem = "queued", None, problem
            job.run_after = now() + _BACK_OFF * 2 ** (job.tries - 1)
            return False

    def release(self, lease: Lease) -> None:
        """Give a job back untouched, as at a graceful stop or to make room: the try does not count."""
        with self._database.writing() as session:
            session.execute(
                update(Job)
                .where(Job.id == lease.job, Job.fence == lease.fence, Job.state == "running")
                .values(state="queued", lease_until=None, tries=Job.tries - 1, seconds=lease.seconds())
            )

    def should_make_room(self, lease: Lease) -> bool:
        """Whether a chart in work is to be put aside: it takes several times as long as charts do, and others wait who
        have taken less than half as much, or whose charts are more urgent. Each time it has twice as long as it had so
        far, so that it comes to its end."""
        had = lease.seconds() - lease.taken
        if had < max(_ROOM_AFTER, 2 * lease.taken):
            return False
        at = now()
        taken, waiting = _taken_lately(at), aliased(Job)
        with self._database.reading() as session:
            if had < _LONG * _usual_seconds(session, at):
                return False
            mine = session.get_one(Job, lease.job)
            own = session.scalar(select(taken.c.seconds).where(taken.c.asked_by == mine.asked_by)) or 0.0
            query = select(waiting.id).outerjoin(taken, taken.c.asked_by == waiting.asked_by)
            query = query.where(
                waiting.state == "queued",
                waiting.run_after <= at - _SETTLED,
                or_(
                    waiting.priority < mine.priority,
                    and_(waiting.priority == mine.priority, 2 * func.coalesce(taken.c.seconds, 0.0) < own),
                ),
            )
            return session.scalar(query.limit(1)) is not None

    def _park(self, session: Session, job: Job, problem: str) -> None:
        job.state, job.lease_until, job.problem = "parked", None, problem
        if self._parked is not None:
            self._parked(session, job.chart_id, problem)


def expire(session: Session, workers: Collection[str]) -> int:
    """End the leases of workers that are known to be dead, rather than wait for them to lapse; how many there were."""
    held = update(Job).where(Job.state == "running", Job.worker.in_(workers), Job.lease_until > now())
    ended = session.execute(held.values(lease_until=now() - timedelta(seconds=1)).returning(Job.id))
    return len(ended.all())


def retry(session: Session, chart: str, *, asked_by: str = "") -> int:
    """Queue a chart's parked jobs anew, in the turn of `asked_by`; how many there were."""
    parked = session.scalars(select(Job).where(Job.chart_id == chart, Job.state == "parked")).all()
    for job in parked:
        job.state, job.tries, job.problem, job.run_after, job.asked_by = "queued", 0, None, now(), asked_by
    return len(parked)


def oldest_waiting(session: Session) -> datetime | None:
    """Since when the job that waits longest waits; None with an empty queue."""
    return session.scalar(select(Job.created_at).where(Job.state == "queued").order_by(Job.created_at).limit(1))


def _taken_lately(at: datetime) -> Subquery:
    """Seconds of workers by those who asked for them."""
    total = select(Job.asked_by, func.sum(Job.seconds).label("seconds")).where(Job.begun_at > at - _LATELY)
    return total.group_by(Job.asked_by).subquery()


def _usual_seconds(session: Session, at: datetime) -> float:
    """Of a worker, for one chart."""
    done = select(func.count(), func.avg(Job.seconds)).where(Job.begun_at > at - _DAY, Job.state == "done")
    count, seconds = session.execute(done).one()
    return float(seconds) if count >= _FEW else _USUAL


def _lease_of(job: Job) -> Lease:
    assert job.begun_at is not None
    return Lease(job.id, job.chart_id, job.task, job.fence, job.tries, job.begun_at, job.seconds)


def _held(session: Session, lease: Lease, values: dict[str, Any]) -> None:
    held = (Job.id == lease.job, Job.fence == lease.fence, Job.state == "running")
    told = values | {"seconds": lease.seconds()}
    changed = session.execute(update(Job).where(*held).values(**told).returning(Job.id)).first()
    if changed is None:
        raise LeaseLostError
