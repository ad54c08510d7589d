from __future__ import annotations

import socket
import subprocess
import sys
from datetime import timedelta

from chart_triage.store import charts, workers
from chart_triage.store.database import Database
from chart_triage.store.jobs import Queue, enqueue
from chart_triage.store.tables import ChartRow, WorkerRow, now


def test_the_next_worker_takes_over_from_one_that_died_here(database: Database) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead, elsewhere = f"{socket.gethostname()[:80]}:{process.pid}", "another.host:1"
    with database.writing() as session:
        for chart in ("a", "b"):
            session.add(ChartRow(id=chart, sha256="0" * 64, file_name="a", media_type="x", size=1, state="waiting"))
            session.flush()
            enqueue(session, chart, charts.PROCESS)
        session.add(WorkerRow(name=dead))
    queue = Queue(database)
    assert queue.claim(dead)
    assert queue.claim(elsewhere)
    assert queue.claim("w") is None
    with database.writing() as session:
        assert workers.start(session, workers.own_name()) == 1
    again = queue.claim(workers.own_name())
    assert again is not None
    assert again.tries == 2
    with database.reading() as session:
        assert [row.name for row in workers.alive(session)] == [workers.own_name()]


def test_who_was_not_seen_for_long_does_not_count(database: Database) -> None:
    with database.writing() as session:
        session.add(WorkerRow(name="host:1", seen_at=now() - timedelta(minutes=5)))
        workers.seen(session, "host:2")
    with database.reading() as session:
        assert [row.name for row in workers.alive(session)] == ["host:2"]
    with database.writing() as session:
        workers.stop(session, "host:2")
        assert workers.alive(session) == []
