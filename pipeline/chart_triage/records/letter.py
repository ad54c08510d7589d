"""What a request-for-information letter may say: the names that the template of a guideline folder can use."""

from __future__ import annotations

from chart_triage.records.page import Record


class LetterItem(Record):
    """One thing that is asked for. `found_in`: on which sorts of page it is mostly written, "" where that is open."""

    text: str
    found_in: str = ""


class LetterData(Record):
    """All values are ready to be printed and never marked up; "" where it is not known.

    Nothing here says what the chart shows: no finding, no criterion, no status. Dates are written out ("November 20,
    2026"). `expedited` is "yes" or "".
    """

    member_name: str = ""
    date_of_birth: str = ""
    member_id: str = ""
    reference_number: str = ""
    procedure: str
    received: str = ""
    answer_due: str = ""
    planned_scan: str = ""
    expedited: str = ""
    asked: tuple[LetterItem, ...]
    site_name: str = ""
    site_address: tuple[str, ...] = ()
    site_phone: str = ""
    site_fax: str = ""
