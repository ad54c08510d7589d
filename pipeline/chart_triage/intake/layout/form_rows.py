"""Rows of forms: each question with its answer, wherever the two stand to each other.

A question stands left of its answers, right of them or above them, and may go on over several lines. All is decided by
places on the page, as reading order parts what belongs together in columns and in tables without rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chart_triage.intake.layout.answer_groups import Group, Grouped, around, find_groups
from chart_triage.intake.layout.answer_words import asks_for_detail
from chart_triage.intake.layout.form_pieces import Line, Piece, letter_height, make_lines
from chart_triage.intake.layout.mark_labels import FoundMark
from chart_triage.intake.layout.written_rows import written_rows
from chart_triage.intake.page_draft import TableRow
from chart_triage.records.page import FormRow, MarkState, RowAnswer, Word

# In letter heights:
_LEADING = 1.75  # from one line of a question to the next, top to top
_ABOVE = 2.6  # from a question to the answers below it
_NOTE = 7.0  # from the answers to what is written behind them
_OVERLAP = 0.15  # of a word's height, to stand beside the answers
_GAP = 2.2  # between the words of one item in a list of boxes
_MOST_LINES = 5
_LONGEST = 400  # characters of a question: more is a passage of text
_LONGEST_ITEM = 110
_NUMBER = re.compile(r"(?:\(?\d{1,3}[.):]?|[a-zA-Z][.)]|#\d{1,3}|Q\d{1,3}[.:]?|[-•*·●▪]|\.{2,})")
_BLANK = re.compile(r"[_.…]{3,}")
_LABELS = re.compile(r"(?:if (?:yes|so)\b,?|please \w+|[A-Z][\w /,()-]{0,40}:)", re.IGNORECASE)
_YES, _NO = r"(?:yes|y)", r"(?:no|n)"
_BETWEEN = r"\b[^\w\n]{0,12}(?:\w{1,4}[^\w\n]{1,8})?\b"
_PAIR = re.compile(rf"\b(?:{_YES}{_BETWEEN}{_NO}|{_NO}{_BETWEEN}{_YES})\b", re.IGNORECASE)
_FORM = re.compile(r"screening|questionnaire|safety (?:form|check)|check ?list|history form", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:[,/(&-]|\b(?:or|and|of|the|an?|with|in|for|to|any|other|by|from))$", re.IGNORECASE)
_TITLE = 400  # characters at the top of a page
_ENOUGH_ITEMS = 2


class Draft(NamedTuple):
    """A row being made: the pieces of its question and of what was written besides."""

    question: list[Piece]
    answer: RowAnswer
    answered: Piece | None
    marks: list[Piece]
    notes: list[Piece]
    confidence: float
    by_mark: bool = True


class FormRows(NamedTuple):
    """`labels`: the answer that each mark stands for, by the mark's offset."""

    rows: tuple[FormRow, ...]
    labels: dict[int, str]


def find_form_rows(
    number: int, text: str, words: Sequence[Word], found: Sequence[FoundMark], table_rows: Sequence[TableRow]
) -> FormRows:
    """All rows of the page `number`, top to bottom, left to right."""
    is_titled = _FORM.search(text[:_TITLE]) is not None
    if not words or not (found or is_titled or _PAIR.search(text)):
        return FormRows((), {})
    height = letter_height(words)
    lines = make_lines(text, words, found, height)
    grouped = find_groups(lines, table_rows, height)
    drafts = [*_asked(lines, grouped, height), *_items(lines, grouped, height)]
    is_form = is_titled or len(drafts) > _ENOUGH_ITEMS
    if is_form:
        taken = {id(p) for d in drafts for p in (*d.question, *d.marks, *d.notes)}
        taken |= {id(p) for g in grouped.groups for p in g.pieces} | {id(p) for p in grouped.headings}
        drafts += [Draft(*row) for row in written_rows(lines, taken, height)]
    starts = {mark.start for mark in found}
    labels = {
        o.mark.start: o.label.text for g in grouped.groups for o in g.options if o.mark and o.mark.start in starts
    }
    drafts.sort(key=lambda d: (round(around(d.question)[1]), around(d.question)[0]))
    return FormRows(tuple(_row(number, text, draft) for draft in drafts), labels)


