"""A page whose words cannot be had is in the chart as unread, with the reason; it is never silently empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_pdfs import NOTE, draw, image, lines, mapped_text, note
from reportlab.pdfgen.canvas import Canvas

from chart_triage.intake import read_chart
from chart_triage.records.chart import Chart
from chart_triage.records.page import PageSource


def warnings(chart: Chart) -> list[tuple[str, tuple[int, ...]]]:
    return [(warning.kind, warning.pages) for warning in chart.warnings]


def test_a_scan_between_two_notes(tmp_path: Path) -> None:
    chart = read_chart(draw(tmp_path / "chart.pdf", note, image, note))
    assert [(page.source, page.readable) for page in chart.pages] == [
        (PageSource.NATIVE, True),
        (PageSource.NONE, False),
        (PageSource.NATIVE, True),
    ]
    assert chart.pages[1].text == ""
    assert (chart.pages[1].width, chart.pages[1].height) == (612, 792)
    assert warnings(chart) == [("unread_page", (2,))]


def test_text_drawn_as_curves_is_unread(tmp_path: Path) -> None:
    def curves(canvas: Canvas) -> None:
        path = canvas.beginPath()
        path.moveTo(100, 500)
        path.curveTo(150, 600, 250, 600, 300, 500)
        canvas.drawPath(path)

    assert warnings(read_chart(draw(tmp_path / "chart.pdf", curves))) == [("unread_page", (1,))]


def test_an_empty_page_is_blank(tmp_path: Path) -> None:
    def white(canvas: Canvas) -> None:
        canvas.setFillGray(1)
        canvas.rect(0, 0, 612, 792, fill=1, stroke=0)

    chart = read_chart(draw(tmp_path / "chart.pdf", note, white))
    assert not chart.pages[1].readable
    assert warnings(chart) == [("blank_page", (2,))]


def test_a_stamp_on_a_scan_does_not_make_it_read(tmp_path: Path) -> None:
    def stamped(canvas: Canvas) -> None:
        image(canvas)
        canvas.drawString(72, 770, "Received 11/22/2026 by intake")

    chart = read_chart(draw(tmp_path / "chart.pdf", stamped))
    assert "Received" in chart.pages[0].text
    assert warnings(chart) == [("unread_page", (1,))]


def test_a_scan_whose_only_words_are_its_running_header_is_unread(tmp_path: Path) -> None:
    def stamped(canvas: Canvas) -> None:
        image(canvas)
        canvas.drawString(72, 770, "Received 11/22/2026 by fax")

    chart = read_chart(draw(tmp_path / "chart.pdf", stamped, stamped, stamped))
    assert [page.readable for page in chart.pages] == [False] * 3
    assert warnings(chart) == [("unread_page", (1, 2, 3))]


def test_words_over_a_background_picture_are_read(tmp_path: Path) -> None:
    def letterhead(canvas: Canvas) -> None:
        image(canvas)
        note(canvas)

    chart = read_chart(draw(tmp_path / "chart.pdf", letterhead))
    assert chart.pages[0].text == "\n".join(NOTE)
    assert not chart.warnings


SHIFTED = "".join(chr(ord(c) - 29) if "A" <= c <= "z" else c for c in " ".join(NOTE * 2))


@pytest.mark.parametrize(
    "layer",
    ["\ue012\ue034 \ue056\ue078\ue09a \ue0bc", "(cid:12)(cid:7)(cid:44) (cid:3)(cid:9)", SHIFTED],
    ids=["private use", "cid", "shifted letters"],
)
def test_a_garbled_text_layer_is_not_believed(tmp_path: Path, layer: str) -> None:
    chart = read_chart(mapped_text(tmp_path / "chart.pdf", layer, size=2))
    assert chart.pages[0].text == ""
    assert not chart.pages[0].readable
    assert warnings(chart) == [("bad_text_layer", (1,))]


def test_a_list_of_drugs_is_not_garbled(tmp_path: Path) -> None:
    drugs = [
        "Maxzide 37/25 q.d., Protonix 40 mg q.d., hydroxyzine pamoate 50 mg q.i.d.",
        "Coreg 6.25 mg b.i.d., simvastatin 40 mg q.h.s., Plavix 75 mg q.d., Xyzal 5 mg p.r.n.",
        "Zofran 8 mg p.r.n., Keppra 500 mg b.i.d., oxcarbazepine 600 mg b.i.d., Lyrica 75 mg",
    ]

    def page(canvas: Canvas) -> None:
        lines(canvas, drugs)

    assert not read_chart(draw(tmp_path / "chart.pdf", page)).warnings
