"""Chart -> ChartIndex: what kind each page is, where documents begin, whose pages they are, which are copies.

A page that is somebody else's, or a copy of another, is set aside: what it says does not count. A reviewer's word goes
before all of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection

from chart_triage.indexing import documents, duplicates, identity, page_kind
from chart_triage.indexing.unread import unread_share
from chart_triage.indexing.whose import whose
from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.chart_index import ChartIndex, Identity, IndexedPage, PageKind, SetAside

__all__ = ["index", "kind_at"]


def index(
    chart: Chart,
    expected: Identity | None = None,
    *,
    set_aside: Collection[int] = frozenset(),
    taken_back: Collection[int] = frozenset(),
) -> ChartIndex:
    """`expected`: whom the caller says the chart is about. The other two: numbers of pages, as a reviewer decided."""
    own_kinds = page_kind.of_chart(chart)
    identities = [identity.on_page(page) for page in chart.pages]
    separated = documents.separate(chart.pages, own_kinds, identities)
    kinds = documents.carried_over(own_kinds, separated)
    owner = whose(dict(enumerate(identities, 1)), separated, expected)
    copies = {
        page: better
        for page, better in duplicates.find(chart).items()
        if (page in owner.foreign) == (better in owner.foreign)
    }
    document_of = {page: document.number for document in separated for page in document.pages}

    def why_aside(number: int) -> SetAside | None:
        if number in taken_back:
            return None
        if number in set_aside:
            return SetAside.BY_REVIEWER
        if number in owner.foreign:
            return SetAside.FOREIGN_PATIENT
        return SetAside.DUPLICATE_PAGE if number in copies else None

    pages = tuple(
        IndexedPage(
            number=number,
            kind=kind.kind,
            kind_confidence=kind.confidence,
            document=document_of[number],
            identity=named,
            duplicate_of=copies.get(number),
            set_aside=why_aside(number),
        )
        for number, (kind, named) in enumerate(zip(kinds, identities, strict=True), 1)
    )
    warnings = (*owner.warnings, *duplicates.warnings(copies))
    return ChartIndex(
        pages=pages,
        documents=separated,
        patient=owner.patient,
        unread=tuple(p.number for p in chart.pages if not p.readable and kinds[p.number - 1].kind != PageKind.BLANK),
        unread_share=unread_share(chart),
        warnings=tuple(told for warning in warnings if (told := _without(warning, taken_back)) is not None),
    )


def kind_at(chart: Chart, found: ChartIndex) -> Callable[[int], PageKind | None]:
    """The kind of the page at an offset of the chart's text."""
    starts = chart.page_starts()
    return lambda offset: found.pages[bisect_right(starts, offset) - 1].kind


def _without(warning: ChartWarning, pages: Collection[int]) -> ChartWarning | None:
    """The warning without pages that a reviewer took back; None where none is left."""
    if not any(page in pages for page in warning.pages):
        return warning
    left = tuple(page for page in warning.pages if page not in pages)
    return warning.model_copy(update={"pages": left}) if left else None
