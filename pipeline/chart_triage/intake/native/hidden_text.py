"""Text that nobody sees on the page: invisible, as OCR programs lay it over scans, or covered by a picture."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pypdfium2.raw as pdfium_c

from chart_triage.intake.native.drawing import MAX_OBJECTS, page_objects

_COVERS = 0.5  # of the page's area: a picture this large, painted later, covers the text
_INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_KINDS = (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_IMAGE)


def hidden_share(page: Any, area: float) -> float:
    """The share of the text objects of a pdfium page that nobody sees, 0..1; 0 for a page without text.

    `area` is the page's, in square points.
    """
    seen = hidden = 0
    for kind, handle, (a, b, c, d, _, _) in islice(page_objects(page, _KINDS), MAX_OBJECTS):
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            if abs(a * d - b * c) >= _COVERS * area:
                seen, hidden = 0, hidden + seen
        elif pdfium_c.FPDFTextObj_GetTextRenderMode(handle) in _INVISIBLE:
            hidden += 1
        else:
            seen += 1
    return hidden / (hidden + seen) if hidden else 0.0
