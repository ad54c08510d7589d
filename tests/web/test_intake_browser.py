"""The intake page as a person uses it, in a real Chromium. From the drop to the letter: test_whole_way.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from browser import serious_violations
from pages import SignedIn

from chart_triage.store.tables import ChartRow
from chart_triage.web.site import Site

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCREENS = os.environ.get("CHART_TRIAGE_SCREENSHOTS")


def _look(page: Any, name: str) -> None:
    """The page as it is now is good for everyone; with CHART_TRIAGE_SCREENSHOTS it is kept as a picture."""
    assert serious_violations(page) == []
    if SCREENS:
        page.screenshot(path=f"{SCREENS}/{name}.png", full_page=True)


def _row(page: Any, name: str) -> Any:
    return page.locator(".upload", has_text=name)


def test_refusals_and_duplicates_are_told_at_once(page: SignedIn, tmp_path: Path) -> None:
    shown = page("reviewer")
    shown.goto("/intake")
    office = tmp_path / "letter.docx"
    office.write_bytes(b"PK\x03\x04" + b"\x00" * 50)
    native = FIXTURES / "charts" / "rule-out-ms.pdf"
    shown.set_input_files("#files", [str(office), str(native)])
    _row(shown, "letter.docx").get_by_text("Print it to a PDF").wait_for()
    _row(shown, "rule-out-ms.pdf").get_by_text("Waiting for its turn").wait_for()
    shown.set_input_files("#files", str(native))
    duplicate = _row(shown, "rule-out-ms.pdf").filter(has_text="came in before")
    duplicate.wait_for()
    _look(shown, "intake-refused")
    duplicate.get_by_role("button", name="Keep it a second time").click()
    shown.locator(".upload[data-chart]").nth(1).wait_for()


def test_a_dropped_folder_is_walked(page: SignedIn, tmp_path: Path) -> None:
    shown = page("intake")
    folder = tmp_path / "faxes" / "monday"
    folder.mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"Clinic note {name}. Krabbe disease.")
    (tmp_path / "faxes" / ".DS_Store").write_bytes(b"\x00\x01")
    shown.set_input_files("#folder", str(tmp_path / "faxes"))
    shown.locator(".upload[data-chart]").nth(1).wait_for()
    assert shown.locator(".upload").count() == 2, "what the system put into the folder is left out"


def test_files_are_dropped_with_the_data_of_their_request(page: SignedIn, site: Site) -> None:
    shown = page("intake")
    shown.click("summary")
    shown.fill("input[name=member_name]", "Krab, Ann")
    shown.select_option("select[name=expedited]", label="Yes")
    assert "Krab, Ann" in shown.inner_text("#applies")
    drop = """() => { const carried = new DataTransfer();
        carried.items.add(new File(["Clinic note. Krabbe disease."], "dropped.txt", {type: "text/plain"}));
        document.getElementById("drop").dispatchEvent(
            new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true})); }"""
    shown.evaluate(drop)
    shown.locator(".upload[data-chart]", has_text="dropped.txt").wait_for()
    assert shown.input_value("input[name=member_name]") == "", "the next file may be another person's"
    with site.database.reading() as session:
        kept = session.query(ChartRow).one()
    assert kept.request_json == {"member_name": "Krab, Ann", "expedited": True}
    shown.reload()
    shown.get_by_text("Waiting for its turn").wait_for()
