"""Plain text files: their encodings, line ends and pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_pdfs import draw, note

from chart_triage.errors import InputError
from chart_triage.intake import Limits, read_chart
from chart_triage.records.page import PageSource

TEXT = "Impression: Krabbe’s disease – no change.\nWeight 70 kg, 37.5°C"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little endian", "utf-16 big endian", "windows-1252"],
)
def test_encodings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(data)
    chart = read_chart(path)
    assert chart.media_type == "text/plain"
    (page,) = chart.pages
    assert page.text == TEXT
    assert (page.source, page.readable, page.words) == (PageSource.TEXT, True, ())
    assert (page.width, page.height) == (612, 792)


def test_line_ends_and_pages(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"first page\r\nsecond line\r\n\fsecond page\r\f")
    chart = read_chart(path)
    assert [page.text for page in chart.pages] == ["first page\nsecond line\n", "second page\n"]
    assert chart.text == "first page\nsecond line\n\fsecond page\n"
    assert not chart.warnings


def test_a_blank_page_within_is_told(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("first page\f \n\fthird page")
    chart = read_chart(path)
    assert [page.readable for page in chart.pages] == [True, False, True]
    assert [(w.kind, w.pages) for w in chart.warnings] == [("blank_page", (2,))]


def test_limits_hold_for_text(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("one two three\ffour")
    for limits, kind in ((Limits(max_pages=1), "too_many_pages"), (Limits(max_words_per_page=2), "too_many_words")):
        with pytest.raises(InputError) as caught:
            read_chart(path, limits=limits)
        assert caught.value.kind == kind


@pytest.mark.parametrize("name", ["note", "note.txt", "note.doc", "note.pdf.txt"])
def test_text_is_read_whatever_it_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("No seizures since March.")
    assert read_chart(path).pages[0].text == "No seizures since March."


@pytest.mark.parametrize("name", ["note.pdf", "NOTE.PDF"])
@pytest.mark.parametrize("text", ["No seizures since March.", "1 0 obj << /Type /Catalog >> endobj\ntrailer\n%%EOF\n"])
def test_text_that_is_named_a_pdf_is_a_damaged_pdf(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_chart(path)
    assert caught.value.kind == "damaged"
    assert str(caught.value) == (
        f"{name} is named a PDF, but its header is missing. Send the PDF again; if it is plain text, name it .txt."
    )


def test_a_pdf_is_read_whatever_it_is_named(tmp_path: Path) -> None:
    path = draw(tmp_path / "chart.txt", note)
    assert read_chart(path).media_type == "application/pdf"
