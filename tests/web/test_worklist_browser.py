"""The work list as a person uses it, in a real Chromium."""

from __future__ import annotations

import os
from typing import Any

from browser import serious_violations
from listed import chart, ready, row, user_id
from pages import SignedIn

from chart_triage.store.charts import State
from chart_triage.web.site import Site

SCREENS = os.environ.get("CHART_TRIAGE_SCREENSHOTS")


def _look(page: Any, name: str) -> None:
    """The page as it is now is good for everyone; with CHART_TRIAGE_SCREENSHOTS it is kept as a picture."""
    assert serious_violations(page) == []
    if SCREENS:
        page.screenshot(path=f"{SCREENS}/{name}.png", full_page=True)


def test_searching_choosing_assigning_and_what_others_change(page: SignedIn, site: Site) -> None:
    marks = {"patient": "SOON, SUE", "unread": [3], "supported": ["1.b", "4.b"]}
    late = ready(site, "late.pdf", hours=-30, summary={"patient": "LATE, LARS"}, search_text="LATE, LARS")
    soon = ready(site, "soon.pdf", hours=5, expedited=True, safety_flag=True, summary=marks, search_text="SOON, SUE")
    ready(site, "q.pdf", hours=100, suggestion="needs_clinical_review", summary={"patient": "QUIET, QUINN"})
    ready(site, "m.pdf", suggestion="more_information_needed", summary={"patient": "MISS, MIA", "supported": []})
    chart(site, "parked.pdf", state=State.PARKED, problem="parked.pdf is damaged beyond repair. Send the file again.")
    chart(site, "waiting.pdf", request={"member_name": "WAIT, WENDY", "reference": "R-9"})
    shown = page("reviewer")
    assert shown.url.endswith("/worklist")
    shown.get_by_label("Choose LATE, LARS").check()
    assert shown.inner_text("#chosen") == "1 chosen"
    _look(shown, "worklist")
    shown.get_by_label("Take SOON, SUE").click()
    shown.locator(f"#chart-{soon}", has_text="Reviewer").wait_for()
    assert shown.get_by_label("Choose LATE, LARS").is_checked(), "a choice outlives the refresh"
    shown.select_option("select[name=user]", label="Clinician")
    shown.click("#assign")
    shown.locator(f"#chart-{late}", has_text="Clinician").wait_for()
    assert row(site, late).assigned_to == user_id(site, "clinician")
    shown.fill("input[name=q]", "sue")
    shown.locator(f"#chart-{late}").wait_for(state="detached")
    assert "sue" not in shown.url
    assert shown.locator("tbody tr").count() == 1
    with site.database.writing() as session:
        from chart_triage.store.tables import ChartRow

        session.get_one(ChartRow, soon).state = State.SIGNED_OFF
    shown.locator(f"#chart-{soon}").wait_for(state="detached", timeout=15_000)
    shown.get_by_text("No chart matches").wait_for()
    shown.emulate_media(color_scheme="dark")
    shown.fill("input[name=q]", "")
    shown.locator(f"#chart-{late}").wait_for()
    _look(shown, "worklist-dark")
    with shown.expect_download() as download:
        shown.get_by_text("Export the whole list as CSV").click()
    assert download.value.suggested_filename == "worklist.csv"
