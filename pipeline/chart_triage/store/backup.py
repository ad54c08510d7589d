"""One file with everything that is kept, for SQLite and PostgreSQL alike: what is written from one is read into either.

The file is a tar: `backup.json` (format, revision of the tables, end of the audit trail), `rows/TABLE.jsonl` with one
row a line, and `files/NAME` as they lie on the disk. Sign-ins are left out: everybody signs in anew.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.orm import Session

from chart_triage import __version__
from chart_triage.errors import StoreError
from chart_triage.store import audit
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.tables import Base, now

FORMAT = 1
_HEAD = "backup.json"
_LEFT_OUT = frozenset({"login_sessions", "login_failures", "workers"})
_BATCH = 500


class Copied(NamedTuple):
    """`missing`: names of files that a chart has and that were not in the store."""

    rows: int
    files: int
    missing: tuple[str, ...] = ()


def write(database: Database, blobs: Blobs, path: Path) -> Copied:
    """Write a backup to `path`, whole or not at all, readable by its owner alone. The server may run meanwhile."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with (
            open(draft, "wb", opener=_private) as file,
            tarfile.open(fileobj=file, mode="w") as archive,
            database.snapshot() as connection,
        ):
            copied = _write_all(connection, blobs, archive)
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return copied


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write_all(connection: Connection, blobs: Blobs, archive: tarfile.TarFile) -> Copied:
    with Session(connection) as session:
        number, digest = audit.head(session)
    head = {
        "format": FORMAT, "chart_triage": __version__, "revision": _revision(connection), "at": now().isoformat(),
        "audit": [number, digest],
    }  # fmt: skip
    _add(archive, _HEAD, json.dumps(head).encode())
    rows = sum(_write_table(connection, archive, table) for table in _tables())
    artefacts = Base.metadata.tables["artefacts"]
    names = connection.scalars(select(artefacts.c.blob).distinct().order_by(artefacts.c.blob)).all()
    missing = []
    for name in names:
        kept = blobs.sealed(name)
        if kept is None:
            missing.append(name)
        else:
            _add(archive, f"files/{name}", kept)
    return Copied(rows, len(names) - len(missing), tuple(missing))


def _write_table(connection: Connection, archive: tarfile.TarFile, table: Table) -> int:
    """Through a file, since the size stands before the content."""
    count = 0
    with tempfile.TemporaryFile() as lines:
        ordered = select(table).order_by(*table.primary_key.columns)
        for row in connection.execute(ordered.execution_options(yield_per=_BATCH)).mappings():
            lines.write(json.dumps(dict(row), default=_plain).encode() + b"\n")
            count += 1
        info = tarfile.TarInfo(f"rows/{table.name}.jsonl")
        info.size, info.mode = lines.tell(), 0o600
        lines.seek(0)
        archive.addfile(info, lines)
    return count


def _plain(value: Any) -> str:
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a backup")


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


def read(database: Database, blobs: Blobs, path: Path) -> Copied:
    """Restore into an empty store. Raises StoreError where it is not empty or the backup cannot be used; then the
    database is as it was before."""
    rows = files = 0
    try:
        with tarfile.open(path) as archive, database.writing() as session:
            connection = session.connection()
            head = _head(archive.extractfile(archive.next() or _no_backup(path)), connection, path)
            _refuse_if_kept(connection)
            for member in archive:
                if member.name == _HEAD:
                    continue
                folder, _, name = member.name.partition("/")
                content = archive.extractfile(member)
                assert content is not None
                if folder == "rows":
                    rows += _read_table(connection, Base.metadata.tables[name.removesuffix(".jsonl")], content)
                else:
                    blobs.put_sealed(name, content.read())
                    files += 1
            _check_trail(session, head)
            _count_on(connection)
    except (tarfile.TarError, EOFError, KeyError, json.JSONDecodeError) as error:
        raise StoreError(f"{path} is damaged or no backup ({type(error).__name__}). Use another one.") from None
    return Copied(rows, files)


def _no_backup(path: Path) -> tarfile.TarInfo:
    raise StoreError(f"{path} is empty. Use another backup.")


def _head(content: IO[bytes] | None, connection: Connection, path: Path) -> dict[str, Any]:
    head = json.load(content) if content else {}
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise StoreError(f"{path} is no backup in format {FORMAT}.")
    here = _revision(connection)
    if head["revision"] != here:
        raise StoreError(
            f"{path} holds tables of revision {head['revision']}, and this version has {here}. Restore it with "
            f"chart-triage {head['chart_triage']}, then update."
        )
    return head


def _refuse_if_kept(connection: Connection) -> None:
    for table in _tables():
        if connection.scalar(select(func.count()).select_from(table)):
            raise StoreError(f"The store is not empty: '{table.name}' has rows. Restore into a fresh database.")


def _read_table(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    count = 0
    for batch in _batches(lines, table):
        connection.execute(insert(table), batch)
        count += len(batch)
    return count


def _batches(lines: IO[bytes], table: Table) -> Iterator[list[dict[str, Any]]]:
    types = {column.name: column.type.python_type for column in table.columns}
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append({name: _typed(types[name], value) for name, value in json.loads(line).items()})
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _typed(kind: type[Any], value: Any) -> Any:
    if isinstance(value, str) and issubclass(kind, datetime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and issubclass(kind, date):
        return date.fromisoformat(value)
    return value


def _check_trail(session: Session, head: dict[str, Any]) -> None:
    broken = next(audit.verify(session), None)
    if broken is not None or list(audit.head(session)) != head["audit"]:
        raise StoreError("The audit trail in the backup is not whole. Nothing was restored; use another backup.")


def _count_on(connection: Connection) -> None:
    """PostgreSQL's counters go on after the highest number; SQLite's do so by themselves."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        column = table.autoincrement_column
        if column is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            highest = f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {table.name})"
            connection.execute(text(f"SELECT setval({sequence}, {highest}, false)"))


def _tables() -> list[Table]:
    """All that is copied, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_OUT]


def _revision(connection: Connection) -> str:
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or "none"
