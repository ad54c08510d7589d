"""The kind of a page: blank and illegible ones, signs and model together, and pages whose findings would not count."""

from __future__ import annotations

import time

import numpy as np
import pytest
from fixture_pages import chart, labels

from chart_triage.indexing import page_kind
from chart_triage.indexing.kind_model import KINDS
from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.chart_index import PageKind
from chart_triage.records.geometry import Box
from chart_triage.records.page import FurnitureLine, FurnitureRole, Page, PageSource


def page(text: str, source: PageSource = PageSource.NATIVE, *, number: int = 1, header: str = "") -> Page:
    line = FurnitureLine(text=header, role=FurnitureRole.HEADER, box=Box(0, 0, 10, 10))
    return Page(
        number=number, width=612, height=792, source=source, readable=source is not PageSource.NONE, text=text,
        furniture=(line,) if header else (),
    )  # fmt: skip


def test_kinds_of_the_fixture_pages() -> None:
    right = total = 0
    for name, pages in labels().items():
        for label, found in zip(pages, page_kind.of_chart(chart(name)), strict=True):
            total += 1
            right += found.kind in label.kinds
    assert total > 160
    assert right / total >= 0.98


def test_a_page_with_nothing_drawn_on_it_is_blank_and_another_unread_one_illegible() -> None:
    read = Chart(
        sha256="0" * 64,
        media_type="application/pdf",
        pages=tuple(page("", PageSource.NONE, number=n) for n in (1, 2)),
        warnings=(
            ChartWarning(kind="blank_page", pages=(2,), detail="Nothing is drawn on the page."),
            ChartWarning(kind="illegible_page", pages=(1,), detail="The page is too poor a copy to be read."),
        ),
    )
    assert [found.kind for found in page_kind.of_chart(read)] == [PageKind.ILLEGIBLE, PageKind.BLANK]


def test_titles_that_ocr_misspelt_are_known_on_pages_read_by_ocr() -> None:
    text = "lNF0RMED C0NSENT\n1 understand that bleedlng may occur. I have read this form.\nSignature of patlent"
    spelt = "INFORMEDCONSENT\nI understand that bleeding may occur. I have read this form.\nSignature of patient"
    for each in (text, spelt):
        assert page_kind.classify(page(each, PageSource.OCR)).kind is PageKind.CONSENT_OR_EDUCATION
    assert (
        page_kind.classify(page("MRl SAFETY SCRFENING\nPacernaker Y N", PageSource.OCR)).kind
        is PageKind.MRI_SAFETY_FORM
    )


def test_a_running_header_titles_a_page() -> None:
    rows = "\n".join(f"{name}\tyes\tno" for name in ("Clip", "Pump", "Stent"))
    assert page_kind.classify(page(rows, header="MRI Safety Screening Form")).kind is PageKind.MRI_SAFETY_FORM


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("MR safety screening policy", PageKind.GUIDELINE_OR_POLICY),
        ("Referral letter", PageKind.CORRESPONDENCE),
        ("Operative report", PageKind.OPERATIVE_OR_PATHOLOGY_REPORT),
        ("SOCIAL WORK NOTE 10/13/2026 15:10", PageKind.CLINIC_NOTE),
    ],
)
def test_the_last_noun_names_the_document(title: str, kind: PageKind) -> None:
    body = {PageKind.GUIDELINE_OR_POLICY: "Purpose\nThis policy applies to all staff. Policy number: 7"}
    assert page_kind.classify(page(f"{title}\n{body.get(kind, 'Stable.')}")).kind is kind


def test_a_page_about_anybody_must_be_surer_than_others() -> None:
    consent, note = KINDS.index(PageKind.CONSENT_OR_EDUCATION), KINDS.index(PageKind.CLINIC_NOTE)
    scores = np.full(len(KINDS), -9.0)
    scores[note] = 0.0
    scores[consent] = 1.0
    assert page_kind.decided(scores).kind is PageKind.CLINIC_NOTE
    scores[consent] = 3.0
    assert page_kind.decided(scores).kind is PageKind.CONSENT_OR_EDUCATION
    scores[KINDS.index(PageKind.GUIDELINE_OR_POLICY)] = 2.9  # which of the two it is does not matter
    assert page_kind.decided(scores).kind is PageKind.CONSENT_OR_EDUCATION


def test_confidence_is_a_probability_and_low_where_nothing_tells() -> None:
    assert 0 < page_kind.classify(page("Qx vv zz")).confidence < 0.9


@pytest.mark.parametrize("unit", ["cochlear implant ", "\n", "a", "1/1/20 ", "x\t", "page 1 of 2 signed by "])
def test_a_page_of_a_megabyte_costs_no_more_than_others(unit: str) -> None:
    page_kind.classify(page("warm up"))
    text = f"{unit * (1_000_000 // len(unit))}end"
    start = time.process_time()
    page_kind.classify(page(text))
    assert time.process_time() - start < 0.5
