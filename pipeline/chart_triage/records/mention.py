"""What the language stage hands on: each place in the text that speaks about a concept, and what is said of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from chart_triage.records.page import Record


class Status(StrEnum):
    """What a text says about a concept for this patient. A concept that is not mentioned has no status."""

    PRESENT = "present"
    ABSENT = "absent"
    FAMILY = "family"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL_RESOLVED = "historical_resolved"
    UNCERTAIN = "uncertain"


class Axis(StrEnum):
    """One dimension of an assertion; a mention may hold several at once."""

    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HISTORICAL = "historical"
    HYPOTHETICAL = "hypothetical"
    FAMILY = "family"


class Span(Record):
    """`text[start:end]` of the text that was given."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"a span needs start < end, got {self.start}, {self.end}")
        return self


class Cue(Record):
    """The words that decided an assertion. `kind` is an axis, "section", "mark", "date" or "context"."""

    text: str
    kind: str
    start: int | None = None
    end: int | None = None


class Mention(Span):
    """A concept at a place. `reason` says in plain words why it has this status.

    `group` is true where a statement about a group ("no implanted devices") was applied to each of its members.
    `facet` is the term's facet ("lymphoma" of glioma_differential), where its row of terms.csv names one.
    `weight` ranks statements of the same document: a final diagnosis or an impression outranks an indication.
    `on` is the day on which it was so: a device put in or taken out, a form filled in; None where no day is known.
    `order` is the rank in time of its document among those of the chart.
    """

    concept: str
    text: str
    status: Status
    axes: tuple[Axis, ...] = ()
    cues: tuple[Cue, ...] = ()
    section: str | None = None
    on: date | None = None
    group: bool = False
    facet: str | None = None
    weight: int = 0
    order: int = 0
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    reason: str = ""
    source: str = ""


class TargetAssertion(Span):
    """The assertion of a span that the caller asked for, lexicon or not."""

    status: Status
    axes: tuple[Axis, ...] = ()
    cues: tuple[Cue, ...] = ()
