"""Databases that tests run on: SQLite, and a real PostgreSQL server, started here and removed afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks import postgresql


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
