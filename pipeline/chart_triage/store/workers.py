"""Which workers live. Each says so every few seconds; one that died on this machine is noticed by the next to start."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chart_triage.store import jobs
from chart_triage.store.tables import Job, WorkerRow, now

SEEN_EVERY = 5.0  # seconds
ALIVE = timedelta(seconds=30)
_FORGET = timedelta(days=1)


def own_name() -> str:
    """HOST:PID of this process."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def start(session: Session, name: str) -> int:
    """Note that `name` begins. Jobs of dead workers of this machine are free at once; how many there were."""
    held = session.scalars(select(Job.worker).where(Job.state == "running").distinct())
    dead = [worker for worker in held if worker and (worker == name or _is_dead(worker))]
    known = list(session.scalars(select(WorkerRow)))
    for row in known:
        if row.name == name or _is_dead(row.name) or row.seen_at < now() - _FORGET:
            session.delete(row)
    session.flush()
    session.add(WorkerRow(name=name))
    return jobs.expire(session, dead) if dead else 0


def seen(session: Session, name: str) -> None:
    """Note that `name` lives."""
    row = session.get(WorkerRow, name)
    if row is None:
        session.add(WorkerRow(name=name))
    else:
        row.seen_at = now()


def stop(session: Session, name: str) -> None:
    """Note that `name` ended in order."""
    session.execute(delete(WorkerRow).where(WorkerRow.name == name))


def alive(session: Session) -> list[WorkerRow]:
    """The workers that were seen of late, by name."""
    query = select(WorkerRow).where(WorkerRow.seen_at > now() - ALIVE)
    return list(session.scalars(query.order_by(WorkerRow.name)))


def _is_dead(worker: str) -> bool:
    """Whether it is a worker of this machine that is certainly gone. A number that somebody else has now counts as
    alive: then its lease lapses by itself."""
    host, _, number = worker.rpartition(":")
    if host != socket.gethostname()[:80] or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
