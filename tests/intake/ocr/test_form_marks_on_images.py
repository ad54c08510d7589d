"""Check boxes, radio buttons, typed brackets and circled answers on faxes and grey scans, tied to their labels."""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "fixtures"))
import fax
from chart_triage.intake.assembly import assemble
from chart_triage.intake.images import PageImage
from chart_triage.intake.ocr.page import read_image
from chart_triage.intake.page_draft import PageDraft
from chart_triage.intake.scanned import read_page
from chart_triage.records.page import MarkState, Page, PageSource

TICKED, UNTICKED, UNKNOWN = MarkState.TICKED, MarkState.UNTICKED, MarkState.UNKNOWN
LEVELS = ("fine", "standard", "grey")
HEIGHT = 420.0
TITLE = "Screening before magnetic resonance imaging of the brain with contrast."
ITEMS = ("Pacemaker", "Aneurysm clip", "Cochlear implant", "Insulin pump", "Metal in the eye")
CHOSEN = ("No", "Yes", "No", "Yes", "No")


def read(draw: Callable[[Any], None], level: str) -> Page:
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=(612, HEIGHT), invariant=1)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(60, HEIGHT - 40, TITLE)
    draw(canvas)
    canvas.save()
    faxed = next(iter(fax.fax_pages(out.getvalue(), fax.LEVELS[level], 1)))
    image = PageImage(1, faxed.pixels, *faxed.dpi)
    draft = PageDraft(1, image.width, image.height, 0, PageSource.NONE)
    return assemble([read_page(draft, read_image(image))])[0][0]


def states(page: Page) -> list[tuple[str, MarkState]]:
    return [(mark.label, mark.state) for mark in page.marks]


def expected() -> list[tuple[str, MarkState]]:
    return [(label, TICKED if label == chosen else UNTICKED) for chosen in CHOSEN for label in ("Yes", "No")]


def rows(canvas: Any, button: Callable[[Any, float, float, int, bool], None]) -> None:
    """Each item with "Yes" and "No" behind what `button` draws around a middle."""
    for row, (item, chosen) in enumerate(zip(ITEMS, CHOSEN, strict=True)):
        y = HEIGHT - 80 - 24 * row
        canvas.drawString(60, y, item)
        for x, label in ((300, "Yes"), (360, "No")):
            button(canvas, x, y + 3.5, row, label == chosen)
            canvas.drawString(x + 13, y, label)


def square(canvas: Any, x: float, y: float, row: int, chosen: bool) -> None:
    canvas.rect(x - 5, y - 5, 10, 10)
    if chosen:
        (cross, tick, blot)[row % 3](canvas, x, y)


def circle(canvas: Any, x: float, y: float, row: int, chosen: bool) -> None:
    canvas.circle(x, y, 5.5)
    if chosen:
        (dot, cross, tick, blot, dot)[row](canvas, x, y)


def cross(canvas: Any, x: float, y: float) -> None:
    canvas.line(x - 3, y - 3, x + 3, y + 3)
    canvas.line(x - 3, y + 3, x + 3, y - 3)


def tick(canvas: Any, x: float, y: float) -> None:
    canvas.lines([(x - 3, y, x - 1, y - 3), (x - 1, y - 3, x + 6, y + 7)])


def dot(canvas: Any, x: float, y: float) -> None:
    canvas.circle(x, y, 2.6, fill=1)


def blot(canvas: Any, x: float, y: float) -> None:
    canvas.circle(x, y, 5, fill=1)


def ring(canvas: Any, x: float, y: float, across: float, down: float, turn: float = 1.0) -> None:
    """A crooked ellipse, open below a `turn` of 1."""
    path = canvas.beginPath()
    for step in range(49):
        angle = 1 + 2 * math.pi * turn * step / 48
        far = 1 + 0.05 * math.sin(2 * angle)
        point = x + far * across * math.cos(angle), y + far * down * math.sin(angle) - 0.1 * across * math.cos(angle)
        path.lineTo(*point) if step else path.moveTo(*point)
    canvas.drawPath(path)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("button", [square, circle])
