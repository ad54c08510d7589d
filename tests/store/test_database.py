from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from chart_triage.errors import StoreError
from chart_triage.store.database import Database
from chart_triage.store.tables import Base, ChartRow


def test_migrations_make_exactly_the_tables_that_the_code_describes(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert "charts" in inspect(database.engine).get_table_names()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    database.upgrade()
    with database.writing() as session:
        session.add(ChartRow(id="a", sha256="0" * 64, file_name="a.pdf", media_type="x", size=1, state="waiting"))
    database.upgrade()
    with database.reading() as session:
        assert session.get(ChartRow, "a") is not None


def test_an_exception_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            session.add(ChartRow(id="a", sha256="0" * 64, file_name="a.pdf", media_type="x", size=1, state="waiting"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.get(ChartRow, "a") is None


def test_times_come_back_in_utc(database: Database) -> None:
    with database.writing() as session:
        session.add(ChartRow(id="a", sha256="0" * 64, file_name="a.pdf", media_type="x", size=1, state="waiting"))
    with database.reading() as session:
        row = session.get(ChartRow, "a")
        assert row is not None
        assert str(row.created_at.tzinfo) == "UTC"


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    with pytest.raises(StoreError, match="cannot be opened") as told:
        Database("postgresql://somebody:secret@127.0.0.1:1/charts").upgrade()
    assert "secret" not in str(told.value)


def test_other_databases_are_refused() -> None:
    with pytest.raises(StoreError, match="is no database that this program keeps"):
        Database("mysql://localhost/charts")
