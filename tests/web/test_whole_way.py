"""A chart's whole way in a real Chromium: handed in, read, reviewed by keyboard, signed off, taken away; and every page
of the program seen by axe in light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest
from browser import serious_violations
from pages import SignedIn
from playwright.sync_api import Download, Page, expect

from chart_triage.store import audit, reviews
from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow
from chart_triage.web.site import Site

FIXTURES = Path(__file__).parents[2] / "fixtures"
PASSWORD = "Zwiebel-4711"
PAGES = (
    "/worklist", "/intake", "/quality", "/account", "/admin", "/admin/people", "/admin/clients", "/admin/webhooks",
    "/admin/guidelines", "/admin/settings", "/admin/audit", "/nowhere", "/charts/{chart}/history",
    "/charts/{chart}/readiness", "/charts/{chart}/request", "/charts/{chart}/review",
)  # fmt: skip


@pytest.fixture
def encrypted(tmp_path: Path) -> Path:
    path = tmp_path / "locked.pdf"
    with pikepdf.open(FIXTURES / "charts" / "rule-out-ms.pdf") as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user=PASSWORD, owner="owner"))
    return path


@pytest.mark.usefixtures("worker")
def test_from_the_drop_to_the_audit_trail(page: SignedIn, site: Site, encrypted: Path) -> None:
    native, fax = FIXTURES / "charts" / "krabbe-transplant.pdf", FIXTURES / "faxes" / "kearns-sayre-pacemaker.tif"
    _hand_in(page("intake"), site, native, fax, encrypted)
    shown = page("reviewer")
    chart = _chart(site, native.name)
    _open_from_the_work_list(shown, chart)
    _walk_all_evidence(shown)
    settled = _settle_all(shown)
    _add_selected_words(shown)
    _sign_off(shown)
    with site.database.reading() as session:
        review = reviews.review_of(session, chart)
        assert session.get_one(ChartRow, chart).state == State.SIGNED_OFF
    assert {key: decision.kind for key, decision in review.decisions.items()} == settled
    assert review.own_evidence
    assert review.signed_off
    assert review.signed_off["outcome"] == "sent_to_clinician"
    assert _taken(shown, "Highlighted PDF").startswith(b"%PDF")
    shown.get_by_role("link", name="History").click()
    for action in ("review.override", "review.evidence", "review.sign_off", "chart.export"):
        expect(shown.get_by_role("cell", name=action, exact=True).first).to_be_visible()
    shown.goto(f"/charts/{_chart(site, fax.name)}/review")
    assert _taken(shown, "Letter (Word)").startswith(b"PK")
    _verify_the_trail(page("admin"), site)
    _look_at_all_pages(page("admin"), chart)


def _hand_in(shown: Page, site: Site, *files: Path) -> None:
    """Three charts; the encrypted one asks for its password, which is not kept."""
    shown.set_input_files("#files", [str(file) for file in files])
    locked = shown.locator(".upload", has_text="locked.pdf")
    locked.get_by_label("Password").fill("wrong")
    locked.get_by_text("Open it").click()
    expect(locked.get_by_text("does not open")).to_be_visible()
    assert serious_violations(shown) == []
    locked.get_by_label("Password").fill(PASSWORD)
    locked.get_by_text("Open it").click()
    for file in files:
        shown.locator(".upload", has_text=file.name).locator(".readiness").wait_for(timeout=120_000)
    assert "3 of 3 done" in shown.inner_text("#summary")
    expect(shown.locator(".upload", has_text="pacemaker.tif")).to_contain_text("Pacemaker: Present")
    assert serious_violations(shown) == []
    kept = "".join(path.read_text(errors="replace") for path in site.settings.store_folder.parent.glob("store.db*"))
    assert PASSWORD not in kept


def _chart(site: Site, name: str) -> str:
    with site.database.reading() as session:
        return session.query(ChartRow).filter_by(file_name=name).one().id


def _open_from_the_work_list(shown: Page, chart: str) -> None:
    """By keyboard: the name in the row is a link."""
    expect(shown.locator("tbody tr")).to_have_count(3)
    shown.locator(f"#chart-{chart} td a").focus()
    shown.keyboard.press("Enter")
    shown.wait_for_selector("#review[data-ready]")


def _walk_all_evidence(shown: Page) -> None:
    total = shown.locator(".cite").count()
    assert total > 5
    for _ in range(total):
        shown.keyboard.press("k")
    seen = set()
    for _ in range(total):
        expect(shown.locator(".cite.current")).to_be_in_viewport()
        number = shown.locator("#page-number").input_value()
        expect(shown.locator(f"#page-{number} .signs [data-current]").first).to_be_in_viewport()
        seen.add(shown.locator(".cite.current").get_attribute("data-stop"))
        shown.keyboard.press("j")
    assert len(seen) == total


def _settle_all(shown: Page) -> dict[str, str]:
    """Every row that the records speak of, with at most three keys each; the second is overridden with a reason."""
    settled: dict[str, str] = {}
    shown.keyboard.press("k")
    while shown.locator(".row.spoken:not(.decided):not([data-kind=other])").count():
        if shown.locator(".row.current.decided, .row.current:not(.spoken), .row.current[data-kind=other]").count():
            shown.keyboard.press("J")
            continue
        key = shown.locator(".row.current").get_attribute("data-key") or ""
        keys, kind = (["o", "4", "2"], "override") if len(settled) == 1 else (["a"], "accept")
        for pressed in keys:
            shown.keyboard.press(pressed)
        expect(shown.locator(f".row.decided[data-key='{key}']")).to_have_count(1)
        settled[key] = kind
    assert sorted(set(settled.values())) == ["accept", "override"]
    return settled


def _add_selected_words(shown: Page) -> None:
    number = shown.locator("#page-number").input_value()
    shown.wait_for_selector(f"#page-{number}[data-loaded=all]")
    words = shown.locator(f"#page-{number} [data-w]")
    boxes = [(word, word.bounding_box()) for word in words.all()[:60]]
    chosen = next(word for word, box in boxes if box and 150 < box["y"] < 700 and box["width"] > 25)
    chosen.dblclick()
    shown.keyboard.press("e")
    shown.get_by_label("Criterion or device").select_option("6")
    shown.get_by_role("button", name="Speaks for it").press("Enter")
    expect(shown.locator(".row[data-key='6'] .cite.for").last).to_contain_text("added by Reviewer")


def _sign_off(shown: Page) -> None:
    """By keyboard: the third determination, with a reason."""
    shown.keyboard.press("s")
    for pressed in ("Space", "ArrowDown", "ArrowDown", "Tab", "Tab"):
        shown.keyboard.press(pressed)
    shown.keyboard.type("the weight of the scanner is not known")
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")
    expect(shown.locator(".signed")).to_contain_text("Signed off by Reviewer: Sent to a clinician")


def _taken(shown: Page, label: str) -> bytes:
    with shown.expect_download() as download:
        shown.get_by_role("link", name=label).click()
    taken: Download = download.value
    return Path(taken.path()).read_bytes()


def _verify_the_trail(shown: Page, site: Site) -> None:
    shown.goto("/admin/audit?action=review.")
    expect(shown.get_by_role("cell", name="review.sign_off")).to_be_visible()
    shown.get_by_role("button", name="Verify the whole trail").click()
    expect(shown.get_by_role("status")).to_contain_text(re.compile(r"All \d+ entries hold"))
    assert serious_violations(shown) == []
    with site.database.reading() as session:
        assert list(audit.verify(session)) == []


def _look_at_all_pages(shown: Page, chart: str) -> None:
    found = {}
    for theme in ("light", "dark"):
        shown.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for path in PAGES:
            shown.goto(path.format(chart=chart))
            expect(shown.locator("h1").first).to_be_visible()
            found[theme, path] = serious_violations(shown)
    nobody = shown.context.browser.new_context(base_url=shown.url.split("/charts")[0]).new_page()  # type: ignore[union-attr]
    for theme in ("light", "dark"):
        nobody.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        nobody.goto("/login")
        expect(nobody.get_by_role("button", name="Sign in")).to_be_visible()
        found[theme, "/login"] = serious_violations(nobody)
    nobody.context.close()
    assert {where: told for where, told in found.items() if told} == {}
    assert len(found) == 2 * (len(PAGES) + 1)
