"""Pictures of a chart's pages for the HTML report: upright, grey, small."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image

from chart_triage.errors import InputError
from chart_triage.intake import images
from chart_triage.records.chart import Chart
from chart_triage.records.page import Page

_DPI = 110.0
_LONGEST_SIDE = 1800  # pixels: a drawing of two metres must not fill the memory
_HEAVY = 110_000  # bytes: a PNG above this is a photograph or a noisy scan, for which WebP is smaller
_WEBP_QUALITY = 60
_GREYS = 16  # enough for black type with smooth edges, and a third smaller than 256
_CLOCKWISE = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class PageImage:
    """`uri` is a data URI; `width` and `height` are its pixels."""

    uri: str
    width: int
    height: int


def page_images(
    source: bytes, chart: Chart, numbers: Collection[int], password: str | None = None
) -> dict[int, PageImage]:
    """Images of the pages `numbers` (1-based) of `source`, turned as `chart` says that they stand upright.

    `source` is the PDF or the image file that `chart` was read from. Pages that cannot be decoded are left out.

    Raises:
        InputError: `source` cannot be opened.
    """
    if chart.media_type.startswith("image/"):
        return _of_image_file(source, chart, numbers)
    try:
        document = pypdfium2.PdfDocument(source, password=password)
    except pypdfium2.PdfiumError as error:
        raise InputError("damaged", "The file cannot be opened as a PDF, so no page images can be drawn.") from error
    try:
        document.init_forms()  # without it the ticks of interactive forms are not drawn
        return {number: _drawn(document, chart.pages[number - 1]) for number in sorted(numbers)}
    finally:
        document.close()


def _of_image_file(source: bytes, chart: Chart, numbers: Collection[int]) -> dict[int, PageImage]:
    found: dict[int, PageImage] = {}
    for page in images.read_images("The file", source):
        if page.number > max(numbers, default=0):
            break
        if page.number in numbers and isinstance(page, images.PageImage):
            found[page.number] = _scaled(page, chart.pages[page.number - 1].rotation)
    return found


def _scaled(page: images.PageImage, rotation: int) -> PageImage:
    scale = _scale(page.width, page.height)
    size = max(round(page.width * scale), 1), max(round(page.height * scale), 1)
    image = Image.fromarray(page.pixels).resize(size, Image.Resampling.BICUBIC)
    return _encoded(image.transpose(_CLOCKWISE[rotation]) if rotation else image)


def _drawn(document: Any, page: Page) -> PageImage:
    drawing = document[page.number - 1]
    try:
        extra_turn = (page.rotation - drawing.get_rotation()) % 360
        scale = _scale(*drawing.get_size())
        bitmap = drawing.render(scale=scale, rotation=extra_turn, grayscale=True, may_draw_forms=True)
        return _encoded(bitmap.to_pil().convert("L"))
    finally:
        drawing.close()


def _scale(width: float, height: float) -> float:
    """Pixels per point of a page of `width` x `height` points."""
    return min(_DPI / 72, _LONGEST_SIDE / max(width, height))


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
