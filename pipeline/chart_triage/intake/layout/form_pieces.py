"""What a form is read from: words and marks with their places, in lines; blank lines that were written on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from chart_triage.intake.layout.answer_words import core, printed_answer
from chart_triage.intake.layout.mark_labels import FoundMark
from chart_triage.records.page import MarkState, RowAnswer, Word

_SAME_LINE = 0.5  # of the letter height, between the middles of a line and of what joins it
_BLANK = re.compile(r"_{3,}|^_+[xX✓✔]_+$")
_WRITTEN = re.compile(r"_*([A-Za-z]{1,4}|[✓✔xX])_*")
_PARTS = re.compile(r"([A-Za-z/’']+?)([/|\\])([A-Za-z/’']+)")
_LEADERS = re.compile(r"([.…·]{3,})(.*\w.*)|(.*\w.*?)([.…·]{3,})")
_BESIDE = 1.7  # letter heights from a mark to its label
_OUTLINES = frozenset("[](){}|LJ")
_SEPARATORS = frozenset("/|\\,;.-:")
_UNREAD = 0.55  # confidence
_INITIALS = re.compile(r"[A-Z]{2,3}|[A-Z]\.[A-Z]\.?|[xX✓✔]")  # or a cross on a line that was not read
_REPEATED = 0.7  # confidence of a sign that stands beside answers time and again, however badly it was read
_SAME_INITIALS = 3  # times on a page: then they were put beside answers, and are no question
_INITIALS_REACH = 3.2  # letter heights from initials to the answer
_WORD_GAP = 0.7  # letter heights


class Piece(NamedTuple):
    """A word, or a mark (`state` is not None). `start` and `end` are offsets into the page's text."""

    start: int
    end: int
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    state: MarkState | None = None
    confidence: float = 1.0
    answer: RowAnswer | None = None

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def is_mark(self) -> bool:
        return self.state is not None


Line = list[Piece]


def letter_height(words: Sequence[Word]) -> float:
    return float(median(w.box.height for w in words)) or 10.0


def make_lines(text: str, words: Sequence[Word], found: Sequence[FoundMark], height: float) -> list[Line]:
    """The page's lines, top to bottom, each from left to right."""
    marks = [mark for mark in found if not mark.needs_heading]
    pieces = [*_words_beside(text, words, marks), *(_mark(text, mark) for mark in marks)]
    lines: list[Line] = []
    middles: list[float] = []
    for piece in sorted(pieces, key=lambda p: (p.middle[1], p.x0)):
        y = piece.middle[1]
        if lines and abs(y - middles[-1]) <= _SAME_LINE * height:
            lines[-1].append(piece)
        else:
            lines.append([piece])
            middles.append(y)
    ready = [_with_blanks(_with_answers(sorted(line, key=lambda p: p.x0), height), height) for line in lines]
    return _with_unread(_with_initials(ready, height), height)


