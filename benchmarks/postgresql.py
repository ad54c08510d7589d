"""A PostgreSQL server of one's own, for as long as a benchmark or the tests take; nothing is left behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binary(name: str) -> str | None:
    """The program `name` of an installed PostgreSQL: that of the newest one."""
    found = shutil.which(name)
    if found and Path(found).resolve().parent.joinpath("initdb").exists():
        return str(Path(found).resolve())
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(places[0]) if places else found


def installed() -> bool:
    return binary("initdb") is not None and binary("postgres") is not None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server() -> Iterator[str]:
    """An empty server; its URL without the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    account = _as_user(folder)
    data, port = folder / "data", free_port()
    try:
        subprocess.run(
            [str(binary("initdb")), "-D", str(data), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **account,  # type: ignore[call-overload]
        )  # fmt: skip
        process = subprocess.Popen(
            [str(binary("postgres")), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-c",
             "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **account,  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            _await(port)
            yield f"postgresql://test@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """A fresh database of the server, dropped afterwards; its URL."""
    import psycopg

    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server_url}/{name}"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
