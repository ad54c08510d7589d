from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

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
    for path in ("/login", "/healthz", "/static/style.css", "/nowhere"):
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
