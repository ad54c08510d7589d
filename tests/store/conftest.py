"""Every test of the store runs on SQLite and on a real PostgreSQL server, started here and removed afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chart_triage.store.database import Database


def _binary(name: str) -> str | None:
    found = shutil.which(name)
    if found and Path(found).resolve().parent.joinpath("initdb").exists():
        return str(Path(found).resolve())
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(places[0]) if places else found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_user(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: use the account "postgres", or "nobody"."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, account.pw_uid, account.pw_gid)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return {}


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of an empty server without its database name."""
    initdb, postgres = _binary("initdb"), _binary("postgres")
    if not initdb or not postgres:
        if os.environ.get("CI"):
            pytest.fail("CI needs PostgreSQL: ./run test installs it where it may")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    account = _as_user(folder)
    data, port = folder / "data", _free_port()
    try:
        subprocess.run(
            [initdb, "-D", str(data), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **account,  # type: ignore[call-overload]
        )  # fmt: skip
        server = subprocess.Popen(
            [postgres, "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **account,  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            _await(port)
            yield f"postgresql://test@127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int) -> None:
    import psycopg

    ends = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="test", dbname="postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    import psycopg

    server: str = request.getfixturevalue("postgresql_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    database.upgrade()
    yield database
    database.close()
