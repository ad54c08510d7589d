"""What the report says of pages that were read by OCR: how legible they are, and which cited words are in doubt."""

from __future__ import annotations

from io import BytesIO

import pdfplumber
import pytest
from report_charts import chart_of, determination_of, evidence, supported
from scanned_charts import HEIGHT, WIDTH, Feed, chart_of_scans, fax_chart, scan, tiff
from test_html_report import Page as Html
from test_image_pdf import damaged_fax

from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.determination import CriterionResult, CriterionStatus, Determination
from chart_triage.records.mention import Status
from chart_triage.records.page import Page, PageSource
from chart_triage.report import highlighted_pdf, html_report, wording
from chart_triage.report.dossier import lay_out

DOUBTS = {"pacemaker.": 0.55, "No": 0.79, "epilepsy.": 0.8}
LINES = ["Known glioblastoma.", "Patient has a pacemaker.", "No evidence of epilepsy."]
WARNINGS = (
    ChartWarning(kind="illegible_page", pages=(1, 3), detail="Parts of the page are too faint to read."),
    ChartWarning(kind="rotated_page", pages=(2,), detail="The page lay on its side."),
    ChartWarning(kind="bad_text_layer", pages=(2,), detail="The page's own text is garbled; it was read by OCR."),
    ChartWarning(kind="unread_page", pages=(3,), detail="The page could not be decoded."),
)


def fax_with_doubts() -> tuple[bytes, Chart, Determination]:
    """Two pages that were read, of which one lay on its side, and one that could not be decoded."""
    scans = [scan(LINES, doubts=DOUBTS), scan(["Follow-up."], Feed(turn=90)), scan(["lost"])]
    source = tiff(scans)
    lost = Page(number=3, width=WIDTH, height=HEIGHT, source=PageSource.NONE, readable=False)
    pages = [scans[0].page(1, legibility=0.456), scans[1].page(2, legibility=None), lost]
    chart = chart_of_scans(source, "image/tiff", pages, WARNINGS)
    absent = evidence(chart, "epilepsy", Status.ABSENT, cue="No")
    criteria = {
        "1": supported("Tumour", evidence(chart, "glioblastoma")),
        "2": CriterionResult(label="Epilepsy", status=CriterionStatus.CONTRADICTED, counter_evidence=(absent,)),
        "3": supported("Device", evidence(chart, "Patient has a pacemaker")),
    }
    return source, chart, determination_of(chart, criteria)


@pytest.fixture(scope="module")
def page() -> Html:
    return Html(html_report(*fax_with_doubts()))


def test_each_scanned_page_says_that_it_was_read_by_ocr_and_how_legible_it_is(page: Html) -> None:
    words = page.words()
    assert "3 pages, 2 read by OCR, 1 not read." in words
    assert "Page 1 read by OCR, legibility 46% " in words
    assert "Page 2 read by OCR · turned by 90° " in words


def test_words_in_doubt_are_named_beside_the_passage(page: Html) -> None:
    assert [text for text in page.text if "doubt" in text.lower()] == [
        "Read with doubt: ‘No’",
        "Read with doubt: ‘pacemaker.’",
    ]
    assert len(page.with_class("doubt")) == 2


def test_words_of_printed_text_are_never_in_doubt() -> None:
    source, chart = chart_of([LINES])
    words = Html(html_report(source, chart, determination_of(chart, {"1": supported("T", evidence(chart, "Known"))})))
    assert "doubt" not in words.words()
    assert "OCR" not in words.words()


def test_every_warning_stands_in_the_overview_and_on_its_pages(page: Html) -> None:
    words = page.words()
    overview, _, pages = words.partition("Colours on the pages")
    for warning in WARNINGS:
        numbers = ", ".join(f"page {n}" for n in warning.pages)
        assert f"{wording.WARNING[warning.kind]} · {numbers}{warning.detail}" in overview
    first, second, third = (part for part in pages.split("Page ") if part.startswith(("1 ", "2 ", "3 ")))
    assert "Poor copy. Parts of the page are too faint to read." in first
    assert "Turned upright. The page lay on its side." in second
    assert "Unreliable text layer. The page's own text is garbled; it was read by OCR." in second
    assert f"Not read. {wording.UNREAD} The page could not be decoded." in third
    assert "Poor copy." in third
    assert len(page.with_class("page-note")) == 5


def test_passages_are_marked_on_the_pictures_of_scanned_pages(page: Html) -> None:
    _, chart, determination = fax_with_doubts()
    boxes = [place.lines[0][0] for c in lay_out(chart, determination).citations for place in c.places]
    marked = {(a["x"], a["y"]) for tag, a in page.elements if tag == "rect"}
    assert len(boxes) == 3
    assert {(str(round(box.x0, 2)), str(round(box.y0, 2))) for box in boxes} <= marked
    assert sum(tag == "img" for tag, _ in page.elements) == 3


def test_a_page_that_could_not_be_decoded_has_no_picture_and_says_why() -> None:
    source, chart = damaged_fax()
    page = Html(html_report(source, chart, determination_of(chart, {"1": supported("T", evidence(chart, "first"))})))
    assert sum(tag == "img" for tag, _ in page.elements) == 2
    assert wording.UNDECODED in page.words()
    assert wording.NO_PICTURE not in page.words()


def test_the_pdf_names_words_in_doubt_in_its_summary_and_its_notes() -> None:
    source, chart, determination = fax_with_doubts()
    with pdfplumber.open(BytesIO(highlighted_pdf(source, chart, determination))) as pdf:
        summary = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages[:-3])
        notes = [a["contents"] for a in pdf.pages[-3].annots if a["data"]["Subtype"].name == "Highlight"]
    assert "3 pages, 2 read by OCR, 1 not read" in summary
    assert "Read with doubt: ‘pacemaker.’" in summary
    assert sum("Read with doubt: ‘No’." in note for note in notes) == 1
    for warning in WARNINGS:
        numbers = ", ".join(f"p. {n}" for n in warning.pages)
        assert f"{wording.WARNING[warning.kind]} {numbers} {warning.detail}" in summary


def test_many_doubts_are_counted_not_listed() -> None:
    assert wording.doubt(()) == ""
    assert wording.doubt(("a", "b")) == "Read with doubt: ‘a’ and ‘b’"
    assert wording.doubt(tuple("abcdefg")) == "Read with doubt: ‘a’, ‘b’, ‘c’, ‘d’ and 3 more"


def test_the_same_scan_gives_the_same_report() -> None:
    assert html_report(*fax_with_doubts()) == html_report(*fax_with_doubts())
    source, chart = fax_chart([Feed()])
    assert len(html_report(source, chart, determination_of(chart, {}))) < 150_000
