from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from chart_triage.store import charts
from chart_triage.store.charts import File, Outcome, State, Upload, WorkFilter
from chart_triage.store.database import Database
from chart_triage.store.jobs import LeaseLostError, Queue
from chart_triage.store.tables import Artefact, ChartRow, Job


def receive(database: Database, name: str, sha: str = "a" * 64, **request: object) -> str:
    with database.writing() as session:
        upload = Upload(name, File("original", sha, "application/pdf", 10), dict(request))
        return charts.receive(session, "ann", upload).id


def outcome(rank: str = "1", search: str = "", *, safety: bool = False) -> Outcome:
    return Outcome(3, "criteria_supported", {}, False, None, rank, search, safety)


def process(database: Database, result: Outcome, *files: File) -> None:
    queue = Queue(database)
    lease = queue.claim("w")
    assert lease is not None
    with database.writing() as session:
        charts.finished(session, queue, lease, files, result)


def listed(database: Database, wanted: WorkFilter) -> list[str]:
    with database.reading() as session:
        return [row.file_name for row in charts.work(session, wanted)[0]]


def test_a_chart_is_received_processed_and_ready(database: Database) -> None:
    chart = receive(database, "a.pdf")
    process(database, outcome(), File("determination", "b" * 64, "application/json", 5))
    with database.reading() as session:
        row = session.get_one(ChartRow, chart)
        assert (row.state, row.pages, row.suggestion) == (State.READY, 3, "criteria_supported")
        assert charts.kinds_of(session, chart) == {"original", "determination"}


def test_expedited_charts_are_processed_first(database: Database) -> None:
    receive(database, "slow.pdf")
    receive(database, "urgent.pdf", expedited=True)
    process(database, outcome())
    with database.reading() as session:
        assert session.scalar(select(ChartRow.file_name).where(ChartRow.state == State.READY)) == "urgent.pdf"


def test_who_lost_the_lease_keeps_nothing(database: Database) -> None:
    chart = receive(database, "a.pdf")
    queue = Queue(database, lease=timedelta(seconds=-1))
    first = queue.claim("w1")
    second = queue.claim("w2")
    assert first is not None
    assert second is not None

    def finish() -> None:
        with database.writing() as session:
            charts.finished(session, queue, first, [File("determination", "c" * 64, "x", 1)], outcome())

    with pytest.raises(LeaseLostError):
        finish()
    with database.reading() as session:
        assert charts.file_of(session, chart, "determination") is None


def test_the_work_list_goes_by_rank_and_filters(database: Database) -> None:
    for name, rank, search in (("late.pdf", "2", "DOE, JANE"), ("early.pdf", "1", "100%_match"), ("new.pdf", "3", "")):
        receive(database, name)
        process(database, outcome(rank, search, safety=name == "late.pdf"))
    receive(database, "waiting.pdf")
    assert listed(database, WorkFilter()) == ["early.pdf", "late.pdf", "new.pdf", "waiting.pdf"]
    assert listed(database, WorkFilter(words="jane")) == ["late.pdf"]
    assert listed(database, WorkFilter(words="%")) == ["early.pdf"], "a sign of the database's own is only a sign"
    assert listed(database, WorkFilter(safety=True)) == ["late.pdf"]
    assert listed(database, WorkFilter(state=State.WAITING)) == ["waiting.pdf"]
    with database.reading() as session:
        assert charts.counts(session, WorkFilter(state=State.WAITING)) == {State.READY: 3, State.WAITING: 1}


def test_processing_again_never_doubles_the_work(database: Database) -> None:
    chart = receive(database, "a.pdf")
    with database.writing() as session:
        charts.process_again(session, "ann", session.get_one(ChartRow, chart))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_removing_a_chart_names_only_files_that_nothing_uses(database: Database) -> None:
    one, two = receive(database, "a.pdf", sha="a" * 64), receive(database, "b.pdf", sha="a" * 64)
    with database.writing() as session:
        charts.keep_files(session, one, [File("page/1", "d" * 64, "image/png", 1)])
        assert charts.remove(session, "ann", session.get_one(ChartRow, one)) == ["d" * 64]
    with database.reading() as session:
        assert session.get(ChartRow, one) is None
        assert session.scalar(select(func.count()).select_from(Artefact)) == 1
        assert [row.id for row in charts.same_content(session, "a" * 64)] == [two]


def test_retention_takes_signed_off_charts_alone(database: Database) -> None:
    chart = receive(database, "a.pdf")
    later = datetime.now(UTC) + timedelta(days=1)
    with database.writing() as session:
        assert charts.older_than(session, later) == []
        session.get_one(ChartRow, chart).state = State.SIGNED_OFF
        session.flush()
        assert [row.id for row in charts.older_than(session, later)] == [chart]


def test_the_same_bytes_are_received_once_by_two_at_a_time(database: Database) -> None:
    together = threading.Barrier(2)

    def bring() -> None:
        together.wait()
        with database.writing() as session:
            if not charts.claim_content(session, "ab" * 32):
                time.sleep(0.2)
                original = File(charts.ORIGINAL, "ab" * 32, "text/plain", 1)
                charts.receive(session, "ann", Upload("a.txt", original, {}))

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(charts.same_content(session, "ab" * 32)) == 1
