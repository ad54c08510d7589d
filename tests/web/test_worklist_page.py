from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from listed import chart, ready, row, user_id

from chart_triage.store.charts import State
from chart_triage.store.tables import AuditEntry
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]


def _order(page: str, *names: str) -> list[str]:
    found = {name: page.find(f">{name}") for name in names}
    return sorted((name for name in names if found[name] >= 0), key=lambda name: found[name])


def _digest(page: str) -> str:
    found = re.search(r'id="listed" data-digest="(\w+)"', page)
    assert found
    return found[1]


@pytest.fixture
def some(site: Site) -> dict[str, str]:
    return {
        "late": ready(site, "late.pdf", hours=-30, summary={"patient": "LATE, LARS"}),
        "soon": ready(site, "soon.pdf", hours=5, expedited=True, summary={"patient": "SOON, SUE"}),
        "later": ready(site, "later.pdf", hours=80, summary={"patient": "LATER, LEA"}, safety_flag=True),
        "waiting": chart(site, "waiting.pdf", request={"member_name": "WAIT, WENDY", "reference": "R-9"}),
        "parked": chart(site, "parked.pdf", state=State.PARKED, problem="parked.pdf is damaged beyond repair."),
        "done": ready(site, "done.pdf", hours=1, state=State.SIGNED_OFF, summary={"patient": "DONE, DAN"}),
    }


@pytest.mark.usefixtures("some")
def test_the_most_urgent_is_first_and_its_clock_is_told(browser: Browser) -> None:
    page = browser("reviewer").get("/worklist").text
    assert _order(page, "LATER, LEA", "SOON, SUE", "LATE, LARS", "WAIT, WENDY") == [
        "LATE, LARS", "SOON, SUE", "LATER, LEA", "WAIT, WENDY",
    ]  # fmt: skip
    assert "30 h overdue" in page
    assert "4 h left" in page
    assert "DONE, DAN" not in page, "what is signed off is not open"
    assert "damaged beyond repair" in page
    assert 'data-count="parked">1<' in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"state": "signed_off"}, {"DONE, DAN"}),
        ({"state": "all", "q": "lars"}, {"LATE, LARS"}),
        ({"q": "R-9"}, {"WAIT, WENDY"}),
        ({"q": "signed off", "state": "all"}, {"DONE, DAN"}),
        ({"overdue": "yes"}, {"LATE, LARS"}),
        ({"expedited": "yes"}, {"SOON, SUE"}),
        ({"safety": "yes"}, {"LATER, LEA"}),
        ({"suggestion": "criteria_supported"}, {"LATE, LARS", "SOON, SUE", "LATER, LEA"}),
        ({"q": "100%"}, set()),
        ({"page": "99999999999999999999", "q": "\0'; DROP TABLE charts"}, set()),
    ],
)
@pytest.mark.usefixtures("some")
def test_filters(site: Site, browser: Browser, asked: dict[str, str], shown: set[str]) -> None:
    names = ("LATE, LARS", "SOON, SUE", "LATER, LEA", "WAIT, WENDY", "DONE, DAN")
    with site.database.writing() as session:
        from chart_triage.store.tables import ChartRow

        for chart in session.query(ChartRow):
            chart.search_text = f"{chart.search_text} {chart.summary_json.get('patient', '')}"
    answer = browser("reviewer").post("/worklist/rows", data=asked)
    assert answer.status_code == 200
    assert set(_order(answer.text, *names)) == shown


def test_intake_staff_see_their_own_charts_alone(site: Site, browser: Browser, some: dict[str, str]) -> None:
    ready(site, "other.pdf", by="reviewer", summary={"patient": "OTHER, OTTO"})
    page = browser("intake").get("/worklist?state=all").text
    assert "LATE, LARS" in page
    assert "OTHER, OTTO" not in page
    exported = browser("intake").post("/worklist/export", data={"state": "all"}).text
    assert "OTHER, OTTO" not in exported
    assert browser("intake").post("/worklist/assign", data={"chart": some["late"], "user": "me"}).status_code == 403


