"""The review page: what stands around the pages, and the plain data that its scripts draw with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chart_triage.records.chart_index import ChartDocument, ChartIndex, Identity, IndexedPage, SetAside
from chart_triage.records.determination import Determination
from chart_triage.report import wording
from chart_triage.store.charts import State
from chart_triage.store.reviews import Note, Review, SignOff
from chart_triage.store.tables import ChartRow
from chart_triage.web.views.assessed import Assessed
from chart_triage.web.views.readiness import LETTERS, OTHER_FILES
from chart_triage.web.views.review_rows import Panel, panel

REASONS = (
    "About another person",
    "Ruled out or negated in the record",
    "Too old, or overtaken by a later record",
    "Words were misread",
    "Does not say what the criterion asks",
    "More evidence elsewhere in the record",
)
"""Reasons a reviewer gives with one key; any other is typed. Fixed words make them countable on the quality page."""

OUTCOMES = {
    SignOff.CRITERIA_MET: "Criteria met",
    SignOff.MORE_INFORMATION_REQUESTED: "More information requested from the sender",
    SignOff.SENT_TO_CLINICIAN: "Sent to a clinician",
    SignOff.OTHER_OUTCOME: "Other outcome, in my own words (clinicians)",
}

_FILES = (*OTHER_FILES, *LETTERS, ("determination.json", "Data (JSON)"))
_SET_ASIDE = {
    SetAside.FOREIGN_PATIENT: "reads as another patient's",
    SetAside.DUPLICATE_PAGE: "a copy of page {duplicate_of}",
    SetAside.BY_REVIEWER: "set aside by a reviewer",
}


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page that does not count, why, and whose it says it is: by its own words or those of its document."""

    number: int
    why: str
    said_by: str
    identity: str
    duplicate_of: int | None


@dataclass(frozen=True, slots=True)
class ShownDocument:
    pages: str
    first: int
    kind: str
    title: str
    on: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """`files`: results to download, kind and label. `busy`: the chart is being assessed again, what is shown is the
    result before; then nothing can be changed."""

    chart: ChartRow
    headline: str
    flags: tuple[str, ...]
    panel: Panel
    patient: str
    set_aside: tuple[ShownPage, ...]
    taken_back: tuple[int, ...]
    documents: tuple[ShownDocument, ...]
    notices: tuple[tuple[str, tuple[int, ...], str], ...]
    requests: tuple[str, ...]
    notes: tuple[Note, ...]
    review: Review
    outcomes: tuple[tuple[str, str], ...]
    signed_words: str
    files: tuple[tuple[str, str], ...]
    busy: bool
    closed: bool
    due: str
    made: str


def review_view(chart: ChartRow, assessed: Assessed, review: Review, kinds: Collection[str]) -> ReviewView:
    """`kinds` are those of the chart's result files."""
    determination = assessed.determination
    index = determination.index
    signed = review.signed_off
    return ReviewView(
        chart=chart, headline=wording.headline(determination), flags=determination.flags,
        panel=panel(assessed.dossier, review), patient=identity_words(index.patient if index else None),
        set_aside=_set_aside(index), taken_back=tuple(sorted(review.taken_back)), documents=_documents(index),
        notices=tuple(_notices(determination)), requests=tuple(item.text for item in determination.requests),
        notes=tuple(n for n in review.notes if n.criterion is None), review=review,
        outcomes=tuple((o.value, words) for o, words in OUTCOMES.items()),
        signed_words=OUTCOMES[SignOff(signed["outcome"])] if signed else "",
        files=tuple(file for file in _FILES if file[0] in kinds),
        busy=chart.state in (State.WAITING, State.PROCESSING), closed=chart.state == State.SIGNED_OFF,
        due=chart.due_at.strftime("%-d %b %Y") if chart.due_at else "", made=made(assessed, review),
    )  # fmt: skip


def opens_at(view: ReviewView) -> int:
    """The number of the page that is on view first: that of the first stop, which a browser may well load ahead."""
    stops = view.panel.stops
    return stops[view.panel.first].page if stops else 1


def made(assessed: Assessed, review: Review) -> str:
    """Changes whenever the marks on the pages do."""
    return (
        f"{assessed.made}-{len(review.own_evidence)}-{review.own_evidence[-1]['version'] if review.own_evidence else 0}"
    )


def drawn(assessed: Assessed, review: Review) -> dict[str, Any]:
    """What the scripts need: sizes of the pages, and each piece of evidence with its place. No words of the chart."""
    index = assessed.determination.index
    left_out = {p.number for p in index.pages if p.set_aside} if index else set()
    has_images = assessed.chart.media_type != "text/plain"
    pages = [
        {"number": p.number, "width": p.width, "height": p.height, "left_out": p.number in left_out}
        for p in assessed.chart.pages
    ]
    stops = [asdict(stop) for stop in panel(assessed.dossier, review).stops]
    return {"made": made(assessed, review), "images": has_images, "pages": pages, "stops": stops}


def identity_words(identity: Identity | None) -> str:
    if identity is None:
        return ""
    parts = [
        identity.name or "",
        f"born {identity.born:%d %b %Y}" if identity.born else "",
        *(f"no. {number}" for number in identity.numbers),
        *(f"member {number}" for number in identity.member_numbers),
    ]
    return ", ".join(part for part in parts if part)


def _set_aside(index: ChartIndex | None) -> tuple[ShownPage, ...]:
    pages = index.pages if index else ()
    return tuple(_shown(page, page.set_aside, pages) for page in pages if page.set_aside is not None)


def _shown(page: IndexedPage, why: SetAside, pages: Sequence[IndexedPage]) -> ShownPage:
    told = _SET_ASIDE[why].format(duplicate_of=page.duplicate_of)
    same = (other for other in (page, *pages) if other.document == page.document and other.identity)
    named = next(same, page)
    said_by = "The page says" if named is page else f"Page {named.number} of the same document says"
    return ShownPage(page.number, told, said_by, identity_words(named.identity), page.duplicate_of)


def _documents(index: ChartIndex | None) -> tuple[ShownDocument, ...]:
    return tuple(_document(document) for document in (index.documents if index else ()))


def _document(document: ChartDocument) -> ShownDocument:
    first, last = document.pages[0], document.pages[-1]
    return ShownDocument(
        pages=f"{first}" if first == last else f"{first}–{last}", first=first, kind=wording.PAGE_KIND[document.kind],
        title=document.title or "", on=document.on.strftime("%-d %b %Y") if document.on else "",
    )  # fmt: skip


def _notices(determination: Determination) -> list[tuple[str, tuple[int, ...], str]]:
    """What is said of pages elsewhere on the review page is not said twice."""
    shown_elsewhere = (wording.WARNING["duplicate_page"], wording.WARNING["foreign_patient"])
    return [notice for notice in wording.notices(determination) if notice[0] not in shown_elsewhere]
