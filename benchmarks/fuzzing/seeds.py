"""Small inputs that are right, for the fuzzer to spoil. All of them are ours: fixtures, or drawn here."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "charts"
SMALL_GUIDELINE = ROOT / "tests" / "guidelines" / "cardiac-mri-2027"
GUIDELINE_FILES = ("guideline.yaml", "terms.csv", "examples.yaml", "request_letter.md")
_PAGES = ("kearns-sayre-pacemaker.pdf", "melas-cochlear-implant.pdf")
PDF_WORDS = (
    "obj", "endobj", "stream", "endstream", "xref", "trailer", "startxref", "%%EOF", "/Length", "/Type", "/Page",
    "/Pages", "/Kids", "/Count", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Contents", "/Resources", "/Font",
    "/ToUnicode", "/Annots", "/AcroForm", "/Fields", "/FT", "/Tx", "/Btn", "/Ch", "/V", "/AS", "/Rect", "/Filter",
    "/FlateDecode", "/ObjStm", "BT", "ET", "Tj", "TJ", "Tf", "Tm", "Td", "cm", "re", "Do", "BI", "ID", "EI", "-1",
    "99999999999", "0.0000001", "nan",
)  # fmt: skip


def charts() -> Iterator[bytes]:
    """PDFs with uncompressed streams, so that a changed byte changes what is drawn; scans; texts."""
    yield _drawn()
    yield _form()
    for name in _PAGES:
        yield _first_page(FIXTURES / name)
    for kind in ("TIFF", "PNG", "JPEG"):
        yield _image(kind)
    yield b"Date of visit: 03/02/2026\nKnown glioma. No pacemaker.\n[x] MRI  [ ] CT\fPage 2 of 2\n"
    yield "Gliom bekannt; kein Schrittmacher.\r\n".encode("utf-16")
    yield b"Caf\xe9 au lait spots, neurofibromatosis.\r\n"


def annotations() -> Iterator[bytes]:
    for item in (
        {"id": "1", "text": "Glioma; recurrence versus necrosis. No pacemaker.", "targets": [{"start": 0, "end": 6}]},
        {"id": 2, "text": "Stent placed three weeks ago.", "note_date": "2026-05-13"},
        {"id": "x", "text": "PACEMAKER  [ ] Yes  [x] No\nBMI 31 kg/m2\nMS (multiple sclerosis)\n"},
    ):
        yield json.dumps(item).encode()


def guidelines() -> Iterator[bytes]:
    """The number of the file that is replaced, then what it holds."""
    for number, name in enumerate(GUIDELINE_FILES):
        path = SMALL_GUIDELINE / name
        letter = ROOT / "lexicons" / "healthhelp-mrs-2026" / "request_letter.md"
        yield bytes([number]) + (path if path.exists() else letter).read_bytes()


def stored() -> Iterator[bytes]:
    """Stored charts before they are packed."""
    from chart_triage.intake import read_chart_bytes
    from chart_triage.store import chart_to_bytes

    for content in (b"Known glioma.\nNo pacemaker.\f2\n", _drawn()):
        yield gzip.decompress(chart_to_bytes(read_chart_bytes("seed", content)))


def bodies() -> Iterator[bytes]:
    """The number of the route, the kind of body (0 form, 1 JSON, 2 parts), then the body."""
    forms = (
        b"kind=override&seen=0&criterion=1.b&status=supported&reason=x", b"q=glioma", b"chart=1&user=me", b"name=mine",
        b'{"url": "https://example.org/hook"}', b'{"resourceType": "DocumentReference", "status": "current", '
        b'"content": [{"attachment": {"contentType": "text/plain", "data": "R2xpb21h"}}]}',
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nGlioma.\r\n--b--\r\n',
    )  # fmt: skip
    for number in range(64):
        for kind, body in enumerate((forms[number % 4], forms[4 + number % 2], forms[6])):
            yield bytes([number, kind]) + body


def _drawn() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0, invariant=True)
    canvas.setFont("Helvetica", 10)
    for row, line in enumerate(("Known glioma; recurrence versus necrosis.", "No pacemaker.", "[x] Yes  [ ] No")):
        canvas.drawString(72, 700 - 14 * row, line)
    canvas.grid([72, 172, 272], [500, 520, 540])
    canvas.rect(300, 500, 8, 8)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _form() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0, invariant=True)
    canvas.drawString(72, 720, "Pacemaker")
    canvas.acroForm.checkbox(name="yes", x=200, y=715, checked=True)
    canvas.acroForm.textfield(name="what", value="cochlear implant", x=72, y=680)
    for value in "ab":
        canvas.acroForm.radio(name="choice", value=value, selected=value == "a", x=72, y=640)
    canvas.linkURL("https://example.org/", (72, 600, 100, 620))
    canvas.bookmarkPage("here")
    canvas.addOutlineEntry("Here", "here")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _first_page(path: Path) -> bytes:
    with pikepdf.open(path) as pdf:
        del pdf.pages[1:]
        out = io.BytesIO()
        pdf.remove_unreferenced_resources()
        pdf.save(
            out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True,
        )  # fmt: skip
    return out.getvalue()


def _image(kind: str) -> bytes:
    image = Image.new("L", (96, 48), 255)
    ImageDraw.Draw(image).rectangle((10, 10, 40, 30), fill=0)
    out = io.BytesIO()
    image.save(out, kind, dpi=(200, 200))
    return out.getvalue()
