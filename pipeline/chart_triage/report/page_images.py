"""Pictures of a chart's pages for the HTML report: upright, grey, small."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image

from chart_triage.intake import images
from chart_triage.intake.limits import WITHOUT_LIMITS
from chart_triage.intake.native.pdf_file import open_pdf
from chart_triage.intake.page_watch import in_hand, is_left_out
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
    """`data` is a PNG or a WebP, as `media_type` says; `width` and `height` are its pixels."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def uri(self) -> str:
        return f"data:{self.media_type};base64,{b64encode(self.data).decode('ascii')}"


def page_images(
    source: bytes, chart: Chart, numbers: Collection[int], password: str | None = None
) -> dict[int, PageImage]:
    """Images of the pages `numbers` (1-based), as `draw_pages` draws them for a report."""
    return {n: images[0] for n, images in draw_pages(source, chart, numbers, (_DPI,), password=password)}


def draw_pages(
    source: bytes, chart: Chart, numbers: Collection[int], dpis: Sequence[float], *, password: str | None = None
) -> Iterator[tuple[int, list[PageImage]]]:
    """Each of the pages `numbers` (1-based) of `source`, in order, with an image for each resolution of `dpis`.

    They are turned as `chart` says that they stand upright. `source` is the PDF or the image file that `chart` was read
    from. Pages that cannot be decoded, or were not opened because they draw too much, are left out.

    Raises:
        InputError: `source` cannot be opened.
    """
    if chart.media_type.startswith("image/"):
        yield from _of_image_file(source, chart, numbers, dpis)
        return
    with open_pdf("The file", source, password, WITHOUT_LIMITS) as file:
        with suppress(pypdfium2.PdfiumError):
            file.document.init_forms()  # without it the ticks of interactive forms are not drawn
        for number in sorted(set(numbers) - chart.unopened):
            if is_left_out(number):
                continue
            try:
                with in_hand(number):
                    drawn = [_drawn(file.document, chart.pages[number - 1], dpi) for dpi in dpis]
            except pypdfium2.PdfiumError:
                continue
            yield number, drawn


def _of_image_file(
    source: bytes, chart: Chart, numbers: Collection[int], dpis: Sequence[float]
) -> Iterator[tuple[int, list[PageImage]]]:
    for page in images.read_images("The file", source, WITHOUT_LIMITS):
        if page.number > max(numbers, default=0):
            break
        if page.number in numbers and isinstance(page, images.PageImage):
            yield page.number, [_scaled(page, chart.pages[page.number - 1].rotation, dpi) for dpi in dpis]


def _scaled(page: images.PageImage, rotation: int, dpi: float) -> PageImage:
    scale = _scale(page.width, page.height, dpi)
    size = max(round(page.width * scale), 1), max(round(page.height * scale), 1)
    image = Image.fromarray(page.pixels).resize(size, Image.Resampling.BICUBIC)
    return _encoded(image.transpose(_CLOCKWISE[rotation]) if rotation else image)


def _drawn(document: Any, page: Page, dpi: float) -> PageImage:
    drawing = document[page.number - 1]
    try:
        extra_turn = (page.rotation - drawing.get_rotation()) % 360
        width, height = drawing.get_size()
        if not (width > 0 and height > 0):
            raise pypdfium2.PdfiumError("nothing of the page is visible: its crop box lies outside")
        scale = _scale(width, height, dpi)
        bitmap = drawing.render(scale=scale, rotation=extra_turn, grayscale=True, may_draw_forms=True)
        return _encoded(bitmap.to_pil().convert("L"))
    finally:
        drawing.close()


def _scale(width: float, height: float, dpi: float) -> float:
    """Pixels per point of a page of `width` x `height` points."""
    return min(dpi / 72, _LONGEST_SIDE / max(width, height))


def _encoded(image: Image.Image) -> PageImage:
    data, media_type = _png(image), "image/png"
    if len(data) > _HEAVY:
        out = BytesIO()
        image.save(out, "WEBP", quality=_WEBP_QUALITY, method=2)
        if out.tell() < len(data):
            data, media_type = out.getvalue(), "image/webp"
    return PageImage(data, media_type, *image.size)


def _png(image: Image.Image) -> bytes:
    """Four bits a pixel: each grey is rounded to one of 16, white stays white and black black."""
    step = 255 / (_GREYS - 1)
    indexed = image.point([round(v / step) for v in range(256)])
    coded = Image.frombytes("P", indexed.size, indexed.tobytes())
    coded.putpalette([round(i * step) for i in range(_GREYS) for _ in range(3)])
    out = BytesIO()
    coded.save(out, "PNG", bits=4, optimize=False, compress_level=6)
    return out.getvalue()