def _row(number: int, text: str, draft: Draft) -> FormRow:
    x0, y0, x1, y1 = around([*draft.question, *draft.marks])
    notes = _without_labels(" ".join(p.text for p in draft.notes))
    return FormRow(
        page=number,
        question=" ".join(p.text for p in draft.question),
        answer=draft.answer,
        free_text=notes,
        confidence=round(draft.confidence, 2),
        by_mark=draft.by_mark,
        box=(x0, y0, x1, y1),
        spans=_spans(text, draft.question),
        answered=(draft.answered.start, draft.answered.end) if draft.answered else None,
        noted=_spans(text, draft.notes) if notes else (),
    )


def _spans(text: str, pieces: Sequence[Piece]) -> tuple[tuple[int, int], ...]:
    """The stretches of text that the pieces cover, neighbours joined."""
    joined: list[tuple[int, int]] = []
    for piece in sorted(pieces, key=lambda p: p.start):
        if joined and not text[joined[-1][1] : piece.start].strip():
            joined[-1] = (joined[-1][0], piece.end)
        else:
            joined.append((piece.start, piece.end))
    return tuple(joined)


def _without_labels(notes: str) -> str:
    """What was written, without what the form had printed for it; "" where only that is there."""
    plain = " ".join(_BLANK.sub(" ", notes).split())
    return plain if any(c.isalnum() for c in _LABELS.sub(" ", plain)) else ""


def _asked(lines: Sequence[Line], grouped: Grouped, height: float) -> Iterator[Draft]:
    """A row for each group of answers that has a question."""
    taken = {id(p) for g in grouped.groups for p in g.pieces} | {id(p) for p in grouped.headings}
    taken |= {id(o.label) for g in grouped.groups for o in g.options} | {id(p) for p in grouped.single}
    search = _Questions(lines, grouped.groups, taken, height)
    for group in grouped.groups:
        question, notes = search.of(group)
        if not question or sum(len(p.text) + 1 for p in question) > _LONGEST:
            continue
        answer, answered, confidence = _answer(group)
        if answered is None and not group.below and not any(o.mark for o in group.options) and not search.has_marks:
            confidence = min(confidence, 0.6)  # "Yes No" in print only: nobody answered, or the mark was not seen
        yield Draft(question, answer, answered, group.pieces, notes, confidence)


def _answer(group: Group) -> tuple[RowAnswer, Piece | None, float]:
    """The answer, what gives it, and how sure that is."""
    options = group.options
    ticked = [o for o in options if o.state is MarkState.TICKED]
    confidence = min((o.mark.confidence for o in options if o.mark), default=1.0)
    decisive = (RowAnswer.YES, RowAnswer.NO)
    unseen = any(o.state is None and o.answer in decisive for o in options) and any(o.mark for o in options)
    doubtful = any(o.state is MarkState.UNKNOWN for o in options)
    doubtful |= any(p.state is not MarkState.UNTICKED for p in group.strays)
    first = next((o.mark for o in options if o.mark), None)
    if len(ticked) == 1 and not doubtful:
        shaky = unseen and ticked[0].answer is RowAnswer.NO  # the box that was not seen may be ticked, too
        return ticked[0].answer, ticked[0].mark, min(confidence, 0.6) if shaky else confidence
    if ticked or doubtful or unseen:
        return RowAnswer.UNCLEAR, ticked[0].mark if ticked else first, min(confidence, 0.5)
    return RowAnswer.UNANSWERED, None, confidence


