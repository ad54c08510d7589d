"""Whole sites on fresh databases, and browsers of people with each role."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fastapi.testclient import TestClient

from chart_triage.settings import Settings
from chart_triage.store import people
from chart_triage.store.people import Role
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

PASSWORD = "correct horse battery"
Browser = Callable[[str | None], TestClient]


def open_site(folder: Path, url: str | None = None) -> Site:
    """A fresh site with a person for each role, named like it; `url` is an empty database, else its own."""
    store_url = url or f"sqlite:///{folder / 'store.db'}"
    settings = Settings(store_url=store_url, store_folder=folder / "files", keep_free_mb=0)  # on small disks, too
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


class Processed(NamedTuple):
    """A site with a chart that somebody of intake brought in and that was processed, and browsers for it."""

    site: Site
    chart: str
    browser: Browser
