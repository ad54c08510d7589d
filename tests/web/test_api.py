from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fastapi.testclient import TestClient
from listed import api_key, ready

from chart_triage.intake.limits import Limits
from chart_triage.processing import READABLE
from chart_triage.store import charts
from chart_triage.store.people import Role
from chart_triage.store.tables import Artefact, AuditEntry, ChartRow
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]
FIXTURES = Path(__file__).parents[2] / "fixtures"
NOTE = b"Clinic note. The patient has Krabbe disease."


@pytest.fixture
def client(site: Site) -> Callable[..., TestClient]:
    def start(role: Role = Role.INTAKE) -> TestClient:
        key, _ = api_key(site, role)
        return TestClient(create_app(site), headers={"Authorization": f"Bearer {key}"})

    return start


def _send(client: TestClient, content: bytes = NOTE, name: str = "note.txt", **data: str) -> Any:
    return client.post("/api/v1/charts", files={"file": (name, content)}, data=data)


def test_a_chart_is_taken_listed_and_shown(site: Site, client: Callable[..., TestClient]) -> None:
    sender = client()
    answer = _send(sender, reference="R-1", expedited="true", planned_scan="2026-12-01")
    assert answer.status_code == 201
    sent = answer.json()
    assert sent["state"] == "waiting"
    assert sent["sha256"] == hashlib.sha256(NOTE).hexdigest()
    assert answer.headers["location"] == f"/api/v1/charts/{sent['id']}"
    assert sender.get(answer.headers["location"]).json()["reference"] == "R-1"
    assert sender.get("/api/v1/charts").json()["total"] == 1
    assert sender.get(f"/api/v1/charts/{sent['id']}/determination").status_code == 404
    with site.database.reading() as session:
        kept = session.query(ChartRow).one()
    assert kept.request_json == {"reference": "R-1", "expedited": True, "planned_scan": "2026-12-01"}


def test_a_client_sees_what_it_brought_in_alone(site: Site, client: Callable[..., TestClient]) -> None:
    other = ready(site, "other.pdf")
    sender = client()
    for path in ("", "/determination", "/files/highlighted.pdf"):
        assert sender.get(f"/api/v1/charts/{other}{path}").status_code == 404
    assert sender.get("/api/v1/charts").json()["total"] == 0
    assert client(Role.REVIEWER).get(f"/api/v1/charts/{other}").status_code == 200


def test_errors_are_problem_details_that_repeat_nothing(client: Callable[..., TestClient]) -> None:
    sender = client()
    bad = _send(sender, born="PRIVATE-1964")
    assert bad.status_code == 422
    assert bad.headers["content-type"] == "application/problem+json"
    assert bad.json()["kind"] == "request"
    assert "Date of birth" in bad.json()["detail"]
    assert "PRIVATE" not in bad.text
    office = _send(sender, b"PK\x03\x04" + b"\x00" * 40, "a.docx").json()
    assert (office["status"], office["kind"]) == (422, "unsupported")
    nobody = TestClient(sender.app, headers={"Authorization": "Bearer ct_wrong"})
    assert nobody.get("/api/v1/charts").headers["content-type"] == "application/problem+json"
    assert nobody.get("/api/v1/charts").status_code == 401
    assert _send(sender, line_of_business="none such").status_code == 422


def test_the_same_file_twice_is_told_and_kept_if_wanted(site: Site, client: Callable[..., TestClient]) -> None:
    sender = client()
    first = _send(sender).json()["id"]
    again = _send(sender, name="renamed.txt")
    assert again.status_code == 409
    assert again.json()["charts"] == [first]
    assert _send(sender, keep="yes").status_code == 201
    foreign = TestClient(sender.app, headers={"Authorization": f"Bearer {api_key(site, Role.INTAKE)[0]}"})
    told = _send(foreign)
    assert told.status_code == 409
    assert told.json()["charts"] == [], "which chart it was is not told to who may not see it"


