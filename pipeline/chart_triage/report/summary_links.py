"""Joins the summary to the chart: page numbers, and links from each quote to its passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name

from chart_triage.report.appearance import words
from chart_triage.report.highlights import Stroke
from chart_triage.report.plane import Plane
from chart_triage.report.summary_rows import PAGE_SCHEME, PASSAGE_SCHEME

Listing = tuple[pikepdf.Page, float]
"""Where a citation stands in the summary: the page, and the height (from below) at which to show it."""

_ABOVE = 60.0  # points of context left visible above a link's target


@dataclass(frozen=True)
class Targets:
    """Where links can lead: the chart's sheets, and the first sheet of each of its pages."""

    sheets: Sequence[pikepdf.Page]
    planes: Sequence[Plane]
    strokes: Sequence[Stroke]
    first_sheets: dict[int, int]

    def passage(self, number: int, page: int) -> Array:
        """The citation's first line on the page; the page's top where it has no boxes there."""
        first = self.first_sheets[page]
        following = [sheet for sheet in self.first_sheets.values() if sheet > first]
        sheets = range(first, min(following, default=len(self.sheets)))
        for stroke in self.strokes:
            if stroke.citation.number == number and stroke.sheet in sheets and stroke.lines:
                return self._line(stroke)
        return self.page(page)

    def page(self, number: int) -> Array:
        sheet = self.first_sheets[number]
        return Array([self.sheets[sheet].obj, Name.XYZ, None, None, None])

    def _line(self, stroke: Stroke) -> Array:
        plane, box = self.planes[stroke.sheet], stroke.lines[0][0]
        x, y = plane.point(0, max(box.y0 - _ABOVE, 0))
        return Array([self.sheets[stroke.sheet].obj, Name.XYZ, round(x, 2), round(y, 2), None])


def put_first(pdf: pikepdf.Pdf, summary: pikepdf.Pdf) -> list[pikepdf.Page]:
    """Puts the summary's pages first, labelled "Summary 1 ...", so that the chart's page 3 is still called 3."""
    count = len(summary.pages)
    for index, page in enumerate(summary.pages):
        pdf.pages.insert(index, page)
    labels = [0, Dictionary(S=Name.D, P=words("Summary ")), count, Dictionary(S=Name.D)]
    pdf.Root["/PageLabels"] = Dictionary(Nums=Array(labels))
    return list(pdf.pages)[:count]


def link(summary: Sequence[pikepdf.Page], targets: Targets) -> dict[int, Listing]:
    """Makes the summary's private links lead into the chart; returns where each citation is first listed."""
    listed: dict[int, Listing] = {}
    for page in summary:
        for annotation in page.obj.get("/Annots", ()):
            scheme, _, rest = str(annotation.get("/A", {}).get("/URI", "")).partition(":")
            if scheme == PASSAGE_SCHEME:
                number, _, page_number = rest.partition(":")
                listed.setdefault(int(number), (page, float(annotation["/Rect"][3]) + _ABOVE))
                annotation["/Dest"] = targets.passage(int(number), int(page_number))
            elif scheme == PAGE_SCHEME:
                annotation["/Dest"] = targets.page(int(rest))
            else:
                continue
            del annotation["/A"]
    return listed
