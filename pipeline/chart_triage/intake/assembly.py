"""Drafts of all pages to the chart's pages: furniture out, reading order, text with offsets, warnings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from chart_triage.intake.layout.furniture import Furniture, find_furniture
from chart_triage.intake.layout.hyphenation import HyphenEvidence
from chart_triage.intake.layout.page_layout import lay_out
from chart_triage.intake.layout.page_text import compose
from chart_triage.intake.page_draft import PageDraft
from chart_triage.records.chart import ChartWarning, WarningKind
from chart_triage.records.page import Page, PageSource

_SIDEWAYS = "The text runs sideways on the page; it was turned upright for reading."
_FURNITURE_ONLY = "Nothing but a running header, a footer or a page number is written on the page."


def assemble(drafts: Sequence[PageDraft]) -> tuple[tuple[Page, ...], tuple[ChartWarning, ...]]:
    """The pages of a chart, in order, with what a reviewer must know about them."""
    furniture = find_furniture(drafts)
    evidence = HyphenEvidence(word.text for draft in drafts for word in draft.words)
    pages = tuple(_make_page(draft, furniture.get(draft.number, []), evidence) for draft in drafts)
    return pages, _warnings(drafts, pages)


def _make_page(draft: PageDraft, furniture: list[Furniture], evidence: HyphenEvidence) -> Page:
    tokens = lay_out(draft, chain.from_iterable(each.words for each in furniture))
    text, words, marks = compose(tokens, evidence)
    unread = draft.problem is not None and not tokens
    return Page(
        number=draft.number,
        width=draft.width,
        height=draft.height,
        rotation=draft.rotation,
        source=PageSource.NONE if unread else draft.source,
        readable=not unread,
        legibility=draft.legibility,
        text=text,
        words=words,
        marks=marks,
        furniture=tuple(each.line for each in furniture),
    )


def _warnings(drafts: Sequence[PageDraft], pages: Sequence[Page]) -> tuple[ChartWarning, ...]:
    """One warning for each kind and reason, with all of its pages."""
    told: dict[tuple[WarningKind, str], list[int]] = defaultdict(list)
    for draft, page in zip(drafts, pages, strict=True):
        if draft.problem is not None:
            told[draft.problem].append(draft.number)
        elif not page.text:
            told["blank_page", _FURNITURE_ONLY].append(draft.number)
        if draft.was_sideways:
            told["rotated_page", _SIDEWAYS].append(draft.number)
    return tuple(ChartWarning(kind=kind, pages=tuple(numbers), detail=why) for (kind, why), numbers in told.items())