def test_a_password_opens_once_and_is_not_kept(site: Site, client: Callable[..., TestClient]) -> None:
    locked = io.BytesIO()
    with pikepdf.open(FIXTURES / "charts" / "rule-out-ms.pdf") as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="Zwiebel-4711", owner="other"))
    sender = client()
    assert _send(sender, locked.getvalue(), "a.pdf").json()["kind"] == "encrypted"
    assert _send(sender, locked.getvalue(), "a.pdf", password="wrong").json()["kind"] == "encrypted"
    sent = _send(sender, locked.getvalue(), "a.pdf", password="Zwiebel-4711")
    assert sent.status_code == 201
    assert sent.json()["pages"] == 5
    with site.database.reading() as session:
        readable = charts.file_of(session, sent.json()["id"], READABLE)
    assert readable is not None
    with pikepdf.open(io.BytesIO(site.blobs.get(readable.blob))) as opened:
        assert not opened.is_encrypted


def test_too_much_is_refused_before_it_is_kept(
    site: Site, client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = 1000
    monkeypatch.setattr(site.looker, "limits", Limits(max_bytes=small))
    sender = client()
    told = _send(sender, b"a" * 300_000)
    assert told.status_code == 413
    assert told.headers["content-type"] == "application/problem+json"

    def untold() -> Iterator[bytes]:
        """A form that does not tell its length."""
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(300):
            yield b"a" * 1000

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert sender.post("/api/v1/charts", content=untold(), headers=form).status_code == 413
    assert sender.post("/worklist/rows", content=b"a" * 1_100_000).status_code == 413
    with site.database.reading() as session:
        assert session.query(ChartRow).count() == 0
        assert session.query(Artefact).count() == 0
    assert list(site.blobs.names()) == []


def test_who_is_not_known_uploads_nothing(browser: Browser) -> None:
    for path in ("/intake/uploads", "/api/v1/charts", "/fhir/DocumentReference"):
        assert browser(None).post(path, content=b"a" * 1000).status_code == 401, path


def test_a_client_that_asks_too_often_waits(site: Site) -> None:
    settings = site.settings.model_copy(update={"api_requests_per_minute": 3})
    app = create_app(replace(site, settings=settings))
    keys = [api_key(site, role)[0] for role in (Role.INTAKE, Role.REVIEWER)]
    one, other = (TestClient(app, headers={"Authorization": f"Bearer {key}"}) for key in keys)
    assert [one.get("/api/v1/charts").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(one.get("/api/v1/charts").headers["retry-after"]) in range(1, 22)
    assert other.get("/api/v1/charts").status_code == 200


def test_results_are_fetched_and_noted(processed: Any) -> None:
    site, chart, browser = processed
    key, _ = api_key(site, Role.REVIEWER)
    client = TestClient(create_app(site), headers={"Authorization": f"Bearer {key}"})
    shown = client.get(f"/api/v1/charts/{chart}").json()
    assert shown["state"] == "ready"
    assert shown["flags"] == ["mri_safety_check"]
    assert shown["due"] is not None
    assert set(shown["files"]) >= {"highlighted.pdf", "report.html", "request_letter.docx", "determination.json"}
    for kind in shown["files"]:
        got = client.get(f"/api/v1/charts/{chart}/files/{kind}")
        assert got.status_code == 200
        assert got.headers["content-disposition"].startswith("attachment")
        assert browser("intake").get(f"/charts/{chart}/files/{kind}").content == got.content
    assert client.get(f"/api/v1/charts/{chart}/files/page").status_code == 422
    determination = client.get(f"/api/v1/charts/{chart}/determination").json()
    assert determination["suggestion"] == shown["suggestion"]
    with site.database.reading() as session:
        noted = session.query(AuditEntry).filter_by(action="chart.export", subject=f"chart/{chart}").count()
    assert noted == 2 * len(shown["files"]) + 1


def test_the_readiness_card_answers_at_a_glance(processed: Any) -> None:
    _, chart, browser = processed
    card = browser("intake").get(f"/charts/{chart}/readiness", headers={"HX-Request": "true"}).text
    for words in (
        "Readable?",
        "One patient?",
        "PINCHBECK",
        "office note",
        "Pacemaker: Present",
        "a signed note that says if the pacemaker is in the body now",
        "Due ",
    ):
        assert words in card, words
    assert "Open the review" not in card, "intake staff do not review"
    assert "Open the review" in browser("reviewer").get(f"/charts/{chart}/readiness").text
