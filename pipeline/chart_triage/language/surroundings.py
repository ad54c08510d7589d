"""One text with the structure that is looked up for each hit: statements, sections, page kind, what comes next."""

from __future__ import annotations

import re
from datetime import date

from chart_triage import dates
from chart_triage.language.cues import CueMatcher
from chart_triage.language.page_effects import KindAt, unknown
from chart_triage.language.sections import Sections
from chart_triage.language.segments import Statements
from chart_triage.language.views import Views


class Surroundings:
    """One text with the structure that is looked up for each hit.

    `text` is the text as given, `raw` the same with its line breaks restored (see `segments.restore_breaks`);
    `kind_at` tells the kind of the page at an offset.
    """

    def __init__(
        self, text: str, raw: str, statements: Statements, cues: CueMatcher, kind_at: KindAt = unknown
    ) -> None:
        self.text = text
        self.raw = raw
        self.views = Views(raw, statements, cues)
        self._sections: Sections | None = None
        self.kind_at = kind_at
        self._section_names: frozenset[str] | None = None

    def next_says(self, pattern: re.Pattern[str], offset: int) -> bool:
        """Whether one of the next two statements speaks of the device again: "It was explanted in 2013." """
        items = self.views.statements.items
        index = self.views.statements.index_at(offset)
        return any(pattern.match(self.raw, s.start, s.end) for s in items[index + 1 : index + 3])

    def date_after(self, offset: int, day: date) -> str | None:
        """A date right behind `offset` (within 40 characters of the statement) that lies after `day`."""
        statement = self.views.at(offset - 1).statement
        text = self.raw[offset : min(statement.end, offset + 40)]
        found = dates.find_dates(text, None)
        return next((w.text.strip() for w in found[:1] if w.first == w.last and w.first > day), None)

    def has_section(self, name: str) -> bool:
        if self._section_names is None:
            self._section_names = frozenset(s.name for s in self.sections.starts)
        return name in self._section_names

    @property
    def sections(self) -> Sections:
        if self._sections is None:
            self._sections = Sections(self.raw)
        return self._sections