def test_charts_are_assigned_to_oneself_others_and_nobody(site: Site, browser: Browser, some: dict[str, str]) -> None:
    client = browser("reviewer")
    chosen = [some["late"], some["soon"]]
    clinician = str(user_id(site, "clinician"))
    assert client.post("/worklist/assign", data={"chart": chosen, "user": clinician}).status_code == 303
    assert {row(site, c).assigned_to for c in chosen} == {int(clinician)}
    client.post("/worklist/assign", data={"take": some["soon"], "chart": chosen})
    assert row(site, some["soon"]).assigned_to == user_id(site, "reviewer")
    assert row(site, some["late"]).assigned_to == int(clinician)
    client.post("/worklist/assign", data={"chart": chosen, "user": ""})
    assert {row(site, c).assigned_to for c in chosen} == {None}
    intake = str(user_id(site, "intake"))
    assert client.post("/worklist/assign", data={"chart": chosen, "user": intake}).status_code == 422


def test_nothing_is_sent_while_nothing_changes(site: Site, browser: Browser, some: dict[str, str]) -> None:
    client = browser("reviewer")
    seen = _digest(client.get("/worklist").text)
    assert client.post("/worklist/rows", data={"digest": seen}).status_code == 204
    client.post("/worklist/assign", data={"take": some["late"]})
    changed = client.post("/worklist/rows", data={"digest": seen})
    assert changed.status_code == 200
    assert _digest(changed.text) != seen


def test_the_csv_holds_what_is_listed_and_no_formulas(site: Site, browser: Browser, some: dict[str, str]) -> None:
    ready(site, "=cmd.pdf", hours=2, summary={"patient": "=HYPERLINK(1)"})
    client = browser("reviewer")
    rows = list(csv.DictReader(io.StringIO(client.post("/worklist/export", data={}).text.lstrip("\ufeff"))))
    assert len(rows) == 6
    assert rows[0]["patient"] == "LATE, LARS"
    assert all(not value.startswith("=") for row in rows for value in row.values())
    one = client.post("/worklist/export", data={"chart": some["soon"]}).text
    assert "SOON, SUE" in one
    assert "LATE, LARS" not in one
    with site.database.reading() as session:
        noted = [e.details_json for e in session.query(AuditEntry).where(AuditEntry.action == "worklist.export")]
    assert [some["soon"]] in [details["charts"] for details in noted]


def test_saved_views_keep_the_filter_but_no_names(site: Site, browser: Browser, some: dict[str, str]) -> None:
    client = browser("reviewer")
    data = {"state": "all", "expedited": "yes", "q": "SECRETNAME", "view_name": "Urgent"}
    answer = client.post("/worklist/views", data=data)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "Urgent" in page
    assert "SECRETNAME" not in page
    assert _order(page, "SOON, SUE", "LATE, LARS") == ["SOON, SUE"]
    assert "Urgent" not in browser("clinician").get("/worklist").text
    number = answer.headers["location"].rpartition("=")[2]
    browser("clinician").post(f"/worklist/views/{number}/remove")
    assert "Urgent" in client.get("/worklist").text
    client.post(f"/worklist/views/{number}/remove")
    assert "Urgent" not in client.get("/worklist").text


def test_a_parked_chart_can_be_tried_again(site: Site, browser: Browser, some: dict[str, str]) -> None:
    client = browser("reviewer")
    answer = client.post(f"/charts/{some['parked']}/again", data={"back": "worklist"})
    assert answer.headers["location"] == "/worklist"
    assert row(site, some["parked"]).state == State.WAITING
    assert client.post(f"/charts/{some['parked']}/again").status_code == 409


def test_long_lists_have_pages(site: Site, browser: Browser) -> None:
    for number in range(53):
        ready(site, f"c{number:02}.pdf", hours=number + 1, summary={"patient": ""})
    client = browser("reviewer")
    first, second = (client.post("/worklist/rows", data={"page": page}).text for page in ("1", "2"))
    assert "page 1 of 2" in first
    assert ">c00.pdf" in first
    assert ">c52.pdf" not in first
    assert ">c52.pdf" in second
