"""Lines, blocks, columns and table rows come out in the order in which a person reads them."""

from __future__ import annotations

from pathlib import Path

from intake_pdfs import LEFT_COLUMN, NOTE, RIGHT_COLUMN, draw, lines, two_columns
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart


def text_of(path: Path) -> str:
    (page,) = read_chart(path).pages
    return page.text


def test_lines_and_blocks(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, NOTE[:2], y=700)
        lines(canvas, NOTE[2:], y=650)

    assert text_of(draw(tmp_path / "page.pdf", page)) == "\n".join(NOTE[:2]) + "\n\n" + "\n".join(NOTE[2:])


def test_lines_drawn_in_any_sequence_are_read_from_the_top(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for index in (2, 0, 3, 1):
            canvas.drawString(72, 700 - 13 * index, NOTE[index])

    assert text_of(draw(tmp_path / "page.pdf", page)) == "\n".join(NOTE)


def test_two_columns_one_after_the_other_below_their_heading(tmp_path: Path) -> None:
    text = text_of(draw(tmp_path / "page.pdf", two_columns))
    heading, left, right = text.split("\n\n")
    assert heading == "Epilepsy clinic letter to the referring physician"
    assert left == "\n".join(LEFT_COLUMN)
    assert right == "\n".join(RIGHT_COLUMN)


def test_columns_drawn_line_by_line_across_are_still_columns(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for index, (left, right) in enumerate(zip(LEFT_COLUMN, RIGHT_COLUMN, strict=True)):
            canvas.drawString(72, 700 - 13 * index, left)
            canvas.drawString(320, 700 - 13 * index, right)
        lines(canvas, ["Yours sincerely, and with thanks for this interesting referral to our clinic today"], y=560)

    left, right, close = text_of(draw(tmp_path / "page.pdf", page)).split("\n\n")
    assert (left, right) == ("\n".join(LEFT_COLUMN), "\n".join(RIGHT_COLUMN))
    assert close.startswith("Yours sincerely")


def test_a_sentence_goes_on_from_column_to_column(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, LEFT_COLUMN[:-1], x=72)
        lines(canvas, LEFT_COLUMN[-1:] + RIGHT_COLUMN[:-2], x=320)

    assert "left temporal lobe, which\nagrees with" in text_of(draw(tmp_path / "page.pdf", page))


def test_a_side_bar_does_not_cut_into_the_letter(tmp_path: Path) -> None:
    names = ("A. Brandt, MD", "C. Oyelaran, MD", "S. Virtanen, DO", "Fax 555 0142", "Suite 400", "Main Street 12")

    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 7)
        lines(canvas, names, x=60, y=703, pitch=17)
        canvas.setFont("Helvetica", 10)
        lines(canvas, LEFT_COLUMN, x=170)

    text = text_of(draw(tmp_path / "page.pdf", page))
    assert "\n".join(LEFT_COLUMN) in text
    assert [line for line in text.splitlines() if line in names] == list(names)


def test_a_table_without_rules_is_read_row_by_row(tmp_path: Path) -> None:
    rows = (
        ("Levetiracetam tablet", "500 mg by mouth", "twice daily with food"),
        ("Dexamethasone tablet", "4 mg by mouth", "every morning for a week"),
        ("Lacosamide tablet", "100 mg by mouth", "twice daily with food"),
        ("Ondansetron tablet", "8 mg by mouth", "every 8 hours as needed"),
        ("Omeprazole capsule", "20 mg by mouth", "before breakfast"),
        ("Melatonin tablet", "3 mg by mouth", "at bedtime as needed"),
    )

    def page(canvas: Canvas) -> None:
        for column, x in enumerate((72, 230, 380)):  # drawn column by column, as some printouts are
            lines(canvas, [row[column] for row in rows], x=x)

    assert text_of(draw(tmp_path / "page.pdf", page)) == "\n".join("\t".join(row) for row in rows)


def test_keys_and_values_stay_on_their_line(tmp_path: Path) -> None:
    pairs = (("Patient:", "R. Delgado"), ("DOB:", "02/11/1972"), ("Exam:", "MRI brain"), ("Priority:", "Routine"))

    def page(canvas: Canvas) -> None:
        lines(canvas, [key for key, _ in pairs])
        lines(canvas, [value for _, value in pairs], x=160)

    text = text_of(draw(tmp_path / "page.pdf", page))
    assert text == "\n".join(f"{key}\t{value}" for key, value in pairs)


def test_a_ruled_table_keeps_rows_together_and_joins_wrapped_cells(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ["Devices and implants"], y=730)
        canvas.grid([72, 144, 200, 420], [700, 670, 640, 600])
        for x, heading in ((76, "Device"), (148, "Present"), (204, "Comment")):
            canvas.drawString(x, 682, heading)
        lines(canvas, ["Cochlear", "implant, left"], x=76, y=658, pitch=11)
        canvas.drawString(148, 653, "No")
        canvas.drawString(204, 653, "hearing is normal")
        canvas.drawString(76, 620, "Stimulator")
        canvas.drawString(148, 620, "Yes")
        lines(canvas, ["placed in 2019 for pain after surgery of the", "back; the card is not at hand"], x=204, y=624)
        lines(canvas, ["Reviewed with the patient."], y=570)

    read = text_of(draw(tmp_path / "page.pdf", page)).split("\n")
    assert [line for line in read if line] == [
        "Devices and implants",
        "Device\tPresent\tComment",
        "Cochlear implant, left\tNo\thearing is normal",
        "Stimulator\tYes\tplaced in 2019 for pain after surgery of the back; the card is not at hand",
        "Reviewed with the patient.",
    ]


def test_list_items_in_a_cell_stay_apart(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.grid([72, 180, 480], [700, 640, 610])
        canvas.drawString(76, 680, "Diagnoses")
        lines(canvas, ["1. Low-grade glioma", "2. Focal epilepsy", "3. No implants"], x=184, y=684)
        canvas.drawString(76, 620, "Plan")
        canvas.drawString(184, 620, "Spectroscopy")

    text = text_of(draw(tmp_path / "page.pdf", page))
    assert text.split("\n") == [
        "Diagnoses\t1. Low-grade glioma",
        "2. Focal epilepsy",
        "3. No implants",
        "Plan\tSpectroscopy",
    ]


def test_a_frame_around_columns_is_no_table(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.grid([60, 300, 540], [715, 580])
        lines(canvas, (*LEFT_COLUMN, "Her sleep is good."), x=72)
        lines(canvas, (*RIGHT_COLUMN, "She drives no car."), x=320)

    left, right = text_of(draw(tmp_path / "page.pdf", page)).split("\n\n")
    assert left.startswith("\n".join(LEFT_COLUMN))
    assert right.startswith("\n".join(RIGHT_COLUMN))


def test_stretched_spaces_of_a_justified_line_are_no_cells(tmp_path: Path) -> None:
    """Word spaces of 6 points, and 15 after a full stop, as narrow justified columns have them."""
    sentences = "He was alert. There was no focal weakness."

    def page(canvas: Canvas) -> None:
        x = 72.0
        for word in sentences.split():
            canvas.drawString(x, 700, word)
            x += canvas.stringWidth(word) + (15 if word.endswith(".") else 6)
        lines(canvas, LEFT_COLUMN, y=687)

    assert text_of(draw(tmp_path / "page.pdf", page)).split("\n")[0] == sentences
