"""Answers that a ring was drawn around: "Y  (N)" becomes a ticked mark before N and an unticked one before Y."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from chart_triage.intake.ocr.answer_rings import Ring
from chart_triage.intake.ocr.engine import OcrWord
from chart_triage.intake.ocr.form_marks import ImageMark
from chart_triage.records.page import MarkState

_ANSWER = re.compile(r"(?:yes|no|y|n|n/?a|unknown|unk|unsure)", re.IGNORECASE)
_OPPOSITES = ({"yes", "no"}, {"y", "n"})  # at least one such pair: "N" alone is also a unit, a name's initial
_SLASHED = re.compile(r"[A-Za-z]+(?:/[A-Za-z]+)+[.:,;]?")
_LETTERS = re.compile(r"[Yy][Nn]")  # a gap that the recogniser closed
_BETWEEN = re.compile(r"[/|\\lI]|or|[\W_]{1,2}", re.IGNORECASE)  # "/" is read as "l" or "I"; what the pen left
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_NEXT = 9.0  # letter heights from one answer to the next at most: forms set them in columns
_ROW = 0.6  # of a letter height, by which the middles of one row's words may differ
_SHORT = 7.0  # letter heights: the width of a ring around a short answer
_SENTENCE = 1.2  # letter heights from an answer to the next word, where it is the beginning of a sentence
_SLIVER = 0.35  # letter heights: the width of the mark set before a word
_VOUCHED = 0.3  # confidence
_CERTAIN, _DOUBTFUL = 0.85, 0.5


class Answered(NamedTuple):
    """The page's words, without the strokes between answers that have marks now, and those marks."""

    words: list[OcrWord]
    marks: list[ImageMark]


class _Row(NamedTuple):
    """Neighbouring answers of one row, with the separators between them."""

    answers: list[OcrWord]
    separators: list[OcrWord]


def mark_circled(words: Sequence[OcrWord], rings: Sequence[Ring], letter_height: float) -> Answered:
    """`words` with marks before the answers of each row that has a ring.

    One of them ringed: it is ticked, the others are not. Several ringed, or the ringed one not read: all are unknown.
    A ring elsewhere (a figure, a word of a sentence) marks nothing.
    """
    if not rings:
        return Answered(list(words), [])
    parted = [part for word in words for part in _parted(word, rings)]
    marks: list[ImageMark] = []
    answered: list[OcrWord] = []
    dropped: list[OcrWord] = []
    for row in _rows(parted, rings, letter_height):
        near = [ring for ring in rings if _is_of_row(ring, row, parted, letter_height)]
        ringed = [word for word in row.answers if any(_holds(ring, word) for ring in near)]
        if not near:
            continue
        sure = len(ringed) == 1 and all(_holds(ring, ringed[0]) for ring in near) and _has_opposites(row)
        for word in row.answers:
            state = MarkState.UNKNOWN
            if sure:
                state = MarkState.TICKED if word is ringed[0] else MarkState.UNTICKED
            place = _before(_clean(word), parted, letter_height)
            marks.append(ImageMark(state, _CERTAIN if sure else _DOUBTFUL, place))
        answered += row.answers
        dropped += row.separators
    kept = [word for word in parted if not any(word is each for each in dropped)]
    return Answered([_clean(word) if any(word is each for each in answered) else word for word in kept], marks)


def _clean(word: OcrWord) -> OcrWord:
    """An answer without what is left of the pen's stroke beside it; its row vouches for it, so it is no scrap."""
    word = word._replace(confidence=max(word.confidence, _VOUCHED))
    start = len(word.text) - len(re.sub(r"^[\W_]+", "", word.text))
    end = start + len(_EDGE.sub("", word.text))
    if end - start == len(word.text):
        return word
    return word.part(start, end) if word.lefts else word._replace(text=word.text[start:end])


def _parted(word: OcrWord, rings: Sequence[Ring]) -> list[OcrWord]:
    """ "Yes/No" or "YN" near a ring, in its parts."""
    if not word.lefts or not any(_touches(ring, word) for ring in rings):
        return [word]
    if _LETTERS.fullmatch(word.text):
        return [word.part(0, 1), word.part(1, 2)]
    answers = word.text.split("/")
    if not _SLASHED.fullmatch(word.text) or not all(_ANSWER.fullmatch(_EDGE.sub("", each)) for each in answers):
        return [word]
    cuts = [0, *(at for m in re.finditer("/", word.text) for at in m.span()), len(word.text)]
    return [word.part(start, end) for start, end in pairwise(cuts) if end > start]


