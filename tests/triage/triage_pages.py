"""Short ways to write pages and charts in tests of the triage."""

from __future__ import annotations

from chart_triage.records.chart_index import ChartDocument, ChartIndex, IndexedPage, PageKind, SetAside
from chart_triage.records.geometry import Box
from chart_triage.records.page import FaxBanner, FurnitureLine, FurnitureRole, Page, PageSource, Word


def page(text: str, number: int = 1, *, sent: str | None = None, head: str = "") -> Page:
    """A page whose words stand in boxes ten points wide per character; `sent` is the day on its fax banner."""
    words, at = [], 0
    for token in text.split():
        start = text.index(token, at)
        at = start + len(token)
        words.append(Word(start, at, Box(start % 60, 10, start % 60 + 1, 20)))
    furniture = (FurnitureLine(text=head, role=FurnitureRole.HEADER, box=Box(1, 1, 100, 12)),) if head else ()
    return Page(
        number=number,
        width=612,
        height=792,
        source=PageSource.NATIVE if text else PageSource.NONE,
        readable=bool(text),
        text=text,
        words=tuple(words),
        furniture=furniture,
        fax=FaxBanner(text="banner", sent=sent) if sent else None,
    )


def index_of(*kinds: PageKind, set_aside: tuple[int, ...] = ()) -> ChartIndex:
    pages = tuple(
        IndexedPage(number=n, kind=kind, document=n, set_aside=SetAside.FOREIGN_PATIENT if n in set_aside else None)
        for n, kind in enumerate(kinds, 1)
    )
    documents = tuple(ChartDocument(number=n, pages=(n,), kind=kind) for n, kind in enumerate(kinds, 1))
    return ChartIndex(pages=pages, documents=documents)
