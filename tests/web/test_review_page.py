"""The review page in a real browser: reading, walking by keyboard, deciding, adding evidence, signing off."""

from __future__ import annotations

import re
import threading

import pytest
from browser import serious_violations
from playwright.sync_api import Page, expect
from processed import Desk
from reviewing import Open

from chart_triage.store import reviews


def state(desk: Desk, stem: str) -> reviews.Review:
    with desk.site.database.reading() as session:
        return reviews.review_of(session, desk.chart(stem))


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))


def current(page: Page) -> str:
    return page.locator(".row.current").get_attribute("data-key") or ""


def test_it_opens_at_a_highlight_that_lies_on_the_words(desk: Desk, opened: Open) -> None:
    for stem in ("krabbe-transplant", "hyperglycemic-state"):
        page = opened(stem, "reviewer")
        number = page.locator("#page-number").input_value()
        expect(page.locator(f"#page-{number}[data-loaded=all]")).to_be_visible()
        cite = page.locator(".cite.current")
        frame = page.locator(f"#page-{number} .signs [data-current] rect").first.bounding_box()
        pane = page.locator("#pane").bounding_box()
        assert frame is not None
        assert pane is not None
        assert pane["y"] <= frame["y"] <= pane["y"] + pane["height"]
        middle = [frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2]
        under = page.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent.trim()", middle)
        assert under.strip(".,;()") in cite.locator("mark").first.inner_text(), "the letters lie under the mark"


def test_the_letters_can_be_selected_and_copied(opened: Open) -> None:
    page = opened("hyperglycemic-state", "reviewer")
    number = page.locator("#page-number").input_value()
    page.wait_for_selector(f"#page-{number}[data-loaded=all]")
    text = page.evaluate(
        """number => { const layer = document.querySelector(`#page-${number} .letters`);
        const range = document.createRange(); range.selectNodeContents(layer);
        getSelection().removeAllRanges(); getSelection().addRange(range); return getSelection().toString(); }""",
        number,
    )
    assert len(text.split()) > 40
    assert len(text.splitlines()) > 5, "lines stay lines"
    page.get_by_role("button", name="Add as evidence").last.wait_for()


def test_all_evidence_is_walked_and_each_criterion_settled_with_at_most_three_keys(desk: Desk, opened: Open) -> None:
    page = opened("krabbe-transplant", "reviewer")
    total = page.locator(".cite").count()
    assert total > 5
    for _ in range(total):
        page.keyboard.press("k")
    seen = [page.locator(".cite.current").get_attribute("data-stop")]
    for _ in range(total - 1):
        page.keyboard.press("j")
        expect(page.locator(".cite.current")).to_be_in_viewport()
        seen.append(page.locator(".cite.current").get_attribute("data-stop"))
    assert sorted(map(int, filter(None, seen))) == list(range(total))
    for _ in range(total):
        page.keyboard.press("k")
    keys = {"a": ["a"], "r": ["r", "3"], "o": ["o", "4", "2"]}
    settled: dict[str, str] = {}
    while page.locator(".row.spoken:not(.decided):not([data-kind=other])").count():
        key = current(page)
        if page.locator(".row.current.decided, .row.current:not(.spoken)").count():
            page.keyboard.press("J")
            continue
        how = ("a", "r", "o")[len(settled) % 3]
        for pressed in keys[how]:
            page.keyboard.press(pressed)
        expect(page.locator(f".row.decided[data-key='{key}']")).to_have_count(1)
        saved(page)
        settled[key] = {"a": "accept", "r": "reject", "o": "override"}[how]
    assert len(settled) >= 3
    assert {key: d.kind for key, d in state(desk, "krabbe-transplant").decisions.items()} == settled
    expect(page.locator(".progress")).to_contain_text("0 rows with evidence are still open")


