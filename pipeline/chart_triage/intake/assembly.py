"""Drafts of all pages to the chart's pages: furniture out, reading order, text with offsets, warnings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from chart_triage.intake.layout.fax_banner import read_banner
from chart_triage.intake.layout.furniture import Furniture, find_furniture
from chart_triage.intake.layout.hyphenation import HyphenEvidence
from chart_triage.intake.layout.page_layout import lay_out
from chart_triage.intake.layout.page_text import compose
from chart_triage.intake.page_draft import PageDraft, on_page
from chart_triage.records.chart import ChartWarning, WarningKind
from chart_triage.records.geometry import Box
from chart_triage.records.page import Page, PageSource

_SIDEWAYS = "The page lay sideways or upside down; it was turned upright for reading."
_FURNITURE_ONLY = "Nothing but a running header, a footer or a page number is written on the page."


def assemble(drafts: Sequence[PageDraft]) -> tuple[tuple[Page, ...], tuple[ChartWarning, ...]]:
    """The pages of a chart, in order, with what a reviewer must know about them."""
    furniture = find_furniture(drafts)
    evidence = HyphenEvidence(word.text for draft in drafts for word in draft.words)
    pages = tuple(_make_page(draft, furniture.get(draft.number, []), evidence) for draft in drafts)
    return pages, _warnings(drafts, pages)


def _make_page(draft: PageDraft, furniture: list[Furniture], evidence: HyphenEvidence) -> Page:
    tokens = lay_out(draft, chain.from_iterable(each.words for each in furniture))
    text, words, marks, rows = compose(draft.number, tokens, evidence, draft.table_rows)
    lines = [each.line for each in furniture]
    if draft.level is not None:
        words = tuple(replace(word, box=_on_page(draft, word.box)) for word in words)
        marks = tuple(mark.model_copy(update={"box": _on_page(draft, mark.box)}) for mark in marks)
        rows = tuple(row.model_copy(update={"box": _corners(_on_page(draft, Box(*row.box)))}) for row in rows)
        lines = [line.model_copy(update={"box": _on_page(draft, line.box)}) for line in lines]
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
        form_rows=rows,
        furniture=tuple(lines),
        unclear=tuple(_on_page(draft, Box(*place)) for place in draft.unclear),
        fax=next((banner for line in lines if (banner := read_banner(line))), None),
    )


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _on_page(draft: PageDraft, box: Box) -> Box:
    """`box` of the draft, on the page."""
    if draft.level is None:
        return box
    return Box(*on_page(draft.level, (box.x0, box.y0, box.x1, box.y1), draft.width, draft.height))


def _warnings(drafts: Sequence[PageDraft], pages: Sequence[Page]) -> tuple[ChartWarning, ...]:
    """One warning for each kind and reason, with all of its pages."""
    told: dict[tuple[WarningKind, str], list[int]] = defaultdict(list)
    for draft, page in zip(drafts, pages, strict=True):
        if draft.problem is not None:
            told[draft.problem].append(draft.number)
        elif not page.text:
            told["blank_page", _FURNITURE_ONLY].append(draft.number)
        for notice in draft.notices:
            told[notice].append(draft.number)
        if draft.was_sideways:
            told["rotated_page", _SIDEWAYS].append(draft.number)
    return tuple(ChartWarning(kind=kind, pages=tuple(numbers), detail=why) for (kind, why), numbers in told.items())
