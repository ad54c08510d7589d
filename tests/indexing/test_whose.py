"""Whose pages they are: the majority, whom the caller expects, pages that name nobody, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from chart_triage.indexing.whose import Whose, expected_identity, whose
from chart_triage.records.chart_index import ChartDocument, Identity, PageKind

JANE = Identity(name="DOE, JANE", born=date(1981, 3, 2), numbers=("QN-410553",))
RICHARD = Identity(name="ROE, RICHARD", born=date(1950, 7, 19), numbers=("774411",))
PAULA = Identity(name="POE, PAULA", born=date(1962, 5, 30))


def judge(pages: Sequence[Identity | None], *documents: tuple[int, ...], expected: Identity | None = None) -> Whose:
    """`documents`: pages of each; by default every page is a document of its own."""
    parts = documents or tuple((number,) for number in range(1, len(pages) + 1))
    return whose(
        dict(enumerate(pages, start=1)),
        [ChartDocument(number=n, pages=part, kind=PageKind.OTHER) for n, part in enumerate(parts, start=1)],
        expected,
    )


def test_pages_of_somebody_else_go_aside_and_both_are_named() -> None:
    result = judge([JANE, JANE, RICHARD, JANE, RICHARD])
    assert result.foreign == {3, 5}
    assert result.patient is not None
    assert result.patient.name == "DOE, JANE"
    (warning,) = result.warnings
    assert (warning.kind, warning.pages) == ("foreign_patient", (3, 5))
    for words in ("ROE, RICHARD", "1950-07-19", "774411", "DOE, JANE", "1981-03-02", "QN-410553"):
        assert words in warning.detail


def test_each_other_person_is_told_of_once() -> None:
    result = judge([JANE, RICHARD, JANE, PAULA, JANE])
    assert result.foreign == {2, 4}
    assert [warning.pages for warning in result.warnings] == [(2,), (4,)]


def test_a_chart_of_one_person_has_no_warning() -> None:
    misread = Identity(name="D0E, JANF", born=date(1981, 3, 7))
    elsewhere = Identity(name="DOE, JANE A", born=date(1981, 3, 2), numbers=("0099881",))
    result = judge([JANE, None, misread, elsewhere, Identity(name="DOE, J")])
    assert (result.foreign, result.warnings) == (frozenset(), ())
    assert result.patient is not None
    assert set(result.patient.numbers) == {"QN-410553", "0099881"}


def test_a_page_that_names_nobody_goes_with_its_document() -> None:
    result = judge([JANE, None, RICHARD, None, JANE], (1, 2), (3, 4), (5,))
    assert result.foreign == {3, 4}


def test_a_page_that_names_nobody_stays_in_a_document_of_both() -> None:
    result = judge([JANE, JANE, RICHARD, None, JANE], (1, 2), (3, 4, 5))
    assert result.foreign == {3}


def test_a_single_page_that_names_nobody_stays_and_is_shown_between_foreign_ones() -> None:
    result = judge([JANE, JANE, JANE, RICHARD, None, RICHARD])
    assert result.foreign == {4, 6}
    assert (5,) in [warning.pages for warning in result.warnings]


def test_documents_weigh_more_than_pages() -> None:
    result = judge([RICHARD, RICHARD, RICHARD, JANE, JANE], (1, 2, 3), (4,), (5,))
    assert result.patient is not None
    assert result.patient.name == "DOE, JANE"
    assert result.foreign == {1, 2, 3}


def test_equal_shares_are_told_and_the_first_is_taken() -> None:
    result = judge([JANE, RICHARD])
    assert result.foreign == {2}
    shared = [warning for warning in result.warnings if warning.pages == (1, 2)]
    assert shared
    assert "equal shares" in shared[0].detail


def test_whom_the_caller_expects_outweighs_the_majority() -> None:
    result = judge([JANE, JANE, RICHARD], expected=expected_identity(name="Richard Roe", born=date(1950, 7, 19)))
    assert result.foreign == {1, 2}
    assert result.patient is not None
    assert result.patient.name == "ROE, RICHARD"


@pytest.mark.parametrize("part", [{"number": "qn-410553"}, {"name": "Doe, Jane"}, {"born": date(1981, 3, 2)}])
def test_one_part_of_an_identity_is_enough_to_expect_somebody(part: dict[str, Any]) -> None:
    pages = [JANE, RICHARD, RICHARD, Identity(name="DOE, JANE")]
    result = judge(pages, expected=expected_identity(**part))
    assert result.foreign == {2, 3}


def test_an_expected_patient_whom_no_page_names_leaves_no_page() -> None:
    result = judge([JANE, RICHARD, None], expected=PAULA)
    assert result.foreign == {1, 2}
    assert any("No page names the patient that was asked for" in warning.detail for warning in result.warnings)


def test_an_expected_number_that_no_page_shows_sets_nothing_aside() -> None:
    result = judge([JANE, JANE], expected=expected_identity(number="55512349"))
    assert result.foreign == frozenset()
    assert [warning.pages for warning in result.warnings] == [(1, 2)]


def test_a_page_that_hardly_fits_counts_and_is_shown() -> None:
    result = judge([JANE, JANE, Identity(numbers=("QN-999123",))])
    assert result.foreign == frozenset()
    assert [warning.pages for warning in result.warnings] == [(3,)]


def test_a_twin_is_somebody_else() -> None:
    twin = Identity(name="DOE, KATHLEEN", born=date(1981, 3, 2), numbers=("QN-410554",))
    assert judge([JANE, JANE, twin]).foreign == {3}


def test_a_chart_that_names_nobody() -> None:
    assert judge([None, None]) == Whose(None, frozenset(), ())
    assert judge([None], expected=JANE) == Whose(JANE, frozenset(), ())


def test_nobody_is_expected_where_nothing_is_said() -> None:
    assert expected_identity() is None
    assert expected_identity(name="  ") is None