def test_fast_typing_decides_one_row_after_the_other(desk: Desk, opened: Open) -> None:
    page = opened("krabbe-transplant", "reviewer")
    page.keyboard.type("aaa")
    expect(page.locator(".row.decided")).to_have_count(3)
    assert len(state(desk, "krabbe-transplant").decisions) == 3


def test_a_criterion_is_reached_by_its_number_and_undone(desk: Desk, opened: Open) -> None:
    page = opened("krabbe-transplant", "reviewer")
    page.keyboard.type("4.b\n")
    assert current(page) == "4.b"
    page.keyboard.press("a")
    expect(page.locator(".row.decided[data-key='4.b']")).to_have_count(1)
    saved(page)
    page.keyboard.press("u")
    expect(page.locator(".row.decided")).to_have_count(0)
    page.keyboard.type("9\n")
    expect(page.locator("#saved")).to_have_text("There is no criterion 9.")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_found_words_become_evidence_by_keyboard_alone(desk: Desk, opened: Open) -> None:
    page = opened("krabbe-transplant", "reviewer")
    page.keyboard.type("4.a\n")
    page.keyboard.press("/")
    page.keyboard.type("busulfan")
    page.keyboard.press("Enter")
    expect(page.locator("#find-count")).to_contain_text("1 of")
    page.keyboard.press("e")
    expect(page.get_by_role("dialog", name="Add evidence")).to_be_visible()
    page.keyboard.press("2")
    row = page.locator(".row[data-key='4.a']")
    expect(row.locator(".cite.against", has_text="busulfan")).to_have_count(1)
    (kept,) = state(desk, "krabbe-transplant").own_evidence
    assert (kept["criterion"], kept["side"]) == ("4.a", "against")
    expect(page.locator(f"#page-{kept['page']} .marks .t-own")).not_to_have_count(0)


def test_selected_words_become_evidence(desk: Desk, opened: Open) -> None:
    page = opened("hyperglycemic-state", "reviewer")
    number = page.locator("#page-number").input_value()
    page.wait_for_selector(f"#page-{number}[data-loaded=all]")
    words = page.locator(f"#page-{number} [data-w]")
    inside = [w for w in words.all()[:60] if (b := w.bounding_box()) and b["y"] > 150 and b["width"] > 25][:1]
    assert inside
    inside[0].dblclick()
    said = inside[0].inner_text().strip()
    page.get_by_role("button", name="Add as evidence").last.click()
    page.get_by_label("Criterion or device").select_option("6")
    page.get_by_role("button", name="Speaks for it").click()
    expect(page.locator(".row[data-key='6'] .cite.for").last).to_contain_text("added by Reviewer")
    assert state(desk, "hyperglycemic-state").own_evidence[0]["text"] in said


def test_what_somebody_else_did_meanwhile_is_shown_and_kept(desk: Desk, opened: Open) -> None:
    mine, theirs = opened("krabbe-transplant", "reviewer"), opened("krabbe-transplant", "second")
    theirs.keyboard.type("4.b\n")
    theirs.keyboard.press("a")
    saved(theirs)
    mine.keyboard.type("4.b\n")
    mine.keyboard.press("r")
    mine.keyboard.press("1")
    expect(mine.get_by_role("alert")).to_contain_text("Second changed this review while you looked at it")
    expect(mine.locator(".row.decided[data-key='4.b']")).to_contain_text("Accepted")
    assert state(desk, "krabbe-transplant").decisions["4.b"].kind == "accept"


def test_a_page_is_set_aside_and_the_chart_assessed_again_while_it_is_open(desk: Desk, opened: Open) -> None:
    page = opened("krabbe-transplant", "reviewer")
    page.locator(".thumbs [data-page='4']").click()
    page.keyboard.press("x")
    page.get_by_role("button", name="Set aside").click()
    expect(page.locator("#panel")).to_contain_text("being assessed again")
    worker = threading.Thread(target=desk.work)
    worker.start()
    expect(page.locator("#panel")).to_contain_text("set aside by a reviewer", timeout=60_000)
    worker.join()
    expect(page.locator("#page-4.left-out")).to_have_count(1)
    expect(page.locator("#page-4 .marks rect")).to_have_count(0)


