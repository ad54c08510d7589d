"""A file that cannot be read as a chart gives one clear message, and says what to do."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pytest
from intake_pdfs import NOTE, as_bytes, draw, encrypted, note, outcome

from chart_triage.errors import InputError
from chart_triage.intake import Limits, read_chart


def refusal(path: Path, **options: object) -> InputError:
    with pytest.raises(InputError) as caught:
        read_chart(path, **options)  # type: ignore[arg-type]
    message = str(caught.value)
    assert path.name in message
    assert message.endswith(".")
    assert not any(word in message for word in ("glioma", "Traceback", "pdfium"))
    return caught.value


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


JUNK = zlib.compress(b"nothing to be read here " * 50) * 9


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"   \n\f\n ", "empty"),
        (JUNK, "not_a_document"),
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(500), "not_a_document"),
        (b"\x81\x8d\x8f\x90\x9d" * 40, "damaged"),
        (b"No header, so no PDF.", "damaged"),
        (b"PK\x03\x04" + bytes(30), "unsupported"),
        (b"<!DOCTYPE html><html><body>Note</body></html>", "unsupported"),
        (b"{\\rtf1\\ansi Note}", "unsupported"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "damaged"),
        (b"II*\x00" + bytes(30), "damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(30), "damaged"),
        (b"%PDF-1.7\n", "damaged"),
        (b"%PDF-1.7\n" + JUNK, "damaged"),
    ],
)
def test_what_is_no_chart(tmp_path: Path, data: bytes, kind: str) -> None:
    assert refusal(write(tmp_path / "input.pdf", data)).kind == kind


def test_what_cannot_be_decoded_as_text(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "input.txt", b"\x81\x8d\x8f\x90\x9d" * 40)).kind == "not_a_document"


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.pdf").kind == "not_found"
    folder = tmp_path / "folder.pdf"
    folder.mkdir()
    assert refusal(folder).kind == "not_a_file"


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    path = tmp_path / "none.pdf"
    pikepdf.new().save(path)
    assert refusal(path).kind == "empty"


def test_encrypted(tmp_path: Path) -> None:
    path = encrypted(draw(tmp_path / "chart.pdf", note), user="secret")
    assert refusal(path).kind == "encrypted"
    assert refusal(path, password="wrong").kind == "encrypted"
    assert read_chart(path, password="secret").pages[0].text == "\n".join(NOTE)


def test_encrypted_without_a_user_password_opens(tmp_path: Path) -> None:
    path = encrypted(draw(tmp_path / "chart.pdf", note), user="")
    assert read_chart(path).pages[0].text == "\n".join(NOTE)


def test_a_dynamic_xfa_form(tmp_path: Path) -> None:
    path = tmp_path / "xfa.pdf"
    draw(path, note)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
        pdf.Root.NeedsRendering = True
        pdf.save(path)
    assert refusal(path).kind == "unsupported"


def test_a_broken_cross_reference_table_is_mended(tmp_path: Path) -> None:
    data = as_bytes(note, note)
    at = data.rindex(b"startxref")
    broken = data[:at].replace(b"xref\n0 ", b"xrev\n9 ") + b"startxref\n7\n%%EOF\n"
    chart = read_chart(write(tmp_path / "chart.pdf", broken))
    assert [page.text for page in chart.pages] == ["\n".join(NOTE)] * 2


def test_a_truncated_file_gives_what_is_left_and_says_so(tmp_path: Path) -> None:
    data = as_bytes(note, note)
    chart = read_chart(write(tmp_path / "chart.pdf", data[: data.rindex(b"xref\n0 ")]))
    assert chart.pages[0].text == "\n".join(NOTE)
    assert any("cut off" in warning.detail for warning in chart.warnings)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_file_cut_anywhere_ends_in_pages_or_in_a_message(tmp_path: Path, share: float) -> None:
    data = as_bytes(*[note] * 5)
    path = write(tmp_path / "chart.pdf", data[: int(share * len(data))])
    chart, refused_as = outcome(path)
    assert chart is not None or refused_as == "damaged"
    if chart is not None:
        assert chart.warnings
        assert all(page.text or not page.readable for page in chart.pages)


def test_limits(tmp_path: Path) -> None:
    path = draw(tmp_path / "chart.pdf", note, note, note)
    assert refusal(path, limits=Limits(max_bytes=100)).kind == "too_large"
    assert refusal(path, limits=Limits(max_pages=2)).kind == "too_many_pages"
    assert refusal(path, limits=Limits(max_page_points=500)).kind == "page_too_large"
    assert refusal(path, limits=Limits(max_words_per_page=10)).kind == "too_many_words"
    assert len(read_chart(path, limits=Limits(max_pages=3)).pages) == 3


def test_a_page_of_ten_million_points_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].MediaBox = [0, 0, 10_000_000, 10_000_000]
    pdf.save(path)
    assert refusal(path).kind == "page_too_large"


def test_importing_intake_loads_no_pdf_library() -> None:
    script = (
        "import sys, chart_triage.intake\n"
        "heavy = {'pypdfium2', 'pikepdf', 'pdfplumber', 'numpy', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
