"""A whole site on a fresh database, and browsers of people with each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from browser import chromium as chromium
from fastapi.testclient import TestClient
from pages import page as page
from pages import worker as worker
from processed import Desk as Desk
from processed import desk as desk
from processed import kept_charts as kept_charts
from reviewing import opened as opened

from chart_triage.processing import Processor
from chart_triage.settings import Settings
from chart_triage.store import people
from chart_triage.store.people import Role
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

FIXTURES = Path(__file__).parents[2] / "fixtures"
PASSWORD = "correct horse battery"


Browser = Callable[[str | None], TestClient]


def open_site(folder: Path) -> Site:
    """A fresh site with a person for each role, named like it."""
    settings = Settings(store_url=f"sqlite:///{folder / 'store.db'}", store_folder=folder / "files")
    site = Site.open(settings)
    with site.database.writing() as session:
        for role in Role:
            people.add_user(session, "setup", role.value, role.value.title(), role, PASSWORD)
    return site


def browsers(site: Site) -> Browser:
    """Browsers in which somebody is signed in (None: nobody); they show the CSRF token as our pages do."""
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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = open_site(tmp_path)
    yield site
    site.database.close()


@pytest.fixture
def browser(site: Site) -> Browser:
    return browsers(site)


class Processed(NamedTuple):
    """A site with a chart that somebody of intake brought in and that was processed, and browsers for it."""

    site: Site
    chart: str
    browser: Browser


@pytest.fixture(scope="session")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processed]:
    """Shared by all tests: do not change the chart."""
    site = open_site(tmp_path_factory.mktemp("processed"))
    content = (FIXTURES / "charts" / "kearns-sayre-pacemaker.pdf").read_bytes()
    start = browsers(site)
    sent = start("intake").post(
        "/intake/uploads",
        files={"file": ("kearns-sayre-pacemaker.pdf", content)},
        data={"reference": "R-5", "received": "2026-11-20", "member_id": "M-1"},
    )
    assert sent.status_code == 201, sent.text
    assert Processor(site.database, site.blobs, site.settings).run_one("test")
    yield Processed(site, sent.json()["chart"], start)
    site.database.close()
