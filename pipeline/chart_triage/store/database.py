"""The database: SQLite in a file, or PostgreSQL by URL; the same tables and the same code on both.

Transactions are short and of two kinds. `reading` sees one consistent state. `writing` takes SQLite's write lock at
its beginning, so that two writers wait for each other instead of failing half-way; on PostgreSQL rows are locked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError

_BUSY_SECONDS = 30
_UPGRADE_LOCK = 7_639_077  # any number that nobody else uses


class Database:
    """Connections to one database. `url` is an SQLAlchemy URL: "sqlite:///charts.db", "postgresql://host/name"."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writing = self.engine.execution_options(write=True)
        self._one_writer = threading.Lock() if self.is_sqlite else nullcontext()

    @property
    def folder(self) -> Path | None:
        """Where it lies on this machine; None for PostgreSQL, which looks after its own disk."""
        file = self.engine.url.database if self.is_sqlite else None
        return Path(file).expanduser().resolve().parent if file and file != ":memory:" else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception.

        SQLite's writers ask for its lock again and again, and who came first may come last. Those of one process
        stand in line here, so that only one of them asks.
        """
        with self._one_writer, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One consistent state for as long as it is read, while others write."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def upgrade(self) -> None:
        """Bring the tables to the newest form; does nothing where they are. Raises StoreError without a database."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        try:
            with self.engine.execution_options(write=True).begin() as connection:
                if not self.is_sqlite:  # programs that start together wait for the first
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except OperationalError as error:
            raise StoreError(_unreachable(self.engine)) from error

    def check(self) -> None:
        """Raises StoreError where the database does not answer."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except OperationalError as error:
            raise StoreError(_unreachable(self.engine)) from error

    def close(self) -> None:
        self.engine.dispose()


def without_password(url: str) -> str:
    """A database's address as it may be shown."""
    return make_url(url).render_as_string(hide_password=True)


def _engine(url: str) -> Engine:
    """Messages of errors hide the parameters. PostgreSQL may still quote a row in them: log the class alone."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).expanduser().resolve().parent.mkdir(parents=True, exist_ok=True)
        waiting = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(parsed, connect_args=waiting, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise StoreError(
            f"'{parsed.drivername}' is no database that this program keeps: use sqlite:/// or postgresql://."
        )
    return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)


def _sqlite_connected(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_sqlite_begin` says so
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")


def _unreachable(engine: Engine) -> str:
    place = engine.url.render_as_string(hide_password=True)
    return f"The database {place} cannot be opened. Check that it runs, and the address, user and password."
