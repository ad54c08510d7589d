"""When a request came in: the fax line, else a stamp."""

from __future__ import annotations

from datetime import date, time

import pytest
from triage_pages import page

from chart_triage.records.chart_index import PageKind
from chart_triage.triage.received import find_received

STAMPS = [
    ("RECEIVED 11/13/2026", date(2026, 11, 13), None),
    ("RECEIVED\nNOV 13 2026\n09:14 AM", date(2026, 11, 13), time(9, 14)),
    ("Date received: 2026-11-13", date(2026, 11, 13), None),
    ("MRI order\n  Rec'd by fax 11-13-26 2:05 pm", date(2026, 11, 13), time(14, 5)),
    ("* RECEIVED * Nov. 13, 2026", date(2026, 11, 13), None),
    ("RECEIVED ON 13 Nov 2026", date(2026, 11, 13), None),
    ("RECEIVED ll/l3/2O26", date(2026, 11, 13), None),
    ("Specimen received 11/13/2026", None, None),
    ("Received: 11/13/2026   Specimen: CSF", None, None),
    ("She received 11/13/2026 her first cycle", None, None),
    ("Patient received contrast on 11/13/2026", None, None),
    ("RECEIVED 13/45/2026", None, None),
    ("Received your letter. Seen on 11/13/2026.", None, None),
]


@pytest.mark.parametrize(("text", "day", "at"), STAMPS)
def test_a_stamp_tells_day_and_time(text: str, day: date | None, at: time | None) -> None:
    found = find_received([page(text)], {})
    assert (found.on if found else None, found.at if found else None) == (day, at)
    if found:
        assert found.source == "stamp"
        assert found.mark
        assert found.mark.boxes


def test_a_laboratory_page_tells_when_the_specimen_came_in() -> None:
    assert find_received([page("Received: 11/13/2026")], {1: PageKind.LABORATORY}) is None


def test_the_fax_line_goes_before_a_stamp() -> None:
    found = find_received([page("RECEIVED 11/16/2026", sent="2026-11-13")], {})
    assert found
    assert (found.on, found.source) == (date(2026, 11, 13), "fax_banner")


def test_pages_that_were_faxed_before_do_not_date_this_transmission() -> None:
    banners = ["2026-11-13", "2025-03-02", "2025-03-02", "2026-11-13", "2028-11-13"]
    found = find_received([page("words", n, sent=day) for n, day in enumerate(banners, 1)], {})
    assert found
    assert found.on == date(2026, 11, 13), "the latest that two pages carry: a single one may be misread"
