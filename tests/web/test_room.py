"""A disk that fills up: uploads end first, with what to do, and nothing of what is there is lost."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from listed import api_key
from sites import Browser, browsers

from chart_triage.settings import Settings
from chart_triage.store import room, workers
from chart_triage.store.blobs import Blobs
from chart_triage.store.people import Role
from chart_triage.store.room import Room
from chart_triage.store.tables import ChartRow
from chart_triage.web.site import Site

_NOTE = b"MR spectroscopy is requested. No pacemaker."
_MB = 1_000_000


@pytest.fixture
def site(site: Site) -> Site:
    """With so much to be left free as where nothing is set."""
    return replace(site, room=Room.of(site.database, site.blobs, Settings()))


@pytest.fixture
def browser(site: Site) -> Browser:
    return browsers(site)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Millions of bytes that are free on every disk, for a test to change."""
    left = [100_000]
    monkeypatch.setattr(room, "_free", lambda _place: left[0] * _MB)
    return left


def charts_of(site: Site) -> int:
    with site.database.reading() as session:
        return session.query(ChartRow).count()


def test_uploads_end_before_the_disk_is_full(site: Site, browser: Browser, free: list[int]) -> None:
    client, (key, _) = browser("intake"), api_key(site, Role.INTAKE)
    with site.database.writing() as session:
        workers.start(session, workers.own_name())
    free[0] = 999
    answer = client.post("/intake/uploads", files={"file": ("a.txt", _NOTE)})
    assert answer.status_code == 507
    assert answer.json()["detail"].startswith("The server's disk is almost full")
    answer = client.post("/api/v1/charts", files={"file": ("a.txt", _NOTE)}, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.headers["content-type"]) == (507, "application/problem+json")
    assert charts_of(site) == 0
    assert client.get("/intake").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["files"]) == (503, "the disk is almost full")
    local = TestClient(client.app, client=("127.0.0.1", 5000))
    assert "chart_triage_free_bytes 9.99e+08" in local.get("/metrics").text
    free[0] = 1001
    assert client.get("/readyz").status_code == 200
    assert client.post("/intake/uploads", files={"file": ("a.txt", _NOTE)}).status_code == 201


def test_a_file_must_fit_beside_what_is_to_stay_free(site: Site, free: list[int]) -> None:
    free[0] = 1100
    assert site.room.for_upload(99 * _MB)
    assert not site.room.for_upload(101 * _MB)
    free[0] = 300
    assert not site.room.for_upload(0)
    assert site.room.for_work()


def test_where_a_bucket_and_postgresql_keep_everything_their_disks_are_not_asked(
    site: Site, free: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(site.database), "folder", None)
    monkeypatch.setattr(type(site.blobs), "folder", None)
    free[0] = 50
    assert site.room.free() is None
    assert site.room.for_work()
    assert site.room.for_upload(25 * _MB)
    assert not site.room.for_upload(26 * _MB), "there is none for receiving it"


def test_what_is_not_there_yet_lies_on_the_disk_above_it(site: Site, tmp_path: Path) -> None:
    assert room._free(tmp_path / "a" / "b") == pytest.approx(room._free(tmp_path), abs=100 * _MB)
    assert site.room.free() == pytest.approx(room._free(tmp_path), abs=100 * _MB)


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_loses_nothing_and_is_told(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object) -> str:
        raise OSError(number, "No space left on device")

    client = browser("intake")
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "put", full)
        answer = client.post("/intake/uploads", files={"file": ("a.txt", _NOTE)})
    assert answer.status_code == 507
    assert answer.json()["detail"].startswith("The server's disk is almost full")
    assert charts_of(site) == 0
    assert client.post("/intake/uploads", files={"file": ("a.txt", _NOTE)}).status_code == 201


@pytest.mark.usefixtures("free")
def test_other_faults_of_the_system_stay_faults(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise OSError(errno.EIO, "Input/output error")

    client = browser("intake")
    monkeypatch.setattr(Blobs, "put", broken)
    with pytest.raises(OSError, match="Input/output error"):
        client.post("/intake/uploads", files={"file": ("a.txt", _NOTE)})
