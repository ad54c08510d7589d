"""Tokens in reading order to the page's text, its words with offsets, and its form marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chart_triage.intake.layout.form_rows import find_form_rows
from chart_triage.intake.layout.hyphenation import SOFT_HYPHEN, HyphenEvidence
from chart_triage.intake.layout.mark_labels import FoundMark, label_marks
from chart_triage.intake.layout.placed import Break, Token
from chart_triage.intake.layout.typed_boxes import TypedBox, find_typed_boxes
from chart_triage.intake.page_draft import TableRow
from chart_triage.records.geometry import Box
from chart_triage.records.page import FormRow, Mark, Word

_BETWEEN = {Break.SPACE: " ", Break.GAP: "\t", Break.WRAP: " ", Break.LINE: "\n", Break.BLOCK: "\n\n"}
_LINE_ENDS = frozenset({Break.WRAP, Break.LINE})


class PageText(NamedTuple):
    text: str
    words: tuple[Word, ...]
    marks: tuple[Mark, ...]
    form_rows: tuple[FormRow, ...] = ()


def compose(
    number: int, tokens: Sequence[Token], evidence: HyphenEvidence, table_rows: Sequence[TableRow] = ()
) -> PageText:
    """The text of the page `number` by the conventions of `Page.text`; every word and mark knows its place in it."""
    parts: list[str] = []
    words: list[Word] = []
    drawn: list[FoundMark] = []
    at = 0
    line_is_due = False  # the last line end lies within a joined word: the line ends after that word
    for index, (before, word, gaps) in enumerate(tokens):
        shown = word.text
        if shown[-1] == SOFT_HYPHEN and not _at_line_end(tokens, index):
            shown = shown[:-1]
        if index:
            between = _BETWEEN[Break.LINE if line_is_due and before is Break.SPACE else before]
            if before is Break.GAP:
                between *= gaps
            line_is_due = False
            joined = evidence.join(parts[-1], shown) if before in _LINE_ENDS else None
            if joined is not None:
                at += len(joined) - len(parts[-1])
                parts[-1], between = joined, ""
                words[-1] = Word(words[-1].start, at, words[-1].box, words[-1].confidence)
                line_is_due = before is Break.LINE
            parts.append(between)
            at += len(between)
        parts.append(shown)
        words.append(Word(at, at + len(shown), Box(word.x0, word.y0, word.x1, word.y1), word.confidence))
        if word.sign is not None:
            sign = word.sign
            drawn.append(FoundMark(at, at + 1, sign.state, sign.kind, words[-1].box, word.confidence, sign.hint))
        at += len(shown)
    return _with_marks(number, "".join(parts), words, drawn, table_rows)


def _at_line_end(tokens: Sequence[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].before in _LINE_ENDS


def _with_marks(
    number: int, text: str, words: list[Word], drawn: list[FoundMark], table_rows: Sequence[TableRow]
) -> PageText:
    taken = {mark.start for mark in drawn}
    typed = [box for box in find_typed_boxes(text) if box.start not in taken]
    found = drawn + [_typed_mark(box, words) for box in typed]
    for box in typed:
        if box.character is not None:
            text = text[: box.start] + box.character + text[box.end :]
    found.sort(key=lambda mark: mark.start)
    rows, labels = find_form_rows(number, text, words, found, table_rows)
    return PageText(text, tuple(words), tuple(label_marks(text, words, found, labels)), rows)


def _typed_mark(box: TypedBox, words: list[Word]) -> FoundMark:
    covered = [word for word in words if word.start < box.end and word.end > box.start]
    pieces = [_part_of(word, box.start, box.end) for word in covered]
    place = Box(
        min(piece.x0 for piece in pieces),
        min(piece.y0 for piece in pieces),
        max(piece.x1 for piece in pieces),
        max(piece.y1 for piece in pieces),
    )
    confidence = min(word.confidence for word in covered)
    return FoundMark(box.start, box.end, box.state, "typed", place, confidence, needs_heading=box.needs_heading)


def _part_of(word: Word, start: int, end: int) -> Box:
    """The word's box cut to the characters `start` to `end`, as if all were equally wide ("[x]Yes" is one word)."""
    each = word.box.width / (word.end - word.start)
    first, last = max(start, word.start) - word.start, min(end, word.end) - word.start
    return Box(word.box.x0 + first * each, word.box.y0, word.box.x0 + last * each, word.box.y1)
