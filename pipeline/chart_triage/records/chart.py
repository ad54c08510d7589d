"""A whole input file, read."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chart_triage.records.geometry import Box
from chart_triage.records.page import FormRow, Page, Record

PAGE_BREAK = "\f"

WarningKind = Literal[
    "unread_page",
    "unopened_page",
    "illegible_page",
    "blank_page",
    "rotated_page",
    "bad_text_layer",
    "duplicate_page",
    "attachment",
    "foreign_patient",
]


class ChartWarning(Record):
    """Something about the record that a reviewer must know.

    An `unopened_page` would keep whatever opens it busy for too long; no program here draws it.
    `detail` is plain words without chart text; in `foreign_patient` it names the persons, for the reviewer alone.
    """

    kind: WarningKind
    pages: tuple[Annotated[int, Field(ge=1)], ...]
    detail: str


class Chart(Record):
    """`sha256` is of the input's bytes. The chart's text is the pages' texts joined by one form feed."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    media_type: Literal["application/pdf", "text/plain", "image/tiff", "image/png", "image/jpeg"]
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]
    warnings: tuple[ChartWarning, ...] = ()

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if [p.number for p in self.pages] != list(range(1, len(self.pages) + 1)):
            raise ValueError("pages must be numbered 1, 2, 3 ... without gaps")
        return self

    @property
    def text(self) -> str:
        """All pages, joined by `PAGE_BREAK`; offsets of mentions and evidence count in this text."""
        return PAGE_BREAK.join(page.text for page in self.pages)

    @property
    def unopened(self) -> frozenset[int]:
        """Numbers of the pages that must not be opened."""
        return frozenset(n for warning in self.warnings if warning.kind == "unopened_page" for n in warning.pages)

    @property
    def form_rows(self) -> tuple[FormRow, ...]:
        """The rows of all pages, with offsets into `text`."""
        pairs = zip(self.pages, self.page_starts(), strict=True)
        return tuple(row.moved(start) for page, start in pairs for row in page.form_rows)

    def page_starts(self) -> list[int]:
        """Offset in `text` at which each page begins."""
        starts, at = [], 0
        for page in self.pages:
            starts.append(at)
            at += len(page.text) + 1
        return starts

    def locate(self, start: int, end: int) -> list[tuple[int, tuple[Box, ...]]]:
        """Pages and boxes of the words that overlap `text[start:end]`: `[(page number, boxes), ...]`.

        Each box covers one word; a span over a page break gives one entry for each page.
        """
        starts = self.page_starts()
        places: list[tuple[int, tuple[Box, ...]]] = []
        index = bisect_right(starts, start) - 1
        while index < len(self.pages) and starts[index] < end:
            page = self.pages[index]
            words = page.words_in(start - starts[index], end - starts[index])
            places.append((page.number, tuple(w.box for w in words)))
            index += 1
        return places