class _Questions:
    """Finds the words that groups of answers belong to."""

    def __init__(self, lines: Sequence[Line], groups: Sequence[Group], taken: set[int], height: float) -> None:
        self._lines = [[p for p in line if id(p) not in taken] for line in lines]
        self._groups = groups
        self._height = height
        self.has_marks = any(o.mark for g in groups for o in g.options)

    def of(self, group: Group) -> tuple[list[Piece], list[Piece]]:
        """The question, and what is written behind its answers."""
        x0, _, x1, _ = group.place
        band = group.band[1::2] if group.band else group.place[1::2]
        beside = [p for line in self._lines for p in line if self._stands_in(p, band, ruled=group.band is not None)]
        low, high = self._neighbours(group, band)
        left = [p for p in beside if low <= p.middle[0] < x0]
        right = [p for p in beside if x1 < p.middle[0] <= high]
        right_is_detail = bool(right) and asks_for_detail(" ".join(p.text for p in right))
        # where questions follow their answers, what stands left is another group's
        is_left = _says_something(left) and (low <= 0 or not self._reads_right(band))
        if is_left:
            question = left
        elif _says_something(right) and not right_is_detail:
            question, right = self._up_to_gap(right, ruled=group.band is not None), []
        else:
            return _trimmed(self._above(group, low, high)), right
        notes = right if group.band is not None else self._near(right, x1)
        if group.band is None:
            question = self._with_lines(question, group, low if is_left else x1, x0 if is_left else high)
        return _trimmed(question), notes

    def _stands_in(self, piece: Piece, band: tuple[float, ...], *, ruled: bool) -> bool:
        if piece.is_mark:
            return False
        if ruled:
            return band[0] <= piece.middle[1] <= band[1]
        overlap = min(piece.y1, band[1]) - max(piece.y0, band[0])
        return overlap > _OVERLAP * (piece.y1 - piece.y0)

    def _neighbours(self, group: Group, band: tuple[float, ...]) -> tuple[float, float]:
        """How far the words of this group may reach to the left and to the right: to the next groups."""
        x0, _, x1, _ = group.place
        low, high = 0.0, 1e9
        for other in self._level(band):
            if other is not group:
                if other.place[2] <= x0 + 1:
                    low = max(low, other.place[2])
                elif other.place[0] >= x1 - 1:
                    high = min(high, other.place[0])
        return low, high

    def _level(self, band: tuple[float, ...]) -> list[Group]:
        return [g for g in self._groups if min(g.place[3], band[1]) - max(g.place[1], band[0]) > 0.3 * self._height]

    def _reads_right(self, band: tuple[float, ...]) -> bool:
        """Whether the first group of this height has nothing to its left: questions follow their answers."""
        first = min(self._level(band), key=lambda g: g.place[0])
        beside = [p for line in self._lines for p in line if self._stands_in(p, band, ruled=False)]
        return not _says_something([p for p in beside if p.middle[0] < first.place[0]])

    def _up_to_gap(self, right: list[Piece], *, ruled: bool) -> list[Piece]:
        """Of words right of the answers those of the question: a wide gap parts them from comments."""
        if ruled:
            return right
        kept = right[:1]
        for piece in sorted(right[1:], key=lambda p: p.x0):
            if piece.x0 - max(p.x1 for p in kept) > 3 * _GAP * self._height:
                break
            kept.append(piece)
        return kept

    def _near(self, right: list[Piece], x1: float) -> list[Piece]:
        notes: list[Piece] = []
        for piece in sorted(right, key=lambda p: p.x0):
            if piece.x0 - (notes[-1].x1 if notes else x1) > _NOTE * self._height:
                break
            notes.append(piece)
        return notes

    def _above(self, group: Group, low: float, high: float) -> list[Piece]:
        """The question on the lines above answers that stand alone on theirs."""
        x0, y0, _, _ = group.place
        near = [
            line
            for line in self._lines
            if line and 0 < y0 - line[0].middle[1] <= _ABOVE * self._height + _lines_tall(line)
        ]
        found: list[Piece] = []
        edge = y0
        for line in reversed(near):
            part = [p for p in line if not p.is_mark and low - 40 <= p.middle[0] <= high and p.x0 >= x0 - 80]
            if not part or edge - max(p.y1 for p in part) > (_ABOVE if not found else 0.75) * self._height:
                break
            if self._answers_at(part):
                break
            found = part + found
            edge = min(p.y0 for p in part)
            if _NUMBER.fullmatch(part[0].text):
                break
        return found if _says_something(found) else []

    def _answers_at(self, part: list[Piece]) -> bool:
        x0, y0, x1, y1 = around(part)
        return any(
            min(g.place[3], y1) - max(g.place[1], y0) > 0.3 * self._height and g.place[0] < x1 + 200 and g.place[2] > x0
            for g in self._groups
        )

    def _with_lines(self, question: list[Piece], group: Group, low: float, high: float) -> list[Piece]:
        """The question with the lines of it that stand above and below its answers."""
        x0, y0, _, y1 = around(question)
        below = self._further(question, (x0, y1), (low, high), down=True)
        above = self._further(question, (x0, y0), (low, high), down=False)
        return [*(p for line in reversed(above) for p in line), *question, *(p for line in below for p in line)]

    def _further(
        self, question: list[Piece], corner: tuple[float, float], zone: tuple[float, float], *, down: bool
    ) -> list[list[Piece]]:
        """Lines that carry the question on, the nearest first, until another row's or a gap."""
        found: list[list[Piece]] = []
        x0, edge = corner
        tall = self._height
        lines = self._lines if down else list(reversed(self._lines))
        for line in lines:
            part = [p for p in line if not p.is_mark and zone[0] <= p.middle[0] <= zone[1] and p not in question]
            if not part:
                continue
            top, bottom = min(p.y0 for p in part), max(p.y1 for p in part)
            gap = top - edge if down else edge - bottom
            if gap < -0.6 * tall:
                continue
            if gap > (_LEADING - 1) * tall or len(found) >= _MOST_LINES or self._answers_at(part):
                break
            if not -25 <= part[0].x0 - x0 <= 40 or not self._carries_on(question, found, part, down=down):
                break
            found.append(part)
            edge = bottom if down else top
        return found

    def _carries_on(self, question: list[Piece], found: list[list[Piece]], part: list[Piece], *, down: bool) -> bool:
        """Whether a line is more of the question: it begins as no question does, or what is before it is no end."""
        text = " ".join(p.text for p in part)
        if asks_for_detail(text) or part[-1].text.endswith(":"):
            return False
        last, first = (question, part) if down else (part, question)
        if found:
            last, first = (found[-1], part) if down else (part, found[-1])
        if _NUMBER.fullmatch(first[0].text) or last[-1].text.endswith(("?", ":")):
            return first[0].text[:1] == "("
        return first[0].text[:1].islower() or first[0].text[:1] == "(" or _OPEN_END.search(last[-1].text) is not None


