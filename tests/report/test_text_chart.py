"""Plain-text charts become pages of their own, with every passage highlighted where it was printed."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pypdfium2
from report_charts import determination_of, evidence, supported, text_chart

from chart_triage.records.chart import Chart
from chart_triage.report import highlighted_pdf
from chart_triage.report.typeset import typeset

LONG = "The question is recurrence versus radiation necrosis after treatment of a known tumor; " * 4
FIRST = f"CLINIC NOTE\n\nName:\tDvořák\tAge:\t54\n{LONG}\n" + "\n".join(f"Line {n}." for n in range(120))
SECOND = "Second page.\nHistory of glioblastoma."


def highlighted(chart: Chart, *phrases: str) -> tuple[bytes, list[list[str]]]:
    """The PDF, and the words below the highlights of each chart page's sheets."""
    criteria = {str(n): supported("Tumour", evidence(chart, phrase)) for n, phrase in enumerate(phrases, start=1)}
    data = highlighted_pdf(None, chart, determination_of(chart, criteria))
    document = pypdfium2.PdfDocument(data)
    read: list[list[str]] = []
    with pikepdf.open(BytesIO(data)) as pdf:
        for index, page in enumerate(pdf.pages):
            textpage = document[index].get_textpage()
            marks = [a for a in page.obj.get("/Annots", []) if str(a["/Subtype"]) == "/Highlight"]
            rects = [[float(v) for v in a["/Rect"]] for a in marks]
            read.append([" ".join(textpage.get_text_bounded(*rect).split()) for rect in rects])
    return data, read


def test_a_passage_over_a_wrapped_line_is_highlighted_on_both() -> None:
    chart = text_chart([FIRST, SECOND])
    _, read = highlighted(chart, LONG[:150], "glioblastoma")
    marked = [words for page in read for words in page]
    assert len(marked) == 3
    assert " ".join(marked[:2]) == LONG[:150].strip()
    assert marked[2] == "glioblastoma"


def test_words_after_a_tab_are_highlighted_where_they_are_printed() -> None:
    _, read = highlighted(text_chart([FIRST]), "Dvořák")
    assert [words for page in read for words in page] == ["Dvořák"]


def test_each_chart_page_begins_on_a_new_sheet_and_all_its_text_is_printed() -> None:
    chart = text_chart([FIRST, SECOND])
    result = typeset(chart)
    assert result.first_sheet(2) == len(pypdfium2.PdfDocument(result.pdf)) - 1
    printed = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(result.pdf))
    for word in (FIRST + " " + SECOND).split():
        assert word in printed


def test_any_character_is_set_without_failing() -> None:
    strange = "☒ Pacemaker ☐ ⍰ 日本語 שלום 😀 \x00\x07\u200b\u202e a\u0301 glioblastoma " + "x" * 400
    data, read = highlighted(text_chart([strange, ""]), "glioblastoma")
    assert [words for page in read for words in page] == ["glioblastoma"]
    assert data == highlighted(text_chart([strange, ""]), "glioblastoma")[0]
