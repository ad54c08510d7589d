"""Pictures of a PDF's pages for the HTML report: upright, grey, small."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image

from chart_triage.errors import InputError
from chart_triage.records.chart import Chart
from chart_triage.records.page import Page

_DPI = 110.0
_LONGEST_SIDE = 1800  # pixels: a drawing of two metres must not fill the memory
_HEAVY = 110_000  # bytes: a PNG above this is a photograph or a noisy scan, for which WebP is smaller
_WEBP_QUALITY = 60
_GREYS = 16  # enough for black type with smooth edges, and a third smaller than 256


@dataclass(frozen=True, slots=True)
class PageImage:
    """`uri` is a data URI; `width` and `height` are its pixels."""

    uri: str
    width: int
    height: int


def page_images(
    source: bytes, chart: Chart, numbers: Collection[int], password: str | None = None
) -> dict[int, PageImage]:
    """Images of the pages `numbers` (1-based) of the PDF `source`, turned as `chart` says that they stand upright.

    Raises:
        InputError: `source` cannot be opened.
    """
    try:
        document = pypdfium2.PdfDocument(source, password=password)
    except pypdfium2.PdfiumError as error:
        raise InputError("damaged", "The file cannot be opened as a PDF, so no page images can be drawn.") from error
    try:
        document.init_forms()  # without it the ticks of interactive forms are not drawn
        return {number: _drawn(document, chart.pages[number - 1]) for number in sorted(numbers)}
    finally:
        document.close()


def _drawn(document: Any, page: Page) -> PageImage:
    drawing = document[page.number - 1]
    try:
        scale = min(_DPI / 72, _LONGEST_SIDE / max(drawing.get_size()))
        extra_turn = (page.rotation - drawing.get_rotation()) % 360
        bitmap = drawing.render(scale=scale, rotation=extra_turn, grayscale=True, may_draw_forms=True)
        return _encoded(bitmap.to_pil().convert("L"))
    finally:
        drawing.close()


def _encoded(image: Image.Image) -> PageImage:
    data, kind = _png(image), "png"
    if len(data) > _HEAVY:
        out = BytesIO()
        image.save(out, "WEBP", quality=_WEBP_QUALITY, method=2)
        if out.tell() < len(data):
            data, kind = out.getvalue(), "webp"
    return PageImage(f"data:image/{kind};base64,{b64encode(data).decode('ascii')}", *image.size)


def _png(image: Image.Image) -> bytes:
    """Four bits a pixel: each grey is rounded to one of 16, white stays white and black black."""
    step = 255 / (_GREYS - 1)
    indexed = image.point([round(v / step) for v in range(256)])
    coded = Image.frombytes("P", indexed.size, indexed.tobytes())
    coded.putpalette([round(i * step) for i in range(_GREYS) for _ in range(3)])
    out = BytesIO()
    coded.save(out, "PNG", bits=4, optimize=False, compress_level=6)
    return out.getvalue()
