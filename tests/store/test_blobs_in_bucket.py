"""The store's files in a bucket: sealed alike, backed up, restored and purged alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chart_triage import settings
from chart_triage.errors import StoreError
from chart_triage.processing import Processor
from chart_triage.storage import opened
from chart_triage.store import backup, charts, retention
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, State, Upload
from chart_triage.store.database import Database
from chart_triage.store.tables import ChartRow

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
CHART = Path(__file__).parents[2] / "fixtures" / "charts" / "rule-out-ms.pdf"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.upgrade()
    yield database
    database.close()


def received(database: Database, blobs: Blobs, content: bytes, media_type: str = "text/plain") -> str:
    with database.writing() as session:
        original = File(charts.ORIGINAL, blobs.put(content), media_type, len(content))
        return charts.receive(session, "ann", Upload("chart", original, {})).id


def test_files_in_a_bucket_are_sealed_and_found_by_content(bucket: str) -> None:
    blobs = Blobs(bucket, KEY)
    name = blobs.put(b"pacemaker")
    assert blobs.put(b"pacemaker") == name
    assert list(blobs.names()) == [name]
    (entry,) = opened(bucket).entries()
    assert b"pacemaker" not in (opened(bucket).read(entry.key) or b"")
    assert blobs.get(name) == b"pacemaker"
    with pytest.raises(StoreError, match="another key"):
        Blobs(bucket, OTHER).get(name)
    blobs.remove(name)
    with pytest.raises(StoreError, match="not in the store"):
        blobs.get(name)


def test_a_chart_is_processed_out_of_a_bucket_and_into_it(store: Database, bucket: str) -> None:
    site = settings.load({"CHART_TRIAGE_STORE_FOLDER": bucket})
    blobs = Blobs(site.store_folder)
    chart = received(store, blobs, CHART.read_bytes(), "application/pdf")
    assert Processor(store, blobs, site).run_one("w")
    with store.reading() as session:
        assert session.get_one(ChartRow, chart).state == State.READY
        file = charts.file_of(session, chart, "determination.json")
        assert file is not None
        assert blobs.get(file.blob).startswith(b"{")


def test_a_backup_goes_from_a_bucket_to_a_folder_and_back(store: Database, bucket: str, tmp_path: Path) -> None:
    blobs = Blobs(bucket + "/one", KEY)
    received(store, blobs, b"words of a chart")
    assert backup.write(store, blobs, tmp_path / "b.tar").files == 1
    for number, place in enumerate((tmp_path / "folder", bucket + "/two")):
        fresh = Database(f"sqlite:///{tmp_path / f'{number}.db'}")
        fresh.upgrade()
        elsewhere = Blobs(place, KEY)
        assert backup.read(fresh, elsewhere, tmp_path / "b.tar").files == 1
        fresh.close()
        assert [elsewhere.get(name) for name in elsewhere.names()] == [b"words of a chart"]


def test_nobodys_files_are_purged_and_fresh_ones_are_left(
    store: Database, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(bucket)
    received(store, blobs, b"somebody's")
    nobodys = blobs.put(b"nobody's")
    assert retention.sweep(store, blobs, blobs.names()) == 0, "it may be about to be named"
    later = time.time() + retention.GRACE + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert retention.sweep(store, blobs, blobs.names()) == 1
    assert nobodys not in blobs.names()
    assert [blobs.get(name) for name in blobs.names()] == [b"somebody's"]
