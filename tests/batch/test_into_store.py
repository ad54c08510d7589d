from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from small_charts import FIXTURES, PLAN, EngineHere, notes, run

from chart_triage.batch.engine import Task
from chart_triage.errors import StoreError
from chart_triage.processing import Processor
from chart_triage.records.request import RequestData
from chart_triage.settings import Settings
from chart_triage.store import audit, charts
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, State, Upload, WorkFilter
from chart_triage.store.database import Database
from chart_triage.store.tables import Artefact, ChartRow, Job

STORED = PLAN.model_copy(update={"for_store": True})
REQUEST = RequestData(received=date(2026, 11, 13), reference="R-1")


def site(folder: Path) -> Settings:
    return Settings(store_url=f"sqlite:///{folder / 's.db'}", store_folder=folder / "files")


def files(database: Database, chart: str) -> dict[str, str]:
    with database.reading() as session:
        return {row.kind: row.blob for row in session.query(Artefact).filter_by(chart_id=chart)}


def test_a_chart_that_batch_brings_in_is_what_a_worker_makes_of_it(tmp_path: Path) -> None:
    path, (ours, theirs) = FIXTURES / "krabbe-transplant.pdf", (site(tmp_path / "a"), site(tmp_path / "b"))
    for each in (ours, theirs):
        each.store_folder.mkdir(parents=True)
    counts = run(tmp_path / "out", path, plan=STORED, store=ours, request=REQUEST)
    assert (counts.into_store, counts.in_store_before) == (1, 0)

    database, blobs = Database(theirs.store_url), Blobs(theirs.store_folder)
    database.upgrade()
    data = path.read_bytes()
    with database.writing() as session:
        request = REQUEST.model_dump(mode="json", exclude_none=True)
        original = File(charts.ORIGINAL, blobs.put(data), "application/pdf", len(data))
        charts.receive(session, "ann", Upload(path.name, original, request, pages=6))
    Processor(database, blobs, theirs).run_one("w")

    other = Database(ours.store_url)
    columns = ("sha256", "file_name", "media_type", "state", "pages", "suggestion", "triage_rank", "search_text")
    with database.reading() as session, other.reading() as mine:
        expected, brought = session.query(ChartRow).one(), mine.query(ChartRow).one()
        assert brought.state == State.READY
        for name in (*columns, "request_json", "summary_json", "due_at", "safety_flag", "expedited"):
            assert getattr(brought, name) == getattr(expected, name), name
        assert not mine.query(Job).count()
        assert not list(audit.verify(mine))
    assert files(other, brought.id) == files(database, expected.id)
    assert not [path.name for path in (tmp_path / "out" / "charts").rglob("page*")]


def test_a_content_that_is_there_is_not_doubled_and_the_order_is_that_of_triage(tmp_path: Path) -> None:
    store = site(tmp_path)
    folder = notes(tmp_path / "in", 1)
    run(tmp_path / "one", folder, plan=STORED, store=store)
    late = tmp_path / "krabbe.pdf"
    late.write_bytes((FIXTURES / "krabbe-transplant.pdf").read_bytes())  # its fax banner says when it came in
    counts = run(tmp_path / "two", folder, late, plan=STORED, store=store)
    assert (counts.into_store, counts.in_store_before) == (1, 1)
    database = Database(store.store_url)
    with database.reading() as session:
        listed, total = charts.work(session, WorkFilter())
        assert [row.file_name for row in listed] == ["krabbe.pdf", "note-000.txt"]
        assert total == 2
    again = run(tmp_path / "two", folder, late, plan=STORED, store=store)
    assert (again.screened, again.into_store, again.in_store_before) == (2, 0, 0)


def test_a_store_that_goes_away_ends_the_run_and_what_is_kept_stays(tmp_path: Path) -> None:
    store, folder = site(tmp_path), notes(tmp_path / "in", 3)

    def dropped(task: Task) -> None:
        if len(engine.asked) == 2:
            with sqlite3.connect(tmp_path / "s.db") as database:
                database.execute("ALTER TABLE charts RENAME TO gone")

    engine = EngineHere(dropped)
    with pytest.raises(StoreError, match="run the same command again"):
        run(tmp_path / "out", folder, plan=STORED, store=store, engine=engine)
    with sqlite3.connect(tmp_path / "s.db") as database:
        database.execute("ALTER TABLE gone RENAME TO charts")
    counts = run(tmp_path / "out", folder, plan=STORED, store=store)
    assert (counts.screened, counts.into_store, counts.in_store_before) == (3, 1, 0)
