"""What is backed up comes back, on and across both databases."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from chart_triage.errors import StoreError
from chart_triage.store import audit, backup, charts, people
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, Upload
from chart_triage.store.database import Database
from chart_triage.store.people import Role
from chart_triage.store.tables import ChartRow, LoginSession, User

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "files", KEY)


def fill(database: Database, blobs: Blobs) -> str:
    with database.writing() as session:
        people.add_user(session, "setup", "ann", "Ann", Role.ADMIN, "a long password")
        assert people.sign_in(session, "ann", "a long password", "here")
        name = blobs.put(b"words of a chart")
        original = File(charts.ORIGINAL, name, "text/plain", 16)
        return charts.receive(session, "ann", Upload("a.txt", original, {"member_id": "M-1"})).id


@pytest.fixture(params=["same kind", "sqlite"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Database:
    """Where a backup goes to: a fresh SQLite file, or the same database emptied."""
    if request.param == "same kind" and not database.is_sqlite:
        return database
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh.upgrade()
    return fresh


def wipe(database: Database) -> None:
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        database.upgrade()


def test_what_was_kept_comes_back(database: Database, blobs: Blobs, tmp_path: Path, empty: Database) -> None:
    chart = fill(database, blobs)
    with database.reading() as session:
        end = audit.head(session)
    done = backup.write(database, blobs, tmp_path / "b.tar")
    assert (done.files, done.missing) == (1, ())
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    assert b"words of a chart" not in (tmp_path / "b.tar").read_bytes(), "sealed files stay sealed"
    if empty is database:
        wipe(database)
    elsewhere = Blobs(tmp_path / "elsewhere", KEY)
    assert backup.read(empty, elsewhere, tmp_path / "b.tar").rows == done.rows
    with empty.reading() as session:
        row = session.get_one(ChartRow, chart)
        assert row.request_json == {"member_id": "M-1"}
        assert elsewhere.get(row.sha256) == b"words of a chart"
        assert audit.head(session) == end
        assert not list(audit.verify(session))
        assert session.scalar(select(LoginSession)) is None
        assert people.password_is(people.by_login(session, "ann"), "a long password")
    with empty.writing() as session:
        people.add_user(session, "setup", "bob", "Bob", Role.INTAKE, None)
        assert sorted(session.scalars(select(User.id))) == [1, 2], "numbers go on"
    if empty is not database:
        empty.close()


def test_a_store_in_use_is_not_overwritten(database: Database, blobs: Blobs, tmp_path: Path) -> None:
    fill(database, blobs)
    backup.write(database, blobs, tmp_path / "b.tar")
    with pytest.raises(StoreError, match="not empty"):
        backup.read(database, blobs, tmp_path / "b.tar")


def test_a_damaged_backup_restores_nothing(database: Database, blobs: Blobs, tmp_path: Path) -> None:
    fill(database, blobs)
    backup.write(database, blobs, tmp_path / "b.tar")
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh.upgrade()
    content = (tmp_path / "b.tar").read_bytes()
    cut = tmp_path / "cut.tar"
    cut.write_bytes(content.replace(b'"user.add"', b'"user.bad"', 1))
    with pytest.raises(StoreError, match="audit trail"):
        backup.read(fresh, blobs, cut)
    cut.write_bytes(b"no tar at all")
    with pytest.raises(StoreError, match="damaged or no backup"):
        backup.read(fresh, blobs, cut)
    with fresh.reading() as session:
        assert not people.anybody(session)
    fresh.close()


def test_a_file_that_is_gone_is_told(database: Database, blobs: Blobs, tmp_path: Path) -> None:
    fill(database, blobs)
    name = next(blobs.names())
    blobs.remove(name)
    assert backup.write(database, blobs, tmp_path / "b.tar").missing == (name,)
    with tarfile.open(tmp_path / "b.tar") as archive:
        assert f"files/{name}" not in archive.getnames()
