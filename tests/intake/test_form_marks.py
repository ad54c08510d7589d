"""Check boxes and fields of every make read alike: one character in the text, one mark with label and state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from intake_pdfs import draw, lines, mapped_text, with_pages
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart
from chart_triage.records.page import MarkState, Page

TICKED, UNTICKED, UNKNOWN = MarkState.TICKED, MarkState.UNTICKED, MarkState.UNKNOWN
ITEMS = ("Pacemaker", "Aneurysm clip", "Cochlear implant")


def page_of(path: Path) -> Page:
    (page,) = read_chart(path).pages
    for mark in page.marks:
        assert page.text[mark.start] in "☒☐⍰[(xX"
        assert page.words_in(mark.start, mark.start + 1)
    return page


def states(page: Page) -> list[tuple[str, MarkState]]:
    return [(mark.label, mark.state) for mark in page.marks]


def acroform(canvas: Canvas) -> None:
    form = canvas.acroForm
    canvas.drawString(72, 720, "Patient:")
    form.textfield(name="patient", x=150, y=715, width=200, height=16, value="Rosa Delgado-Winter", fontSize=10)
    for row, item in enumerate(ITEMS):
        y = 690 - 22 * row
        canvas.drawString(72, y, item)
        form.checkbox(name=f"{row}y", x=250, y=y - 2, size=12, checked=row == 1)
        canvas.drawString(266, y, "Yes")
        form.checkbox(name=f"{row}n", x=310, y=y - 2, size=12, checked=row == 0, buttonStyle="cross")
        canvas.drawString(326, y, "No")
    canvas.drawString(72, 600, "Sex")
    for x, value, shown in ((150, "m", "Male"), (210, "f", "Female")):
        form.radio(name="sex", value=value, x=x, y=598, size=12, selected=value == "f")
        canvas.drawString(x + 16, 600, shown)
    canvas.drawString(72, 570, "Site:")
    sites = [("North campus", "n"), ("South campus", "s")]
    form.choice(name="site", x=150, y=566, width=120, height=16, options=sites, value="s", fontSize=10)


def test_acroform_fields(tmp_path: Path) -> None:
    page = page_of(draw(tmp_path / "form.pdf", acroform))
    assert [line for line in page.text.split("\n") if line] == [
        "Patient:\tRosa Delgado-Winter",
        "Pacemaker\t☐ Yes\t☒ No",
        "Aneurysm clip\t☒ Yes\t☐ No",
        "Cochlear implant\t☐ Yes\t☐ No",
        "Sex\t☐ Male\t☒ Female",
        "Site:\tSouth campus",
    ]
    assert all(mark.kind == "acroform" for mark in page.marks)
    assert states(page) == [
        ("Yes", UNTICKED),
        ("No", TICKED),
        ("Yes", TICKED),
        ("No", UNTICKED),
        ("Yes", UNTICKED),
        ("No", UNTICKED),
        ("Male", UNTICKED),
        ("Female", TICKED),
    ]
    box = page.marks[0].box
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((250, 92, 262, 104), abs=1)


def test_a_value_without_a_look_is_placed_in_its_field(tmp_path: Path) -> None:
    def without_looks(pdf: pikepdf.Pdf) -> None:
        for widget in pdf.pages[0].Annots:
            if widget.FT == "/Tx":
                del widget["/AP"]

    page = page_of(with_pages(draw(tmp_path / "form.pdf", acroform), without_looks))
    assert page.text.startswith("Patient:\tRosa Delgado-Winter\n")
    word = page.words_in(page.text.index("Delgado"), page.text.index("Delgado") + 1)[0]
    assert 150 < word.box.x0 < word.box.x1 < 350
    assert 792 - 731 <= word.box.y0 < word.box.y1 <= 792 - 714


def test_a_look_that_contradicts_the_value_is_unknown(tmp_path: Path) -> None:
    def contradict(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots[1].AS = pikepdf.Name.Yes  # shown as ticked, while /V stays /Off

    page = page_of(with_pages(draw(tmp_path / "form.pdf", acroform), contradict))
    assert page.text.split("\n")[1] == "Pacemaker\t⍰ Yes\t☒ No"


def test_hidden_fields_are_left_out(tmp_path: Path) -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        for widget in list(pdf.pages[0].Annots)[:3]:
            widget.F = 2

    page = page_of(with_pages(draw(tmp_path / "form.pdf", acroform), hide))
    assert page.text.split("\n")[:2] == ["Patient:", "Pacemaker\tYes\tNo"]


def test_a_field_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    def damage(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[0].Annots[1]["/Rect"]

    chart = read_chart(with_pages(draw(tmp_path / "form.pdf", acroform), damage))
    assert [(warning.kind, warning.pages) for warning in chart.warnings] == [("unread_page", (1,))]
    assert "Pacemaker\tYes\t☒ No" in chart.pages[0].text


def test_text_typed_onto_the_page_is_read(tmp_path: Path) -> None:
    """A free-text annotation, as PDF viewers make one for forms without fields."""

    def annotate(pdf: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        look = pdf.make_stream(b"BT /H 10 Tf 2 4 Td (placed in 2019) Tj ET")
        look.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, 120, 16],
                Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(H=font)),
            )
        )
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FreeText,
            Rect=[200, 696, 320, 712],
            DA=pikepdf.String("/H 10 Tf"),
            Contents=pikepdf.String("placed in 2019"),
            AP=pikepdf.Dictionary(N=look),
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))

    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Spinal cord stimulator:")

    assert (
        page_of(with_pages(draw(tmp_path / "p.pdf", page), annotate)).text == "Spinal cord stimulator:\tplaced in 2019"
    )


def cross(canvas: Canvas, x: float, y: float) -> None:
    canvas.line(x, y, x + 9, y + 9)
    canvas.line(x, y + 9, x + 9, y)


def tick(canvas: Canvas, x: float, y: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x + 1, y + 5)
    path.lineTo(x + 4, y + 1)
    path.lineTo(x + 12, y + 13)
    canvas.drawPath(path)


def filling(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 9, 9, fill=1)


def inner_square(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x + 2, y + 2, 5, 5, fill=1, stroke=0)


def letter_x(canvas: Canvas, x: float, y: float) -> None:
    canvas.drawString(x + 1.5, y + 1, "X")


def dingbat(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFont("ZapfDingbats", 9)
    canvas.drawString(x + 0.5, y + 1, "✔")
    canvas.setFont("Helvetica", 10)


Ink = Callable[[Canvas, float, float], None]


def drawn_form(ink: Ink) -> Callable[[Canvas], None]:
    """Three questions with drawn boxes; the first is ticked "No", the second "Yes", the third not at all."""

    def page(canvas: Canvas) -> None:
        for row, item in enumerate(ITEMS):
            y = 700 - 20 * row
            canvas.drawString(72, y, item)
            for x, answer in ((250, "Yes"), (310, "No")):
                canvas.rect(x, y - 1, 9, 9)
                canvas.drawString(x + 13, y, answer)
            if row < 2:
                ink(canvas, 310 if row == 0 else 250, y - 1)

    return page


@pytest.mark.parametrize("ink", [cross, tick, filling, inner_square, letter_x, dingbat])
def test_drawn_boxes(tmp_path: Path, ink: Ink) -> None:
    page = page_of(draw(tmp_path / "form.pdf", drawn_form(ink)))
    assert page.text.split("\n") == [
        "Pacemaker\t☐ Yes\t☒ No",
        "Aneurysm clip\t☒ Yes\t☐ No",
        "Cochlear implant\t☐ Yes\t☐ No",
    ]
    assert [mark.label for mark in page.marks] == ["Yes", "No"] * 3
    box = page.marks[1].box
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((310, 84, 319, 93), abs=1)


def rounded(canvas: Canvas, x: float, y: float) -> None:
    canvas.roundRect(x, y, 9, 9, 2)


def frame_of_two_rings(canvas: Canvas, x: float, y: float) -> None:
    """A border painted as one filled path, as browsers print it."""
    path = canvas.beginPath()
    path.rect(x, y, 9, 9)
    path.rect(x + 0.8, y + 0.8, 7.4, 7.4)
    canvas.drawPath(path, fill=1, stroke=0, fillMode=0)


def white_on_black(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 9, 9, fill=1, stroke=0)
    canvas.setFillGray(1)
    canvas.rect(x + 0.8, y + 0.8, 7.4, 7.4, fill=1, stroke=0)
    canvas.setFillGray(0)


def four_points(canvas: Canvas, x: float, y: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x, y)
    for corner in ((x + 9, y), (x + 9, y + 9), (x, y + 9)):
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path)


@pytest.mark.parametrize("outline", [rounded, frame_of_two_rings, white_on_black, four_points])
def test_outlines_of_drawn_boxes(tmp_path: Path, outline: Ink) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Pacemaker")
        for x, answer in ((250, "Yes"), (310, "No")):
            outline(canvas, x, 699)
            canvas.drawString(x + 13, 700, answer)
        cross(canvas, 310, 699)

    assert page_of(draw(tmp_path / "form.pdf", page)).text == "Pacemaker\t☐ Yes\t☒ No"


def test_a_speck_in_a_box_is_unknown(tmp_path: Path) -> None:
    def speck(canvas: Canvas, x: float, y: float) -> None:
        canvas.line(x + 4, y + 4, x + 5, y + 5)

    page = page_of(draw(tmp_path / "form.pdf", drawn_form(speck)))
    assert page.text.split("\n")[0] == "Pacemaker\t☐ Yes\t⍰ No"


def test_drawn_radio_buttons(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for x, answer in ((80, "Male"), (160, "Female")):
            canvas.circle(x, 703, 5)
            canvas.drawString(x + 9, 700, answer)
        canvas.circle(160, 703, 2.5, fill=1)

    assert page_of(draw(tmp_path / "form.pdf", page)).text == "☐ Male\t☒ Female"


def test_boxes_drawn_on_a_rotated_page(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.translate(612, 0)
        canvas.rotate(90)
        canvas.setFont("Helvetica", 10)
        canvas.translate(0, -200)
        drawn_form(cross)(canvas)

    path = with_pages(draw(tmp_path / "form.pdf", page), lambda pdf: setattr(pdf.pages[0], "Rotate", 90))
    assert page_of(path).text.split("\n")[:2] == ["Pacemaker\t☐ Yes\t☒ No", "Aneurysm clip\t☒ Yes\t☐ No"]


def test_squares_around_letters_and_digits_are_no_check_boxes(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Date of birth")
        canvas.drawString(72, 670, "Initials")
        for index, digit in enumerate("02111972"):
            canvas.rect(150 + 14 * index, 697, 14, 14)
            canvas.drawString(154 + 14 * index, 700, digit)
            if index < 3:
                canvas.rect(150 + 14 * index, 667, 14, 14)

    page_read = page_of(draw(tmp_path / "form.pdf", page))
    assert not page_read.marks
    assert page_read.text.split("\n\n") == ["Date of birth\t0 2 1 1 1 9 7 2", "Initials"]


def test_filled_squares_alone_are_bullets(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for row, item in enumerate(ITEMS):
            canvas.rect(72, 700 - 20 * row, 6, 6, fill=1, stroke=0)
            canvas.drawString(84, 700 - 20 * row, item)

    assert not page_of(draw(tmp_path / "form.pdf", page)).marks


def test_a_ticked_table_is_labelled_by_its_headings(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        xs, ys = (72, 300, 350, 400, 540), [700 - 18 * i for i in range(4)]
        canvas.grid(xs, ys)
        rows = (("Item", "Yes", "No", "Comment"), ("Pacemaker", "", "X", ""), ("Stent", "X", "", "placed 2011"))
        for y, row in zip(ys, rows, strict=False):
            for x, cell in zip(xs, row, strict=False):
                canvas.drawString(x + 4, y - 12, cell)

    page_read = page_of(draw(tmp_path / "form.pdf", page))
    assert page_read.text == "Item\tYes\tNo\tComment\nPacemaker\t\tX\nStent\tX\t\tplaced 2011"
    assert states(page_read) == [("No", TICKED), ("Yes", TICKED)]


def test_boxes_in_a_table_are_labelled_by_its_headings(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for x, heading in ((72, "Item"), (300, "Yes"), (350, "No")):
            canvas.drawString(x, 700, heading)
        for row, item in enumerate(ITEMS):
            y = 680 - 18 * row
            canvas.drawString(72, y, item)
            canvas.rect(302, y, 8, 8)
            canvas.rect(352, y, 8, 8)
            cross(canvas, 302 if row == 1 else 352, y - 0.5)

    page_read = page_of(draw(tmp_path / "form.pdf", page))
    assert states(page_read) == [
        ("Yes", UNTICKED),
        ("No", TICKED),
        ("Yes", TICKED),
        ("No", UNTICKED),
        ("Yes", UNTICKED),
        ("No", TICKED),
    ]


def test_typed_brackets_stay_as_typed(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ["Pacemaker: [ ] Yes [x] No", "Claustrophobia: (X) Yes ( ) No", "[x]Diabetes"])

    page_read = page_of(draw(tmp_path / "form.pdf", page))
    assert page_read.text == "Pacemaker: [ ] Yes [x] No\nClaustrophobia: (X) Yes ( ) No\n[x]Diabetes"
    assert states(page_read) == [
        ("Yes", UNTICKED),
        ("No", TICKED),
        ("Yes", TICKED),
        ("No", UNTICKED),
        ("Diabetes", TICKED),
    ]
    assert page_read.marks[4].box.width < 20


@pytest.mark.parametrize(
    ("typed", "shown", "expected"),
    [
        ("Pacemaker ☐ Yes ☑ No", "Pacemaker ☐ Yes ☒ No", [("Yes", UNTICKED), ("No", TICKED)]),
        ("Pacemaker: Yes ☐ No ☒", "Pacemaker: Yes ☐ No ☒", [("Yes", UNTICKED), ("No", TICKED)]),
        ("☑Pacemaker ❏Stent", "☒ Pacemaker ☐ Stent", [("Pacemaker", TICKED), ("Stent", UNTICKED)]),
        ("\uf0feYes \uf0a8No", "☒ Yes ☐ No", [("Yes", TICKED), ("No", UNTICKED)]),
        ("☐ Yes ☑ No Stent", "☐ Yes ☒ No Stent", [("Yes", UNTICKED), ("No", TICKED)]),
        ("☑ No known allergies", "☒ No known allergies", [("No known allergies", TICKED)]),
        ("Stent ✓", "Stent ☒", [("Stent", TICKED)]),
        ("Pacemaker ✗", "Pacemaker ⍰", [("Pacemaker", UNKNOWN)]),
        ("Stent ● Yes ○ No", "Stent ☒ Yes ☐ No", [("Yes", TICKED), ("No", UNTICKED)]),
        ("● first point", "● first point", []),
    ],
)
def test_box_characters(tmp_path: Path, typed: str, shown: str, expected: list[tuple[str, MarkState]]) -> None:
    page = page_of(mapped_text(tmp_path / "form.pdf", typed))
    assert page.text == shown
    assert states(page) == expected