def _rows(words: Sequence[OcrWord], rings: Sequence[Ring], letter_height: float) -> list[_Row]:
    """Runs of answers in the rows that a ring touches."""
    found: list[_Row] = []
    used: list[OcrWord] = []
    for ring in rings:
        middle = (ring.place[1] + ring.place[3]) / 2
        row = [word for word in words if abs(_middle(word)[1] - middle) <= 1.2 * letter_height]
        row = _level_with(ring, row, letter_height)
        if any(word is each for word in row for each in used if _holds(ring, word)):
            continue
        for run in _runs(row, letter_height):
            if not any(word is each for word in run.answers for each in used):
                used += run.answers
                found.append(run)
    return found


def _level_with(ring: Ring, row: list[OcrWord], letter_height: float) -> list[OcrWord]:
    """Of the words about the ring's height, those of the very line of the word inside, or of the ring's middle."""
    inside = [word for word in row if _holds(ring, word)]
    height = _middle(inside[0])[1] if inside else (ring.place[1] + ring.place[3]) / 2
    level = [word for word in row if abs(_middle(word)[1] - height) <= _ROW * letter_height]
    return sorted(level, key=lambda word: word.x0)


def _runs(row: list[OcrWord], letter_height: float) -> list[_Row]:
    runs: list[_Row] = []
    answers: list[OcrWord] = []
    separators: list[OcrWord] = []
    waiting: list[OcrWord] = []
    for word in row:
        if _is_answer(word):
            last = answers[-1] if answers else None
            if last is not None and (
                word.x0 - last.x1 > _NEXT * letter_height or _core(word) in {_core(each) for each in answers}
            ):
                runs.append(_Row(answers, separators))
                answers, separators, waiting = [], [], []
            answers.append(word)
            separators = separators + waiting
            waiting = []
        elif answers and _BETWEEN.fullmatch(word.text):
            waiting.append(word)
        elif answers:
            runs.append(_Row(answers, separators))
            answers, separators, waiting = [], [], []
    return [*runs, _Row(answers, separators)] if answers else runs


def _is_of_row(ring: Ring, row: _Row, words: Sequence[OcrWord], letter_height: float) -> bool:
    """Whether the ring is around one of the answers, or stands where an answer that was not read would."""
    if any(_holds(ring, word) for word in row.answers):
        return True
    x0, y0, x1, y1 = ring.place
    first, last = row.answers[0], row.answers[-1]
    level = [word for word in words if y0 < _middle(word)[1] < y1]
    if not y0 < _middle(first)[1] < y1 or x1 - x0 > _SHORT * letter_height:
        return False
    if x0 > last.x0:
        return x0 - last.x1 <= _NEXT * letter_height and not any(last.x1 < _middle(word)[0] < x0 for word in level)
    # a circled number may stand before a sentence that begins with "No"
    runs_on = any(0 <= word.x0 - last.x1 <= _SENTENCE * letter_height for word in level)
    between = any(x1 < _middle(word)[0] < first.x0 for word in level)
    return first.x0 - x1 <= _NEXT * letter_height and not between and not runs_on


def _has_opposites(row: _Row) -> bool:
    cores = {_core(word) for word in row.answers}
    return any(pair <= cores for pair in _OPPOSITES)


def _before(word: OcrWord, words: Sequence[OcrWord], letter_height: float) -> tuple[int, int, int, int]:
    """A sliver left of `word`, that begins after the word before it."""
    ends = [each.x1 for each in words if each.x1 <= word.x0 and each.y0 < word.y1 and each.y1 > word.y0]
    x0 = max(word.x0 - _SLIVER * letter_height, max(ends, default=0.0), 0.0)
    return round(min(x0, word.x0 - 2)), round(word.y0), round(word.x0), round(word.y1)


def _is_answer(word: OcrWord) -> bool:
    return _ANSWER.fullmatch(_EDGE.sub("", word.text)) is not None


def _core(word: OcrWord) -> str:
    return _EDGE.sub("", word.text).lower()


def _middle(word: OcrWord) -> tuple[float, float]:
    return (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2


def _holds(ring: Ring, word: OcrWord) -> bool:
    return ring.holds(*_middle(word))


def _touches(ring: Ring, word: OcrWord) -> bool:
    x0, y0, x1, y1 = ring.place
    return x0 < word.x1 and x1 > word.x0 and y0 < word.y1 and y1 > word.y0
