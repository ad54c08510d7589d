"""A PDF page drawn for recognition: as it was scanned where it is a scan, else at a resolution that is read well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c

from chart_triage.intake.images import PageImage
from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.native.drawing import page_objects, picture_size

_DPI = 300.0
_SCAN_DPI = (90.0, 420.0)  # resolutions of scans that are taken over; finer ones are drawn at `_DPI`
_SCAN_SHARE = 0.5  # of the page: a picture this large sets the resolution
_MAX_PIXELS = 40_000_000
_POINTS = 72.0
_FLAGS = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_GRAYSCALE


def draw(page: Any, number: int, kept: Iterable[Rectangle] | None = None) -> PageImage:
    """The pdfium page as it is shown (/Rotate applied).

    With `kept`, rectangles in points of the page as shown, everything outside of them is left white.
    """
    width, height = (max(side, 1.0) for side in page.get_size())  # a crop box outside of the page has no sides
    dpi_x, dpi_y = _resolution(page, width, height)
    if page.get_rotation() % 180:
        dpi_x, dpi_y = dpi_y, dpi_x
    too_many = width * height / _POINTS**2 * dpi_x * dpi_y / _MAX_PIXELS
    if too_many > 1:
        dpi_x, dpi_y = dpi_x / too_many**0.5, dpi_y / too_many**0.5
    across, down = max(1, round(width * dpi_x / _POINTS)), max(1, round(height * dpi_y / _POINTS))
    pixels = _render(page, across, down)
    dpi_x, dpi_y = across * _POINTS / width, down * _POINTS / height
    if kept is not None:
        x, y = across / width, down / height
        pixels = _only(pixels, [(x0 * x, y0 * y, x1 * x, y1 * y) for x0, y0, x1, y1 in kept])
    return PageImage(number, pixels, dpi_x, dpi_y)


def _render(page: Any, across: int, down: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    bitmap = pdfium_c.FPDFBitmap_CreateEx(across, down, pdfium_c.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        raise MemoryError
    try:
        pdfium_c.FPDFBitmap_FillRect(bitmap, 0, 0, across, down, 0xFFFFFFFF)
        pdfium_c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, across, down, 0, _FLAGS)
        stride = pdfium_c.FPDFBitmap_GetStride(bitmap)
        buffer = pdfium_c.FPDFBitmap_GetBuffer(bitmap)
        rows = np.ctypeslib.as_array((pdfium_c.c_ubyte * (stride * down)).from_address(buffer))
        return np.array(rows.reshape(down, stride)[:, :across], dtype=np.uint8)
    finally:
        pdfium_c.FPDFBitmap_Destroy(bitmap)


def _resolution(page: Any, width: float, height: float) -> tuple[float, float]:
    """Of the largest picture (x, y in the page's own axes), if that is most of the page and upright on it."""
    largest, found = _SCAN_SHARE * width * height, (_DPI, _DPI)
    least, most = _SCAN_DPI
    pictures = page_objects(page, (pdfium_c.FPDF_PAGEOBJ_IMAGE,))
    for _, handle, (a, b, c, d, _, _) in pictures:
        if abs(b) > 0.01 * abs(a) or abs(c) > 0.01 * abs(d):
            continue
        if abs(a * d) >= largest:
            across, down = picture_size(handle)
            dpi_x, dpi_y = across * _POINTS / abs(a), down * _POINTS / abs(d)
            largest = abs(a * d)
            fits = least <= dpi_x <= most and least <= dpi_y <= most
            found = (dpi_x, dpi_y) if fits else (_DPI, _DPI)
    return found


def _only(
    pixels: np.ndarray[Any, np.dtype[np.uint8]], kept: Sequence[Rectangle]
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    shown = np.full_like(pixels, 255)
    for x0, y0, x1, y1 in kept:
        area = slice(max(0, int(y0)), round(y1)), slice(max(0, int(x0)), round(x1))
        shown[area] = pixels[area]
    return shown
