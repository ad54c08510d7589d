"""Rows that are answered in words: "Pacemaker: Medtronic 2019", "Cochlear implant    N"; and details asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from chart_triage.intake.layout.answer_words import asks_for_detail, core, is_identity, is_plain, written_answer
from chart_triage.intake.layout.form_pieces import Line, Piece
from chart_triage.records.page import RowAnswer

_CELL = 1.2  # letter heights of white between a question and its answer, where no colon stands
_BLANK = re.compile(r"[_.…]{3,}")
_NO_QUESTION = re.compile(r"^[^A-Za-z]*$|^[•*·●▪-]|[.;]\s")  # no words, an item of a list, a passage of text
_MOST_WORDS = 14  # of a question that is answered in words
_ENOUGH = 3  # rows with a written answer at one place
_LONGEST_NOTE = 120
_CONFIDENCE = 0.9
_SURE_OF_TEXT = 0.7


class WrittenRow(NamedTuple):
    """In the order of `form_rows.Draft`."""

    question: list[Piece]
    answer: RowAnswer
    answered: Piece | None
    marks: list[Piece]
    notes: list[Piece]
    confidence: float
    by_mark: bool


def written_rows(lines: Sequence[Line], taken: set[int], height: float) -> Iterator[WrittenRow]:
    """The rows of a form's page whose answers are words; `taken` are the pieces that other rows use."""
    columns = _answer_columns(lines, taken, height)
    for number, line in enumerate(lines):
        if any(id(p) in taken or p.is_mark for p in line):
            continue
        following = lines[number + 1] if number + 1 < len(lines) else []
        own_label = any(id(p) in taken for p in following) or any(True for _ in _pairs(following, height))
        begins_anew = own_label or not following
        blank = _is_blank_row(line, number, columns, height)
        for label, value in [(line, [])] if blank else _pairs(line, height):
            text = " ".join(p.text for p in label)
            if _NO_QUESTION.search(text) or is_identity(text) or asks_for_detail(text):
                continue
            said = [p for p in value if not _BLANK.fullmatch(p.text)]
            note = " ".join(p.text for p in said).strip(" _")
            if not note and not blank and (text.isupper() or not (value or begins_anew)):
                continue  # a heading, or a question that is answered on the next line
            if len(label) > _MOST_WORDS or len(note) > _LONGEST_NOTE:
                continue
            answer = written_answer(note)
            plain = is_plain(note)
            yield WrittenRow(
                label, answer, said[0] if said else None, [], [] if plain else said,
                _CONFIDENCE if plain or not note else _SURE_OF_TEXT, by_mark=False,
            )  # fmt: skip


class _Column(NamedTuple):
    """Where a form has its questions and, apart from them, its written answers; `first` and `last` line of it."""

    question: float
    answer: float
    first: int
    last: int


def _answer_columns(lines: Sequence[Line], taken: set[int], height: float) -> list[_Column]:
    found: list[list[tuple[int, float, float]]] = []
    for number, line in enumerate(lines):
        at = None if any(id(p) in taken or p.is_mark for p in line) else _lone_answer(line, height)
        if at is None:
            continue
        place = (number, line[0].x0, line[at].x0)
        same = next(
            (c for c in found if abs(c[0][1] - place[1]) < height and abs(c[0][2] - place[2]) < 2 * height), None
        )
        if same is None:
            found.append([place])
        else:
            same.append(place)
    return [_Column(c[0][1], c[0][2], c[0][0], c[-1][0]) for c in found if len(c) >= _ENOUGH]


def _is_blank_row(line: Line, number: int, columns: Sequence[_Column], height: float) -> bool:
    """Whether a line asks as the others of its column do, and nobody wrote an answer."""
    return any(
        column.first <= number <= column.last + 1
        and abs(line[0].x0 - column.question) < height
        and not any(p.x1 > column.answer - height for p in line)
        and not line[-1].text.endswith(":")
        for column in columns
    )


def _pairs(line: Line, height: float) -> Iterator[tuple[list[Piece], list[Piece]]]:
    """Labels with what follows each: parted by a colon or a question mark, else by white before an answer."""
    ends = [i for i, p in enumerate(line) if p.text.endswith((":", "?")) and len(p.text) > 1]
    if not ends:
        blanks = [i for i, p in enumerate(line) if _BLANK.fullmatch(p.text) and i]
        if blanks:
            yield line[: blanks[0]], line[blanks[0] :]
        elif (answer := _lone_answer(line, height)) is not None:
            yield line[:answer], line[answer:]
        return
    starts = [0]
    for end, following in pairwise(ends):
        starts.append(_next_label(line, end, following, height))
    for number, end in enumerate(ends):
        stop = starts[number + 1] if number + 1 < len(starts) else len(line)
        if starts[number] <= end < stop:
            yield line[starts[number] : end + 1], line[end + 1 : stop]


def _next_label(line: Line, end: int, following: int, height: float) -> int:
    """Where the label that ends at `following` begins: after the last wide gap behind the label before."""
    gaps = [i for i in range(end + 1, following + 1) if line[i].x0 - line[i - 1].x1 > _CELL * height]
    return gaps[-1] if gaps else following


def _lone_answer(line: Line, height: float) -> int | None:
    """The index of an answer that stands apart from the question before it and from what is written behind it."""
    for index in range(1, len(line)):
        piece = line[index]
        is_apart = piece.x0 - line[index - 1].x1 > 2 * _CELL * height
        ends = index + 1 == len(line) or line[index + 1].x0 - piece.x1 > _CELL * height
        if is_apart and ends and (piece.answer is not None or core(piece.text) == "?"):
            return index
    return None
