"""Fixtures of browser tests on a fresh site: `served`, a `worker`, and `page("reviewer")`, signed in by role."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser import serving, signed_in
from playwright.sync_api import Browser, Page
from sites import PASSWORD

from chart_triage.processing import Processor
from chart_triage.web.site import Site

SignedIn = Callable[[str], Page]


@pytest.fixture
def worker(site: Site) -> Iterator[Processor]:
    """A worker that processes in a thread whatever is queued."""
    processor = Processor(site.database, site.blobs, site.settings)
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            if not processor.run_one("test"):
                over.wait(0.05)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield processor
    over.set()
    thread.join(60)


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[SignedIn]:
    """Signs somebody in by role; a script's error or a breach of the page's policy fails the test."""
    pages: list[Page] = []
    errors: list[str] = []

    def told(message: Any) -> None:
        if "Security Policy" in message.text:
            errors.append(message.text)

    with serving(site) as address:

        def start(login: str) -> Page:
            shown = signed_in(chromium, address, login, PASSWORD)
            pages.append(shown)
            shown.on("pageerror", lambda error: errors.append(str(error)))
            shown.on("console", told)
            shown.goto("/")
            return shown

        yield start
        for shown in pages:
            shown.context.close()
    assert errors == []
