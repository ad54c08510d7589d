"""What the intake page asks the server for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from listed import chart, ready, row

from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow, Job
from chart_triage.web.site import Site
from chart_triage.web.uploads import shown_name
from chart_triage.web.views.progress import progress_of

_AGAIN = "Something went wrong; it will be tried again"
Browser = Callable[[str | None], TestClient]


def _upload(
    client: TestClient, content: bytes = b"Clinic note. Krabbe disease.", name: str = "a.txt", **data: str
) -> Any:
    return client.post("/intake/uploads", files={"file": (name, content)}, data=data)


@pytest.mark.parametrize(
    ("content", "name", "status", "kind"),
    [
        (b"", "a.pdf", 422, "empty"),
        (b"PK\x03\x04" + b"\0" * 40, "a.docx", 422, "unsupported"),
        (b"\x00\x01\x02" * 50, "a.pdf", 422, "not_a_document"),
        (b"%PDF-1.7 nothing more", "a.pdf", 422, "damaged"),
    ],
)
def test_refusals_name_the_reason_and_keep_nothing(
    site: Site, browser: Browser, content: bytes, name: str, status: int, kind: str
) -> None:
    answer = _upload(browser("intake"), content, name)
    assert (answer.status_code, answer.json()["kind"]) == (status, kind)
    assert name in answer.json()["detail"]
    assert list(site.blobs.names()) == []
    with site.database.reading() as session:
        assert session.query(ChartRow).count() == 0


def test_progress_is_told_for_own_charts_alone(site: Site, browser: Browser) -> None:
    mine = _upload(browser("intake")).json()["chart"]
    other = ready(site, "other.pdf", by="reviewer")
    told = browser("intake").get("/intake/progress", params={"chart": [mine, other, "nonsense"]}).json()
    assert [(t["id"], t["over"]) for t in told] == [(mine, False)]


@pytest.mark.parametrize(
    ("state", "told", "says", "over"),
    [
        (State.WAITING, {}, "Waiting for its turn", False),
        (State.PROCESSING, {"stage": "reading", "page": 3}, "Reading page 3 of 17", False),
        (State.PROCESSING, {"stage": "reading"}, "Reading", False),
        (State.PROCESSING, {"stage": "assessing"}, "Understanding the language", False),
        (State.PROCESSING, {"stage": "drawing", "job": "running"}, "Drawing the highlights", False),
        (
            State.PROCESSING,
            {"stage": "drawing", "job": "queued"},
            "Something went wrong; it will be tried again",
            False,
        ),
        (State.READY, {}, "Done, 17 pages", True),
        (State.PARKED, {}, "It is damaged.", True),
    ],
)
def test_progress_in_words(state: str, told: dict[str, Any], says: str, over: bool) -> None:
    found = progress_of(ChartRow(id="a", state=state, pages=17, problem="It is damaged."), told)
    assert (found.says, found.over) == (says, over)
    assert 0 <= found.share <= 1


def test_the_bar_never_goes_back() -> None:
    row = ChartRow(id="a", state=State.PROCESSING, pages=4)
    stages = [{"stage": "reading"}, *({"stage": "reading", "page": n} for n in range(1, 5)), {"stage": "assessing"}]
    shares = [progress_of(row, told).share for told in [*stages, {"stage": "drawing"}]]
    assert shares == sorted(shares)


def test_names_of_files_are_shown_without_folders_and_tricks() -> None:
    assert shown_name("../../etc/passwd.pdf") == "passwd.pdf"
    assert shown_name("a\u202efdp.exe\x00\n.pdf") == "afdp.exe.pdf"
    assert shown_name("") == "chart"
    assert len(shown_name("ä" * 400 + ".pdf")) == 150
    assert shown_name("ä" * 400 + ".pdf").endswith(".pdf")


def test_request_data_is_corrected_and_the_chart_assessed_anew(site: Site, browser: Browser) -> None:
    number = ready(site, "a.pdf", by="intake", request={"member_name": "WRONG"})
    with site.database.writing() as session:
        session.query(Job).one().state = "done"
    client = browser("intake")
    assert "WRONG" in client.get(f"/charts/{number}/request").text
    bad = client.post(f"/charts/{number}/request", data={"born": "tomorrow"})
    assert bad.status_code == 422
    assert "Date of birth" in bad.text
    good = client.post(f"/charts/{number}/request", data={"member_name": "Right, Ann", "expedited": "true"})
    assert good.status_code == 303
    kept = row(site, number)
    assert kept.request_json == {"member_name": "Right, Ann", "expedited": True}
    assert (kept.state, kept.expedited) == (State.WAITING, True)
    with site.database.reading() as session:
        assert session.query(Job).filter_by(state="queued").one().priority == 10


def test_a_signed_off_chart_keeps_its_request_data(site: Site, browser: Browser) -> None:
    number = ready(site, "a.pdf", by="intake", state=State.SIGNED_OFF, request={"member_name": "Kept"})
    answer = browser("intake").post(f"/charts/{number}/request", data={"member_name": "Other"})
    assert answer.status_code == 409
    assert row(site, number).request_json == {"member_name": "Kept"}


def test_a_card_is_there_once_the_chart_is_ready(site: Site, browser: Browser) -> None:
    number = chart(site, "a.pdf")
    assert browser("intake").get(f"/charts/{number}/readiness").status_code == 404


def test_who_reviews_starts_at_the_work_list_and_others_at_intake(browser: Browser) -> None:
    assert browser("reviewer").get("/").headers["location"] == "/worklist"
    assert browser("intake").get("/").headers["location"] == "/intake"
    assert browser(None).get("/").headers["location"] == "/login"
