"""Every word's box lies on that word, on pages of any rotation and crop: an independent reader and the eye agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pikepdf
import pypdfium2 as pdfium
import pytest
from intake_pdfs import LETTER, NOTE, draw, lines, mapped_text, note, two_columns, with_pages
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart
from chart_triage.records.page import Page, PageSource


def sideways(degrees: int) -> Callable[[Canvas], None]:
    """A page whose text runs `degrees` counter-clockwise, with /Rotate 0."""

    def page(canvas: Canvas) -> None:
        width, height = LETTER
        canvas.translate(width / 2, height / 2)
        canvas.rotate(degrees)
        canvas.setFont("Helvetica", 10)
        lines(canvas, NOTE, x=-250, y=100)

    return page


def rotate(degrees: int) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = degrees

    return change


def crop(pdf: pikepdf.Pdf) -> None:
    """Origin at (-30, 40), a visible part that leaves margins out."""
    pdf.pages[0].MediaBox = [-30, 40, 612, 792]
    pdf.pages[0].CropBox = [50, 500, 590, 760]


def rotate_and_crop(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = [-30, 40, 612, 792]
    pdf.pages[0].CropBox = [350, 120, 480, 780]
    pdf.pages[0].Rotate = 270


def table(canvas: Canvas) -> None:
    xs, ys = [72, 200, 300, 480], [700, 660, 620]
    canvas.grid(xs, ys)
    lines(canvas, ["Levetiracetam", "extended release"], x=76, y=686)
    canvas.drawString(204, 686, "500 mg")
    canvas.drawString(304, 686, "twice daily")
    canvas.drawString(76, 646, "Dexamethasone")
    canvas.drawString(204, 646, "4 mg")
    canvas.drawString(304, 646, "every morning")


def nothing(pdf: pikepdf.Pdf) -> None:
    pass


PAGES = {
    "upright": (note, nothing, 0),
    "rotated 90": (sideways(90), rotate(90), 90),
    "rotated 180": (sideways(180), rotate(180), 180),
    "rotated 270": (sideways(270), rotate(270), 270),
    "cropped, offset origin": (note, crop, 0),
    "cropped and rotated": (sideways(270), rotate_and_crop, 270),
    "two columns": (two_columns, nothing, 0),
    "table": (table, nothing, 0),
}


@pytest.mark.parametrize(("page", "change", "rotation"), PAGES.values(), ids=PAGES.keys())
def test_characters_under_each_box_are_the_word(
    tmp_path: Path, page: Callable[[Canvas], None], change: Callable[[pikepdf.Pdf], None], rotation: int
) -> None:
    path = with_pages(draw(tmp_path / "page.pdf", page), change)
    read = read_chart(path).pages[0]
    assert read.rotation == rotation
    assert read.words
    characters = upright_characters(path, tmp_path)
    for word in read.words:
        box = word.box
        under = [c for c, x, y in characters if box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1]
        assert "".join(under).strip() == read.text[word.start : word.end]


def upright_characters(path: Path, folder: Path) -> list[tuple[str, float, float]]:
    """(character, x, y of its middle) as pdfplumber reads them, turned and cropped by hand, in the file's order."""
    with pikepdf.open(path) as pdf:
        page = pdf.pages[0]
        left, bottom, right, top = (float(v) for v in page.cropbox)
        quarter_turns = int(page.obj.get("/Rotate", 0)) // 90
        for key in ("/Rotate", "/CropBox"):
            if key in page.obj:
                del page.obj[key]
        page.MediaBox = [0, 0, *LETTER]
        pdf.save(folder / "plain.pdf")
    with pdfplumber.open(folder / "plain.pdf") as document:
        found = document.pages[0].chars
    characters = []
    for char in found:
        width, height = right - left, top - bottom
        x = (char["x0"] + char["x1"]) / 2 - left
        y = (char["top"] + char["bottom"]) / 2 - (LETTER[1] - top)
        for _ in range(quarter_turns):
            x, y, width, height = height - y, x, height, width
        characters.append((char["text"], x, y))
    return characters


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("also_rotate", [0, 90])
def test_sideways_text_is_turned_upright(tmp_path: Path, degrees: int, also_rotate: int) -> None:
    path = with_pages(draw(tmp_path / "page.pdf", sideways(degrees)), rotate(also_rotate))
    chart = read_chart(path)
    page = chart.pages[0]
    assert page.text.split() == " ".join(NOTE).split()
    assert page.rotation == degrees
    expected = [] if degrees == also_rotate else [("rotated_page", (1,))]
    assert [(w.kind, w.pages) for w in chart.warnings] == expected
    assert_ink_lies_in_boxes(path, page, extra_turn=(degrees - also_rotate) % 360)


