"""One page of the chart as the HTML report shows it: its picture or its text, and the highlights on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.chart_index import ChartIndex
from chart_triage.records.geometry import Box
from chart_triage.records.page import Page, PageSource
from chart_triage.report import wording
from chart_triage.report.dossier import Citation, Dossier, Place
from chart_triage.report.layering import ruled_only
from chart_triage.report.page_images import PageImage
from chart_triage.report.tab_layout import Tab, place_tabs


@dataclass(frozen=True, slots=True)
class Overlay:
    """A passage drawn over a page's picture: one box for each run of words (points, upright page)."""

    citation: Citation
    boxes: tuple[Box, ...]
    filled: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a plain-text page that the same passages cover. `begins`: citations that start here."""

    text: str
    citations: tuple[Citation, ...]
    begins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """`segments` is set for plain-text pages, else `overlays` and `tabs`.

    `notes` are the page's warnings (title, detail). `image` is None where there is none; `no_image` says why.
    """

    page: Page
    title: str
    notes: tuple[tuple[str, str], ...]
    image: PageImage | None
    no_image: str
    overlays: tuple[Overlay, ...]
    tabs: tuple[Tab, ...]
    segments: tuple[Segment, ...]
    cited: tuple[int, ...]

    @property
    def is_text(self) -> bool:
        return self.page.source is PageSource.TEXT


def page_view(
    chart: Chart,
    dossier: Dossier,
    number: int,
    image: PageImage | None,
    *,
    warnings: Iterable[ChartWarning] = (),
    index: ChartIndex | None = None,
    no_image: str = wording.NO_PICTURE,
) -> PageView:
    """Page `number` with the passages of `dossier` on it and those of `warnings` that name it."""
    page = chart.pages[number - 1]
    found = dossier.on_page(number)
    boxed = [(citation, tuple(box for line in place.lines for box in line)) for citation, place in found if place.lines]
    beginnings = [(citation, boxes[0]) for citation, boxes in boxed]
    ruled = ruled_only(boxed)
    words = [word.box for word in page.words]
    return PageView(
        page=page,
        title=_title(page, index),
        notes=tuple(wording.page_notes(page, warnings)),
        image=image,
        no_image=no_image,
        overlays=tuple(Overlay(citation, boxes, citation.number not in ruled) for citation, boxes in boxed),
        tabs=tuple(place_tabs(beginnings, page.width, page.height, words)) if beginnings else (),
        segments=_segments(page, found) if page.source is PageSource.TEXT else (),
        cited=tuple(dict.fromkeys(citation.number for citation, _ in found)),
    )


def _title(page: Page, index: ChartIndex | None) -> str:
    """`"Scan report · 2026-10-19 · printed text · turned by 90°"`: what is known about the page, without its words."""
    parts = wording.about_page(page.number, index)
    parts.append(wording.source(page))
    if page.rotation:
        parts.append(f"turned by {page.rotation}°")
    return " · ".join(parts)


def _segments(page: Page, found: list[tuple[Citation, Place]]) -> tuple[Segment, ...]:
    edges = sorted({0, len(page.text), *(at for _, place in found for at in (place.start, place.end))})
    segments = []
    for start, end in pairwise(edges):
        covering = tuple(citation for citation, place in found if place.start <= start and end <= place.end)
        begins = tuple(citation.number for citation, place in found if place.start == start and place.end > start)
        segments.append(Segment(page.text[start:end], covering, begins))
    return tuple(segments)
