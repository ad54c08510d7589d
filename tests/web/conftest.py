"""A whole site on a fresh database, and browsers of people with each role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium as chromium
from pages import page as page
from pages import worker as worker
from processed import Desk as Desk
from processed import desk as desk
from processed import kept_charts as kept_charts
from reviewing import opened as opened
from sites import Browser, Processed, browsers, open_site

from chart_triage.processing import Processor
from chart_triage.web.site import Site

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = open_site(tmp_path)
    yield site
    site.database.close()


@pytest.fixture
def browser(site: Site) -> Browser:
    return browsers(site)


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
