"""Text that nobody sees on the page: invisible, as OCR programs lay it over scans, or covered by a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium_c

from chart_triage.intake.native.page_frame import PageFrame

_MAX_FORM_DEPTH = 6
_MAX_OBJECTS = 100_000
_COVERS = 0.5  # of the page's area: a picture this large, painted later, covers the text
_INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)


def hidden_share(page: Any, frame: PageFrame) -> float:
    """The share of the page's text objects that nobody sees, 0..1; 0 for a page without text."""
    seen = hidden = 0
    for number, (kind, handle) in enumerate(_objects(page)):
        if number > _MAX_OBJECTS:
            break
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            if pdfium_c.FPDFTextObj_GetTextRenderMode(handle) in _INVISIBLE:
                hidden += 1
            else:
                seen += 1
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE and _area(handle) >= _COVERS * frame.width * frame.height:
            seen, hidden = 0, hidden + seen
    return hidden / (hidden + seen) if hidden else 0.0


def _objects(page: Any) -> Iterator[tuple[int, Any]]:
    for index in range(pdfium_c.FPDFPage_CountObjects(page)):
        yield from _expand(pdfium_c.FPDFPage_GetObject(page, index), 0)


def _expand(handle: Any, depth: int) -> Iterator[tuple[int, Any]]:
    kind = pdfium_c.FPDFPageObj_GetType(handle)
    if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
        yield kind, handle
    elif depth < _MAX_FORM_DEPTH:
        for index in range(max(pdfium_c.FPDFFormObj_CountObjects(handle), 0)):
            yield from _expand(pdfium_c.FPDFFormObj_GetObject(handle, index), depth + 1)


def _area(handle: Any) -> float:
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(handle, matrix):
        return 0.0
    return abs(float(matrix.a * matrix.d - matrix.b * matrix.c))
