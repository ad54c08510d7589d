"""Rows of forms: each question with its answer, wherever the two stand to each other on the page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from intake_pdfs import draw
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart
from chart_triage.records.page import FormRow, MarkState, Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "fixtures"))

from screening_forms import HELD_OUT, SHAPES, draw_form  # noqa: E402

Place = tuple[float, float, str]


def texts(*places: Place) -> Callable[[Canvas], None]:
    def page(canvas: Canvas) -> None:
        for x, y, words in places:
            canvas.drawString(x, y, words)

    return page


def page_of(tmp_path: Path, *drawings: Callable[[Canvas], None]) -> Page:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 750, "MRI safety screening")
        for drawing in drawings:
            drawing(canvas)

    (read,) = read_chart(draw(tmp_path / "form.pdf", page)).pages
    return read


def answers(rows: Sequence[FormRow]) -> list[tuple[str, str]]:
    return [(row.question, row.answer.value) for row in rows]


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("shape", [*SHAPES, *HELD_OUT])
def test_every_row_of_a_native_form_is_read(tmp_path: Path, shape: str, seed: int) -> None:
    form = draw_form(shape, seed)
    path = tmp_path / "form.pdf"
    path.write_bytes(form.pdf)
    (page,) = read_chart(path).pages
    read = {squeezed(row.question): row for row in page.form_rows}
    assert len(form.rows) >= 8
    for true in form.rows:
        row = next((row for question, row in read.items() if squeezed(true.question) in question), None)
        if row is None:
            assert true.answer == "unanswered", true.question
        else:
            assert row.answer == true.answer, true.question
            assert "".join(page.text[low:high] for low, high in row.spans)
            assert row.box[1] < row.box[3]


def squeezed(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


def test_a_question_that_goes_on_below_its_boxes_is_one_row(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        texts(
            (72, 700, "Do you have a pacemaker or"), (350, 700, "[ ] Yes  [x] No"),
            (72, 687, "implanted defibrillator?"),
            (72, 660, "Insulin pump"), (350, 660, "[x] Yes  [ ] No"),
        ),
    )  # fmt: skip
    assert answers(page.form_rows) == [
        ("Do you have a pacemaker or implanted defibrillator?", "no"),
        ("Insulin pump", "yes"),
    ]


def test_details_below_a_row_and_behind_its_answers_are_its_free_text(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        texts(
            (72, 700, "Pacemaker"), (250, 700, "[x] Yes  [ ] No"), (360, 700, "Azure, 2019"),
            (72, 670, "Cochlear implant"), (250, 670, "[ ] Yes  [x] No"), (360, 670, "_________"),
        ),
    )  # fmt: skip
    assert [(row.question, row.free_text) for row in page.form_rows] == [
        ("Pacemaker", "Azure, 2019"),
        ("Cochlear implant", ""),
    ]
    assert "".join(page.text[low:high] for low, high in page.form_rows[0].noted) == "Azure, 2019"


def test_the_labels_of_boxes_stand_where_they_are_nearer(tmp_path: Path) -> None:
    """A comment behind "Yes [x] No [ ]" must not turn the labels round."""
    page = page_of(tmp_path, texts((72, 700, "Pacemaker"), (250, 700, "Yes [x]      No [ ]"), (360, 700, "see card")))
    assert answers(page.form_rows) == [("Pacemaker", "yes")]
    assert [(mark.label, mark.state) for mark in page.marks] == [
        ("Yes", MarkState.TICKED),
        ("No", MarkState.UNTICKED),
    ]


def test_boxes_behind_the_items_of_a_list_are_theirs(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        texts(
            (72, 700, "Pacemaker"), (150, 700, "[x]"), (180, 700, "Insulin pump"), (260, 700, "[ ]"),
            (72, 680, "Aneurysm clip"), (150, 680, "[ ]"), (180, 680, "Pregnant"), (260, 680, "[x]"),
        ),
    )  # fmt: skip
    assert dict(answers(page.form_rows)) == {
        "Pacemaker": "yes", "Insulin pump": "no", "Aneurysm clip": "no", "Pregnant": "yes",
    }  # fmt: skip


def test_a_box_whose_label_cannot_be_read_leaves_the_row_unclear(tmp_path: Path) -> None:
    page = page_of(tmp_path, texts((72, 700, "Pacemaker"), (250, 700, "[x] Ves   [x] No")))
    assert answers(page.form_rows)[0] == ("Pacemaker", "unclear")


@pytest.mark.parametrize(
    ("written", "answer"),
    [("Medtronic 2019", "yes"), ("none", "no"), ("not sure", "unclear"), ("removed 2018", "unclear"), ("N", "no")],
)
def test_an_answer_in_words(tmp_path: Path, written: str, answer: str) -> None:
    page = page_of(tmp_path, texts((72, 700, f"Pacemaker: {written}"), (72, 680, "Insulin pump: no")))
    assert answers(page.form_rows)[0] == ("Pacemaker:", answer)
    assert not page.form_rows[0].by_mark


def test_names_and_dates_are_no_questions(tmp_path: Path) -> None:
    page = page_of(tmp_path, texts((72, 700, "Patient name: Ada Winterbourne"), (72, 680, "DOB: 04/17/1961")))
    assert page.form_rows == ()


def ringed_and_ruled(canvas: Canvas) -> None:
    for row, (yes, no) in enumerate([(True, False), (False, True), (True, True)]):
        y = 700 - 30 * row
        canvas.drawString(72, y, f"Question {'abc'[row]} of it")
        for x, word, chosen in ((300, "Yes", yes), (350, "No", no)):
            canvas.drawString(x, y, word)
            if chosen:
                canvas.ellipse(x - 5, y - 4, x + 22, y + 12)


def test_rings_in_a_native_page_are_marks_and_two_in_a_row_leave_it_open(tmp_path: Path) -> None:
    page = page_of(tmp_path, ringed_and_ruled)
    assert [row.answer.value for row in page.form_rows] == ["yes", "no", "unclear"]
    states = [mark.state.value for mark in page.marks]
    assert states == ["ticked", "unticked", "unticked", "ticked", "unknown", "unknown"]


def underlined_title(canvas: Canvas) -> None:
    canvas.drawString(72, 700, "Please answer Yes or No")
    canvas.line(72, 698, 190, 698)
    canvas.drawString(300, 680, "Yes")
    canvas.drawString(350, 680, "No")
    canvas.line(300, 678, 316, 678)
    canvas.line(350, 678, 364, 678)


def test_underlined_headings_answer_nothing(tmp_path: Path) -> None:
    page = page_of(tmp_path, underlined_title)
    assert page.marks == ()


def test_a_page_without_answers_has_no_rows(tmp_path: Path) -> None:
    page = page_of(tmp_path, texts((72, 700, "He has no pacemaker and no known allergies."), (72, 680, "Seen today.")))
    assert page.form_rows == ()
