"""A real Chromium before a real server: `served` is the site on a free port, `page` a page signed in by role.

Imported as a plugin by conftest.py. Tests skip where Chromium is missing, and fail there in CI.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from chart_triage.processing import Processor
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

PASSWORD = "correct horse battery"
SignedIn = Callable[[str], Any]


@pytest.fixture
def served(site: Site) -> Iterator[str]:
    """The address of the site, served by uvicorn in a thread."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(site), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ends = time.monotonic() + 20
    while not server.started and time.monotonic() < ends:
        time.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium and playwright: ./run test installs them where it may")
        pytest.skip("Chromium or playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, served: str) -> Iterator[SignedIn]:
    """`page("reviewer")`: a page of 1280 x 800 in which that person is signed in; a script's error fails the test."""
    contexts, errors = [], []

    def start(login: str) -> Any:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=served, accept_downloads=True)
        contexts.append(context)
        shown = context.new_page()
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
        shown.goto("/login")
        shown.fill("input[name=login]", login)
        shown.fill("input[name=password]", PASSWORD)
        shown.click("text=Sign in")
        shown.wait_for_load_state()
        return shown

    yield start
    for context in contexts:
        context.close()
    assert errors == []
