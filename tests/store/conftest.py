"""Every test of the store runs on SQLite and on a real PostgreSQL server (see `database_url` in tests/conftest.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chart_triage.store.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    database.upgrade()
    yield database
    database.close()
