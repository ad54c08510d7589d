"""Copies of pages are found, whatever fax and recogniser made of them; pages that say something else are not copies."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from printed_pages import FORM, NOTE, faxed, printed

from chart_triage.indexing import duplicates
from chart_triage.intake import read_chart
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.records.chart import Chart
from chart_triage.records.page import MarkState, Page, PageSource

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
sys.path.insert(0, str(FIXTURES))

import fax  # noqa: E402


def chart(*pages: Page) -> Chart:
    numbered = tuple(page.model_copy(update={"number": n}) for n, page in enumerate(pages, start=1))
    return Chart(sha256="0" * 64, media_type="application/pdf", pages=numbered)


def changed(lines: Sequence[str], old: str, new: str) -> list[str]:
    assert any(old in line for line in lines)
    return [line.replace(old, new, 1) for line in lines]


@pytest.mark.parametrize("lines", [NOTE, FORM], ids=["note", "form"])
def test_a_page_sent_twice(lines: list[str]) -> None:
    assert duplicates.find(chart(printed(lines), printed(FORM if lines is NOTE else NOTE), printed(lines))) == {3: 1}


@pytest.mark.parametrize("seed", range(20))
def test_a_page_faxed_again(seed: int) -> None:
    assert duplicates.find(chart(faxed(NOTE, seed=seed), faxed(NOTE, seed=seed + 100))) != {}
    assert duplicates.find(chart(faxed(NOTE, seed=seed), printed(NOTE))) == {1: 2}


def test_the_better_copy_is_cited() -> None:
    poor = faxed(NOTE).model_copy(update={"legibility": 0.8})
    good = faxed(NOTE, seed=2).model_copy(update={"legibility": 0.97})
    assert duplicates.find(chart(poor, good)) == {1: 2}
    assert duplicates.find(chart(good, poor, printed(NOTE))) == {1: 3, 2: 3}
    assert duplicates.find(chart(printed(NOTE), printed(NOTE), printed(NOTE))) == {2: 1, 3: 1}


OTHER = {
    "a date": ("10/14/2026", "10/21/2026"),
    "a dose": ("200 mg", "250 mg"),
    "one digit of a strength": ("4/5", "3/5"),
    "a negation": ("No pacemaker", "A pacemaker"),
    "a side": ("left temporal", "right temporal"),
    "a finding": ("indeterminate lesion", "nonspecific lesion"),
    "the name": ("Doe, Jane", "Doe, Kathleen"),
    "the number": ("QN-410553", "QN-410554"),
    "a word": ("steady.", "unsteady."),
    "an interval": ("q8h", "q6h"),
    "a drug": ("lamotrigine", "topiramate"),
}


@pytest.mark.parametrize("what", OTHER)
def test_a_note_copied_forward_with_another(what: str) -> None:
    later = changed(NOTE, *OTHER[what])
    assert duplicates.find(chart(printed(NOTE), printed(later))) == {}
    assert duplicates.find(chart(printed(NOTE), faxed(later))) == {}
    assert duplicates.find(chart(faxed(NOTE, seed=3), faxed(later, seed=4))) == {}


def test_a_note_with_a_line_more() -> None:
    later = [*NOTE[:7], "Programmable shunt placed since the last visit.", *NOTE[7:]]
    longer = [*NOTE, "Addendum: the family reports one more event."]
    for other in (later, longer):
        assert duplicates.find(chart(printed(NOTE), printed(other))) == {}
        assert duplicates.find(chart(faxed(NOTE), faxed(other, seed=9))) == {}


@pytest.mark.parametrize("row", range(2, 7))
def test_a_form_with_another_box_ticked(row: int) -> None:
    other = list(FORM)
    other[row] = other[row].replace("☐", "?").replace("☒", "☐").replace("?", "☒")
    assert duplicates.find(chart(printed(FORM), printed(other))) == {}
    assert duplicates.find(chart(faxed(FORM), faxed(other, seed=5))) == {}


def test_a_tick_that_one_copy_does_not_show_is_a_difference() -> None:
    page = faxed(FORM, seed=5)
    gone = next(mark for mark in page.marks if mark.state is MarkState.TICKED)
    without = page.model_copy(
        update={
            "marks": tuple(mark for mark in page.marks if mark is not gone),
            "words": tuple(word for word in page.words if word.start != gone.start),
        }
    )
    assert duplicates.find(chart(faxed(FORM), without)) == {}


def test_a_digit_that_the_recogniser_was_not_sure_of_is_noise() -> None:
    misread = changed(NOTE, "1500", "1800")
    unsure = printed(misread, source=PageSource.OCR, confidence=0.95, unsure={"1800": 0.4})
    sure = printed(misread, source=PageSource.OCR, confidence=0.95)
    assert duplicates.find(chart(printed(NOTE), unsure)) == {2: 1}
    assert duplicates.find(chart(printed(NOTE), sure)) == {}


def test_pages_that_say_hardly_anything_are_no_copies() -> None:
    empty = ["Nowhere Health Progress note", "This page was left blank on purpose."]
    assert duplicates.find(chart(printed(empty), printed(empty))) == {}


def test_pages_without_places_or_words_are_no_copies() -> None:
    text = printed(NOTE).model_copy(update={"words": (), "marks": (), "source": PageSource.TEXT})
    unread = Page(number=1, width=612, height=792, source=PageSource.NONE, readable=False)
    assert duplicates.find(chart(text, text, unread, unread)) == {}


def test_two_hundred_pages_from_one_template_are_told_apart() -> None:
    dice = random.Random(1)
    days = [f"{dice.randrange(1, 13):02}/{day:02}/{year}" for year in range(2018, 2026) for day in range(1, 26)]
    pages = [printed(changed(NOTE, "10/14/2026", day)) for day in days]
    assert len(pages) == 200
    assert duplicates.find(chart(*pages, pages[17])) == {201: 18}


def test_one_warning_for_each_page_with_copies() -> None:
    found = duplicates.warnings({3: 1, 5: 1, 6: 2})
    assert [(warning.kind, warning.pages) for warning in found] == [
        ("duplicate_page", (3, 5)),
        ("duplicate_page", (6,)),
    ]


@pytest.fixture(scope="module")
def faxes(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """Three pages of a fixture chart as two faxes of them: another seed, askew, with a banner; then native."""
    folder = tmp_path_factory.mktemp("faxes")
    source = FIXTURES / "charts" / "epilepsy-gallbladder.pdf"
    again = replace(
        fax.LEVELS["fine"], skew=-0.7, noise=0.002, banner="11/12/2026 08:03 FROM: RIVERBEND P. {page}/{pages}"
    )
    sheets = [
        sheet
        for seed, damage in ((1, fax.LEVELS["fine"]), (2, again))
        for sheet in fax.fax_pages(source.read_bytes(), damage, seed, [1, 2, 3])
    ]
    path = folder / "fax.tif"
    path.write_bytes(fax.encode(sheets, ".tif"))
    scans = read_chart(path, ocr=OcrOptions(processes=1)).pages
    return chart(*scans, *read_chart(source).pages[:3])


def test_real_faxes_of_a_page_and_the_page_itself(faxes: Chart) -> None:
    assert duplicates.find(faxes) == {1: 7, 2: 8, 3: 9, 4: 7, 5: 8, 6: 9}
    scans = chart(*faxes.pages[:6])
    found = duplicates.find(scans)
    assert {frozenset(pair) for pair in found.items()} == {frozenset((n, n + 3)) for n in (1, 2, 3)}


def test_a_page_between_copies_is_believed_to_be_one_sooner() -> None:
    letter = [line.replace("Doe, Jane", "Letter to Doe, Jane").replace("seizures", "fits") for line in reversed(NOTE)]
    misread = printed(
        changed(NOTE, "1500", "1800"), source=PageSource.OCR, confidence=0.95, unsure={"1800": 0.8}
    )  # fmt: skip
    assert duplicates.find(chart(printed(NOTE), misread)) == {}
    assert duplicates.find(chart(printed(FORM), printed(NOTE), faxed(FORM), misread)) == {3: 1, 4: 2}
    other = printed(changed(NOTE, "1500", "2500"), source=PageSource.OCR, confidence=0.95)
    assert duplicates.find(chart(printed(FORM), printed(NOTE), faxed(FORM), other)) == {3: 1}
    assert duplicates.find(chart(printed(letter), printed(NOTE), faxed(FORM), misread)) == {}
