"""Running headers, footers and page numbers stay out of the text; the record never does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from intake_pdfs import NOTE, draw, lines
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart
from chart_triage.records.page import FurnitureRole

Body = Callable[[int], list[str]]


def chart_pages(count: int, header: str, footer: str, body: Body) -> list[Callable[[Canvas], None]]:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw_page(canvas: Canvas) -> None:
            if header:
                canvas.drawString(72, 756, header.format(n=number, total=count))
            lines(canvas, body(number))
            if footer:
                canvas.drawRightString(540, 36, footer.format(n=number, total=count))

        return draw_page

    return [page(number) for number in range(1, count + 1)]


def note_body(number: int) -> list[str]:
    return [f"Progress note {'abcdefgh'[number]}", *NOTE]


def test_header_and_page_number_of_three_pages(tmp_path: Path) -> None:
    pages = chart_pages(3, "Northside Neurology   MRN 0042-7713", "Page {n} of {total}", note_body)
    chart = read_chart(draw(tmp_path / "chart.pdf", *pages))
    for page in chart.pages:
        assert page.text == "\n".join(note_body(page.number))
        assert [(line.role, line.text) for line in page.furniture] == [
            (FurnitureRole.HEADER, "Northside Neurology MRN 0042-7713"),
            (FurnitureRole.PAGE_NUMBER, f"Page {page.number} of 3"),
        ]
        header = page.furniture[0].box
        assert 70 < header.x0 < 75
        assert header.y1 < 45


def test_print_dates_and_times_may_differ(tmp_path: Path) -> None:
    pages = chart_pages(2, "", "Printed on 11/{n}/2026 10:3{n} AM", note_body)
    chart = read_chart(draw(tmp_path / "chart.pdf", *pages))
    assert [page.text for page in chart.pages] == ["\n".join(note_body(n)) for n in (1, 2)]
    assert all(page.furniture[0].role is FurnitureRole.FOOTER for page in chart.pages)


def test_bare_numbers_that_count_up_are_page_numbers(tmp_path: Path) -> None:
    chart = read_chart(draw(tmp_path / "chart.pdf", *chart_pages(3, "", "{n}", note_body)))
    assert all(page.text == "\n".join(note_body(page.number)) for page in chart.pages)


def test_a_fax_banner_is_named_as_one(tmp_path: Path) -> None:
    pages = chart_pages(3, "11/22/2026 10:31     FROM: NEUROLOGY     TO: 555-0199     P. 00{n}/003", "", note_body)
    chart = read_chart(draw(tmp_path / "chart.pdf", *pages))
    for page in chart.pages:
        assert page.text == "\n".join(note_body(page.number))
        assert {line.role for line in page.furniture} == {FurnitureRole.FAX_BANNER}


def test_a_line_repeated_in_the_body_stays(tmp_path: Path) -> None:
    def body(number: int) -> list[str]:
        return ["History unchanged.", f"Visit {number}", "No pacemaker.", "Continue levetiracetam."]

    chart = read_chart(draw(tmp_path / "chart.pdf", *chart_pages(4, "Clinic MRN 7713", "", body)))
    assert all(page.text.split("\n") == body(page.number) for page in chart.pages)


def test_a_repeated_title_of_the_record_stays(tmp_path: Path) -> None:
    pages = chart_pages(3, "MRI BRAIN WITH AND WITHOUT CONTRAST", "", note_body)
    chart = read_chart(draw(tmp_path / "chart.pdf", *pages))
    assert all(page.text.startswith("MRI BRAIN WITH AND WITHOUT CONTRAST") for page in chart.pages)


def test_values_at_one_place_on_each_page_stay(tmp_path: Path) -> None:
    pages = chart_pages(4, "INR 2.{n}   Platelets 14{n}", "", note_body)
    chart = read_chart(draw(tmp_path / "chart.pdf", *pages))
    assert [page.text.split("\n")[0] for page in chart.pages] == [f"INR 2.{n} Platelets 14{n}" for n in (1, 2, 3, 4)]


def test_entries_of_a_flow_sheet_stay_though_only_their_times_differ(tmp_path: Path) -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw_page(canvas: Canvas) -> None:
            canvas.drawString(72, 756, "Northside Neurology   MRN 0042-7713")
            lines(canvas, [f"11/0{number}/2026 08:00  resting comfortably", f"BP 12{number}/80"], y=735)
            lines(canvas, NOTE, y=680)

        return draw_page

    chart = read_chart(draw(tmp_path / "chart.pdf", *[page(number) for number in (1, 2, 3, 4)]))
    for read in chart.pages:
        assert read.text.split("\n")[:2] == [
            f"11/0{read.number}/2026 08:00 resting comfortably",
            f"BP 12{read.number}/80",
        ]


def test_the_first_line_of_the_text_stays_though_each_page_begins_alike(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, NOTE, y=750)

    chart = read_chart(draw(tmp_path / "chart.pdf", page, page, page))
    assert all(page.text == "\n".join(NOTE) for page in chart.pages)


def test_a_single_page_loses_only_its_page_number(tmp_path: Path) -> None:
    (page,) = chart_pages(1, "Northside Neurology   MRN 0042-7713", "Page {n} of {total}", note_body)
    (read,) = read_chart(draw(tmp_path / "chart.pdf", page)).pages
    assert read.text == "Northside Neurology MRN 0042-7713\n\n" + "\n".join(note_body(1))
    assert [line.role for line in read.furniture] == [FurnitureRole.PAGE_NUMBER]


def test_a_page_of_furniture_alone_is_told(tmp_path: Path) -> None:
    def body(number: int) -> list[str]:
        return [] if number == 2 else note_body(number)

    pages = chart_pages(3, "Northside Neurology   MRN 0042-7713", "Page {n} of {total}", body)
    chart = read_chart(draw(tmp_path / "chart.pdf", *pages))
    assert chart.pages[1].text == ""
    assert [(w.kind, w.pages) for w in chart.warnings] == [("blank_page", (2,))]
