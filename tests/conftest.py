"""What tests of several folders need: databases (SQLite, and a real PostgreSQL server) and an S3-compatible server,
started once and removed afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from benchmarks import postgresql, s3_server

os.environ.setdefault("CHART_TRIAGE_KEEP_FREE_MB", "0")  # for servers that tests start: they run on small disks, too


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of an empty server without its database name."""
    if not postgresql.installed():
        if os.environ.get("CI"):
            pytest.fail("CI needs PostgreSQL: ./run test installs it where it may")
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    with postgresql.database(server, f"t{uuid.uuid4().hex[:12]}") as url:
        yield url


@pytest.fixture(scope="session")
def s3_environment() -> Iterator[Mapping[str, str]]:
    if not s3_server.installed():
        if os.environ.get("CI"):
            pytest.fail("CI needs the extra 'dev' with an S3-compatible server (moto, flask) and obstore")
        pytest.skip("moto, flask or obstore is not installed")
    with s3_server.server() as environment:
        yield environment


@pytest.fixture
def bucket(s3_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty prefix in a bucket, with the environment in which it can be reached."""
    for name, value in s3_environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3_server.BUCKET}/{uuid.uuid4().hex}"
