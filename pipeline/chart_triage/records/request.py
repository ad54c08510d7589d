"""The request that a chart came with, and what is asked of its sender."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from chart_triage.records.chart_index import Identity, PageKind, PageNumber
from chart_triage.records.page import Record


class RequestReason(StrEnum):
    """Why something is asked for."""

    CRITERION = "criterion"  # it would complete the criterion that the records come closest to
    NOTHING_FOUND = "nothing_found"  # the records speak for no criterion at all
    IMPLANT_CONDITION = "implant_condition"  # an implant whose MR condition is not known
    SAFETY_CONFLICT = "safety_conflict"  # the records contradict themselves about a device
    SAFETY_QUESTION = "safety_question"  # a device or condition is left open, such as a stent without a date
    UNREAD_PAGES = "unread_pages"


class RequestItem(Record):
    """One document or statement to ask the sender for. `text` stands after "Please send" and leads to no answer.

    `criteria` are the printed numbers that it would help to complete, `concepts` the devices and conditions that it is
    about, `pages` those to be sent again; each is empty where the reason is another.
    """

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    reason: RequestReason
    found_in: tuple[PageKind, ...] = ()
    criteria: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    pages: Annotated[tuple[PageNumber, ...], Field(max_length=20_000)] = ()

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        about = {
            RequestReason.CRITERION: bool(self.criteria),
            RequestReason.NOTHING_FOUND: not self.criteria,
            RequestReason.UNREAD_PAGES: bool(self.pages),
        }.get(self.reason, bool(self.concepts))
        if not about:
            raise ValueError(f"a request for the reason {self.reason} does not say what it is about")
        return self


class RequestData(Record):
    """What the caller knows of the request; each part is None where the caller did not say.

    `received` and `received_time` are local. `line_of_business` is a key of the table of due times. `expedited` is the
    caller's word and goes before every mark in the chart.
    """

    member_name: str | None = None
    born: date | None = None
    member_id: str | None = None
    mrn: str | None = None
    reference: str | None = None
    received: date | None = None
    received_time: time | None = None
    line_of_business: str | None = None
    expedited: bool | None = None
    planned_scan: date | None = None

    @property
    def day_of_service(self) -> date | None:
        """The day by which the version of a guideline is chosen: that of the scan, else that of the request."""
        return self.planned_scan or self.received

    @property
    def patient(self) -> Identity | None:
        """Whom the caller says the chart is about; None where they say nothing of it."""
        named = Identity(
            name=self.member_name,
            born=self.born,
            numbers=(self.mrn,) if self.mrn else (),
            member_numbers=(self.member_id,) if self.member_id else (),
        )
        return named if named.known else None

    @model_validator(mode="after")
    def _a_time_has_a_day(self) -> Self:
        if self.received_time is not None and self.received is None:
            raise ValueError("a time of receipt needs its day")
        return self
