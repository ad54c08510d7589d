"""Hidden, garbled and partial text layers of scanned pages, and pictures in pages of text: what is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from intake_pdfs import RIGHT_COLUMN, draw
from pikepdf import Array, Dictionary, Name
from scanned_pdfs import Read, Sheet, fax_coded, jpeg, pdf_of, photograph
from scans import LETTER_LINES, letter, picture, share_read, true_words, warned

import fax
from chart_triage.intake import read_chart
from chart_triage.intake.ocr import reader
from chart_triage.records.page import PageSource

NATIVE, OCR, NONE = PageSource.NATIVE, PageSource.OCR, PageSource.NONE


def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise AssertionError("this page must not be read by OCR")

    monkeypatch.setattr(reader, "read_image", refuse)


def test_pages_of_good_text_are_never_read_by_ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_reading(monkeypatch)
    assert share_read(read_chart(draw(tmp_path / "chart.pdf", letter)).pages[0]) == 1


def layered(texts: tuple[str, ...], mode: int = 3) -> Callable[[pikepdf.Pdf, Sheet], None]:
    def page(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.picture(fax_coded(pdf, picture())).lines(texts, mode)

    return page


def test_a_hidden_layer_that_says_what_the_scan_shows_is_kept(scanned: Read) -> None:
    chart = pdf_of(scanned, layered(LETTER_LINES))
    (page,) = chart.pages
    assert page.source is NATIVE
    assert share_read(page) == 1
    assert warned(chart) == []


OTHER_PATIENT = tuple(line.replace("patient", "gentleman") for line in reversed(RIGHT_COLUMN)) * 2


@pytest.mark.parametrize("texts", [OTHER_PATIENT, LETTER_LINES[:6], (*LETTER_LINES, *OTHER_PATIENT)])
def test_a_hidden_layer_that_says_something_else_is_replaced(scanned: Read, texts: tuple[str, ...]) -> None:
    chart = pdf_of(scanned, layered(texts))
    (page,) = chart.pages
    assert page.source is OCR
    assert share_read(page) >= 0.95
    assert "gentleman" not in page.text
    assert warned(chart) == [("bad_text_layer", (1,))]


def test_text_under_the_scan_is_hidden_too(scanned: Read) -> None:
    def covered(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.lines(OTHER_PATIENT).picture(fax_coded(pdf, picture()))

    chart = pdf_of(scanned, covered)
    assert chart.pages[0].source is OCR
    assert share_read(chart.pages[0]) >= 0.95
    assert "gentleman" not in chart.pages[0].text
    assert warned(chart) == [("bad_text_layer", (1,))]


def test_a_garbled_layer_over_a_scan_is_replaced(scanned: Read) -> None:
    shifted = tuple("".join(chr(ord(c) - 29) if "A" <= c <= "z" else c for c in line) for line in LETTER_LINES)
    for mode in (0, 3):
        chart = pdf_of(scanned, layered(shifted, mode) if mode else shifted_letters)
        assert chart.pages[0].source is OCR
        assert share_read(chart.pages[0]) >= 0.95
        assert warned(chart) == [("bad_text_layer", (1,))]


def shifted_letters(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
    """Drawn well, but the font's character map turns every letter into another one."""
    rows = "".join(f"<{code:02X}> <{code - 29:04X}>\n" for code in range(65, 123))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <FF> endcodespacerange\n58 beginbfchar\n{rows}endbfchar\nendcmap end end"
    )
    sheet.page.Resources.Font.F.ToUnicode = pdf.make_stream(cmap.encode("ascii"))
    sheet.lines(LETTER_LINES)


def test_a_stamp_beside_a_scan_is_kept_and_the_scan_is_read(scanned: Read) -> None:
    def stamped(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.picture(fax_coded(pdf, picture())).lines(["Scanned into the record on 11/22/2026"], y=740)

    chart = pdf_of(scanned, stamped)
    (page,) = chart.pages
    assert page.source is OCR
    assert page.text.startswith("Scanned into the record on 11/22/2026")
    assert page.text.count("Scanned") == 1
    assert share_read(page) >= 0.95
    assert warned(chart) == []


def test_a_picture_of_text_in_a_page_of_text_adds_its_words(scanned: Read) -> None:
    def pasted(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        cut = picture(fax.Damage("200", smooth=True)).crop((150, 200, 1650, 1100))
        sheet.lines([f"Typed line {n} of the note above the pasted passage." for n in range(8)], y=740)
        sheet.picture(jpeg(pdf, cut), (54, 200, 540, 324))

    chart = pdf_of(scanned, pasted)
    (page,) = chart.pages
    assert page.source is NATIVE
    assert share_read(page) >= 0.95
    assert page.text.startswith("Typed line 0 of the note")
    typed_words = [word for word in page.words if word.confidence == 1]
    assert max(word.box.y1 for word in typed_words) < min(
        word.box.y0 for word in page.words if page.text[word.start : word.end] == "low-grade"
    )
    assert warned(chart) == []


def test_a_photograph_in_a_page_of_text_adds_nothing(scanned: Read) -> None:
    def illustrated(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.lines(LETTER_LINES).picture(jpeg(pdf, photograph(900, 600)), (72, 100, 400, 266))

    chart = pdf_of(scanned, illustrated)
    assert chart.pages[0].text.split() == [word for word, _ in true_words()]
    assert warned(chart) == []


@pytest.mark.parametrize(
    ("said", "changed"), [("There is no pacemaker", "There is a pacemaker"), ("is planned", "is not planned")]
)
def test_a_hidden_layer_that_differs_in_a_negation_is_not_believed(scanned: Read, said: str, changed: str) -> None:
    texts = tuple(line.replace(said, changed) for line in LETTER_LINES)
    assert texts != LETTER_LINES
    chart = pdf_of(scanned, layered(texts))
    assert chart.pages[0].source is OCR
    assert "no pacemaker" in chart.pages[0].text
    assert warned(chart) == [("bad_text_layer", (1,))]


def test_text_under_a_scan_within_a_form_is_hidden_too(scanned: Read) -> None:
    """The picture is one unit wide; the form that holds it makes it as large as the page."""

    def covered(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.lines(OTHER_PATIENT)
        holder = pdf.make_stream(
            b"/I Do",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 1, 1]),
            Matrix=Array([612, 0, 0, 792, 0, 0]),
            Resources=Dictionary(XObject=Dictionary(I=fax_coded(pdf, picture()))),
        )
        sheet.page.Resources.XObject.Holder = holder
        sheet.draw("/Holder Do")

    chart = pdf_of(scanned, covered)
    assert chart.pages[0].source is OCR
    assert "gentleman" not in chart.pages[0].text
    assert warned(chart) == [("bad_text_layer", (1,))]


def test_hidden_text_that_cannot_be_checked_is_not_used(scanned: Read) -> None:
    def unreadable(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.picture(fax_coded(pdf, picture(fax.Damage("standard", noise=0.09)))).lines(LETTER_LINES, 3)

    chart = pdf_of(scanned, unreadable)
    assert not chart.pages[0].readable
    assert chart.pages[0].text == ""
    assert warned(chart) == [("bad_text_layer", (1,))]