def _lines_tall(line: Line) -> float:
    return max(p.y1 - p.y0 for p in line)


def _says_something(pieces: Sequence[Piece]) -> bool:
    """Whether there are words that ask: no numbers of rows, and no answers of another row."""
    return any(p.answer is None and any(c.isalpha() for c in p.text) and not _NUMBER.fullmatch(p.text) for p in pieces)


def _trimmed(question: list[Piece]) -> list[Piece]:
    """Without lines to write on, and without the number of the next column's row behind it."""
    kept = [p for p in question if not _BLANK.fullmatch(p.text)]
    while kept and _NUMBER.fullmatch(kept[-1].text):
        kept.pop()
    return kept


def _items(lines: Sequence[Line], grouped: Grouped, height: float) -> Iterator[Draft]:
    """Lists of items with a box each: ticked is yes, and no for the others where anything on the page is ticked."""
    singles = {id(p) for p in grouped.single}
    if len(singles) < _ENOUGH_ITEMS:
        return
    answered = any(p.state is MarkState.TICKED for p in grouped.single)
    taken = {id(p) for g in grouped.groups for p in g.pieces}
    behind = _stand_behind([line for line in lines if any(id(p) in singles for p in line)])
    for line in lines:
        for index, mark in enumerate(line):
            if id(mark) not in singles:
                continue
            item = _item(line, index, height, taken, behind=behind)
            if not item or sum(len(p.text) + 1 for p in item) > _LONGEST_ITEM:
                continue
            if mark.state is MarkState.TICKED:
                answer, sure = RowAnswer.YES, mark.confidence
            elif mark.state is MarkState.UNKNOWN:
                answer, sure = RowAnswer.UNCLEAR, 0.5
            else:
                answer, sure = (RowAnswer.NO, min(mark.confidence, 0.8)) if answered else (RowAnswer.UNANSWERED, 1.0)
            yield Draft(item, answer, mark, [mark], [], sure)


def _stand_behind(lines: Sequence[Line]) -> bool:
    """Whether the boxes of a list stand behind their items: lines begin with words, and end with a box."""
    first = sum(line[0].is_mark for line in lines)
    last = sum(line[-1].is_mark for line in lines)
    return last > first


def _item(line: Line, index: int, height: float, taken: set[int], *, behind: bool) -> list[Piece]:
    """The words of a box: those right of it, or left of it where the boxes stand `behind`."""
    right: list[Piece] = []
    edge = line[index].x1
    for piece in line[index + 1 :]:
        if piece.is_mark or id(piece) in taken or piece.x0 - edge > _GAP * height:
            break
        right.append(piece)
        edge = piece.x1
    left: list[Piece] = []
    for piece in reversed(line[:index]):
        if piece.is_mark or id(piece) in taken or (left and left[0].x0 - piece.x1 > _GAP * height):
            break
        left.insert(0, piece)
    first, second = (left, right) if behind else (right, left)
    if _says_something(first):
        return first
    return second if not behind and _says_something(second) else []
