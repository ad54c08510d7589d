from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from fastapi.testclient import TestClient

from chart_triage.store import charts, people, reviews
from chart_triage.store.charts import File, Upload
from chart_triage.store.quality import quality
from chart_triage.store.reviews import Kind
from chart_triage.store.tables import ChartRow, now
from chart_triage.web.site import Site
from chart_triage.web.views import plots

Browser = Callable[[str | None], TestClient]
Step = tuple[Kind, str | None, dict[str, object]]


def reviewed(site: Site, content: bytes, *steps: Step, outcome: str = "criteria_met") -> str:
    """A chart that was received two hours ago, reviewed in `steps` and signed off."""
    with site.database.writing() as session:
        original = File(charts.ORIGINAL, site.blobs.put(content), "text/plain", 5)
        row = charts.receive(session, "ann", Upload("a.txt", original, {}))
        row.created_at = now() - timedelta(hours=2)
        row.ready_at = row.created_at + timedelta(minutes=3)
        row.state, row.suggestion = charts.State.READY, "criteria_supported"
        user = people.by_login(session, "reviewer")
        version = 0
        for kind, criterion, payload in (*steps, (Kind.SIGN_OFF, None, {"outcome": outcome})):
            version = reviews.add(session, row, user, version, kind, criterion, dict(payload))
        return row.id


def fill(site: Site) -> None:
    reason = {"reason": "=the scan is of the liver", "status": "not_found"}
    reviewed(site, b"1", (Kind.ACCEPT, "1.a", {}), (Kind.OVERRIDE, "1.b", reason))
    reviewed(site, b"2", (Kind.REJECT, "1.a", reason), (Kind.UNDO, None, {"version": 1}), (Kind.ACCEPT, "1.a", {}))
    reviewed(site, b"3", (Kind.REJECT, "1.a", reason), outcome="more_information_requested")


def test_only_the_last_decision_that_was_not_undone_counts(site: Site) -> None:
    fill(site)
    with site.database.reading() as session:
        found = quality(session, now() - timedelta(days=28))
    agreed = {number: (a.accepted, a.rejected, a.overridden) for number, a in found.criteria.items()}
    assert agreed == {"1.a": (2, 1, 0), "1.b": (0, 0, 1)}
    assert sum(week.received for week in found.weeks) == 3
    assert sum(week.signed_off for week in found.weeks) == 3
    hours = [time for week in found.weeks for time in week.to_sign_off]
    assert all(abs(time - 2) < 0.1 for time in hours)
    assert found.outcomes == {
        ("criteria_supported", "criteria_met"): 2,
        ("criteria_supported", "more_information_requested"): 1,
    }


def test_a_chart_that_was_reopened_does_not_count(site: Site) -> None:
    chart = reviewed(site, b"1", (Kind.ACCEPT, "1.a", {}))
    with site.database.writing() as session:
        row = session.get_one(ChartRow, chart)
        reviews.add(session, row, people.by_login(session, "reviewer"), row.review_version, Kind.REOPEN, None, {})
    with site.database.reading() as session:
        assert quality(session, now() - timedelta(days=28)).criteria == {}


def test_reviewers_see_figures_and_take_them_away(browser: Browser, site: Site) -> None:
    reviewer = browser("reviewer")
    assert "Nothing came in" in reviewer.get("/quality").text
    fill(site)
    page = reviewer.get("/quality").text
    assert "67 %" in page
    assert page.count("<svg") == 3
    assert " style=" not in page
    offered = set(re.findall(r'href="(/quality/[^"]+[.]csv[^"]*)"', page))
    assert len(offered) == page.count("<section") + 1, "each table, and the long one below"
    assert {reviewer.get(address).headers["content-type"] for address in offered} == {"text/csv; charset=utf-8"}
    rows = reviewer.get("/quality/criteria.csv").text.splitlines()
    assert rows[1:] == ["1.a,2,1,0,67 % *", "1.b,0,0,1,0 % *"]
    reasons = reviewer.get("/quality/reasons.csv").text
    assert "'=the scan" in reasons, "a spreadsheet must not run it"
    assert reviewer.get("/quality/criteria_by_week.csv").text.count("\n") == 3
    assert reviewer.get("/quality/nothing.csv").status_code == 404
    assert browser("intake").get("/quality").status_code == 403


def test_a_share_that_is_not_known_breaks_the_line() -> None:
    plot = plots.shares("t", ["a", "b", "c", "d", "e"], [1.0, 0.5, None, 0.0, 0.25], ["x"] * 5)
    assert len(plot.lines) == 2
    assert len(plot.dots) == 4


def test_bars_stay_inside_of_the_plot() -> None:
    for highest in (0, 3, 17, 250, 4001):
        plot = plots.bars("t", ["a", "b"], [("s", [highest, 1])])
        assert all(0 <= bar.y <= plot.base and bar.height >= 0 for bar in plot.bars)
        assert max(float(mark.text) for mark in plot.upwards) >= highest
