from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from chart_triage.store import people
from chart_triage.store.people import Role
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]
OLD, NEW = "correct horse battery", "another good password"


def test_a_new_password_ends_the_other_sign_ins(browser: Browser) -> None:
    here, there = browser("reviewer"), browser("reviewer")
    assert "New password" in here.get("/account").text
    answer = here.post("/account/password", data={"current": OLD, "new": NEW, "again": NEW})
    assert answer.status_code == 303
    assert "Your password is changed" in here.get(answer.headers["location"]).text
    assert there.get("/account").headers["location"] == "/login"
    fresh = browser(None)
    assert fresh.post("/login", data={"login": "reviewer", "password": OLD}).status_code == 401
    assert fresh.post("/login", data={"login": "reviewer", "password": NEW}).status_code == 303


def test_what_is_wrong_with_a_new_password_is_told(browser: Browser) -> None:
    client = browser("reviewer")
    for form, told in (
        ({"current": OLD, "new": NEW, "again": "x"}, "not the same"),
        ({"current": OLD, "new": "short", "again": "short"}, "at least 12"),
        ({"current": "wrong", "new": NEW, "again": NEW}, "current password is not right"),
    ):
        answer = client.post("/account/password", data=form)
        assert answer.status_code == 400
        assert told in answer.text


def test_guessing_the_current_password_is_limited(browser: Browser) -> None:
    client = browser("reviewer")
    codes = [
        client.post("/account/password", data={"current": "x", "new": NEW, "again": NEW}).status_code for _ in range(6)
    ]
    assert codes == [400] * 5 + [429]


def test_signing_out_everywhere(browser: Browser) -> None:
    here, there = browser("reviewer"), browser("reviewer")
    assert here.post("/account/sign-out-everywhere").status_code == 303
    assert there.get("/account").headers["location"] == "/login"


def test_clients_have_no_account(browser: Browser, site: Site) -> None:
    with site.database.writing() as session:
        key = people.add_api_key(session, "setup", "EHR", Role.REVIEWER)
    assert browser(None).get("/account", headers={"Authorization": f"Bearer {key}"}).status_code == 403
