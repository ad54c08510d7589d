"""From pages, index and request to urgency, due date, completeness and readiness."""

from __future__ import annotations

from datetime import date, time

import pytest
from triage_pages import index_of, page

from chart_triage.records.chart_index import PageKind
from chart_triage.records.page import Page
from chart_triage.records.request import RequestData
from chart_triage.records.triage import Triage, Urgency
from chart_triage.triage import due_times, judge

TABLE = due_times.load()
ORDER = page("Order form\nPriority: STAT\nMR spectroscopy")
NOTE = page("Clinic note", 2, sent="2026-11-13")


def judged(*pages: Page, request: RequestData | None = None, documented: float = 0.5, **more: object) -> Triage:
    return judge(pages, None, request or RequestData(), TABLE, documented=documented, **more)  # type: ignore[arg-type]


def test_a_marked_order_is_due_72_hours_after_the_fax_came_in() -> None:
    urgency = judged(ORDER, NOTE).urgency
    assert urgency.expedited is True
    assert urgency.why == "'Priority: STAT' on page 1"
    assert (urgency.received, urgency.received_from) == (date(2026, 11, 13), "fax_banner")
    assert (urgency.due, urgency.answer_due) == (date(2026, 11, 16), date(2026, 11, 15))
    assert urgency.rule.startswith("72 hours, expedited; ")


def test_the_callers_word_goes_before_all_marks() -> None:
    request = RequestData(
        expedited=False,
        received=date(2026, 11, 12),
        received_time=time(9, 14),
        line_of_business="medicare_advantage",
    )
    urgency = judged(ORDER, NOTE, request=request).urgency
    assert (urgency.expedited, urgency.why) == (False, "the caller says so")
    assert (urgency.due, urgency.due_time) == (date(2026, 11, 19), None)
    assert urgency.line_of_business == "Medicare Advantage"
    assert [mark.says for mark in urgency.marks] == ["expedited"], "what the pages say stays in sight"


def test_without_a_mark_it_is_not_stated_and_the_standard_time_counts() -> None:
    urgency = judged(page("Note"), NOTE).urgency
    assert urgency.expedited is None
    assert urgency.due == date(2026, 11, 20)


def test_without_a_date_of_receipt_there_is_no_due_date() -> None:
    urgency = judged(ORDER).urgency
    assert urgency.expedited is True
    assert (urgency.received, urgency.due, urgency.answer_due) == (None, None, None)


def test_marks_that_contradict_each_other_count_as_expedited_and_are_both_shown() -> None:
    urgency = judged(ORDER, page("Priority: Routine", 2)).urgency
    assert urgency.expedited is True
    assert "please settle it" in urgency.why
    assert {mark.says for mark in urgency.marks} == {"expedited", "standard"}


def test_a_box_that_could_not_be_read_is_told() -> None:
    urgency = judged(page("⍰ Urgent  ☐ Routine")).urgency
    assert urgency.expedited is None
    assert "could not be read for certain" in urgency.why


def test_pages_that_are_set_aside_say_nothing() -> None:
    index = index_of(PageKind.ORDER_FORM, PageKind.CLINIC_NOTE, set_aside=(1, 2))
    triage = judge([ORDER, NOTE], index, RequestData(), TABLE, documented=0.0)
    assert (triage.urgency.expedited, triage.urgency.received) == (None, None)


@pytest.mark.parametrize(
    ("texts", "unread", "completeness"),
    [(["a", "b"], (), 1), (["a", "", "c", ""], (2,), 0.6667), (["", ""], (1, 2), 0), (["a", ""], (), 1), ([""], (), 0)],
)
def test_unread_pages_lower_completeness_and_readiness(
    texts: list[str], unread: tuple[int, ...], completeness: float
) -> None:
    pages = [page(text, number) for number, text in enumerate(texts, 1)]
    triage = judged(*pages, documented=1.0, unread_pages=unread)
    assert triage.completeness == pytest.approx(completeness)
    assert triage.readiness == pytest.approx(completeness)


def test_a_due_date_needs_a_date_of_receipt() -> None:
    with pytest.raises(ValueError, match="counted from the date of receipt"):
        Urgency(why="x", line_of_business="x", rule="x", due=date(2026, 1, 1))