def test_drawn_buttons_have_states_labels_and_places(button: Any, level: str) -> None:
    page = read(lambda canvas: rows(canvas, button), level)
    assert states(page) == expected()
    assert {mark.kind for mark in page.marks} == {"image"}
    for number, mark in enumerate(page.marks):
        middle = (mark.box.x0 + mark.box.x1) / 2, (mark.box.y0 + mark.box.y1) / 2
        assert middle == pytest.approx((360 if number % 2 else 300, 76.5 + 24 * (number // 2)), abs=3)
        assert page.text[mark.start] in "☒☐"


@pytest.mark.parametrize("level", LEVELS)
def test_typed_brackets(level: str) -> None:
    def draw(canvas: Any) -> None:
        canvas.setFont("Courier", 11)
        for row, (item, chosen) in enumerate(zip(ITEMS, CHOSEN, strict=True)):
            yes, no = ("[x]", "[ ]") if chosen == "Yes" else ("[ ]", "[x]")
            canvas.drawString(60, HEIGHT - 80 - 24 * row, f"{item} {yes} Yes {no} No")

    page = read(draw, level)
    assert [(label.title(), state) for label, state in states(page)] == expected()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("turn", [1.0, 0.93])
def test_a_circled_answer_is_ticked_and_the_others_are_not(turn: float, level: str) -> None:
    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", 11)
        for row, (item, chosen) in enumerate(zip(ITEMS, CHOSEN, strict=True)):
            y = HEIGHT - 80 - 34 * row
            canvas.drawString(60, y, item)
            canvas.drawString(300, y, "Yes")
            canvas.drawString(340, y, "/")
            canvas.drawString(360, y, "No")
            ring(canvas, 309.5 if chosen == "Yes" else 367, y + 4, 15, 9, turn)

    page = read(draw, level)
    assert states(page) == expected()
    assert "Aneurysm clip ☒ Yes ☐ No" in page.text.replace("\t", " ")


@pytest.mark.parametrize("level", LEVELS)
def test_two_circled_answers_are_unknown(level: str) -> None:
    def draw(canvas: Any) -> None:
        for row, chosen in enumerate(("Y", "N", "YN")):
            y = HEIGHT - 80 - 34 * row
            canvas.drawString(60, y, ITEMS[row])
            for x, answer in ((300, "Y"), (350, "N")):
                canvas.drawString(x, y, answer)
                if answer in chosen:
                    ring(canvas, x + 3.5, y + 3.5, 9, 9)

    wanted = [("Y", TICKED), ("N", UNTICKED), ("Y", UNTICKED), ("N", TICKED), ("Y", UNKNOWN), ("N", UNKNOWN)]
    assert states(read(draw, level)) == wanted


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman"])
def test_text_without_marks_has_none(font: str, level: str) -> None:
    def draw(canvas: Any) -> None:
        canvas.setFont(font, 10)
        for row, line in enumerate(
            (
                "Axial DWI, ADC and FLAIR. DWI: no restriction. Vitamin D 1,000 IU, O2 by mask, 0 of 10 pain.",
                "Blood group O positive, Rh D positive. IQ 91. WHO grade II. PR 60 %, FS 0, Q 8 h, CO 4.5.",
                "A second opinion was sought from Dr. O. Quist (reply to o.quist@example.org, \u00a9 Riverbend).",
                "0 0 0 O O O D D D II II 10 01 60 80 of o to no. No change since the last visit; no fever.",
                "\u2022 No headache   \u2022 No seizures   \u2022 Yes, the patient may travel by air.",
            )
        ):
            canvas.drawString(60, HEIGHT - 80 - 20 * row, line)
        canvas.setFont(font, 22)
        canvas.drawString(60, HEIGHT - 220, "QUALITY OF LIFE: D, O, Q")
        canvas.rect(60, HEIGHT - 330, 300, 60)
        for x in (160, 260):
            canvas.line(x, HEIGHT - 330, x, HEIGHT - 270)
        canvas.line(60, HEIGHT - 300, 360, HEIGHT - 300)

    assert states(read(draw, level)) == []


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman"])
def test_lone_capitals_are_no_marks(font: str, level: str) -> None:
    """Answers that are letters: "N" is nearly a square, "O" a ring."""

    def draw(canvas: Any) -> None:
        for row in range(4):
            canvas.setFont(font, 10)
            canvas.drawString(60, HEIGHT - 80 - 24 * row, f"{ITEMS[row]} and whether it was seen on a radiograph")
            canvas.setFont(font, (9, 10, 11, 14)[row])
            for column, letter in enumerate("NYMODEQC0"):
                canvas.drawString(330 + 26 * column, HEIGHT - 80 - 24 * row, letter)

    assert states(read(draw, level)) == []
