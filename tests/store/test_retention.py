from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from chart_triage.store import audit, charts, retention
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, State, Upload
from chart_triage.store.database import Database
from chart_triage.store.tables import ChartRow, now


def receive(database: Database, blobs: Blobs, content: bytes, *, days: int, state: str) -> str:
    name = blobs.put(content)
    with database.writing() as session:
        row = charts.receive(session, "ann", Upload("a.txt", File(charts.ORIGINAL, name, "text/plain", 1), {}))
        row.created_at, row.state = now() - timedelta(days=days), state
        return row.id


def test_old_signed_off_charts_go_with_their_files(database: Database, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")
    old = receive(database, blobs, b"old", days=40, state=State.SIGNED_OFF)
    receive(database, blobs, b"shared", days=40, state=State.SIGNED_OFF)
    kept = {
        receive(database, blobs, b"shared", days=1, state=State.SIGNED_OFF),
        receive(database, blobs, b"open", days=40, state=State.READY),
    }
    before = now() - timedelta(days=30)
    assert len(retention.due(database, before)) == 2
    assert retention.purge(database, blobs, "cli", before, grace=-1) == (2, 1)
    with database.reading() as session:
        assert {row.id for row in session.query(ChartRow)} == kept
        assert not list(audit.verify(session))
        told, _ = audit.entries(session, audit.Wanted(action="chart.remove", subject=f"chart/{old}"))
        assert len(told) == 1
    assert sorted(blobs.get(name) for name in blobs.names()) == [b"open", b"shared"]


def test_a_file_that_was_just_put_is_left_to_who_puts_it(database: Database, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")
    name = blobs.put(b"its transaction is yet to come")
    assert retention.sweep(database, blobs, blobs.names()) == 0
    assert blobs.get(name)
    assert retention.sweep(database, blobs, blobs.names(), grace=-1) == 1
