from __future__ import annotations

import re
from collections.abc import Callable

from fastapi.testclient import TestClient

from chart_triage.web import static_files

Browser = Callable[[str | None], TestClient]


def test_a_wrong_password_is_told_and_tries_are_limited(browser: Browser) -> None:
    client = browser(None)
    for _ in range(5):
        answer = client.post("/login", data={"login": "reviewer", "password": "wrong"})
        assert answer.status_code == 401
        assert "Login or password is not right" in answer.text
    answer = client.post("/login", data={"login": "reviewer", "password": "correct horse battery"})
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    answer = browser(None).post("/login", data={"login": "reviewer", "password": "correct horse battery"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_signing_out_needs_our_own_page(browser: Browser) -> None:
    client = browser("reviewer")
    token = client.headers.pop("X-CSRF-Token")
    assert client.post("/logout").status_code == 403
    assert client.post("/logout", data={"csrf": token}).status_code == 303


def test_every_response_carries_the_security_headers(browser: Browser) -> None:
    for path in ("/login", "/healthz", f"{static_files.ADDRESS}/style.css", "/nowhere"):
        headers = browser(None).get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_holds_scripts_or_styles_that_the_policy_forbids(browser: Browser) -> None:
    page = browser(None).get("/login").text
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page


def test_a_browser_keeps_scripts_and_styles_by_an_address_that_changes_with_them(browser: Browser) -> None:
    client = browser(None)
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/login").text)
    assert len(named) >= 3
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/another-version/style.css").status_code == 404


def test_who_is_signed_in_keeps_the_way_on_where_there_is_nothing(browser: Browser) -> None:
    for login, way in (("reviewer", True), (None, False)):
        answer = browser(login).get("/nowhere")
        assert (answer.status_code, 'href="/worklist"' in answer.text) == (404, way)
