"""Dates as charts write them, counted from the note's date; what cannot be known stays an interval or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from chart_triage.dates import find_dates

NOTE = date(2026, 5, 13)
DAYS = [
    ("on 2026-03-14", date(2026, 3, 14)),
    ("on 3/14/2026", date(2026, 3, 14)),
    ("on 3/14/26", date(2026, 3, 14)),
    ("on 03-14-2026", date(2026, 3, 14)),
    ("on March 14, 2026", date(2026, 3, 14)),
    ("on Mar 14 2026", date(2026, 3, 14)),
    ("on 14 March 2026", date(2026, 3, 14)),
    ("on 14th March 2026", date(2026, 3, 14)),
    ("on 14-Mar-2026", date(2026, 3, 14)),
    ("on 25/03/2026", date(2026, 3, 25)),
    ("on 4/2", date(2026, 4, 2)),
    ("on 12/24", date(2025, 12, 24)),
    ("on April 2", date(2026, 4, 2)),
    ("on December 24", date(2025, 12, 24)),
    ("on 1/2/98", date(1998, 1, 2)),
    ("on O4/02/2026", date(2026, 4, 2)),
    ("yesterday", date(2026, 5, 12)),
    ("today", date(2026, 5, 13)),
    ("three weeks ago", date(2026, 4, 22)),
    ("3 weeks ago", date(2026, 4, 22)),
    ("ten days prior", date(2026, 5, 3)),
    ("a week ago", date(2026, 5, 6)),
    ("POD 3", date(2026, 5, 10)),
    ("POD#3", date(2026, 5, 10)),
    ("postoperative day 3", date(2026, 5, 10)),
    ("2 weeks s/p PCI", date(2026, 4, 29)),
]
INTERVALS = [
    ("in March 2026", date(2026, 3, 1), date(2026, 3, 31)),
    ("in 02/2024", date(2024, 2, 1), date(2024, 2, 29)),
    ("in 2019", date(2019, 1, 1), date(2019, 12, 31)),
    ("last week", date(2026, 4, 30), date(2026, 5, 12)),
]


@pytest.mark.parametrize(("text", "day"), DAYS, ids=[text for text, _ in DAYS])
def test_a_day(text: str, day: date) -> None:
    found = find_dates(f"Stent placed {text}.", NOTE)
    assert [(when.first, when.last) for when in found] == [(day, day)]


@pytest.mark.parametrize(("text", "first", "last"), INTERVALS, ids=[text for text, _, _ in INTERVALS])
def test_a_month_or_a_year_alone_is_an_interval(text: str, first: date, last: date) -> None:
    found = find_dates(f"Stent placed {text}.", NOTE)
    assert [(when.first, when.last) for when in found] == [(first, last)]


def test_months_ago_leave_room_on_both_sides() -> None:
    (when,) = find_dates("placed six months ago", NOTE)
    assert when.first < date(2025, 11, 14) < when.last
    assert (when.last - when.first).days == 30


@pytest.mark.parametrize("text", ["three weeks ago", "POD 3", "on 4/2", "yesterday"])
def test_without_a_day_to_count_from_nothing_is_guessed(text: str) -> None:
    assert find_dates(f"Stent placed {text}.", None) == []


@pytest.mark.parametrize(
    "text",
    ["BP 120/80", "4/5 strength", "13/45/2026", "2.5 x 3.0 mm", "every 3 weeks", "for 2 weeks", "1.5 T", "EF 55"],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert [w.text for w in find_dates(text, NOTE) if w.first.year > 2000 and text != "4/5 strength"] == []


def test_the_words_of_a_date_are_where_they_are_said_to_be() -> None:
    text = "PCI 3/14/2026, second stent April 2, follow-up three weeks ago"
    found = find_dates(text, NOTE)
    assert len(found) == 3
    assert [text[w.start : w.end] for w in found] == [w.text for w in found]
