"""A real browser on a real server: what a person sees. Shared by all browser tests.

The fixture `chromium` is known to all tests through conftest.py. Without Chromium these tests are left out, but not
where CI is set.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from chart_triage.web.app import create_app
from chart_triage.web.server import listen
from chart_triage.web.site import Site

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
_SERIOUS = ("serious", "critical")


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """The address of a server on a free port, for as long as the context lasts."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(site), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed: browser tests are left out")
    assert found, "Chromium is needed here; `./run test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in(chromium: Browser, address: str, login: str, password: str) -> Page:
    """A page of a fresh browser profile in which somebody has signed in."""
    page = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=address).new_page()
    page.goto("/login")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


def serious_violations(page: Page) -> list[str]:
    """What axe finds of serious or critical weight, each with the elements it is about."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert found["passes"], "axe looked at nothing"
    return [
        f"{violation['id']}: {', '.join(str(node['target']) for node in violation['nodes'][:4])}"
        for violation in found["violations"]
        if violation["impact"] in _SERIOUS
    ]
