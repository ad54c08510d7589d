"""What a reader is told, in plain words, for each status of the determination.

One place for both the PDF and the HTML report, so that they never say different things. No word here is negative
beyond "not found in the records received": the program suggests, a human decides.
"""

from __future__ import annotations

from collections.abc import Iterable

from chart_triage.matching.silence import LARGE_SHARE
from chart_triage.records.chart import ChartWarning
from chart_triage.records.chart_index import ChartDocument, ChartIndex, Identity, PageKind, SetAside
from chart_triage.records.determination import (
    ContraindicationStatus,
    CriterionStatus,
    Determination,
    Suggestion,
)
from chart_triage.records.finding import Evidence
from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Status
from chart_triage.records.page import Page, PageSource
from chart_triage.report import palette

HUMAN_DECIDES = "This is a suggestion. A human decides."
UNREAD = "No words could be read here. Nothing on it counts for or against any criterion: look at it yourself."
UNDECODED = "This page could not be decoded."
NO_PICTURE = "The picture of this page was left out to keep the report small. Open highlighted.pdf to see it."
NOT_MENTIONED = "Not mentioned in the records received"

CRITERION = {
    CriterionStatus.SUPPORTED: "Supported",
    CriterionStatus.CONTRADICTED: "Contradicted",
    CriterionStatus.CONFLICTING: "Conflicting",
    CriterionStatus.UNCLEAR: "Unclear",
    CriterionStatus.NOT_FOUND: "Not found in the records received",
}

CONTRAINDICATION = {
    ContraindicationStatus.PRESENT: "Present",
    ContraindicationStatus.PRESENT_MR_CONDITIONAL: "Present, stated to be MR conditional",
    ContraindicationStatus.PLANNED: "Planned",
    ContraindicationStatus.REMOVED: "Removed",
    ContraindicationStatus.UNCERTAIN: "Uncertain",
    ContraindicationStatus.ABSENT: "Recorded as absent",
    ContraindicationStatus.NOT_DOCUMENTED: NOT_MENTIONED,
}

EVIDENCE = {
    Status.PRESENT: "stated as present",
    Status.ABSENT: "stated as absent",
    Status.FAMILY: "about another person",
    Status.HYPOTHETICAL: "planned or conditional",
    Status.HISTORICAL_RESOLVED: "resolved or removed",
    Status.UNCERTAIN: "uncertain",
}

SIDES = {
    ("criterion", "for"): "Speaks for",
    ("criterion", "against"): "Speaks against",
    ("safety", "for"): "Evidence",
    ("safety", "against"): "Says otherwise",
    ("other", "for"): "Evidence",
}

LEGEND = (
    (palette.SAFETY, "MRI", "MRI safety: a device or condition that is or may be there"),
    (palette.AGAINST, "−", "Speaks against a criterion; grey MRI: says that a device is not there"),
    (palette.OTHER, "other", "Also in the record, not named by the guideline"),
)
"""What the colours mean that belong to no criterion: tone, sign on the page, words."""

WARNING = {
    "unread_page": "Not read",
    "unopened_page": "Not opened",
    "illegible_page": "Poor copy",
    "blank_page": "Blank",
    "rotated_page": "Turned upright",
    "bad_text_layer": "Unreliable text layer",
    "duplicate_page": "Duplicate",
    "attachment": "Files attached",
    "foreign_patient": "May belong to another patient",
}

SOURCE = {
    PageSource.NATIVE: "printed text",
    PageSource.OCR: "read by OCR",
    PageSource.TEXT: "plain text",
    PageSource.NONE: "not read",
}

