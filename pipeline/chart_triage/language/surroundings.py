"""One text with the structure that is looked up for each hit: statements, sections, page kind, what comes next."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from chart_triage import dates, document_dates
from chart_triage.language.cues import CueMatcher
from chart_triage.language.genres import Genres
from chart_triage.language.page_effects import KindAt, unknown
from chart_triage.language.persons import OtherPeople
from chart_triage.language.sections import Sections
from chart_triage.language.segments import Statements
from chart_triage.language.views import Views
from chart_triage.records.page import FormRow, RowAnswer

_TOP = 3000  # characters in which a page dates itself
_FORM_ROWS = 2  # rows that marks answer make a page a form

_ASKING = ("indication", "admission_diagnosis")
_MOST_SECTIONS = 20  # of one report
_DESCRIBED = re.compile(r"\b(?:gross|microscopic|macroscopic|histology|immunohistochemistry)\b", re.IGNORECASE)


class Surroundings:
    """One text with the structure that is looked up for each hit.

    `text` is the text as given, `raw` the same with its line breaks restored (see `segments.restore_breaks`);
    `kind_at` tells the kind of the page at an offset, `form_rows` what is known of forms by the places on their pages.
    """

    def __init__(
        self,
        text: str,
        raw: str,
        statements: Statements,
        cues: CueMatcher,
        kind_at: KindAt = unknown,
        form_rows: Iterable[FormRow] = (),
    ) -> None:
        self.text = text
        self.raw = raw
        self.views = Views(raw, statements, cues)
        self._sections: Sections | None = None
        self.kind_at = kind_at
        self._section_names: frozenset[str] | None = None
        self._others: OtherPeople | None = None
        self._genres: Genres | None = None
        self._days: dict[int, tuple[dates.When, int] | None] = {}
        asked = sorted(((span, row) for row in form_rows for span in row.spans), key=lambda each: each[0])
        self._asked = [row for _, row in asked]
        self._asked_spans = [span for span, _ in asked]
        marked = [span[0] for span, row in asked if row.by_mark]
        self._forms = [self._page(at) for at in marked]

    def form_row(self, start: int, *, written: bool = False) -> FormRow | None:
        """The row of a form that asks for what begins at `start`, where marks or a plain yes or no answer it.

        `written`: also rows that are answered in other words.
        """
        index = bisect_right(self._asked_spans, (start, len(self.raw))) - 1
        if index < 0 or start >= self._asked_spans[index][1]:
            return None
        row = self._asked[index]
        is_plain = not row.free_text and (row.answered or row.answer is RowAnswer.UNANSWERED)
        return row if written or row.by_mark or is_plain else None

    def on_marked_form(self, offset: int) -> bool:
        """Whether the place stands on the page of a form that marks answer."""
        return self._forms.count(self._page(offset)) >= _FORM_ROWS if self._forms else False

    def _page(self, offset: int) -> int:
        """The index of the page that holds the offset."""
        return self.raw.count("\f", 0, offset)

    def next_says(self, pattern: re.Pattern[str], offset: int) -> bool:
        """Whether one of the next two statements speaks of the device again: "It was explanted in 2013." """
        items = self.views.statements.items
        index = self.views.statements.index_at(offset)
        return any(pattern.match(self.raw, s.start, s.end) for s in items[index + 1 : index + 3])

    def goes_on(self, pattern: re.Pattern[str], offset: int) -> bool:
        """Whether the rest of the statement, behind `offset`, says so."""
        statement = self.views.at(offset - 1).statement
        return pattern.match(self.raw, offset, statement.end) is not None

    def says_alone(self, pattern: re.Pattern[str], offset: int, *, unless: re.Pattern[str]) -> bool:
        """Whether the rest of the statement says so, and nothing in it from `offset` on is what `unless` looks for."""
        end = self.views.at(offset - 1).statement.end
        return pattern.match(self.raw, offset, end) is not None and unless.search(self.raw, offset, end) is None

    def later_says(self, pattern: re.Pattern[str], offset: int, *, unless: re.Pattern[str]) -> bool:
        """Whether the rest of the statement or the next one says so, and `unless` does not stand in front of it."""
        items = self.views.statements.items
        index = self.views.statements.index_at(offset - 1)
        spans = [
            (offset, self.views.at(offset - 1).statement.end),
            *((s.start, s.end) for s in items[index + 1 : index + 2]),
        ]
        for start, end in spans:
            match = pattern.match(self.raw, start, end)
            if match is not None and unless.search(self.raw, start, match.end()) is None:
                return True
        return False

    def date_after(self, offset: int, day: date) -> str | None:
        """A date right behind `offset` (within 40 characters of the statement) that lies after `day`."""
        statement = self.views.at(offset - 1).statement
        text = self.raw[offset : min(statement.end, offset + 40)]
        found = dates.find_dates(text, None)
        return next((w.text.strip() for w in found[:1] if w.first == w.last and w.first > day), None)

    def page_day(self, offset: int) -> tuple[dates.When, int] | None:
        """The date that the page of `offset` gives itself, and where that page begins; None where it gives none."""
        index = self._page(offset)
        if index not in self._days:
            start = self.raw.rfind("\f", 0, offset) + 1
            end = self.raw.find("\f", offset)
            shown = self.raw[start : end if end >= 0 else len(self.raw)]
            on = document_dates.document_date(shown)
            written = dates.find_dates(shown[:_TOP], None) if on is not None else []
            when = next((w for w in written if w.first == w.last == on), None)
            self._days[index] = (when, start) if when is not None else None
        return self._days[index]

    def answered_in_report(self, offset: int) -> bool:
        """Whether the offset lies in the clinical information of a pathology report that ends with a diagnosis."""
        section, following = self.sections.at(offset), self.sections.after(offset, _MOST_SECTIONS)
        if section is None or section.name not in _ASKING:
            return False
        page_end = self.raw.find("\f", offset, following[-1].start + 1 if following else offset)
        rest = [s for s in following if page_end < 0 or s.start < page_end]
        described = next((i for i, s in enumerate(rest) if _DESCRIBED.search(s.title)), None)
        return described is not None and any(s.name == "diagnosis" for s in rest[described + 1 :])

    def has_section(self, name: str) -> bool:
        if self._section_names is None:
            self._section_names = frozenset(s.name for s in self.sections.starts)
        return name in self._section_names

    @property
    def genres(self) -> Genres:
        if self._genres is None:
            self._genres = Genres(self.raw, self.views.statements)
        return self._genres

    @property
    def others(self) -> OtherPeople:
        if self._others is None:
            self._others = OtherPeople(self.raw, self.views.statements)
        return self._others

    @property
    def sections(self) -> Sections:
        if self._sections is None:
            self._sections = Sections(self.raw)
        return self._sections