def test_the_page_around_the_rows_does_not_scroll(opened: Open) -> None:
    page = opened("krabbe-transplant", "clinician")
    page.keyboard.press("s")
    expect(page.get_by_label("Criteria met")).to_be_focused()
    page.evaluate("document.getElementById('notes-title').scrollIntoView(); scrollTo(0, 500)")
    assert page.locator("header.bar").evaluate("e => e.getBoundingClientRect().top") == 0


def test_views_of_the_pages(opened: Open) -> None:
    page = opened("krabbe-transplant", "reviewer")
    width = page.locator("#page-2").evaluate("e => e.offsetWidth")
    page.keyboard.press("d")
    assert page.locator("#page-2").evaluate("e => e.offsetWidth") < 0.6 * width
    assert page.evaluate("document.querySelector('#page-1').offsetTop === document.querySelector('#page-2').offsetTop")
    page.keyboard.press("d")
    page.keyboard.press("z")
    assert page.locator("#page-2").evaluate("e => e.offsetHeight <= document.querySelector('#pane').clientHeight")
    page.keyboard.press("z")
    assert page.locator("#page-2").evaluate("e => e.offsetWidth") > 1.4 * width
    page.keyboard.press("z")
    page.keyboard.press("t")
    number = page.locator("#page-number").input_value()
    sheet = page.locator(f"#page-{number}")
    assert sheet.evaluate("e => e.offsetWidth > e.offsetHeight")
    page.keyboard.press("c")
    page.get_by_label("Left").fill("2")
    page.get_by_label("Right").fill("5")
    page.get_by_label("Right").press("Enter")
    expect(page.locator(".sheet:visible")).to_have_count(2)
    expect(page.locator("#page-5 img")).to_be_visible()
    for key, number in (("]", "5"), ("]", "5"), ("[", "2")):
        page.keyboard.press(key)
        assert page.locator("#page-number").input_value() == number, "back and forth between the two"
    expect(page.locator(".sheet:visible")).to_have_count(2)
    page.keyboard.press("c")
    expect(page.locator(".sheet:visible")).to_have_count(6)
    pressed = page.locator(".tools [aria-pressed=true]")
    expect(pressed).to_have_count(0)
    page.keyboard.press("d")
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    expect(pressed).to_have_text(re.compile("Compare"))
    page.keyboard.press("c")
    expect(pressed).to_have_text(re.compile("Two pages"))
    assert page.evaluate("document.querySelector('#page-1').offsetTop === document.querySelector('#page-2').offsetTop")


def test_a_clinician_signs_off_in_own_words(desk: Desk, opened: Open) -> None:
    reviewer = opened("krabbe-transplant", "reviewer")
    assert reviewer.get_by_label("Other outcome").is_disabled()
    page = opened("krabbe-transplant", "clinician")
    page.keyboard.press("s")
    page.get_by_label("Other outcome").check()
    page.get_by_label("Your words").fill("spoke with the ordering doctor, see letter")
    page.get_by_role("button", name="Sign off").click()
    expect(page.get_by_role("alert")).to_contain_text("a reason")
    assert page.get_by_label("Your words").input_value(), "what was written is still there"
    page.locator("#sign-off [name=reason]").fill("a newer MRI answers the question")
    page.get_by_role("button", name="Sign off").click()
    expect(page.locator(".signed")).to_contain_text("Signed off by Clinician")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator("#sign-off")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Open, theme: str) -> None:
    page = opened("krabbe-transplant", "clinician")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.get_by_role("button", name="Show or hide").click()
    assert serious_violations(page) == []
    page.keyboard.press("o")
    assert serious_violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert serious_violations(page) == []
