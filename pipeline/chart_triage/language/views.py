"""Statements as Docs: built only for the statements that hold something worth asserting, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chart_triage.language.cues import CueMatch, CueMatcher
from chart_triage.language.flat import Flat
from chart_triage.language.noise import repaired
from chart_triage.language.segments import Statement, Statements

if TYPE_CHECKING:
    from spacy.tokens import Doc

_LONGEST_HEAD = 120
_MARGIN = 300  # characters


class View:
    """One statement with its list head in front, as a Doc with cues; `tokens(start, end)` finds a raw span in it."""

    __slots__ = ("_flat", "_shift", "cues", "doc", "lowers", "statement", "text")

    def __init__(self, raw: str, statement: Statement, matcher: CueMatcher) -> None:
        self.statement = statement
        head = _head(raw, statement)
        self._flat = Flat(raw, statement.start, statement.end, hyphens=True, join=True)
        self._shift = len(head)
        self.text = repaired(head + self._flat.text, matcher.words)
        self.doc: Doc = matcher.doc(self.text)
        self.lowers: list[str] = [token.lower_ for token in self.doc]
        self.cues: list[CueMatch] = matcher(self.doc)

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """Token indexes (exclusive end) of `raw[start:end]`, clipped to this statement."""
        low = self._shift + self._flat.from_raw(max(start, self.statement.start))
        high = self._shift + self._flat.from_raw(min(end, self.statement.end) - 1) + 1
        span = self.doc.char_span(low, max(high, low + 1), alignment_mode="expand")
        return (span.start, span.end) if span is not None else (0, 0)

    def raw_span(self, start_token: int, end_token: int) -> tuple[int, int] | None:
        """Raw offsets of tokens of the statement itself; None where they lie in the list head."""
        low = self.doc[start_token].idx - self._shift
        last = self.doc[end_token - 1]
        high = last.idx + len(last) - self._shift
        if low < 0:
            return None
        return self._flat.to_raw(low), self._flat.end_to_raw(high)


class Views:
    """The views of one text, made when first asked for."""

    def __init__(self, raw: str, statements: Statements, matcher: CueMatcher) -> None:
        self._raw = raw
        self.statements = statements
        self._matcher = matcher
        self._made: dict[tuple[int, int], View] = {}

    def at(self, offset: int) -> View:
        """The view of the statement that holds `offset`; of a piece of an endless one, with a margin on both sides."""
        statement = self.statements.items[self.statements.index_at(offset)]
        if statement.whole is not None:
            first, last = statement.whole
            low, high = max(first, statement.start - _MARGIN), min(last, statement.end + _MARGIN)
            statement = Statement(low, high, statement.head)
        key = (statement.start, statement.end)
        if key not in self._made:
            self._made[key] = View(self._raw, statement, self._matcher)
        return self._made[key]


def _head(raw: str, statement: Statement) -> str:
    if statement.head is None:
        return ""
    head = " ".join(raw[slice(*statement.head)].split())
    return head + " " if len(head) <= _LONGEST_HEAD else ""