PAGE_KIND = {
    PageKind.FAX_COVER: "fax cover sheet",
    PageKind.ORDER_FORM: "order form",
    PageKind.CLINIC_NOTE: "office note",
    PageKind.RADIOLOGY_REPORT: "scan report",
    PageKind.OPERATIVE_OR_PATHOLOGY_REPORT: "surgery or lab tissue report",
    PageKind.LABORATORY: "lab report",
    PageKind.MEDICATION_LIST: "drug list",
    PageKind.EEG_REPORT: "EEG report",
    PageKind.MRI_SAFETY_FORM: "MRI safety form",
    PageKind.CONSENT_OR_EDUCATION: "consent form",
    PageKind.GUIDELINE_OR_POLICY: "policy",
    PageKind.CORRESPONDENCE: "letter",
    PageKind.BLANK: "blank page",
    PageKind.ILLEGIBLE: "page that could not be read",
    PageKind.OTHER: "other page",
}
"""Sorts of pages in the plain words of a letter."""

_KINDS_SHOWN_OTHERWISE = {PageKind.OTHER, PageKind.BLANK, PageKind.ILLEGIBLE}  # by the page's warning

_DOUBTS_NAMED = 4

_HEADLINE = {
    Suggestion.CRITERIA_SUPPORTED: "The records support the guideline's criteria",
    Suggestion.MORE_INFORMATION_NEEDED: "More information is needed",
    Suggestion.NEEDS_CLINICAL_REVIEW: "Needs clinical review",
}


def headline(determination: Determination) -> str:
    """The suggestion in plain words, with the numbers of the supported criteria."""
    words = _HEADLINE[determination.suggestion]
    supported = supported_criteria(determination)
    if determination.suggestion is Suggestion.CRITERIA_SUPPORTED and supported:
        return f"The records support {'criterion' if len(supported) == 1 else 'criteria'} {listed(supported)}"
    unread = determination.index.unread_share if determination.index else 0
    return f"{words}: {unread:.0%} of the record could not be read" if unread >= LARGE_SHARE else words


def about_guideline(determination: Determination, guideline: Guideline | None) -> str:
    """Name, version and first day of the guideline; its title and procedure codes where it is at hand."""
    pinned = determination.guideline
    version = f"{pinned.id}, version {pinned.version}, in effect from {pinned.effective}."
    if guideline is None:
        return f"Guideline {version}"
    codes = listed([f"{code.system} {code.code}" for code in guideline.codes])
    return f"{guideline.title} ({codes}). Guideline {version}"


def supported_criteria(determination: Determination) -> list[str]:
    """Numbers of the criteria that are supported as a whole, each by its supported parts where it has such.

    A supported part of a criterion that as a whole is not (one disease of 4, without 4's other conditions) is no
    supported criterion.
    """
    supported = {k for k, r in determination.criteria.items() if r.status is CriterionStatus.SUPPORTED}
    wholes = [
        k for k in determination.criteria if k in supported and supported >= _wholes(k) & determination.criteria.keys()
    ]
    return [key for key in wholes if not any(other.startswith(f"{key}.") for other in wholes)]


def _wholes(key: str) -> set[str]:
    """`{"1", "1.c"}` for `"1.c.ii"`."""
    parts = key.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts))}


def why(evidence: Evidence) -> str:
    """The evidence's reason; where it has none, the cues that decided its status; else the status in words."""
    if evidence.reason:
        return evidence.reason.rstrip(". ")
    cues = listed([f"‘{cue.text}’" for cue in evidence.cues])
    status = EVIDENCE[evidence.status]
    return f"{status}, because of {cues}" if cues else status


def doubt(words: tuple[str, ...]) -> str:
    """
    >>> doubt(("pacernaker",))
    'Read with doubt: ‘pacernaker’'
    """
    named = [f"‘{word}’" for word in words[:_DOUBTS_NAMED]]
    more = len(words) - len(named)
    return f"Read with doubt: {listed([*named, f'{more} more'] if more else named)}" if words else ""


def source(page: Page) -> str:
    """Where the page's words come from; for OCR also how legible the page is, where that was measured."""
    words = SOURCE[page.source]
    if page.source is not PageSource.OCR or page.legibility is None:
        return words
    return f"{words}, legibility {page.legibility:.0%}"