UNRULED = {name: (page, change) for name, (page, change, _) in PAGES.items() if page is not table}


@pytest.mark.parametrize(("page", "change"), UNRULED.values(), ids=UNRULED.keys())
def test_boxes_cover_the_ink_of_the_rendered_page(
    tmp_path: Path, page: Callable[[Canvas], None], change: Callable[[pikepdf.Pdf], None]
) -> None:
    path = with_pages(draw(tmp_path / "page.pdf", page), change)
    assert_ink_lies_in_boxes(path, read_chart(path).pages[0])


def assert_ink_lies_in_boxes(path: Path, page: Page, extra_turn: int = 0) -> None:
    """Nearly all dark pixels of the page lie in word boxes, and each word box holds some."""
    scale = 2
    document = pdfium.PdfDocument(path)
    image = document[0].render(scale=scale, grayscale=True, rotation=extra_turn).to_pil()
    document.close()
    assert image.size == pytest.approx((page.width * scale, page.height * scale), abs=1.5)
    ink = image.point(lambda value: 255 if value < 128 else 0)
    total = ink.histogram()[255]
    covered = 0
    for word in page.words:
        box = word.box
        inside = ink.crop(tuple(round(v * scale) for v in (box.x0, box.y0, box.x1, box.y1))).histogram()[255]
        assert inside > 0, f"no ink under word {word.start}-{word.end}"
        covered += inside
    assert covered >= 0.97 * total


def test_words_outside_of_the_crop_are_left_out(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Visible note")
        canvas.drawString(72, 100, "Cropped away")

    path = with_pages(draw(tmp_path / "page.pdf", page), crop)
    assert read_chart(path).pages[0].text == "Visible note"


def test_a_word_across_the_crop_is_cut_at_the_border(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(46, 700, "Glioblastoma, WHO grade 4")

    path = with_pages(draw(tmp_path / "page.pdf", page), crop)
    page_read = read_chart(path).pages[0]
    assert page_read.text == "Glioblastoma, WHO grade 4"
    assert page_read.words[0].box.x0 == 0


def test_small_text_along_the_side_follows_the_page(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        note(canvas)
        canvas.saveState()
        canvas.translate(30, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Scanned into record")
        canvas.restoreState()

    chart = read_chart(draw(tmp_path / "page.pdf", page))
    assert chart.pages[0].rotation == 0
    assert chart.pages[0].text.endswith("\n\nScanned into record")
    assert not chart.warnings


def test_characters_that_show_nothing_are_left_out(tmp_path: Path) -> None:
    path = mapped_text(tmp_path / "page.pdf", "no\ue123 gli\u200boma of\x07 the de\ufb01ned lobe")
    page = read_chart(path).pages[0]
    assert page.source is PageSource.NATIVE
    assert page.text == "no glioma of the defined lobe"


def test_text_printed_twice_for_boldness_is_read_once(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for shift in (0, 0.4):
            canvas.drawString(72 + shift, 700, "Impression: stable glioma")

    assert read_chart(draw(tmp_path / "page.pdf", page)).pages[0].text == "Impression: stable glioma"


def test_offsets_and_boxes_survive_a_chart_of_several_pages(tmp_path: Path) -> None:
    chart = read_chart(draw(tmp_path / "page.pdf", note, two_columns))
    start = chart.text.index("hippocampus")
    places = chart.locate(start, start + len("hippocampus"))
    assert [number for number, _ in places] == [2]
    (box,) = places[0][1]
    assert 320 < box.x0 < box.x1 < 520
