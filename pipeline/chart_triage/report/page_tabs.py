"""The tabs of `tab_layout` as PDF annotations: drawn at the page's edge, each a link back to the summary."""

from __future__ import annotations

import math

import pikepdf
from pikepdf import Array, Dictionary, Name

from chart_triage.report.appearance import AUTHOR, PRINTED, colour, form, numbers, words
from chart_triage.report.plane import Plane
from chart_triage.report.summary_links import Listing
from chart_triage.report.tab_layout import FONT_SIZE, Tab

_FIXED = 4 | 64 | 128  # annotation flags: printed, read-only, locked


def tab_annotations(pdf: pikepdf.Pdf, plane: Plane, tab: Tab, back: Listing | None) -> list[pikepdf.Object]:
    """The drawn tab (a /Watermark: no entry in the viewer's list of comments) and its link back to the summary.

    `back` is the summary page and the height on it at which the passage is listed.
    """
    rect = plane.rect(tab.box)
    drawn = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Watermark,
            Rect=numbers(rect),
            F=_FIXED,
            NM=words(f"{AUTHOR}-tab-{tab.citations[0].number}-{tab.box.y0:.1f}"),
            AP=Dictionary(N=_tab_appearance(pdf, tab, plane.turn)),
        )
    )
    if back is None:
        return [drawn]
    page, height = back
    link = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=numbers(rect),
            Border=Array([0, 0, 0]),
            F=PRINTED,
            Contents=words(f"Back to the summary: {tab.words}"),
            Dest=Array([page.obj, Name.XYZ, None, round(height, 2), None]),
        )
    )
    return [drawn, link]


def _tab_appearance(pdf: pikepdf.Pdf, tab: Tab, turn: int) -> pikepdf.Stream:
    """Dark words on the tone's colour. The matrix turns them upright; the viewer fits the result into the /Rect."""
    width, height, tone = tab.box.width, tab.box.height, tab.citations[0].tone
    signs = tab.words.replace("−", "\x96").replace("…", "\x85")  # dash and ellipsis of WinAnsiEncoding
    shown = signs.encode("latin-1", "replace").decode("latin-1").replace("\\", "").replace("(", "").replace(")", "")
    drawing = [
        f"{colour(tone.fill)} rg 0 0 {width:.3f} {height:.3f} re f",
        f"{colour(tone.line)} rg 0 0 1.2 {height:.3f} re f",
        f"BT 0.07 0.09 0.12 rg /F {FONT_SIZE} Tf 3 2.2 Td ({shown}) Tj ET",
    ]
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"), Encoding=Name.WinAnsiEncoding
    )
    appearance = form(pdf, (0, 0, width, height), "\n".join(drawing), font)
    cos, sin = round(math.cos(math.radians(turn))), round(math.sin(math.radians(turn)))
    appearance["/Matrix"] = numbers((cos, sin, -sin, cos, 0, 0))
    return appearance
