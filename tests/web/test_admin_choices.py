"""What administrators decide: which version of the guideline counts, and who is told of charts."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from listed import ready

from chart_triage import in_force
from chart_triage.guidelines import Version
from chart_triage.store import audit, webhooks
from chart_triage.store.tables import GuidelineInForce, Webhook
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]
_OLD, _NEW = "healthhelp-mrs-2026", "healthhelp-mrs-2027"


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str, first: date, last: date | None) -> Version:
        return Version(
            id=name, version=name[-4:], title="T", effective=first, family="f", folder=Path(name), until=last
        )

    known = (version(_OLD, date(2026, 1, 1), date(2026, 12, 31)), version(_NEW, date(2027, 1, 1), None))
    monkeypatch.setattr(in_force, "versions", lambda: known)


def _on(site: Site, day: date) -> str:
    with site.database.reading() as session:
        return in_force.guideline_on(session, day)


@pytest.mark.usefixtures("two_versions")
def test_a_version_counts_by_its_own_dates_until_somebody_decides_otherwise(site: Site, browser: Browser) -> None:
    admin = browser("admin")
    assert (_on(site, date(2025, 5, 1)), _on(site, date(2026, 12, 31))) == (_OLD, _OLD)
    assert _on(site, date(2027, 1, 1)) == _NEW
    form = {"guideline": _OLD, "starts": "2027-01-01"}
    assert admin.post("/admin/guidelines", data=form).status_code == 303
    assert admin.post("/admin/guidelines", data={"guideline": _NEW, "starts": "2027-03-01"}).status_code == 303
    days = (date(2026, 6, 1), date(2027, 1, 1), date(2027, 2, 28), date(2027, 3, 1))
    assert [_on(site, day) for day in days] == [_OLD, _OLD, _OLD, _NEW]
    assert "2027-03-01" in admin.get("/admin/guidelines").text
    with site.database.reading() as session:
        number = session.query(GuidelineInForce).filter_by(guideline=_OLD).one().id
        done = [entry.action for entry in audit.entries(session, audit.Wanted(action="guideline."))[0]]
    assert done == ["guideline.decide"] * 2
    assert admin.post(f"/admin/guidelines/{number}/remove").status_code == 303
    assert _on(site, date(2027, 1, 1)) == _NEW
    assert admin.post(f"/admin/guidelines/{number}/remove").status_code == 404


@pytest.mark.usefixtures("two_versions")
def test_a_decision_on_the_same_day_is_replaced_and_a_wrong_one_is_told(site: Site, browser: Browser) -> None:
    admin = browser("admin")
    for name in (_OLD, _NEW):
        admin.post("/admin/guidelines", data={"guideline": name, "starts": "2026-06-01"})
    with site.database.reading() as session:
        assert [row.guideline for row in session.query(GuidelineInForce)] == [_NEW]
    for form in ({"guideline": "nonsense", "starts": "2026-06-01"}, {"guideline": _OLD, "starts": "soon"}):
        answer = admin.post("/admin/guidelines", data=form)
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert browser("clinician").post("/admin/guidelines", data={}).status_code == 403


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[bytes], list[int]]]:
    """A receiver's address, what it was sent, and the statuses that it answers with in turn."""
    came: list[bytes] = []
    statuses: list[int] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(statuses.pop(0))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", came, statuses
    server.shutdown()
    thread.join()


def test_a_webhook_is_added_tried_told_and_removed(
    site: Site, browser: Browser, receiver: tuple[str, list[bytes], list[int]]
) -> None:
    url, came, statuses = receiver
    admin = browser("admin")
    assert "Nobody is told" in admin.get("/admin/webhooks").text
    page = admin.post("/admin/webhooks", data={"url": url}).text
    with site.database.reading() as session:
        hook = session.query(Webhook).one()
    assert re.findall(r'<code class="key">(.+?)</code>', page) == [hook.secret]
    assert hook.secret not in admin.get("/admin/webhooks").text
    statuses += [204, 500]
    assert "was taken" in admin.post(f"/admin/webhooks/{hook.id}/try").text
    assert "answered 500" in admin.post(f"/admin/webhooks/{hook.id}/try").text
    assert [b'"event": "trial"' in body for body in came] == [True, True]
    chart = ready(site, "told.pdf")
    with site.database.writing() as session:
        webhooks.queue(session, chart, "ready")
    shown = admin.get("/admin/webhooks").text
    assert chart[:8] in shown
    assert "waits" in shown
    assert "told.pdf" not in shown
    assert admin.post("/admin/webhooks", data={"url": "ftp://nobody"}).status_code == 400
    assert admin.post(f"/admin/webhooks/{hook.id}/remove").status_code == 303
    assert admin.post(f"/admin/webhooks/{hook.id}/try").status_code == 404
    for login in ("intake", "reviewer", "clinician"):
        assert browser(login).get("/admin/webhooks").status_code == 403
