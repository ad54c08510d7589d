"""Words broken at a line's end are whole in the text, and both halves keep their boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_pdfs import draw, lines
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart
from chart_triage.records.page import Page


def page_of(folder: Path, *texts: str) -> Page:
    def page(canvas: Canvas) -> None:
        lines(canvas, texts)

    return read_chart(draw(folder / "page.pdf", page)).pages[0]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("Biopsy showed an astro-", "cytoma of grade 2.", "Biopsy showed an astrocytoma\nof grade 2."),
        ("The study was non-", "diagnostic.", "The study was non-diagnostic."),
        ("She is here for pre-", "surgical planning.", "She is here for pre-surgical\nplanning."),
        ("X-", "linked disease was found.", "X-linked\ndisease was found."),
        ("There is a T1-", "weighted series.", "There is a T1-weighted\nseries."),
        ("A lesion of low-", "grade appearance.", "A lesion of low-grade\nappearance."),
        ("The scan was contrast-", "enhanced throughout.", "The scan was contrast-enhanced\nthroughout."),
        ("Seen by Dr. Meyer-", "Holm today.", "Seen by Dr. Meyer-Holm\ntoday."),
        ("Take 10-", "15 mg daily.", "Take 10-15\nmg daily."),
        ("It was re-", "evaluated later.", "It was re-evaluated\nlater."),
        ("It was re-", "sected later.", "It was resected\nlater."),
        ("Both pre-", "and postcontrast series.", "Both pre-\nand postcontrast series."),
        ("The plan -", "as agreed - stands.", "The plan -\nas agreed - stands."),
    ],
)
def test_line_end_hyphens(tmp_path: Path, first: str, second: str, joined: str) -> None:
    page = page_of(tmp_path, first, second)
    assert page.text == joined
    assert "".join(page.text[w.start : w.end] for w in page.words) == "".join(joined.split())


def test_both_halves_keep_their_own_boxes(tmp_path: Path) -> None:
    page = page_of(tmp_path, "Biopsy showed an astro-", "cytoma of grade 2.")
    start = page.text.index("astrocytoma")
    first, second = page.words_in(start, start + len("astrocytoma"))
    assert (page.text[first.start : first.end], page.text[second.start : second.end]) == ("astro", "cytoma")
    assert first.end == second.start
    assert second.box.y0 > first.box.y0 + 10
    assert second.box.x0 == pytest.approx(72, abs=1)


def test_the_documents_own_spelling_decides(tmp_path: Path) -> None:
    hyphenated = page_of(tmp_path, "A mid-line shift is seen.", "There is mid-", "line shift.")
    assert hyphenated.text.endswith("There is mid-line\nshift.")
    closed = page_of(tmp_path, "A midline shift is seen.", "There is mid-", "line shift.")
    assert closed.text.endswith("There is midline\nshift.")


def test_two_words_of_the_document_keep_their_hyphen(tmp_path: Path) -> None:
    page = page_of(
        tmp_path, "The tumor has a margin of oedema.", "Its blood supply is unclear at the tumor-", "margin."
    )
    assert page.text.endswith("tumor-margin.")
