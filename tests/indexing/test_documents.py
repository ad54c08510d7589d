"""Where documents begin, and what they are: on the fixture charts, and on pages written for one question each."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from fixture_pages import chart, labels

from chart_triage.indexing import documents, page_kind
from chart_triage.indexing.page_kind import KindOfPage
from chart_triage.records.chart_index import ChartDocument, Identity, PageKind
from chart_triage.records.geometry import Box
from chart_triage.records.page import FaxBanner, FurnitureLine, FurnitureRole, Page, PageSource

_COUNTS = re.compile(r"(?:form )?\b(?:page|pg|p)\.?\s?\d+\s?(?:of|/)\s?\d+", re.IGNORECASE)
NOTE = KindOfPage(PageKind.CLINIC_NOTE, 0.9)


def text_page(number: int, text: str, *footers: str, header: str = "", fax: FaxBanner | None = None) -> Page:
    box = Box(0, 0, 10, 10)
    lines = [FurnitureLine(text=line, role=FurnitureRole.PAGE_NUMBER, box=box) for line in footers]
    lines += [FurnitureLine(text=header, role=FurnitureRole.HEADER, box=box)] if header else []
    return Page(
        number=number, width=612, height=792, source=PageSource.NATIVE if text else PageSource.NONE,
        readable=bool(text), text=text, furniture=tuple(lines), fax=fax,
    )  # fmt: skip


def separated(*pages: Page, identities: tuple[Identity | None, ...] | None = None) -> tuple[ChartDocument, ...]:
    kinds = [page_kind.classify(page, blank=not page.readable) for page in pages]
    return documents.separate(pages, kinds, identities or [None] * len(pages))


def groups(*pages: Page, identities: tuple[Identity | None, ...] | None = None) -> list[tuple[int, ...]]:
    return [document.pages for document in separated(*pages, identities=identities)]


def starts(found: tuple[ChartDocument, ...]) -> set[int]:
    return {document.pages[0] for document in found} - {1}


@pytest.mark.parametrize("counted", [True, False], ids=["as they are", "without page counts"])
def test_documents_of_the_fixture_charts_begin_where_they_begin(counted: bool) -> None:
    right = 0
    for name, pages in labels().items():
        read = chart(name).pages
        if not counted:
            read = tuple(
                p.model_copy(update={
                    "text": _COUNTS.sub(lambda m: " " * len(m.group()), p.text),
                    "furniture": tuple(f for f in p.furniture if not _COUNTS.search(f.text)),
                })
                for p in read
            )  # fmt: skip
        expected = {b.page for a, b in pairwise(pages) if a.document != b.document}
        assert starts(separated(*read)) == expected, name
        right += len(expected)
    assert right > 120


def test_kind_day_and_author_of_the_fixture_documents() -> None:
    kinds = days = authors = wrong_days = total = 0
    for name, pages in labels().items():
        for document in separated(*chart(name).pages):
            label = pages[document.pages[0] - 1]
            total += 1
            kinds += document.kind in label.kinds
            days += document.on == label.on
            wrong_days += document.on not in (label.on, None)
            authors += not label.author or (document.author or "").casefold() in label.author.casefold() != ""
    assert total > 150
    assert kinds / total >= 0.98
    assert authors / total >= 0.98
    assert wrong_days <= 3
    assert days / total >= 0.9  # forms are often not dated at all


def test_a_count_holds_pages_together_and_parts_them() -> None:
    text = "The tumour is stable. He will return."
    assert groups(
        text_page(1, "Progress note\nStable.", "Page 1 of 3"),
        text_page(2, text, "Page 2 of 3"),
        text_page(3, text, "Page 3 of 3"),
        text_page(4, text, "Page 1 of 2"),
        text_page(5, text, "Page 2 of 2"),
    ) == [(1, 2, 3), (4, 5)]


@pytest.mark.parametrize("one", ["I", "i", "l", "L", "|"])
def test_a_count_whose_one_was_misread(one: str) -> None:
    text = "The tumour is stable. He will return."
    assert groups(
        text_page(1, "Progress note\nStable.", f"Page {one} of 2"),
        text_page(2, text, "Page 2 of 2"),
        text_page(3, text, f"Page {one} of 2"),
        text_page(4, text, "Page 2 of 2"),
    ) == [(1, 2), (3, 4)]


def test_a_count_over_the_whole_print_run_parts_nothing() -> None:
    bodies = ["Progress note\nDate of service: 03/01/2026\nStable.", "and walks well.", "Discharge summary\nWell."]
    bodies += ["Operative report\nDate of surgery: 02/02/2026", "The wound was closed.", "MRI brain\nTechnique: axial."]
    pages = [text_page(n, body, f"Page {n} of 6") for n, body in enumerate(bodies, start=1)]
    assert groups(*pages) == [(1, 2), (3,), (4, 5), (6,)]


def test_a_page_that_begins_within_a_sentence_goes_on() -> None:
    assert groups(
        text_page(1, "Consultation\nDate of visit: 03/01/2026\nShe was seen for"),
        text_page(2, "headache of two years.\nPlan: MRI."),
    ) == [(1, 2)]


def test_another_day_and_title_begin_a_document() -> None:
    pages = [text_page(n, f"Progress note\nDate of service: 03/0{n}/2026\nStable.") for n in (1, 2, 3)]
    assert groups(*pages) == [(1,), (2,), (3,)]
    assert [d.on for d in separated(*pages)] == [date(2026, 3, n) for n in (1, 2, 3)]


def test_a_cover_sheet_is_a_document_of_its_own() -> None:
    found = separated(
        text_page(1, "FAX COVER SHEET\nTo: Review\nFrom: Clinic\nPages including cover: 2"),
        text_page(2, "seizures went on, see plan."),
    )
    assert [d.pages for d in found] == [(1,), (2,)]
    assert found[0].kind is PageKind.FAX_COVER


def test_another_person_begins_a_document_even_under_one_count() -> None:
    one = Identity(name="DOE, JANE", born=date(1980, 1, 1))
    other = Identity(name="ROE, RICHARD", born=date(1990, 2, 2))
    same = Identity(name="DOE, JANE A", born=date(1980, 1, 1))
    pages = [text_page(n, "The scan was reviewed again.", f"Page {n} of 2") for n in (1, 2)]
    assert groups(*pages, identities=(one, other)) == [(1,), (2,)]
    assert groups(*pages, identities=(one, same)) == [(1, 2)]
    assert groups(*pages, identities=(one, None)) == [(1, 2)]


def test_an_unread_page_within_a_document_belongs_to_it() -> None:
    def one(n: int) -> Page:
        return text_page(n, "Progress note\nStable.", "Page 1 of 2")

    def two(n: int) -> Page:
        return text_page(n, "He will return.", "Page 2 of 2")

    assert groups(one(1), text_page(2, ""), two(3)) == [(1, 2, 3)]
    assert groups(text_page(1, ""), one(2), two(3), text_page(4, "")) == [(1,), (2, 3), (4,)]
    assert separated(text_page(1, ""))[0].kind is PageKind.BLANK


def test_pages_that_go_on_have_the_kind_of_their_document() -> None:
    pages = [
        text_page(1, "CONSENT FOR BIOPSY\nThis form explains the biopsy. I understand that bleeding may occur. "
                     "I have read this.", "Page 1 of 2"),
        text_page(2, "Bleeding, infection, weakness, seizure.\nGlioma may be found.", "Page 2 of 2"),
    ]  # fmt: skip
    kinds = [page_kind.classify(page) for page in pages]
    found = documents.separate(pages, kinds, [None, None])
    assert [d.kind for d in found] == [PageKind.CONSENT_OR_EDUCATION]
    assert [k.kind for k in documents.carried_over(kinds, found)] == [PageKind.CONSENT_OR_EDUCATION] * 2


def test_a_sure_page_keeps_its_kind_within_another_document() -> None:
    kinds = (KindOfPage(PageKind.CLINIC_NOTE, 0.95), KindOfPage(PageKind.LABORATORY, 0.9))
    document = ChartDocument(number=1, pages=(1, 2), kind=PageKind.CLINIC_NOTE)
    assert documents.carried_over(kinds, (document,)) == kinds


def test_the_fax_banner_dates_what_nothing_else_dates() -> None:
    banner = FaxBanner(text="11/03/2026 14:52 FROM: CLINIC", sent="2026-11-03")
    assert separated(text_page(1, "Progress note\nStable.", fax=banner))[0].on == date(2026, 11, 3)
    dated = text_page(1, "Progress note\nDate of visit: 03/01/2026", fax=banner)
    assert separated(dated)[0].on == date(2026, 3, 1)


def test_the_day_of_birth_and_the_planned_day_date_no_document() -> None:
    born = Identity(name="DOE, JANE", born=date(1980, 1, 1))
    assert separated(text_page(1, "Progress note\nDate: 01/01/1980"), identities=(born,))[0].on is None
    order = "MRI ORDER FORM\nCPT: 70553\nOrdering provider: A. Doe, MD\nDate of service: 12/24/2026\n"
    assert separated(text_page(1, order))[0].on is None
    assert separated(text_page(1, f"{order}Order date: 12/01/2026"))[0].on == date(2026, 12, 1)
    assert separated(text_page(1, order))[0].author is None
