"""How soon a chart must be decided, on whose word, and where it stands in the work list."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from chart_triage.records.chart_index import PageNumber
from chart_triage.records.page import Record

Share = Annotated[float, Field(ge=0, le=1)]


class MarkSays(StrEnum):
    """What a mark on a page says of the request. `unclear`: a box that could not be read for certain."""

    EXPEDITED = "expedited"
    STANDARD = "standard"
    RECEIVED = "received"
    UNCLEAR = "unclear"


class RequestMark(Record):
    """Words of a page that tell how the request is to be handled or when it came in.

    `boxes` cover the words, as (x0, y0, x1, y1) in points from the top-left of the upright page; empty where the input
    has none.
    """

    says: MarkSays
    text: str
    page: PageNumber
    boxes: tuple[tuple[float, float, float, float], ...] = ()


class ReceivedFrom(StrEnum):
    """Who says when the request came in, the surest first."""

    CALLER = "caller"
    FAX_BANNER = "fax_banner"
    STAMP = "stamp"


class Urgency(Record):
    """`expedited` is None where nothing says so or otherwise: then the standard time is counted.

    - `why`: in plain words, on whose word; `marks` are the words on the pages, for either side.
    - `received`, `received_time`: local day and, where known, time at which the request came in, `received_from` where.
    - `due`, `due_time`: when the decision is due; without a time, at the end of the day. None where it is not known
      when the request came in.
    - `answer_due`: the day by which the sender's answer is needed for that.
    - `rule`: how the due time was counted, and its source.
    """

    expedited: bool | None = None
    why: str
    marks: tuple[RequestMark, ...] = ()
    received: date | None = None
    received_time: time | None = None
    received_from: ReceivedFrom | None = None
    line_of_business: str
    due: date | None = None
    due_time: time | None = None
    answer_due: date | None = None
    rule: str

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if (self.received is None) != (self.received_from is None):
            raise ValueError("a date of receipt needs its source, and a source its date")
        if (self.received is None) != (self.due is None):
            raise ValueError("the due date is counted from the date of receipt")
        return self


class Triage(Record):
    """`completeness`: share of the pages that were read, blank ones left out.

    `readiness`: share of the nearest criterion that the records document, times `completeness`; 1 where one criterion
    is supported on pages that could all be read. Both order the work list and decide nothing.
    """

    urgency: Urgency
    completeness: Share
    readiness: Share
