"""A whole site on a fresh database, and browsers of people with each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import chromium, page, served, worker
from fastapi.testclient import TestClient

from chart_triage.settings import Settings
from chart_triage.store import people
from chart_triage.store.people import Role
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

__all__ = ["chromium", "page", "served", "worker"]
PASSWORD = "correct horse battery"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = Settings(store_url=f"sqlite:///{tmp_path / 'store.db'}", store_folder=tmp_path / "files")
    site = Site.open(settings)
    with site.database.writing() as session:
        for role in Role:
            people.add_user(session, "setup", role.value, role.value.title(), role, PASSWORD)
    yield site
    site.database.close()


@pytest.fixture
def browser(site: Site) -> Callable[[str | None], TestClient]:
    """A browser in which somebody is signed in (None: nobody); it shows the CSRF token as our pages do."""
    app = create_app(site)

    def start(login: str | None) -> TestClient:
        client = TestClient(app, follow_redirects=False)
        if login is not None:
            answer = client.post("/login", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303
            with site.database.reading() as session:
                found = people.session_of(session, client.cookies["chart_triage_session"])
                assert found is not None
                client.headers["X-CSRF-Token"] = found[1].csrf
        return client

    return start
