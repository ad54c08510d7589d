"""Where one document of a chart ends and the next begins, and what each is: kind, title, author, day.

Each page is compared with the last readable one before it. What speaks for a new document and what against it is
weighed by `lexicons/shared/document_signs.csv`; above 0 a document begins. A page that goes on (page 2 of a consent)
has its document's kind, whatever little its own words say.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from chart_triage import resources
from chart_triage.indexing.authors import author
from chart_triage.indexing.page_edges import PageEdges, read_edges
from chart_triage.indexing.page_kind import KindOfPage
from chart_triage.indexing.page_words import looked_at
from chart_triage.indexing.same_person import Agreement, same_person
from chart_triage.records.chart_index import ChartDocument, Identity, PageKind
from chart_triage.records.page import Page

_UNREAD = frozenset((PageKind.BLANK, PageKind.ILLEGIBLE))
_SURE = 0.7
_LIKELY = 0.5
_FIRST_COUNTS = 1.5  # how much the first page's kind counts, beside 1 for each that follows
_OTHER_COUNTS = 0.3  # "other" says little of a document
_THROUGH = 6  # pages from which one count over most of the chart is the print run's
_MOST = 0.6


def separate(
    pages: Sequence[Page], kinds: Sequence[KindOfPage], identities: Sequence[Identity | None]
) -> tuple[ChartDocument, ...]:
    """The documents in the order of their first pages; each page is in one of them.

    A blank or illegible page within a document belongs to it; between two it is one of its own.
    """
    edges = _without_run_counts([read_edges(page, kind.title) for page, kind in zip(pages, kinds, strict=True)])
    groups: list[list[int]] = []
    pending: list[int] = []  # unread pages since the last readable one
    for index, kind in enumerate(kinds):
        if kind.kind in _UNREAD:
            pending.append(index)
            continue
        last = groups[-1][-1] if groups else None
        if last is not None and not _begins(edges, kinds, identities, last, index):
            groups[-1] += [*pending, index]
        else:
            groups += [*([p] for p in pending), [index]]
        pending = []
    groups += [[p] for p in pending]
    return tuple(_document(n, group, pages, edges, kinds, identities) for n, group in enumerate(groups, start=1))


def carried_over(kinds: Sequence[KindOfPage], documents: Sequence[ChartDocument]) -> tuple[KindOfPage, ...]:
    """The pages' kinds, where a page that is not sure of its own takes its document's."""
    carried = list(kinds)
    for document in documents:
        for number in document.pages:
            own = kinds[number - 1]
            if own.kind is document.kind or own.kind in _UNREAD or document.kind in _UNREAD:
                continue
            if own.confidence < _SURE or own.kind is PageKind.OTHER:
                sure = max(kinds[n - 1].confidence for n in document.pages if kinds[n - 1].kind is document.kind)
                carried[number - 1] = KindOfPage(document.kind, sure)
    return tuple(carried)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    with (resources.lexicons() / "shared" / "document_signs.csv").open(encoding="utf-8", newline="") as file:
        return {row["sign"]: float(row["weight"]) for row in csv.DictReader(file)}


def _begins(
    edges: Sequence[PageEdges],
    kinds: Sequence[KindOfPage],
    identities: Sequence[Identity | None],
    before: int,
    page: int,
) -> bool:
    signs = [
        *_by_count(edges[before], edges[page], next_page=page == before + 1),
        *_by_top(edges[before], edges[page]),
        *_by_kind(kinds[before], kinds[page]),
    ]
    if _other_person(identities[before], identities[page]):
        signs.append("other_person")
    return sum(_weights()[sign] for sign in signs) > 0


def _by_count(before: PageEdges, page: PageEdges, *, next_page: bool) -> Iterator[str]:
    if page.numbered is None:
        if not next_page:
            yield "after_unread"
        return
    number, of = page.numbered
    if number == 1:
        yield "first_count"
    elif of == 0:
        if before.numbered == (number - 1, 0):
            yield "next_number"
    elif before.numbered is not None and before.numbered[1] == of and before.numbered[0] < number:
        yield "same_count" if number == before.numbered[0] + 1 else "later_count"
    elif before.numbered is not None:
        yield "other_count"
    elif next_page:
        yield "later_count"


def _by_top(before: PageEdges, page: PageEdges) -> Iterator[str]:
    if page.title is None:
        yield "no_title"
    else:
        yield "same_title" if page.title == before.title else "title"
    if page.on is not None and before.on is not None:
        yield "same_date" if page.on == before.on else "other_date"
    if page.letterhead and before.letterhead:
        common = len(page.letterhead & before.letterhead)
        if not common:
            yield "other_letterhead"
        elif 2 * common >= min(len(page.letterhead), len(before.letterhead)):
            yield "same_letterhead"
    if page.form is not None and before.form is not None and page.form != before.form:
        yield "other_form"
    if before.ended:
        yield "ended"
    if page.goes_on:
        yield "goes_on"


def _by_kind(before: KindOfPage, page: KindOfPage) -> Iterator[str]:
    covers = [k for k in (before, page) if k.kind is PageKind.FAX_COVER and k.confidence >= _LIKELY]
    if len(covers) == 1:
        yield "cover_before"
    elif before.kind is page.kind:
        yield "same_kind"
    elif min(before.confidence, page.confidence) >= _SURE:
        yield "other_kind"


def _other_person(one: Identity | None, other: Identity | None) -> bool:
    """Whether two pages plainly name two people."""
    return one is not None and other is not None and same_person(one, other) is Agreement.DIFFERENT


def _without_run_counts(edges: list[PageEdges]) -> list[PageEdges]:
    """Counts of a whole print run ("Page 17 of 43" on nearly every page) tell nothing of its documents."""
    totals: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        if edge.numbered is not None:
            totals[edge.numbered[1]].add(edge.numbered[0])
    run = {of for of, numbers in totals.items() if len(numbers) >= max(_THROUGH, _MOST * len(edges), _MOST * of)}
    return [e._replace(numbered=None) if e.numbered is not None and e.numbered[1] in run else e for e in edges]


def _document(
    number: int,
    group: Sequence[int],
    pages: Sequence[Page],
    edges: Sequence[PageEdges],
    kinds: Sequence[KindOfPage],
    identities: Sequence[Identity | None],
) -> ChartDocument:
    kind = _kind([kinds[i] for i in group])
    texts = [pages[i].text for i in group]
    is_order = kind is PageKind.ORDER_FORM
    return ChartDocument(
        number=number,
        pages=tuple(pages[i].number for i in group),
        kind=kind,
        title=next((edges[i].title for i in group if edges[i].title), None),
        author=next((a for text in texts if (a := author(looked_at(text), signed_only=is_order))), None),
        on=_day([edges[i] for i in group], [identities[i] for i in group], is_order=is_order)
        or next((date.fromisoformat(fax.sent) for i in group if (fax := pages[i].fax) and fax.sent), None),
    )


def _kind(kinds: Sequence[KindOfPage]) -> PageKind:
    """What most of the document's pages are, the first one before others."""
    total: dict[PageKind, float] = defaultdict(float)
    for place, (kind, confidence, _) in enumerate(kinds):
        total[kind] += (
            confidence * (_FIRST_COUNTS if place == 0 else 1) * (_OTHER_COUNTS if kind is PageKind.OTHER else 1)
        )
    readable = {kind: points for kind, points in total.items() if kind not in _UNREAD}
    return max(readable or total, key=lambda kind: total[kind])


def _day(edges: Sequence[PageEdges], identities: Sequence[Identity | None], *, is_order: bool) -> date | None:
    """The best-ranked day that a page gives itself: no day of birth, and of an order no day that is to come."""
    born = {identity.born for identity in identities if identity is not None}
    stated = [s for e in edges for s in e.dates if s.on not in born and not (is_order and s.may_be_planned)]
    best = min(stated, key=lambda s: s.rank, default=None)
    return best.on if best is not None else None
