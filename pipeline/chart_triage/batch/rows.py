"""A determination as flat rows: one for the chart, one for each criterion and each entry of the MRI safety list.

The fields are the columns of the tables, in their order. They say what the determination says, judge nothing, and
hold nothing that differs from run to run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from chart_triage.records.chart_index import PageNumber
from chart_triage.records.determination import (
    ContraindicationResult,
    ContraindicationStatus,
    CriterionResult,
    CriterionStatus,
    Determination,
)
from chart_triage.records.finding import Evidence
from chart_triage.records.page import PageSource, Record
from chart_triage.records.triage import Share

_NO_DEVICE = (ContraindicationStatus.ABSENT, ContraindicationStatus.NOT_DOCUMENTED)


class ChartColumns(Record):
    """One chart. Lists stand as words with "; " between them; `legibility` is the mean over pages read by OCR."""

    media_type: str
    pages: int
    pages_native: int
    pages_ocr: int
    pages_unread: int
    pages_set_aside: int
    page_kinds: str
    legibility: Share | None
    suggestion: str
    supported: str
    unclear_or_conflicting: str
    mri_safety_check: bool
    devices: str
    expedited: bool | None
    received: date | None
    due: date | None
    due_time: time | None
    answer_due: date | None
    line_of_business: str
    reference: str | None
    member_id: str | None
    readiness: Share
    completeness: Share
    to_ask_for: int
    warnings: str
    guideline: str
    guideline_version: str
    chart_triage: str
    guideline_sha256: str
    lexicons_sha256: str
    models_sha256: str
    ocr: str | None


class CriterionColumns(Record):
    """One criterion, or one entry of the safety list (`part`). `page`, `words`: of the first evidence for it."""

    part: Literal["criterion", "contraindication"]
    number: str
    label: str
    status: CriterionStatus | ContraindicationStatus
    evidence: int
    counter_evidence: int
    page: PageNumber | None
    words: str | None
    section: str | None
    missing: str


class Rows(Record):
    chart: ChartColumns
    criteria: Annotated[tuple[CriterionColumns, ...], Field(min_length=1)]


def rows_of(determination: Determination, media_type: str) -> Rows:
    """The rows of an assessed chart."""
    return Rows(chart=_chart(determination, media_type), criteria=tuple(_criteria(determination)))


def _chart(determination: Determination, media_type: str) -> ChartColumns:
    triage, index, pages = determination.triage, determination.index, determination.chart.pages
    assert triage is not None
    assert index is not None
    urgency, request = triage.urgency, determination.inputs.request
    sources = Counter(page.source for page in pages)
    seen = [page.legibility for page in pages if page.legibility is not None]
    doubtful = (CriterionStatus.UNCLEAR, CriterionStatus.CONFLICTING)
    kinds = Counter(page.kind for page in index.pages)
    return ChartColumns(
        media_type=media_type,
        pages=len(pages),
        pages_native=sources[PageSource.NATIVE] + sources[PageSource.TEXT],
        pages_ocr=sources[PageSource.OCR],
        pages_unread=len(index.unread),
        pages_set_aside=sum(page.set_aside is not None for page in index.pages),
        page_kinds=_listed(f"{kind} {count}" for kind, count in sorted(kinds.items())),
        legibility=round(sum(seen) / len(seen), 4) if seen else None,
        suggestion=determination.suggestion.value,
        supported=_listed(n for n, c in determination.criteria.items() if c.status is CriterionStatus.SUPPORTED),
        unclear_or_conflicting=_listed(n for n, c in determination.criteria.items() if c.status in doubtful),
        mri_safety_check="mri_safety_check" in determination.flags,
        devices=_listed(k for k, c in determination.contraindications.items() if c.status not in _NO_DEVICE),
        expedited=urgency.expedited,
        received=urgency.received,
        due=urgency.due,
        due_time=urgency.due_time,
        answer_due=urgency.answer_due,
        line_of_business=urgency.line_of_business,
        reference=request.reference,
        member_id=request.member_id,
        readiness=round(triage.readiness, 4),
        completeness=round(triage.completeness, 4),
        to_ask_for=len(determination.requests),
        warnings=_listed(sorted({warning.kind for warning in determination.warnings})),
        guideline=determination.guideline.id,
        guideline_version=determination.guideline.version,
        **determination.versions.model_dump(),
    )


def _criteria(determination: Determination) -> Iterator[CriterionColumns]:
    for number, criterion in determination.criteria.items():
        yield _row("criterion", number, criterion, criterion.missing)
    for key, entry in determination.contraindications.items():
        yield _row("contraindication", key, entry, ())


def _row(
    part: Literal["criterion", "contraindication"],
    number: str,
    judged: CriterionResult | ContraindicationResult,
    missing: Iterable[str],
) -> CriterionColumns:
    shown: Evidence | None = next(iter((*judged.evidence, *judged.counter_evidence)), None)
    return CriterionColumns(
        part=part,
        number=number,
        label=judged.label,
        status=judged.status,
        evidence=len(judged.evidence),
        counter_evidence=len(judged.counter_evidence),
        page=shown.page if shown else None,
        words=shown.text if shown else None,
        section=shown.section if shown else None,
        missing=_listed(missing),
    )


def _listed(items: Iterable[str]) -> str:
    return "; ".join(items)
