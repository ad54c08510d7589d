"""One page as every later stage sees it, whatever it was read from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from chart_triage.records.geometry import Box


class PageSource(StrEnum):
    """Where a page's words come from."""

    NATIVE = "native"  # the PDF's own text layer
    OCR = "ocr"
    TEXT = "text"  # a plain text file: no boxes
    NONE = "none"  # nothing could be read


class FurnitureRole(StrEnum):
    """Why a line is kept out of the page's sentences."""

    HEADER = "header"
    FOOTER = "footer"
    PAGE_NUMBER = "page_number"
    FAX_BANNER = "fax_banner"


class MarkState(StrEnum):
    TICKED = "ticked"
    UNTICKED = "unticked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of `Page.text`: `text[start:end]` is what the page's text says at this place.

    `start` and `end` are offsets into `Page.text`. A word that was joined over a line-end hyphen is two `Word`s
    that cover neighbouring stretches of the joined text, each with its own box. `confidence` is 0..1 (1 for
    native text).
    """

    start: int
    end: int
    box: Box
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"word offsets are out of order: {self.start}, {self.end}")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence must be 0..1, got {self.confidence}")


class Record(BaseModel):
    """Base of all records: frozen, no field may be misspelt, and an error never shows what was put in."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class FurnitureLine(Record):
    """A running header or footer, page number or fax banner: kept with its words, out of the sentences."""

    text: str
    role: FurnitureRole
    box: Box


class Mark(Record):
    """A form mark: a check box, radio button or filled field, drawn, typed or interactive.

    In `Page.text` it stands as one character (☒ ticked, ☐ unticked, ⍰ unknown) in reading order, so that native,
    typed and drawn forms read alike; `start` is the offset of that character. `label` is the text that the mark
    belongs to ("Yes", "Pacemaker"), `kind` how it was made.
    """

    start: Annotated[int, Field(ge=0)]
    state: MarkState
    kind: Literal["acroform", "drawn", "typed", "image"]
    label: str
    box: Box
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0


Offsets = tuple[int, int]
"""`text[start:end]`."""

Corners = tuple[float, float, float, float]
"""(x0, y0, x1, y1) in points from the top-left of the upright page."""


class RowAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    UNANSWERED = "unanswered"
    UNCLEAR = "unclear"  # both ticked, "not sure", or a mark that nobody can tell


class FormRow(Record):
    """One question of a form.

    - `question`, `free_text`: as printed and as written in besides the answer, without blank lines to write on.
    - `spans`: the words of the question; `answered`: the mark or the words that answer it (None: nothing does);
      `noted`: the words of `free_text`. Offsets count in the page's text, in a determination in the chart's.
    - `by_mark`: a tick, a ring or a line answered it, and not words of somebody.
    - `box`: around the question and its answers.
    """

    page: Annotated[int, Field(ge=1)]
    question: Annotated[str, Field(min_length=1)]
    answer: RowAnswer
    free_text: str = ""
    confidence: Annotated[float, Field(ge=0, le=1)]
    by_mark: bool = True
    box: Corners
    spans: Annotated[tuple[Offsets, ...], Field(min_length=1)]
    answered: Offsets | None = None
    noted: tuple[Offsets, ...] = ()

    def moved(self, by: int) -> FormRow:
        """The row of a page whose text begins at `by` of the chart's."""
        return self.model_copy(
            update={
                "spans": tuple((start + by, end + by) for start, end in self.spans),
                "answered": self.answered and (self.answered[0] + by, self.answered[1] + by),
                "noted": tuple((start + by, end + by) for start, end in self.noted),
            }
        )


class FaxBanner(Record):
    """What the fax line along a page's edge says; each part is None where the line does not show it.

    `sent` is the date as printed, turned to ISO form (YYYY-MM-DD); `page` and `pages` count in the transmission.
    """

    text: str
    sent: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    sender: str | None = None
    page: Annotated[int, Field(ge=1)] | None = None
    pages: Annotated[int, Field(ge=1)] | None = None


class Page(Record):
    """One upright page.

    - `number`: 1-based, as in the file.
    - `width`, `height`: PDF points of the upright page (after rotation and crop).
    - `rotation`: degrees clockwise by which the page was turned to stand upright: 0, 90, 180, 270.
    - `text`: reading order. "\\n" ends a printed line, a blank line separates blocks, "\\t" separates table cells
      and the gaps between far-apart words of one line. Line-end hyphenation is joined. Furniture is left out.
    - `words`: cover `text`, sorted by `start`; empty for plain text files.
    - `legibility`: the share of words expected to be read right, 0..1; None where it was not measured (native text).
    - `unclear`: regions of the page where hardly a word could be read for certain.
    - `form_rows`: the questions of a form with their answers, top to bottom.
    - `fax`: the banner of the fax transmission, None without one.
    """

    number: Annotated[int, Field(ge=1)]
    width: Annotated[float, Field(gt=0)]
    height: Annotated[float, Field(gt=0)]
    rotation: Literal[0, 90, 180, 270] = 0
    source: PageSource
    readable: bool
    legibility: Annotated[float, Field(ge=0, le=1)] | None = None
    text: str = ""
    words: tuple[Word, ...] = ()
    marks: tuple[Mark, ...] = ()
    form_rows: tuple[FormRow, ...] = ()
    furniture: tuple[FurnitureLine, ...] = ()
    unclear: tuple[Box, ...] = ()
    fax: FaxBanner | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        limit_x, limit_y, length = self.width + 0.5, self.height + 0.5, len(self.text)
        previous = 0
        for word in self.words:
            box = word.box
            if word.start < previous or word.end > length:
                raise ValueError(f"page {self.number}: words must be sorted and inside the text")
            if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > limit_x or box.y1 > limit_y:
                raise ValueError(f"page {self.number}: a word's box lies outside of the page")
            previous = word.end
        for mark in self.marks:
            if mark.start >= length:
                raise ValueError(f"page {self.number}: a mark lies outside of the text")
        if self.text.strip() and not self.readable:
            raise ValueError(f"page {self.number}: a page with text is readable")
        return self

    def words_in(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that overlap `text[start:end]`."""
        return tuple(w for w in self.words if w.start < end and w.end > start)
