from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from chart_triage.store import audit, charts, people, workers
from chart_triage.store.charts import File, Upload
from chart_triage.store.jobs import Queue
from chart_triage.store.people import Role
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]
PAGES = ("", "/processing", "/people", "/clients", "/webhooks", "/guidelines", "/settings", "/audit", "/audit.csv")


def parked(site: Site) -> str:
    with site.database.writing() as session:
        original = File(charts.ORIGINAL, site.blobs.put(b"words"), "text/plain", 5)
        chart = charts.receive(session, "ann", Upload("a.txt", original, {})).id
    queue = Queue(site.database, parked=charts.parked)
    lease = queue.claim("w")
    assert lease is not None
    queue.fail(lease, "a.txt is no chart.", again=False)
    return chart


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_for_administrators(browser: Browser, path: str) -> None:
    for login in ("intake", "reviewer", "clinician"):
        assert browser(login).get(f"/admin{path}").status_code == 403
    assert browser(None).get(f"/admin{path}").status_code == 303
    answer = browser("admin").get(f"/admin{path}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


def test_a_parked_chart_stands_with_its_reason_and_is_tried_again(browser: Browser, site: Site) -> None:
    chart = parked(site)
    admin = browser("admin")
    page = admin.get("/admin").text
    assert "a.txt is no chart." in page
    assert "No worker was seen of late" in page
    assert admin.post(f"/admin/parked/{chart}/again").status_code == 303
    assert "a.txt is no chart." not in admin.get("/admin").text
    with site.database.writing() as session:
        workers.start(session, "desk:1")
    assert Queue(site.database).claim("desk:1") is not None
    assert f"chart {chart[:8]}: reading" in admin.get("/admin/processing").text


def test_people_are_added_and_changed(browser: Browser, site: Site) -> None:
    admin = browser("admin")
    form = {"login": "Bea", "name": "Bea", "role": "reviewer", "password": "a long password"}
    assert admin.post("/admin/people", data=form).status_code == 303
    assert admin.post("/admin/people", data=form).status_code == 400
    with site.database.reading() as session:
        number = people.by_login(session, "bea").id
    assert admin.post(f"/admin/people/{number}/password", data={"password": "short"}).status_code == 400
    assert admin.post(f"/admin/people/{number}/password", data={"password": "another password"}).status_code == 303
    assert admin.post(f"/admin/people/{number}", data={"role": "clinician"}).status_code == 303
    with site.database.reading() as session:
        bea = people.by_login(session, "bea")
        assert (bea.role, bea.active) == ("clinician", False)
        assert people.password_is(bea, "another password")
    assert admin.post("/admin/people/999", data={"role": "intake"}).status_code == 404


def test_the_last_administrator_stays(browser: Browser, site: Site) -> None:
    with site.database.reading() as session:
        number = people.by_login(session, "admin").id
    answer = browser("admin").post(f"/admin/people/{number}", data={"role": "reviewer", "active": "true"})
    assert answer.status_code == 400
    assert "last administrator" in answer.text


def test_a_key_is_shown_once_works_and_can_be_revoked(browser: Browser, site: Site) -> None:
    admin = browser("admin")
    page = admin.post("/admin/clients", data={"name": "EHR", "role": "intake"}).text
    key = re.findall(r"ct_[\w-]+", page)
    assert len(key) == 1
    assert key[0] not in admin.get("/admin/clients").text
    with site.database.reading() as session:
        client = people.client_of(session, key[0])
        assert client is not None
        assert client.role == Role.INTAKE
    assert admin.post("/admin/clients", data={"name": "EHR", "role": "admin"}).status_code == 400
    assert admin.post(f"/admin/clients/{client.id}/revoke").status_code == 303
    with site.database.reading() as session:
        assert people.client_of(session, key[0]) is None


def test_settings_are_shown_without_their_secrets(browser: Browser, site: Site) -> None:
    secret = site.settings.model_copy(update={"metrics_token": "a token of sixteen", "store_key": "sealed"})
    object.__setattr__(site, "settings", secret)
    page = browser("admin").get("/admin/settings").text
    assert "CHART_TRIAGE_METRICS_TOKEN" in page
    assert "a token of sixteen" not in page
    assert "sealed" not in page


def test_the_trail_is_filtered_exported_and_verified(browser: Browser, site: Site, tmp_path: Path) -> None:
    parked(site)
    admin = browser("admin")
    page = admin.get("/admin/audit?action=chart.").text
    assert "chart.parked" in page
    assert "user.add" not in page
    assert "No entry matches" in admin.get("/admin/audit?first=2999-01-01").text
    rows = admin.get("/admin/audit.csv?actor=worker").text.splitlines()
    assert [row.split(",")[3] for row in rows] == ["action", "chart.parked"]
    with site.database.reading() as session:
        number, digest = audit.head(session)
    assert "entries hold" in admin.post("/admin/audit/verify", data={"head": f"{number}:{digest}"}).text
    for wrong in ("9999:abc", "\u00b2:abc", f"{'9' * 5000}:abc", ":", "x"):
        assert "does not hold" in admin.post("/admin/audit/verify", data={"head": wrong}).text
    with site.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE id = 2"))
    assert "Entry 2: the entry was changed" in admin.post("/admin/audit/verify").text
