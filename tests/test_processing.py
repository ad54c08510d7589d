from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks.hostile import FILES

from chart_triage import processing
from chart_triage.chart_reader import ChartReader, Listener, shared_reader
from chart_triage.chart_reader import Job as ChartJob
from chart_triage.errors import FaultError, InputError, KilledError
from chart_triage.processing import Processor
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.settings import Settings
from chart_triage.store import CHART_NAME, charts, jobs
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, State, Upload
from chart_triage.store.database import Database
from chart_triage.store.jobs import Queue
from chart_triage.store.tables import ChartRow, Job
from chart_triage.worker import StopWorkError

CHARTS = Path(__file__).parents[1] / "fixtures" / "charts"


class Desk:
    """A store with a processor, and what an intake desk does with them."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(store_url=f"sqlite:///{folder / 's.db'}", store_folder=folder / "files")
        self.database = Database(self.settings.store_url)
        self.database.upgrade()
        self.blobs = Blobs(self.settings.store_folder)
        self.processor = Processor(self.database, self.blobs, self.settings)

    def receive(self, name: str, content: bytes, *, actor: str = "ann", **request: Any) -> str:
        original = File(charts.ORIGINAL, self.blobs.put(content), "application/pdf", len(content))
        with self.database.writing() as session:
            return charts.receive(session, actor, Upload(name, original, request)).id

    def row(self, chart: str) -> ChartRow:
        with self.database.reading() as session:
            return session.get_one(ChartRow, chart)

    def content(self, chart: str, kind: str) -> bytes:
        with self.database.reading() as session:
            file = charts.file_of(session, chart, kind)
        assert file is not None, kind
        return self.blobs.get(file.blob)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.database.close()


def test_a_chart_becomes_a_determination_with_pictures_and_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    days = []

    def decided(_session: object, day: date) -> str:
        days.append(day)
        return "healthhelp-mrs-2026"

    monkeypatch.setattr(processing, "guideline_on", decided)
    chart = desk.receive("chart.pdf", (CHARTS / "krabbe-transplant.pdf").read_bytes(), planned_scan="2026-12-01")
    assert desk.processor.run_one("w")
    assert not desk.processor.run_one("w"), "nothing is left to do"
    row = desk.row(chart)
    assert (row.state, row.suggestion) == (State.READY, "criteria_supported")
    assert "4.b" in row.summary_json["supported"]
    determination = json.loads(desk.content(chart, "determination.json"))
    assert days == [date(2026, 12, 1)], "the version that counts on the day of the scan is asked for"
    assert determination["guideline"]["id"] == "healthhelp-mrs-2026"
    assert determination["inputs"]["request"]["planned_scan"] == "2026-12-01"
    assert desk.content(chart, "highlighted.pdf").startswith(b"%PDF")
    for page in range(1, (row.pages or 0) + 1):
        assert desk.content(chart, f"page/{page}")[:4] in (b"\x89PNG", b"RIFF")
        words = json.loads(desk.content(chart, f"words/{page}"))
        assert words["words"], page
        assert len(desk.content(chart, f"thumb/{page}")) < 8000


def test_a_file_that_is_no_chart_is_parked_with_its_reason(desk: Desk) -> None:
    chart = desk.receive("chart.pdf", b"%PDF-1.4 broken")
    other = desk.receive("good.pdf", (CHARTS / "rule-out-ms.pdf").read_bytes())
    while desk.processor.run_one("w"):
        pass
    assert desk.row(chart).state == State.PARKED
    assert "chart.pdf" in (desk.row(chart).problem or "")
    assert desk.row(other).state == State.READY


def test_a_second_try_does_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = desk.receive("chart.pdf", (CHARTS / "rule-out-ms.pdf").read_bytes())
    monkeypatch.setattr(ChartReader, "assess", _reads_and_fails)
    desk.processor.run_one("w")
    assert desk.row(chart).state == State.PROCESSING
    assert desk.content(chart, CHART_NAME) == b"read"
    monkeypatch.setattr(ChartReader, "assess", _was_read)
    with desk.database.writing() as session:
        session.query(Job).one().run_after -= timedelta(minutes=5)
    desk.processor.run_one("w")
    assert "it was read" in (desk.row(chart).problem or "")


def _reads_and_fails(_self: ChartReader, _job: Any, listener: Listener) -> Any:
    listener.hear(("file", CHART_NAME, b"read", "application/gzip"))
    raise KilledError("crashed", "it crashed")


def _was_read(_self: ChartReader, job: ChartJob, _listener: Listener) -> Any:
    assert job.reading == b"read"
    raise InputError("damaged", "it was read")


@pytest.mark.parametrize("error", [FaultError("chart.pdf", "KeyError", "intake/x.py:3"), RuntimeError("glioma")])
def test_a_fault_of_ours_is_tried_three_times_and_tells_no_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    chart = desk.receive("chart.pdf", (CHARTS / "rule-out-ms.pdf").read_bytes())

    def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(ChartReader, "assess", fails)
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            desk.processor.run_one("w")
            with desk.database.writing() as session:
                session.query(Job).one().run_after -= timedelta(minutes=5)
    assert desk.row(chart).state == State.PARKED
    assert ("KeyError" if isinstance(error, FaultError) else "RuntimeError") in (desk.row(chart).problem or "")
    assert "glioma" not in caplog.text + (desk.row(chart).problem or "")
    assert Queue(desk.database).claim("w") is None


def test_a_chart_that_takes_too_much_is_parked_at_once_and_the_next_one_read(desk: Desk) -> None:
    desk.processor._reader = ChartReader(DEFAULT_GUIDELINE, desk.settings.model_copy(update={"chart_minutes": 1e-6}))
    slow = desk.receive("slow.pdf", (CHARTS / "rule-out-ms.pdf").read_bytes())
    desk.processor.run_one("w")
    assert desk.row(slow).state == State.PARKED
    assert (desk.row(slow).problem or "").startswith("slow.pdf was not done within")
    desk.processor._reader = shared_reader(DEFAULT_GUIDELINE, desk.settings)
    other = desk.receive("good.pdf", (CHARTS / "krabbe-transplant.pdf").read_bytes())
    desk.processor.run_one("w")
    assert desk.row(other).state == State.READY


def test_a_worker_that_is_told_to_stop_gives_its_chart_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = desk.receive("chart.pdf", (CHARTS / "rule-out-ms.pdf").read_bytes())

    def told(*_: Any, **__: Any) -> Any:
        assert desk.processor.busy_for() is not None
        raise StopWorkError

    monkeypatch.setattr(ChartReader, "assess", told)
    with pytest.raises(StopWorkError):
        desk.processor.run_one("w")
    assert desk.processor.busy_for() is None
    with desk.database.reading() as session:
        job = session.query(Job).one()
        assert (job.state, job.tries) == ("queued", 0)
    monkeypatch.undo()
    assert desk.processor.run_one("next")
    assert desk.row(chart).state == State.READY


def test_a_chart_that_takes_long_is_put_aside_for_those_who_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_ROOM_AFTER", 1.0)
    monkeypatch.setattr(jobs, "_USUAL", 0.1)
    monkeypatch.setattr(jobs, "_SETTLED", timedelta(0))
    desk.processor.warm()
    hangs = desk.receive("hangs.pdf", FILES["200 shadings by long programs.pdf"](), actor="mallory")
    claim = Queue.claim

    def claims_and_somebody_comes(queue: Queue, worker: str) -> Any:
        lease = claim(queue, worker)
        if lease is not None and lease.chart == hangs:
            waits.append(desk.receive("note.txt", b"Clinic note. Krabbe disease."))
        return lease

    waits: list[str] = []
    monkeypatch.setattr(Queue, "claim", claims_and_somebody_comes)
    assert desk.processor.run_one("w")
    assert [desk.row(chart).state for chart in (hangs, *waits)] == [State.WAITING, State.WAITING]
    monkeypatch.setattr(Queue, "claim", claim)
    monkeypatch.setattr(jobs, "_ROOM_AFTER", 60.0)
    assert desk.processor.run_one("w")
    assert [desk.row(chart).state for chart in (hangs, *waits)] == [State.WAITING, State.READY]
    with desk.database.reading() as session:
        job = session.query(Job).filter_by(chart_id=hangs).one()
    assert (job.state, job.tries) == ("queued", 0)
    assert job.seconds >= 1
