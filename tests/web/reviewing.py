"""Opens the review page in a real browser, for tests of what a reviewer sees and does there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browser import serving, signed_in
from playwright.sync_api import Browser, Page
from processed import PASSWORD, Desk

Open = Callable[[str, str], Page]


@pytest.fixture
def opened(desk: Desk, chromium: Browser) -> Iterator[Open]:
    """Opens the review page of a chart as somebody; a script error or a refused resource fails the test."""
    problems: list[str] = []
    with serving(desk.site) as address:
        pages: list[Page] = []

        def start(stem: str, login: str = "reviewer") -> Page:
            page = signed_in(chromium, address, login, PASSWORD)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda message: problems.append(message.text) if _refused(message.text) else None)
            page.goto(f"/charts/{desk.chart(stem)}/review")
            page.wait_for_selector("#review[data-ready]")
            pages.append(page)
            return page

        yield start
        for page in pages:
            page.context.close()
    assert not problems


def _refused(message: str) -> bool:
    return "Content Security Policy" in message
