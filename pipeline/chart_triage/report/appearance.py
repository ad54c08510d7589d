"""Pieces of PDF that annotations share: a form to draw them with, and numbers and colours as PDF writes them."""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from chart_triage.report import palette
from chart_triage.report.plane import Rect

AUTHOR = "chart-triage"
PRINTED = 4  # annotation flag: shown on paper too


def form(pdf: pikepdf.Pdf, bounds: Rect, drawing: str, font: Dictionary | None = None) -> pikepdf.Stream:
    """An appearance stream. `/Multiply gs` in `drawing` lets the page's words show through whatever is filled.

    The form is no transparency group of its own, so that it blends with the page below it.
    """
    stream = pdf.make_stream(f"q\n/Multiply gs\n{drawing}\nQ\n".encode("latin-1"))
    stream["/Type"] = Name.XObject
    stream["/Subtype"] = Name.Form
    stream["/BBox"] = numbers(bounds)
    stream["/Resources"] = Dictionary(ExtGState=Dictionary(Multiply=Dictionary(Type=Name.ExtGState, BM=Name.Multiply)))
    if font is not None:
        stream["/Resources"]["/Font"] = Dictionary(F=font)
    return stream


def colour(hexadecimal: str) -> str:
    return " ".join(f"{v:.4f}" for v in palette.rgb(hexadecimal))


def numbers(values: Sequence[float]) -> Array:
    return Array([round(float(v), 3) for v in values])


def words(text: str) -> String:
    """A text string: ASCII as it is, all else as UTF-16 with its mark.

    PDFDocEncoding, which pikepdf would choose for typographic quotes, is valid too, but several readers (pdfplumber
    among them) take it for UTF-8 and fail.
    """
    return String(text) if text.isascii() else String(b"\xfe\xff" + text.encode("utf-16-be"))
