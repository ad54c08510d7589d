"""An image file (TIFF, PNG, JPEG) as a PDF, so that it can be read and highlighted as one."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Dictionary, Name
from PIL import ExifTags, Image

from chart_triage.intake.images import LostPage, PageImage, read_images
from chart_triage.intake.limits import WITHOUT_LIMITS
from chart_triage.records.chart import Chart
from chart_triage.records.page import Page
from chart_triage.report import wording
from chart_triage.report.appearance import numbers
from chart_triage.report.image_streams import image_stream, jpeg_stream

_FILE = "The file"  # in messages: the file's name may say who the patient is
# For each EXIF orientation, the matrix that turns the unit square in which PDF draws an image.
_EXIF_TURNS = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
_UPRIGHT = _EXIF_TURNS[1]
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG markers that begin a frame
_COMMON_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what every PDF viewer can draw

Matrix = tuple[int, int, int, int, int, int]


def image_pdf(source: bytes, chart: Chart) -> pikepdf.Pdf:
    """One page for each page of `source`, the image file that `chart` was read from; to be closed by the caller.

    Each page is as large as its image at its resolution, and /Rotate shows it upright as `chart` says. A JPEG is
    kept as it is, colours included; all else is drawn in grey, as it was read. A page that could not be decoded is
    blank but for a line that says so. One page image is in memory at a time.

    Raises:
        InputError: `source` cannot be decoded.
    """
    pdf = pikepdf.new()
    for image, page in zip(read_images(_FILE, source, WITHOUT_LIMITS), chart.pages, strict=True):
        if isinstance(image, LostPage):
            _add_lost(pdf, page)
        else:
            _add(pdf, image, page, _whole_jpeg(pdf, source) if chart.media_type == "image/jpeg" else None)
    return pdf


def _add(pdf: pikepdf.Pdf, image: PageImage, page: Page, jpeg: tuple[pikepdf.Stream, Matrix] | None) -> None:
    stream, turn = jpeg or (image_stream(pdf, image.pixels), _UPRIGHT)
    drawing = f"{image.width:.3f} 0 0 {image.height:.3f} 0 0 cm {' '.join(map(str, turn))} cm /Page Do"
    added = _blank(pdf, image.width, image.height, drawing, Dictionary(XObject=Dictionary(Page=stream)))
    added["/Rotate"] = page.rotation


def _add_lost(pdf: pikepdf.Pdf, page: Page) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    drawing = f"BT /F 12 Tf 72 {page.height - 96:.3f} Td ({wording.UNDECODED}) Tj ET"
    _blank(pdf, page.width, page.height, drawing, Dictionary(Font=Dictionary(F=font)))


def _blank(pdf: pikepdf.Pdf, width: float, height: float, drawing: str, resources: pikepdf.Object) -> pikepdf.Object:
    page = pdf.make_indirect(
        Dictionary(
            Type=Name.Page,
            MediaBox=numbers((0, 0, width, height)),
            Contents=pdf.make_stream(f"q {drawing} Q\n".encode("ascii")),
            Resources=resources,
        )
    )
    pdf.pages.append(pikepdf.Page(page))
    return pdf.pages[-1].obj


def _whole_jpeg(pdf: pikepdf.Pdf, source: bytes) -> tuple[pikepdf.Stream, Matrix] | None:
    """The file as it is, with the turn that its EXIF orientation asks for; None where viewers may not draw it."""
    with Image.open(BytesIO(source), formats=["JPEG"]) as file:
        if file.mode not in ("L", "RGB") or not _is_common(source):
            return None
        turn = _EXIF_TURNS.get(file.getexif().get(ExifTags.Base.Orientation, 1), _UPRIGHT)
        return jpeg_stream(pdf, source, file.size, colour=file.mode == "RGB"), turn


def _is_common(jpeg: bytes) -> bool:
    at = 2
    while at + 4 <= len(jpeg):
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            return marker in _COMMON_FRAMES
        at += 2 + length
    return False
