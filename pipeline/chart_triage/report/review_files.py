"""A page's image, its thumbnail and its words, as the review page fetches them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from chart_triage.records.chart import Chart
from chart_triage.records.page import Page
from chart_triage.report.page_images import draw_pages

PAGE_DPI = 132.0
THUMB_DPI = 14.0


def page_files(source: bytes | None, chart: Chart, *, password: str | None = None) -> Iterator[tuple[str, bytes, str]]:
    """(name, content, media type) of each file: words/1, page/1, thumb/1 ... A plain text has no images.

    Raises InputError where `source` cannot be opened.
    """
    for page in chart.pages:
        yield f"words/{page.number}", _words(page), "application/json"
    if source is None:
        return
    numbers = range(1, len(chart.pages) + 1)
    for number, (image, thumb) in draw_pages(source, chart, numbers, (PAGE_DPI, THUMB_DPI), password=password):
        yield f"page/{number}", image.data, image.media_type
        yield f"thumb/{number}", thumb.data, thumb.media_type


def _words(page: Page) -> bytes:
    words = [
        [round(v, 1) for v in (w.box.x0, w.box.y0, w.box.x1, w.box.y1)] + [page.text[w.start : w.end]]
        for w in page.words
    ]
    furniture = [[round(v, 1) for v in f.box.as_list()] + [f.text] for f in page.furniture]
    shown = {"width": page.width, "height": page.height, "words": words, "furniture": furniture}
    if not words:
        shown["text"] = page.text
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
