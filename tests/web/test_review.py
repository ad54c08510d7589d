"""What the routes of the review page answer. What a person sees of it: test_review_page.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from processed import PASSWORD, Desk

from chart_triage.store import people, reviews
from chart_triage.store.charts import State
from chart_triage.store.tables import AuditEntry, ChartRow
from chart_triage.web.app import create_app

People = Callable[[str], TestClient]


@pytest.fixture
def person(desk: Desk) -> People:
    app = create_app(desk.site)

    def start(login: str) -> TestClient:
        client = TestClient(app, follow_redirects=False)
        assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
        with desk.site.database.reading() as session:
            found = people.session_of(session, client.cookies["chart_triage_session"])
            assert found is not None
            client.headers["X-CSRF-Token"] = found[1].csrf
        return client

    return start


def act(client: TestClient, chart: str, seen: int, kind: str, **fields: Any) -> Response:
    return client.post(f"/charts/{chart}/review", data={"kind": kind, "seen": seen, **fields})


def review(desk: Desk, chart: str) -> reviews.Review:
    with desk.site.database.reading() as session:
        return reviews.review_of(session, chart)


def actions(desk: Desk, subject: str) -> list[str]:
    with desk.site.database.reading() as session:
        return [entry.action for entry in session.query(AuditEntry).filter_by(subject=subject)]


def test_the_page_shows_status_evidence_reason_and_what_is_missing(desk: Desk, person: People) -> None:
    shown = person("reviewer").get(f"/charts/{desk.chart('krabbe-transplant')}/review")
    assert shown.status_code == 200
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.text))
    assert "The records support criterion 4" in told
    assert "about another person by" in told, "why a piece of evidence speaks against"
    assert "Missing: a record that states Alexander disease" in told
    assert "A suggestion. A human decides." in told
    assert not re.search(r"\bdeny|denied|denial|not medically necessary", told, re.IGNORECASE)
    assert "style=" not in shown.text
    assert not re.search(r"\son[a-z]+=", shown.text)


def test_a_chart_of_somebody_else_is_not_there(desk: Desk, person: People) -> None:
    chart = desk.chart("krabbe-transplant")
    with desk.site.database.writing() as session:
        session.get_one(ChartRow, chart).created_by = None
    stranger = person("intake")
    paths = ("review", "review/evidence", "review/panel", "pages/1/image", "pages/1/words", "pages/1/thumb")
    for path in paths:
        assert stranger.get(f"/charts/{chart}/{path}").status_code == 404, path
        assert person("reviewer").get(f"/charts/{chart}/{path}").status_code == 200, path
        assert stranger.get(f"/charts/{'0' * 32}/{path}").status_code == 404, path
    assert stranger.post(f"/charts/{chart}/find", data={"q": "a"}).status_code == 404
    assert act(stranger, chart, 0, "accept", criterion="4.b").status_code == 403


def test_intake_sees_its_own_chart_and_decides_nothing(desk: Desk, person: People) -> None:
    chart, intake = desk.chart("krabbe-transplant"), person("intake")
    shown = intake.get(f"/charts/{chart}/review")
    assert shown.status_code == 200
    assert 'data-do="accept"' not in shown.text
    assert act(intake, chart, 0, "accept", criterion="4.b").status_code == 403
    assert review(desk, chart).version == 0


def test_views_and_changes_are_in_the_audit_trail(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("krabbe-transplant"), person("reviewer")
    reviewer.get(f"/charts/{chart}/review")
    for _ in range(2):
        reviewer.get(f"/charts/{chart}/pages/3/image")
        reviewer.get(f"/charts/{chart}/pages/3/words")
    reviewer.post(f"/charts/{chart}/find", data={"q": "Krabbe"})
    act(reviewer, chart, 0, "accept", criterion="4.b")
    assert actions(desk, f"chart/{chart}")[-3:] == ["chart.view", "chart.find", "review.accept"]
    assert actions(desk, f"chart/{chart}/page/3") == ["chart.view_page"], "one entry for a page in a while"
    person("second").get(f"/charts/{chart}/pages/3/words")
    assert len(actions(desk, f"chart/{chart}/page/3")) == 2, "another person is another entry"


def test_pages_are_not_kept_by_the_browser(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("hyperglycemic-state"), person("reviewer")
    for kind, media in (("image", "image/"), ("thumb", "image/"), ("words", "application/json")):
        answer = reviewer.get(f"/charts/{chart}/pages/2/{kind}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"].startswith(media)
    assert reviewer.get(f"/charts/{chart}/pages/99/image").status_code == 404
    assert reviewer.get(f"/charts/{chart}/pages/0/image").status_code == 422


def test_every_stop_lies_on_its_page(desk: Desk, person: People) -> None:
    for stem in ("krabbe-transplant", "hyperglycemic-state"):
        drawn = person("reviewer").get(f"/charts/{desk.chart(stem)}/review/evidence").json()
        assert drawn["stops"], stem
        for number, stop in enumerate(drawn["stops"]):
            page = drawn["pages"][stop["page"] - 1]
            assert stop["number"] == number
            assert stop["boxes"], stop["sign"]
            for x0, y0, x1, y1 in stop["boxes"]:
                assert -1 <= x0 < x1 <= page["width"] + 1
                assert -1 <= y0 < y1 <= page["height"] + 1


def test_the_slower_of_two_reviewers_is_told_and_sees_the_newer_state(desk: Desk, person: People) -> None:
    chart, first, second = desk.chart("krabbe-transplant"), person("reviewer"), person("second")
    assert act(first, chart, 0, "accept", criterion="4.b").status_code == 200
    late = act(second, chart, 0, "reject", criterion="4.b", reason="misread")
    assert late.status_code == 409
    assert "Reviewer changed this review while you looked at it" in late.text
    assert 'data-version="1"' in late.text
    assert review(desk, chart).decisions["4.b"].kind == "accept"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "reject", "criterion": "4.b"}, "Give a reason"),
        ({"kind": "accept", "criterion": "9.z"}, "no such criterion"),
        ({"kind": "override", "criterion": "4.b", "status": "present", "reason": "x"}, "Choose the status"),
        ({"kind": "evidence", "criterion": "4.b", "page": 99, "first": 0, "last": 1}, "no such page"),
        ({"kind": "evidence", "criterion": "4.b", "page": 2, "first": 5, "last": 99_999}, "Select words"),
        ({"kind": "set_aside"}, "no such page"),
        ({"kind": "note"}, "Write something"),
        ({"kind": "undo"}, "nothing of yours to undo"),
        ({"kind": "sign_off", "outcome": "approved"}, "Choose your determination"),
    ],
)
def test_a_step_that_lacks_something_is_refused_with_the_reason(
    desk: Desk, person: People, fields: dict[str, Any], told: str
) -> None:
    chart = desk.chart("krabbe-transplant")
    answer = act(person("reviewer"), chart, 0, **fields)
    assert answer.status_code == 400
    assert told in answer.text
    assert review(desk, chart).version == 0


def test_own_evidence_is_what_the_page_says(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("krabbe-transplant"), person("reviewer")
    hit = reviewer.post(f"/charts/{chart}/find", data={"q": "krabbe  DISEASE"}).json()["hits"][0]
    fields = {"page": hit["page"], "first": hit["first"], "last": hit["last"], "side": "against", "text": "forged"}
    answer = act(reviewer, chart, 0, "evidence", criterion="4.a", **fields)
    assert answer.status_code == 200
    (kept,) = review(desk, chart).own_evidence
    assert kept["text"].strip("().,") == "Krabbe disease"
    assert kept["side"] == "against"
    stop = reviewer.get(f"/charts/{chart}/review/evidence").json()["stops"]
    mine = [s for s in stop if s["tone"] == "own"]
    assert [(s["row"], s["page"], s["boxes"]) for s in mine] == [("criterion-4.a", hit["page"], kept["boxes"])]
    assert "added by Reviewer" in answer.text


def test_own_evidence_in_plain_text_is_named_by_its_place(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("temporal-lobe-dictation"), person("reviewer")
    hit = reviewer.post(f"/charts/{chart}/find", data={"q": "lamotrigine"}).json()["hits"][0]
    assert hit["first"] is None
    answer = act(reviewer, chart, 0, "evidence", criterion="2", page=1, start=hit["start"], end=hit["end"])
    assert answer.status_code == 200
    assert review(desk, chart).own_evidence[0]["text"] == "lamotrigine"


def test_a_page_set_aside_sends_the_chart_to_be_assessed_again_from_its_reading(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("krabbe-transplant"), person("reviewer")
    before = reviewer.get(f"/charts/{chart}/review/evidence").json()
    assert any(s["page"] == 4 for s in before["stops"])
    answer = act(reviewer, chart, 0, "set_aside", page=4)
    assert "being assessed again" in answer.text
    refused = act(reviewer, chart, 1, "accept", criterion="4.b")
    assert (refused.status_code, "not ready for review" in refused.text) == (400, True)
    desk.work()
    after = reviewer.get(f"/charts/{chart}/review/evidence").json()
    assert after["stops"]
    assert not any(s["page"] == 4 for s in after["stops"])
    assert after["made"] != before["made"]
    assert "set aside by a reviewer" in reviewer.get(f"/charts/{chart}/review/panel").text
    act(reviewer, chart, 1, "undo")
    desk.work()
    assert reviewer.get(f"/charts/{chart}/review/evidence").json()["stops"] == before["stops"]


def test_undo_takes_back_the_last_step_of_the_same_person(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("krabbe-transplant"), person("reviewer")
    act(reviewer, chart, 0, "accept", criterion="4.b")
    act(reviewer, chart, 1, "accept", criterion="4.a")
    act(reviewer, chart, 2, "undo")
    assert list(review(desk, chart).decisions) == ["4.b"]
    act(reviewer, chart, 3, "undo")
    assert not review(desk, chart).decisions
    assert act(person("second"), chart, 4, "undo").status_code == 400


def test_an_outcome_in_ones_own_words_is_for_clinicians_alone(desk: Desk, person: People) -> None:
    chart = desk.chart("krabbe-transplant")
    own = {
        "outcome": "other_outcome",
        "words": "see the letter of today",
        "reason": "discussed with the ordering doctor",
    }
    for login in ("reviewer", "admin"):
        refused = act(person(login), chart, 0, "sign_off", **own)
        assert refused.status_code == 403
        assert "for a clinician to record" in refused.text
    clinician = person("clinician")
    assert act(clinician, chart, 0, "sign_off", **own | {"reason": ""}).status_code == 400
    assert act(clinician, chart, 0, "sign_off", **own).status_code == 200
    signed = review(desk, chart).signed_off
    assert signed is not None
    assert signed["words"] == own["words"]


def test_a_sign_off_may_differ_from_the_suggestion_and_can_be_reopened(desk: Desk, person: People) -> None:
    chart, reviewer = desk.chart("krabbe-transplant"), person("reviewer")
    answer = act(reviewer, chart, 0, "sign_off", outcome="more_information_requested", reason="MRI is a year old")
    assert "Signed off by Reviewer: More information requested" in answer.text
    with desk.site.database.reading() as session:
        assert session.get_one(ChartRow, chart).state == State.SIGNED_OFF
    assert act(reviewer, chart, 1, "accept", criterion="4.b").status_code == 400
    assert act(reviewer, chart, 1, "reopen").status_code == 200
    assert act(reviewer, chart, 2, "accept", criterion="4.b").status_code == 200


def test_a_chart_without_results_says_where_it_stands(desk: Desk, person: People) -> None:
    with desk.site.database.writing() as session:
        row = ChartRow(file_name="a.pdf", id="b" * 32, sha256="a" * 64, media_type="x", size=1, state=State.WAITING)
        session.add(row)
    reviewer = person("reviewer")
    assert "waits for its turn" in reviewer.get(f"/charts/{'b' * 32}/review").text
    with desk.site.database.writing() as session:
        row = session.get_one(ChartRow, "b" * 32)
        row.state, row.problem = State.PARKED, "Password needed."
    assert "Password needed." in reviewer.get(f"/charts/{'b' * 32}/review").text
    assert reviewer.get(f"/charts/{'b' * 32}/review/panel").status_code == 404
    assert act(reviewer, "b" * 32, 0, "accept", criterion="1").status_code == 404


def test_what_the_work_list_and_the_readiness_card_lead_to_is_there(desk: Desk, person: People) -> None:
    chart = desk.chart("krabbe-transplant")
    for login, leads in (("reviewer", "review"), ("intake", "readiness")):
        client = person(login)
        assert client.get(f"/charts/{chart}").headers["location"] == f"/charts/{chart}/{leads}"
        for page in ("/worklist", f"/charts/{chart}/readiness"):
            links = set(re.findall(r'href="(/charts/[^"]+)"', client.get(page).text))
            assert links, (login, page)
            for link in links:
                assert client.get(link).status_code == 200, (login, page, link)
