"""What a worker does between charts."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from chart_triage import worker
from chart_triage.settings import Settings
from chart_triage.store import room
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.worker import Worker


def test_no_chart_is_begun_while_the_disk_is_almost_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    free = [100, 249, 250]  # millions of bytes, each time somebody looks
    begun: list[int] = []

    class Processor:
        def __init__(self, *_: object) -> None: ...

        def warm(self) -> None: ...

        def busy_for(self) -> None: ...

        def run_one(self, _worker: str) -> bool:
            begun.append(len(free))
            made.stop()
            return True

    monkeypatch.setattr(worker, "Processor", Processor)
    monkeypatch.setattr(worker, "UNTIL_ROOM", 0.01)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    monkeypatch.setattr(room.Room, "free", lambda _room: free.pop(0) * 1_000_000)
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.upgrade()
    made = Worker(database, Blobs(tmp_path / "files"), Settings(keep_free_mb=1000))
    with caplog.at_level(logging.ERROR):
        made.run()
    assert begun == [0], "once, after three looks"
    assert caplog.text.count("the disk is almost full: charts wait until there is room") == 2
    database.close()