def page_notes(page: Page, warnings: Iterable[ChartWarning]) -> list[tuple[str, str]]:
    """What a reader of the page must know: `[(title, detail), ...]`; that it was not read before all else."""
    told = [(w.kind, w.detail) for w in warnings if page.number in w.pages]
    if page.readable:
        return [(WARNING[kind], detail) for kind, detail in told]
    reasons = [detail for kind, detail in told if kind == "unread_page"]
    others = [(WARNING[kind], detail) for kind, detail in told if kind != "unread_page"]
    return [(WARNING["unread_page"], " ".join([UNREAD, *reasons])), *others]


def see_parts(keys: tuple[str, ...]) -> str:
    """Where a criterion's passages are, that are quoted under its parts and not again under itself."""
    return f"More passages under {listed(list(keys))}."


def unread_pages(determination: Determination) -> tuple[int, ...]:
    return tuple(page.number for page in determination.chart.pages if not page.readable)


def read_by_ocr(determination: Determination) -> int:
    """Number of pages."""
    return sum(page.source is PageSource.OCR for page in determination.chart.pages)


def notices(determination: Determination) -> list[tuple[str, tuple[int, ...], str]]:
    """What the result could not take into account: `[(title, pages, detail), ...]`, unread pages first.

    A page that could not be read is told here even where no warning names it.
    """
    told = {page for warning in determination.warnings for page in warning.pages}
    silent = tuple(page for page in unread_pages(determination) if page not in told)
    found = [(WARNING["unread_page"], silent, UNREAD)] if silent else []
    return found + [(WARNING[warning.kind], warning.pages, warning.detail) for warning in determination.warnings]


SET_ASIDE = {
    SetAside.FOREIGN_PATIENT: "does not count: about another patient",
    SetAside.DUPLICATE_PAGE: "does not count: a copy of page {}",
    SetAside.BY_REVIEWER: "does not count: set aside by a reviewer",
}


def about_page(number: int, index: ChartIndex | None) -> list[str]:
    """What sort of page it is, the day of its document, and why it does not count: `["Office note", "2026-10-19"]`."""
    if index is None:
        return []
    page = index.pages[number - 1]
    document = index.documents[page.document - 1]
    parts = [] if page.kind in _KINDS_SHOWN_OTHERWISE else [PAGE_KIND[page.kind].capitalize()]
    if document.on:
        parts.append(document.on.isoformat())
    if page.set_aside:
        parts.append(SET_ASIDE[page.set_aside].format(page.duplicate_of))
    return parts


def about_document(document: ChartDocument) -> str:
    """`"Pages 2-3: MS CENTER VISIT, 2026-10-19, J. Castlebury MD"`."""
    first, last = document.pages[0], document.pages[-1]
    pages = f"Page {first}" if first == last else f"Pages {first}-{last}"
    told = (document.title or PAGE_KIND[document.kind].capitalize(), document.on, document.author)
    return f"{pages}: {', '.join(str(part) for part in told if part)}"


def about_patient(patient: Identity | None) -> str:
    """`"DOE, JANE, born 1981-03-02"`."""
    if patient is None:
        return "No page names its patient."
    born = f", born {patient.born.isoformat()}" if patient.born else ""
    numbers = f", number {' or '.join(patient.numbers)}" if patient.numbers else ""
    return f"Patient: {patient.name or 'no name'}{born}{numbers}."


def page_kinds(kinds: Iterable[PageKind]) -> str:
    """
    >>> page_kinds([PageKind.CLINIC_NOTE, PageKind.ORDER_FORM])
    'office note or order form'
    """
    return " or ".join(PAGE_KIND[kind] for kind in kinds)


def listed(parts: list[str]) -> str:
    """
    >>> listed(["1.b", "4", "5"])
    '1.b, 4 and 5'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
