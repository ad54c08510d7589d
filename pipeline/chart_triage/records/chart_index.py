"""What the pages of a chart are: kinds, documents, whose they are, which are copies of others."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chart_triage.records.chart import ChartWarning
from chart_triage.records.page import Record

PageNumber = Annotated[int, Field(ge=1)]


class PageKind(StrEnum):
    """What sort of page it is."""

    FAX_COVER = "fax_cover"
    ORDER_FORM = "order_form"  # an order or a referral
    CLINIC_NOTE = "clinic_note"
    RADIOLOGY_REPORT = "radiology_report"
    OPERATIVE_OR_PATHOLOGY_REPORT = "operative_or_pathology_report"
    LABORATORY = "laboratory"
    MEDICATION_LIST = "medication_list"
    EEG_REPORT = "eeg_report"
    MRI_SAFETY_FORM = "mri_safety_form"
    CONSENT_OR_EDUCATION = "consent_or_education"
    GUIDELINE_OR_POLICY = "guideline_or_policy"
    CORRESPONDENCE = "correspondence"
    BLANK = "blank"
    ILLEGIBLE = "illegible"
    OTHER = "other"


class SetAside(StrEnum):
    """Why the findings of a page do not count."""

    FOREIGN_PATIENT = "foreign_patient"
    DUPLICATE_PAGE = "duplicate_page"
    BY_REVIEWER = "by_reviewer"


class Identity(Record):
    """Who a page says it is about, or who the caller says the chart is about.

    Each part is None (or empty) where it is not printed. `name` is "LAST, FIRST MIDDLE" as far as printed;
    `numbers` are medical record numbers without their labels, `member_numbers` those of an insurance, which a family
    may share; `age` is in years.
    """

    name: str | None = None
    born: date | None = None
    numbers: tuple[str, ...] = ()
    member_numbers: tuple[str, ...] = ()
    sex: Literal["F", "M", "X"] | None = None
    age: Annotated[float, Field(ge=0, le=130)] | None = None

    @property
    def known(self) -> bool:
        """Whether it can tell one person from another at all: sex and age alone cannot."""
        return bool(self.name or self.born or self.numbers or self.member_numbers)


class IndexedPage(Record):
    """`document` counts from 1, as in `ChartIndex.documents`. `duplicate_of` is the page that is cited instead."""

    number: PageNumber
    kind: PageKind
    kind_confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    document: PageNumber
    identity: Identity | None = None
    duplicate_of: PageNumber | None = None
    set_aside: SetAside | None = None


class ChartDocument(Record):
    """Pages of a chart that were written as one: a note, a report, a form. `on` is the day that it was written."""

    number: PageNumber
    pages: Annotated[tuple[PageNumber, ...], Field(min_length=1)]
    kind: PageKind
    title: str | None = None
    author: str | None = None
    on: date | None = None


class ChartIndex(Record):
    """All pages and documents of a chart.

    `patient` is who the chart is about, None where no page says so; `unread` are the pages with something on them that
    could not be read, `unread_share` how much of the chart that is, with what is poorly legible on other pages.
    """

    pages: Annotated[tuple[IndexedPage, ...], Field(min_length=1)]
    documents: Annotated[tuple[ChartDocument, ...], Field(min_length=1)]
    patient: Identity | None = None
    unread: tuple[PageNumber, ...] = ()
    unread_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    warnings: tuple[ChartWarning, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if [p.number for p in self.pages] != list(range(1, len(self.pages) + 1)):
            raise ValueError("pages must be numbered 1, 2, 3 ... without gaps")
        listed = sorted(n for d in self.documents for n in d.pages)
        if listed != [p.number for p in self.pages]:
            raise ValueError("each page belongs to exactly one document")
        if any(p.duplicate_of == p.number for p in self.pages):
            raise ValueError("a page is no duplicate of itself")
        return self

    def counted(self, page: int) -> bool:
        """Whether the findings of the page with this number count."""
        return self.pages[page - 1].set_aside is None
