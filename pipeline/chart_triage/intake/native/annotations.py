"""What lies over a page's content: form fields, typed-on text, ink. Drawn into the page, so that it is read with it."""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as pdfium_c

# Kinds that carry what somebody filled in. Links, highlights and notes are left out: a highlight's look may repeat
# the words below it, and a note's is an icon.
_FILLED_IN = frozenset(
    {
        pdfium_c.FPDF_ANNOT_WIDGET,
        pdfium_c.FPDF_ANNOT_FREETEXT,
        pdfium_c.FPDF_ANNOT_STAMP,
        pdfium_c.FPDF_ANNOT_INK,
        pdfium_c.FPDF_ANNOT_LINE,
        pdfium_c.FPDF_ANNOT_SQUARE,
        pdfium_c.FPDF_ANNOT_CIRCLE,
        pdfium_c.FPDF_ANNOT_POLYLINE,
    }
)


def draw_into_page(page: Any) -> frozenset[int]:
    """Draw the page's filled-in annotations into its content, in memory; returns their kinds.

    A page that had any must be loaded again before it shows them.
    """
    kinds: set[int] = set()
    for index in reversed(range(pdfium_c.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation) if annotation else 0
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind in _FILLED_IN:
            kinds.add(kind)
        else:
            pdfium_c.FPDFPage_RemoveAnnot(page, index)
    if kinds:
        pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
    return frozenset(kinds)


def has_widgets(kinds: frozenset[int]) -> bool:
    return pdfium_c.FPDF_ANNOT_WIDGET in kinds
