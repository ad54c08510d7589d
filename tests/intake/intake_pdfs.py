"""Small PDFs for the intake tests, drawn with reportlab (points, origin bottom-left) and changed with pikepdf."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from chart_triage.errors import InputError
from chart_triage.intake import read_chart
from chart_triage.records.chart import Chart

LETTER = (612.0, 792.0)

NOTE = (
    "The patient is a 54-year-old woman with a low-grade glioma of the left temporal lobe.",
    "She has had no seizures since March and takes levetiracetam 500 mg twice daily.",
    "Surgery is planned; the question is whether the lesion has changed in grade.",
    "There is no pacemaker, no aneurysm clip and no cochlear implant.",
)

LEFT_COLUMN = (
    "Thank you for referring this pleasant",
    "patient, whom I saw in clinic today for",
    "an opinion about her epilepsy surgery.",
    "Her seizures began at the age of nine",
    "and have not responded to three drugs",
    "given at full dose. The ictal recording",
    "points to the left temporal lobe, which",
    "agrees with the semiology described.",
)
RIGHT_COLUMN = (
    "On examination she was alert and gave",
    "a clear account of herself. There was",
    "no focal weakness, and the reflexes",
    "were brisk but symmetrical. We would",
    "like to see how the metabolites in the",
    "temporal lobe compare with the other",
    "side before deciding on a resection of",
    "the anterior part of the hippocampus.",
)

Draw = Callable[[Canvas], None]


def draw(path: Path, *pages: Draw, size: tuple[float, float] = LETTER) -> Path:
    """One page for each function."""
    canvas = Canvas(str(path), pagesize=size)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines(canvas: Canvas, texts: Sequence[str], x: float = 72, y: float = 700, pitch: float = 13) -> None:
    for index, text in enumerate(texts):
        canvas.drawString(x, y - index * pitch, text)


def note(canvas: Canvas) -> None:
    lines(canvas, NOTE)


def two_columns(canvas: Canvas) -> None:
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(72, 730, "Epilepsy clinic letter to the referring physician")
    canvas.setFont("Helvetica", 10)
    lines(canvas, LEFT_COLUMN, x=72)
    lines(canvas, RIGHT_COLUMN, x=320)


def image(canvas: Canvas, x: float = 36, y: float = 36, width: float = 540, height: float = 720) -> None:
    """A grey picture, as a scan is one."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    gradient = Image.linear_gradient("L").resize((60, 80))
    canvas.drawImage(ImageReader(gradient), x, y, width, height)


def with_pages(path: Path, change: Callable[[pikepdf.Pdf], None]) -> Path:
    """`path` after `change` was applied to it."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path)
    return path


def encrypted(path: Path, user: str, owner: str = "owner") -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
    return path


def mapped_text(path: Path, text: str, size: float = 10, at: tuple[float, float] = (72, 700)) -> Path:
    """One line of `text` in any characters: a plain font whose character map says what each code stands for."""
    codes = {character: 33 + index for index, character in enumerate(dict.fromkeys(text.replace(" ", "")))}
    rows = "".join(f"<{code:02X}> <{c.encode('utf-16-be').hex()}>\n" for c, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{rows}endbfchar\nendcmap end end"
    )
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=LETTER)
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Courier,
        ToUnicode=pdf.make_stream(cmap.encode("ascii")),
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    shown = "".join(chr(codes[c]) if c != " " else " " for c in text).replace("\\", "\\\\")
    shown = shown.replace("(", "\\(").replace(")", "\\)")
    x, y = at
    page.Contents = pdf.make_stream(f"BT /F {size} Tf {x} {y} Td ({shown}) Tj ET".encode("latin-1"))
    pdf.save(path)
    return path


def outcome(path: Path) -> tuple[Chart | None, str]:
    """The chart and "", or None and the kind of the refusal."""
    try:
        return read_chart(path), ""
    except InputError as error:
        return None, error.kind


def as_bytes(*pages: Draw) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