def _with_initials(lines: list[Line], height: float) -> list[Line]:
    """The same initials beside answers of several rows as ticks; answers of such rows without them are not ticked."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(_plain(piece) for piece, label in pairwise(line) if _are_initials(piece, label, height))
    usual = {text for text, count in counts.items() if count >= _SAME_INITIALS}
    if not usual:
        return lines
    ready = []
    for line in lines:
        made: Line = []
        for index, piece in enumerate(line):
            before = made[-1] if made else None
            if _plain(piece) in usual and index + 1 < len(line) and _are_initials(piece, line[index + 1], height):
                piece = piece._replace(state=MarkState.TICKED, confidence=max(min(piece.confidence, 0.85), _REPEATED))
            elif piece.answer is not None and (before is None or not before.is_mark):
                edge = piece._replace(text="", x0=piece.x0 - 1, x1=piece.x0 - 0.5, end=piece.start, answer=None)
                made.append(edge._replace(state=MarkState.UNTICKED, confidence=0.8))
            made.append(piece)
        ready.append(made)
    return ready


def _are_initials(piece: Piece, label: Piece, height: float) -> bool:
    near = 0 <= label.x0 - piece.x1 <= _INITIALS_REACH * height
    is_answered = near and label.answer is not None and piece.answer is None and not piece.is_mark
    return is_answered and _INITIALS.fullmatch(_plain(piece)) is not None


def _plain(piece: Piece) -> str:
    """Without what recognition made of the line that something is written on."""
    return piece.text.strip("-—–_'.,")


def _with_unread(lines: list[Line], height: float) -> list[Line]:
    """Scraps that recognition made of a box ("[J No", "@ Yes") as marks, where the same answer has one in other rows at
    this place: of unknown state, or most likely empty where the scrap is an outline."""
    columns: dict[str, list[float]] = {}
    for line in lines:
        for mark, label in pairwise(line):
            if mark.is_mark and label.answer is not None and label.x0 - mark.x1 <= _BESIDE * height:
                columns.setdefault(core(label.text), []).append(label.x0)
    if not columns:
        return lines
    return [[_unread(line, i, columns, height) for i in range(len(line))] for line in lines]


def _unread(line: Line, index: int, columns: dict[str, list[float]], height: float) -> Piece:
    piece = line[index]
    label = line[index + 1] if index + 1 < len(line) else None
    if piece.is_mark or piece.answer is not None or label is None or label.answer is None:
        return piece
    if len(piece.text) > 3 or piece.text in _SEPARATORS:
        return piece
    beside = [x for x in columns.get(core(label.text), []) if abs(x - label.x0) <= height]
    if not beside or label.x0 - piece.x1 > _BESIDE * height or piece.confidence == 1.0:
        return piece
    is_empty = all(c in _OUTLINES for c in piece.text)
    return piece._replace(state=MarkState.UNTICKED if is_empty else MarkState.UNKNOWN, confidence=_UNREAD)


def _mark(text: str, mark: FoundMark) -> Piece:
    box = mark.box
    return Piece(
        mark.start, mark.end, text[mark.start : mark.end], box.x0, box.y0, box.x1, box.y1, mark.state, mark.confidence
    )


def _words_beside(text: str, words: Sequence[Word], marks: Sequence[FoundMark]) -> Iterable[Piece]:
    """The words, without the characters that are marks ("[x]Yes")."""
    places = sorted((mark.start, mark.end) for mark in marks)
    at = 0
    for word in words:
        while at < len(places) and places[at][1] <= word.start:
            at += 1
        start, end = word.start, word.end
        if at < len(places) and places[at][0] < end:
            low, high = places[at]
            start, end = (max(high, start), end) if low <= start else (start, low)
        if start < end:
            each = word.box.width / (word.end - word.start)
            x0, x1 = word.box.x0 + each * (start - word.start), word.box.x1 - each * (word.end - end)
            yield Piece(start, end, text[start:end], x0, word.box.y0, x1, word.box.y1, confidence=word.confidence)


def _with_answers(line: Line, height: float) -> Line:
    """ "Yes/No" in its parts, "DON'T KNOW" as one, and what is an answer told to be one."""
    parted = [part for piece in line for part in _parted(piece)]
    joined: Line = []
    for piece in parted:
        last = joined[-1] if joined else None
        piece_answer = None if piece.is_mark else printed_answer(piece.text)
        if last is not None and not last.is_mark and not piece.is_mark and piece.x0 - last.x1 <= _WORD_GAP * height:
            both = printed_answer(f"{last.text} {piece.text}")
            alone = last.answer is None and piece_answer is None
            if both is not None and alone and core(last.text) and core(piece.text):
                joined[-1] = last._replace(
                    end=piece.end, text=f"{last.text} {piece.text}", x1=piece.x1, y0=min(last.y0, piece.y0),
                    y1=max(last.y1, piece.y1), answer=both,
                )  # fmt: skip
                continue
        joined.append(piece._replace(answer=piece_answer))
    return joined


def _parted(piece: Piece) -> Iterable[Piece]:
    """Leaders apart from the words that they touch ("....Yes"), and "Yes/No" in its parts."""
    leaders = None if piece.is_mark else _LEADERS.fullmatch(piece.text)
    if leaders is not None:
        cut = leaders.end(1) if leaders.group(1) else leaders.start(4)
        return [*_parted(_part(piece, 0, cut)), *_parted(_part(piece, cut, len(piece.text)))]
    is_hint = piece.text.startswith("(")  # "Answer (Y/N)" says what to write
    match = None if piece.is_mark or is_hint else _PARTS.fullmatch(piece.text.strip("()[]:?."))
    if match is None or not all(printed_answer(part) for part in match.group(1, 3)):
        return [piece]
    shift = piece.text.index(match.group())
    return [_part(piece, shift + match.start(number), shift + match.end(number)) for number in (1, 2, 3)]


def _part(piece: Piece, low: int, high: int) -> Piece:
    """Characters `low` to `high` of a piece, as if all were equally wide."""
    each = (piece.x1 - piece.x0) / len(piece.text)
    return piece._replace(
        start=piece.start + low, end=piece.start + high, text=piece.text[low:high],
        x0=piece.x0 + each * low, x1=piece.x0 + each * high,
    )  # fmt: skip


def _with_blanks(line: Line, height: float) -> Line:
    """Lines to write on that stand beside an answer ("____ Yes") as marks: ticked where something is written there."""
    if not any(_BLANK.search(piece.text) for piece in line):
        return line
    used: set[int] = set()
    made: Line = []
    for index, piece in enumerate(line):
        if piece.is_mark or not _BLANK.search(piece.text) or len(core(piece.text).strip("_")) > 4:
            continue
        inside = [
            other
            for other in line
            if other is not piece
            and not other.is_mark
            and _WRITTEN.fullmatch(other.text)
            and piece.x0 - 2 <= other.middle[0] <= piece.x1 + 2
        ]
        beside = [p for p in line if p.answer is not None and p not in inside and 0 <= p.x0 - piece.x1 <= 2.5 * height]
        if not beside:
            continue
        own = core(piece.text).strip("_")
        state = MarkState.TICKED if inside or own else MarkState.UNTICKED
        used.update([index, *(line.index(other) for other in inside)])
        made.append(piece._replace(state=state, confidence=0.85, answer=None))
    kept = [piece for index, piece in enumerate(line) if index not in used]
    return sorted([*kept, *made], key=lambda p: p.x0)
