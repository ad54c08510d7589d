"""One status per concept for this patient, with the words for it and against it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from chart_triage.records.mention import Cue, Span, Status
from chart_triage.records.page import Record


class Evidence(Span):
    """Words of the record that carry a status. `page` and `boxes` are set where the input has pages.

    `start`/`end` count in the given text (for a chart: its pages joined by a form feed). `boxes` cover one word
    each, as (x0, y0, x1, y1) in points from the top-left of the upright page. `facet` is the mention's facet.
    """

    text: str
    status: Status
    cues: tuple[Cue, ...] = ()
    section: str | None = None
    reason: str = ""
    facet: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    page: int | None = None
    boxes: tuple[tuple[float, float, float, float], ...] = ()


class Finding(Record):
    """The document-level status of one concept. `evidence` is what decided it and is never empty.

    `conflicting`: two sources of the record contradict each other (a form says no, an operative report says yes) and
    only a human can settle it; then `counter_evidence` is the other side.
    """

    concept: str
    status: Status
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    counter_evidence: tuple[Evidence, ...] = ()
    conflicting: bool = False

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not any(e.status is self.status for e in self.evidence):
            raise ValueError(f"{self.concept}: no evidence carries the status {self.status}")
        if self.conflicting and not self.counter_evidence:
            raise ValueError(f"{self.concept}: a conflicting finding needs the words of both sides")
        return self
