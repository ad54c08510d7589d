"""What the record says of one implant: whose make, which model, when put in or taken out, which MR condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chart_triage.records.mention import Span, Status
from chart_triage.records.page import Corners, Record

DETAILS = ("manufacturer", "model", "implanted_on", "removed_on", "mr_condition")

MrCondition = Literal["conditional", "safe", "unsafe", "unverified"]


class Quote(Span):
    """Words of the record that a detail was read from; `page` and `boxes` are set where the input has pages."""

    text: str
    page: Annotated[int, Field(ge=1)] | None = None
    boxes: tuple[Corners, ...] = ()


class ImplantDetail(Record):
    """`value` is the name in full (of the maker) or as printed (of the model)."""

    value: Annotated[str, Field(min_length=1)]
    quote: Quote


class ImplantDate(Record):
    """A day between `first` and `last`: a month or a year alone is all of it."""

    first: date
    last: date
    precision: Literal["day", "month", "year", "interval"]
    quote: Quote

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.first > self.last:
            raise ValueError("a date's first day is not after its last")
        return self


class StatedMrCondition(Record):
    condition: MrCondition
    quote: Quote


class Implant(Record):
    """One implant. Only what stands near its name is a detail of it; None is what the record does not print there.

    `kind` is a concept of the guideline, or a kind of `lexicons/shared/implant_kinds.csv`; `status` is what the words
    `named` say of it there.
    """

    kind: str
    label: str
    status: Status
    named: Quote
    manufacturer: ImplantDetail | None = None
    model: ImplantDetail | None = None
    implanted_on: ImplantDate | None = None
    removed_on: ImplantDate | None = None
    mr_condition: StatedMrCondition | None = None

    def with_quotes(self, change: Callable[[Quote], Quote]) -> Implant:
        """The implant with `change` done to the words of its name and of each detail."""
        details = {name: getattr(self, name) for name in DETAILS}
        changed = {k: d.model_copy(update={"quote": change(d.quote)}) for k, d in details.items() if d is not None}
        return self.model_copy(update={"named": change(self.named), **changed})
