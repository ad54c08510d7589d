"""Charts with scanned pages: each page is read from where its words really are, or is declared unread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pikepdf
import pytest
from intake_pdfs import LEFT_COLUMN, NOTE, RIGHT_COLUMN, lines, two_columns
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from scanned_pdfs import LETTER_PLACE, Read, Sheet, fax_coded, jbig2, jpeg, jpeg_2000, pdf_of, photograph
from scans import FINE, LETTER_LINES, faxed, picture, share_in_place, share_read, warned

import fax
from chart_triage.records.page import FurnitureRole, MarkState, PageSource

NATIVE, OCR, NONE = PageSource.NATIVE, PageSource.OCR, PageSource.NONE
GREY = fax.Damage("200", smooth=True)


def scan(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
    sheet.picture(fax_coded(pdf, picture()))


def typed(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
    sheet.lines(LETTER_LINES)


# How pages come


@pytest.mark.parametrize(
    "damage",
    [
        fax.LEVELS["fine-bad"],
        fax.LEVELS["standard-bad"],
        fax.LEVELS["grey"],
        fax.Damage("fine", skew=-3, lost_lines=10),
        fax.Damage("300", skew=0.5, blur=0.004, grey=True),
    ],
    ids=["fine, askew, specked", "standard, askew, specked", "grey, blurred", "lost lines, much askew", "300, grey"],
)
def test_words_and_their_boxes_on_bad_copies(scanned: Read, damage: fax.Damage) -> None:
    page = faxed(damage)
    (read,) = scanned(fax.encode([page], ".tif")).pages
    assert read.source is OCR
    assert share_read(read) >= 0.95
    assert share_in_place(read, page) >= 0.95


@pytest.mark.parametrize("turned", [90, 180, 270])
@pytest.mark.parametrize("resolution", ["fine", "standard"])
def test_pages_fed_sideways_or_upside_down(scanned: Read, turned: int, resolution: str) -> None:
    chart = scanned(fax.encode([faxed(fax.Damage(resolution, rotation=turned))], ".tif"))
    (page,) = chart.pages
    assert page.rotation == 360 - turned
    assert (page.width, page.height) == pytest.approx((612, 792), abs=1)
    assert share_read(page) >= 0.95
    assert share_in_place(page) >= 0.95
    assert warned(chart) == [("rotated_page", (1,))]


@pytest.mark.parametrize("angle", [90, 180])
def test_a_scan_that_the_pdf_turns_counts_that_turn_too(scanned: Read, angle: int) -> None:
    def turned(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        page = fax.Damage("fine", rotation=90)
        sheet.picture(fax_coded(pdf, picture(page)), (0, 0, 792, 612))
        sheet.page.MediaBox = [0, 0, 792, 612]
        sheet.page.Rotate = angle

    (page,) = pdf_of(scanned, turned).pages
    assert page.rotation == 270
    assert (page.width, page.height) == (612, 792)
    assert share_read(page) >= 0.95
    assert share_in_place(page) >= 0.95


def test_two_columns_are_read_one_after_the_other(scanned: Read) -> None:
    (page,) = scanned(fax.encode([faxed(FINE, two_columns)], ".tif")).pages
    text = " ".join(page.text.split())
    assert " ".join(LEFT_COLUMN) in text
    assert text.index(" ".join(LEFT_COLUMN[-2:])) < text.index(" ".join(RIGHT_COLUMN[:2]))


def test_cells_of_a_table_are_apart(scanned: Read) -> None:
    rows = [("Drug", "Dose", "When"), ("Levetiracetam", "500 mg", "twice daily"), ("Dexamethasone", "16 mg", "morning")]

    def table(canvas: Canvas) -> None:
        lines(canvas, NOTE, y=600)
        canvas.grid([72, 200, 300, 480], [700 - 20 * row for row in range(4)])
        for row, cells in enumerate(rows):
            for x, cell in zip((76, 204, 304), cells, strict=True):
                canvas.drawString(x, 686 - 20 * row, cell)

    (page,) = scanned(fax.encode([faxed(FINE, table)], ".tif")).pages
    assert ["\t".join(row) for row in rows] == page.text.split("\n")[:3]


# What scans are stored as in PDFs


def coded(make: Callable[[pikepdf.Pdf, Image.Image], pikepdf.Stream], damage: fax.Damage, mode: str) -> object:
    def page(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        image = picture(damage)
        sheet.picture(make(pdf, image if mode in ("1", "L") else image.convert("RGB").convert(mode)))

    return page


@pytest.mark.parametrize(
    ("make", "damage", "mode"),
    [
        (fax_coded, FINE, "1"),
        (jbig2, FINE, "1"),
        (jbig2, fax.Damage("standard"), "1"),
        (jpeg, GREY, "L"),
        (jpeg, GREY, "CMYK"),
        (jpeg_2000, GREY, "L"),
        (jpeg_2000, GREY, "RGB"),
    ],
    ids=["G4", "JBIG2", "JBIG2, standard fax", "JPEG", "JPEG in CMYK", "JPEG 2000", "JPEG 2000 in colour"],
)
def test_every_coding_of_a_scan_in_a_pdf(
    scanned: Read, make: Callable[[pikepdf.Pdf, Image.Image], pikepdf.Stream], damage: fax.Damage, mode: str
) -> None:
    chart = pdf_of(scanned, coded(make, damage, mode))  # type: ignore[arg-type]
    (page,) = chart.pages
    assert page.source is OCR
    assert share_read(page) >= 0.95
    assert share_in_place(page) >= 0.95
    assert warned(chart) == []


def test_a_scan_in_strips_is_read_as_one_page(scanned: Read) -> None:
    def strips(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        image, high = picture(GREY), 100
        for top in range(0, image.height, high):
            part = image.crop((0, top, image.width, top + high))
            sheet.picture(jpeg(pdf, part), (0, (image.height - top - high) * 0.36, 612, high * 0.36))

    (page,) = pdf_of(scanned, strips).pages
    assert share_read(page) >= 0.95
    assert share_in_place(page) >= 0.95


def test_pages_of_mixed_size_and_source(scanned: Read) -> None:
    def half(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
        sheet.page.MediaBox = [0, 0, 612, 396]
        sheet.picture(fax_coded(pdf, picture().crop((0, 0, 1734, 1078))), (0, 0, 612, 396))

    chart = pdf_of(scanned, typed, scan, half, typed)
    assert [page.source for page in chart.pages] == [NATIVE, OCR, OCR, NATIVE]
    assert [page.height for page in chart.pages] == [792, 792, 396, 792]
    assert [page.legibility is None for page in chart.pages] == [True, False, False, True]
    assert all(share_read(page) >= 0.95 and share_in_place(page) >= 0.95 for page in chart.pages)
    assert warned(chart) == []


# Pages without writing, and pages that nobody can read


def test_blank_sheets_are_declared_blank(scanned: Read) -> None:
    white = np.full((2156, 1734), 255, np.uint8)
    dusty = white.copy()
    dusty[500:503, 900:903] = 0
    for pixels in (white, dusty):
        chart = scanned(fax.encode([fax.FaxedPage(pixels, (204, 196), np.eye(3))], ".tif"))
        assert not chart.pages[0].readable
        assert warned(chart) == [("blank_page", (1,))]


@pytest.mark.parametrize("what", ["noise", "black", "photograph", "curves"])
def test_pages_without_writing_are_declared_unread(scanned: Read, what: str) -> None:
    random = np.random.default_rng(1)
    pixels = np.full((300, 867), 255, np.uint8)
    if what == "noise":
        pixels[random.random(pixels.shape) < 0.05] = 0
    elif what == "black":
        pixels[:] = 0
    elif what == "photograph":
        pixels = np.asarray(photograph(867, 300))
    else:
        x = np.arange(800)
        pixels[(150 + 100 * np.sin(x / 90)).astype(int), x] = 0
    chart = scanned(fax.encode([fax.FaxedPage(pixels, (102, 98), np.eye(3))], ".png"), "scan.png")
    (page,) = chart.pages
    assert not page.readable
    assert page.text == ""
    assert [kind for kind, _ in warned(chart)] in (["unread_page"], ["blank_page"], ["illegible_page"])


@pytest.mark.parametrize("damage", [fax.Damage("standard", blur=0.014), fax.Damage("standard", noise=0.09)])
def test_a_copy_that_nobody_can_read_is_illegible_and_gives_no_words(scanned: Read, damage: fax.Damage) -> None:
    worse = faxed(damage)
    part = fax.FaxedPage(worse.pixels[:500], worse.dpi, worse.matrix)
    chart = scanned(fax.encode([part, faxed()], ".tif"))
    assert [page.readable for page in chart.pages] == [False, True]
    page = chart.pages[0]
    assert (page.source, page.text, page.words) == (NONE, "", ())
    assert page.legibility is not None
    assert page.legibility < 0.5
    assert warned(chart) in ([("illegible_page", (1,))], [("unread_page", (1,))])


def test_legibility_falls_as_copies_get_worse(scanned: Read) -> None:
    legibility, right = [], []
    for blur in (0.0, 0.009, 0.011, 0.014):
        (page,) = scanned(fax.encode([faxed(fax.Damage("standard", blur=blur))], ".tif")).pages
        assert page.legibility is not None
        legibility.append(page.legibility)
        right.append(share_read(page))
    assert legibility == sorted(legibility, reverse=True)
    assert legibility[0] > 0.95
    assert legibility[-1] < 0.5
    assert right[:2] >= [0.95, 0.5]
    assert right[-1] == 0


def test_a_half_legible_page_says_where(scanned: Read) -> None:
    page = faxed(fax.Damage("standard"))
    random, pixels = np.random.default_rng(5), page.pixels.copy()
    spoilt = slice(round(200 / 72 * 98), round(370 / 72 * 98))
    part = pixels[spoilt]
    part[random.random(part.shape) < 0.65] = 255
    chart = scanned(fax.encode([fax.FaxedPage(pixels, page.dpi, page.matrix)], ".tif"))
    (read,) = chart.pages
    assert read.readable
    assert 0.5 <= (read.legibility or 0) < 0.85
    assert warned(chart) == [("illegible_page", (1,))]
    assert read.unclear
    assert all(box.y1 > 190 and box.y0 < 380 for box in read.unclear)


# Fax banners


@pytest.mark.parametrize("resolution", ["fine", "standard"])
def test_the_banner_goes_into_the_record_and_not_into_the_text(scanned: Read, resolution: str) -> None:
    damage = fax.Damage(resolution, banner="11/02/2026 09:14  FROM: RIVERBEND NEURO  TO: 555-0148  P. {page}/{pages}")
    chart = scanned(fax.encode([faxed(damage, page=number, pages=2) for number in (1, 2)], ".tif"))
    for number, page in enumerate(chart.pages, 1):
        assert page.fax is not None
        assert (page.fax.sent, page.fax.page, page.fax.pages) == ("2026-11-02", number, 2)
        assert page.fax.sender == "RIVERBEND NEURO"
        assert "RIVERBEND" not in page.text
        assert [line.role for line in page.furniture] == [FurnitureRole.FAX_BANNER]
        assert page.furniture[0].box.y1 < 30
        assert share_read(page) >= 0.95
    assert warned(chart) == []


# Form marks


def form(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 11)
    lines(canvas, NOTE, y=740)
    for row, item in enumerate(("Pacemaker", "Aneurysm clip", "Cochlear implant", "Insulin pump")):
        y = 640 - 30 * row
        canvas.drawString(72, y, item)
        for column, word in enumerate(("Yes", "No")):
            x = 250 + 70 * column
            canvas.rect(x, y - 2, 11, 11)
            canvas.drawString(x + 17, y, word)
            if (row + column) % 2:
                continue
            canvas.setLineWidth(1.5)
            if row == 0:  # a cross
                canvas.line(x + 1, y - 1, x + 10, y + 8)
                canvas.line(x + 1, y + 8, x + 10, y - 1)
            elif row == 1:  # filled
                canvas.rect(x, y - 2, 11, 11, fill=1)
            elif row == 2:  # a tick
                canvas.line(x + 2, y + 3, x + 5, y)
                canvas.line(x + 5, y, x + 11, y + 9)
            else:  # a stroke from corner to corner and a little beyond
                canvas.line(x, y - 2, x + 13, y + 11)
            canvas.setLineWidth(1)


@pytest.mark.parametrize(
    "damage",
    [FINE, fax.Damage("standard"), GREY, fax.LEVELS["fine-bad"], fax.Damage("fine", rotation=90)],
    ids=["fine", "standard", "grey", "askew, specked", "sideways"],
)
def test_boxes_on_a_scanned_form(scanned: Read, damage: fax.Damage) -> None:
    (page,) = scanned(fax.encode([faxed(damage, form)], ".tif")).pages
    ticked = [(row + column) % 2 == 0 for row in range(4) for column in range(2)]
    assert [mark.state for mark in page.marks] == [MarkState.TICKED if t else MarkState.UNTICKED for t in ticked]
    assert [mark.label for mark in page.marks] == ["Yes", "No"] * 4
    assert {mark.kind for mark in page.marks} == {"image"}
    for mark in page.marks:
        assert page.text[mark.start] == ("☒" if mark.state is MarkState.TICKED else "☐")
    if not damage.skew:
        for number, mark in enumerate(page.marks):
            x, y = 250 + 70 * (number % 2), 792 - 640 + 30 * (number // 2)
            assert mark.box.as_list() == pytest.approx([x, y - 9, x + 11, y + 2], abs=2.5)
    rows = [line for line in page.text.split("\n") if "Yes" in line]
    assert [row.split("\t")[0] for row in rows] == ["Pacemaker", "Aneurysm clip", "Cochlear implant", "Insulin pump"]


def test_letters_and_cells_are_no_boxes(scanned: Read) -> None:
    def table(canvas: Canvas) -> None:
        lines(canvas, LETTER_LINES, pitch=12)
        canvas.grid(range(72, 540, 13), range(300, 360, 13))
        canvas.setFont("Helvetica-Bold", 14)
        lines(canvas, ["DOB OD DO QUOTED BOOK  D O B", "n o c 0 O Q D"], y=250, pitch=20)

    (page,) = scanned(fax.encode([faxed(FINE, table)], ".tif")).pages
    assert page.marks == ()
    assert LETTER_PLACE[2] == page.width
