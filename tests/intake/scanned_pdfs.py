"""PDFs with scans in them, as scanners, copiers and viewers write them; made with pikepdf."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image
from scans import saved

from chart_triage.records.chart import Chart

Read = Callable[..., Chart]
Place = tuple[float, float, float, float]  # left, bottom, width, height in points
LETTER_PLACE: Place = (0, 0, 612, 792)


class Sheet:
    """A page of a PDF to be: `draw` puts pictures and content on it, one over the other."""

    def __init__(self, pdf: pikepdf.Pdf, size: tuple[float, float] = (612, 792)) -> None:
        self._pdf = pdf
        self.page = pdf.add_blank_page(page_size=size)
        self.page.Resources = Dictionary(XObject=Dictionary(), Font=Dictionary(F=_helvetica(pdf)))
        self._content = b""

    def picture(self, stream: pikepdf.Stream, place: Place = LETTER_PLACE) -> Sheet:
        name = f"I{len(self.page.Resources.XObject)}"
        self.page.Resources.XObject[f"/{name}"] = stream
        left, bottom, width, height = place
        return self.draw(f"q {width} 0 0 {height} {left} {bottom} cm /{name} Do Q")

    def lines(self, texts: Sequence[str], mode: int = 0, x: float = 72, y: float = 700, pitch: float = 14) -> Sheet:
        """`mode` 3 is invisible: how OCR programs lay text over a scan."""
        escaped = [text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for text in texts]
        shown = " ".join(f"1 0 0 1 {x} {y - pitch * row} Tm ({text}) Tj" for row, text in enumerate(escaped))
        return self.draw(f"BT /F 10 Tf {mode} Tr {shown} ET")

    def draw(self, content: str) -> Sheet:
        self._content += content.encode("latin-1") + b"\n"
        self.page.Contents = self._pdf.make_stream(self._content)
        return self


def _helvetica(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )


def written(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def _stream(pdf: pikepdf.Pdf, data: bytes, image: Image.Image, space: str, bits: int, **more: object) -> pikepdf.Stream:
    return pdf.make_stream(
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=Name(f"/{space}"),
        BitsPerComponent=bits,
        **more,
    )


def jpeg(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """In the image's own colours: grey, RGB, or CMYK as Adobe's programs write it, with all values inverted."""
    space = {"L": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK"}[image.mode]
    data = saved(image, "JPEG", quality=85)
    more = {"Decode": Array([1, 0] * 4)} if image.mode == "CMYK" else {}
    return _stream(pdf, data, image, space, 8, Filter=Name.DCTDecode, **more)


def jpeg_2000(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    data = saved(image, "JPEG2000", quality_mode="rates", quality_layers=[20])
    return _stream(pdf, data, image, "DeviceGray" if image.mode == "L" else "DeviceRGB", 8, Filter=Name.JPXDecode)


def fax_coded(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    return _stream(
        pdf,
        g4(image),
        image,
        "DeviceGray",
        1,
        Filter=Name.CCITTFaxDecode,
        DecodeParms=Dictionary(K=-1, Columns=image.width, Rows=image.height),
    )


def jbig2(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """One generic region, coded as T.6, which JBIG2 allows."""
    size = struct.pack(">II", *image.size)
    page = size + bytes(8) + b"\0" + b"\0\0"
    region = size + bytes(8) + b"\0" + b"\x01" + g4(image)
    data = _segment(0, 48, page) + _segment(1, 38, region)
    return _stream(pdf, data, image, "DeviceGray", 1, Filter=Name.JBIG2Decode)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def g4(image: Image.Image) -> bytes:
    """T.6 data of a black-and-white image, white as 0, in one strip."""
    out = saved(image, "TIFF", compression="group4", tiffinfo={278: image.height, 262: 0})
    with Image.open(io.BytesIO(out)) as file:
        (start,), (count,) = file.tag_v2[273], file.tag_v2[279]
    return out[start : start + count]


def pdf_of(scanned: Read, *pages: Callable[[pikepdf.Pdf, Sheet], object]) -> Chart:
    with pikepdf.new() as pdf:
        for page in pages:
            page(pdf, Sheet(pdf))
        return scanned(written(pdf), "chart.pdf")


def photograph(width: int, height: int) -> Image.Image:
    """Soft shapes, no writing."""
    small = Image.fromarray(np.random.default_rng(3).integers(0, 255, (9, 7), dtype=np.uint8))
    return small.resize((width, height), Image.Resampling.BICUBIC)
