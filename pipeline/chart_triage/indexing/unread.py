"""How much of a chart could not be read: silence of a record of which much is unread means nothing."""

from __future__ import annotations

from chart_triage.records.chart import Chart
from chart_triage.records.page import Page


def unread_share(chart: Chart) -> float:
    """Share of the chart's pages, 0..1, that could not be read; blank pages are no part of it.

    An unread page counts whole, as does one whose picture could not be read. A scanned page counts with the share of
    its words that is expected to be wrong, and at least with the area of the regions where hardly one was read.
    """
    told = {(warning.kind, number) for warning in chart.warnings for number in warning.pages}
    pages = [page for page in chart.pages if ("blank_page", page.number) not in told]
    if not pages:
        return 0.0
    lost = sum(1.0 if ("unread_page", page.number) in told else _lost(page) for page in pages)
    return round(lost / len(pages), 3)


def _lost(page: Page) -> float:
    if not page.readable:
        return 1.0
    unclear = sum(box.width * box.height for box in page.unclear) / (page.width * page.height)
    return min(1.0, max(unclear, 1.0 - (1.0 if page.legibility is None else page.legibility)))
