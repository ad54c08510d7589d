from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from chart_triage.store import audit
from chart_triage.store.database import Database
from chart_triage.store.tables import AuditEntry


def fill(database: Database, count: int) -> None:
    for number in range(count):
        with database.writing() as session:
            audit.record(session, "ann", "view", f"chart/{number}", page=number)


def tamper(database: Database, statement: str) -> None:
    """What somebody with the database in their hands can do."""
    with database.writing() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER audit_no_update"))
            session.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        session.execute(text(statement))


def test_an_untouched_trail_holds(database: Database) -> None:
    fill(database, 20)
    with database.reading() as session:
        assert list(audit.verify(session)) == []
        assert audit.head(session)[0] == 20


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'bob' WHERE id = 3", "DELETE FROM audit"])
def test_the_tables_refuse_changes(database: Database, statement: str) -> None:
    fill(database, 5)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 5


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE id = 3", "was changed after it was written"),
        ("DELETE FROM audit WHERE id = 3", "entries 3 to 3 are missing"),
        ("UPDATE audit SET hash = previous WHERE id = 2", "the entry before it is another one"),
    ],
)
def test_a_touched_trail_shows_where(database: Database, statement: str, told: str) -> None:
    fill(database, 5)
    tamper(database, statement)
    with database.reading() as session:
        breaks = list(audit.verify(session))
    assert any(told in b.what for b in breaks)


def test_many_writers_make_one_chain(database: Database) -> None:
    writers = [threading.Thread(target=fill, args=(database, 15)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.reading() as session:
        assert list(audit.verify(session)) == []
        assert audit.head(session)[0] == 60
