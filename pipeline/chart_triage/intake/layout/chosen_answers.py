"""Answers chosen with a pen: "Yes / No" with one ringed, underlined, highlighted or struck out; ticks in columns.

Such a choice becomes a mark before each answer of its row, as a ticked box would be. A ring or a line elsewhere marks
nothing: forms are full of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from chart_triage.intake.layout.answer_words import are_opposites, core, printed_answer
from chart_triage.intake.layout.placed import PlacedWord, Rectangle, Sign, sign_word
from chart_triage.records.page import MarkState, RowAnswer

_LONGEST = 9  # characters of "(Yes/No)."
_YES = frozenset({"y", "yes", "y/n"})
_NEXT = 9.0  # word heights from one answer to the next at most
_LEVEL = 0.45  # of a word's height, between the middles of the words of a row
_SEPARATORS = frozenset("/|\\,;-")
_TICK = (3.5, 22.0)  # points: the height and width of a tick without a box
_COLUMN = 25.0  # points from the middle of a heading to a tick below it
_TOGETHER = 1.5  # points between the strokes of one tick
_SLIVER = 4.5  # points: the breadth of the mark that is set before a word
_STRUCK = 0.8  # confidence of an answer that is left when the other is struck out


class PenShape(Enum):
    LINE = auto()  # level, or nearly so
    SLANT = auto()  # one straight line that is not level
    RING = auto()
    FRAME = auto()  # a rectangle that is not filled
    WASH = auto()  # a rectangle of colour behind words
    OTHER = auto()


class PenStroke(NamedTuple):
    """Something drawn on the page. `may_tick`: it runs askew, as ticks and crosses do."""

    place: Rectangle
    shape: PenShape
    may_tick: bool = False

    @property
    def width(self) -> float:
        return self.place[2] - self.place[0]

    @property
    def height(self) -> float:
        return self.place[3] - self.place[1]


@dataclass(slots=True)
class _Answer:
    word: PlacedWord
    said: RowAnswer
    chosen: int = 0
    struck: int = 0
    framed: int = 0

    @property
    def height(self) -> float:
        return self.word.y1 - self.word.y0


class _Row(NamedTuple):
    answers: list[_Answer]

    @property
    def is_choice(self) -> bool:
        return are_opposites({a.said for a in self.answers})


@dataclass(frozen=True, slots=True)
class ChosenAnswers:
    """`marks` to add to the page's words; `parts` take the place of the words in `parted` ("Yes/No" in one)."""

    marks: list[PlacedWord] = field(default_factory=list)
    parted: set[PlacedWord] = field(default_factory=set)
    parts: list[PlacedWord] = field(default_factory=list)


def find_chosen_answers(
    strokes: Sequence[PenStroke],
    words: Sequence[PlacedWord],
    boxes: Sequence[Rectangle],
    marks: Sequence[Rectangle] = (),
) -> ChosenAnswers:
    """What is chosen among the answers on a page.

    `boxes` are its check boxes: their outlines choose nothing. Answers that have marks already, among `words` or in
    `marks`, are left to those.
    """
    taken = set(boxes)
    pen = [s for s in strokes if not _is_rule(s)]
    if not pen or not any(_begins_answer(word.text) for word in words):
        return ChosenAnswers()
    rows, parted = _rows(words)
    signs = [*marks, *((word.x0, word.y0, word.x1, word.y1) for word in words if word.sign is not None)]
    choices = [row for row in rows if row.is_choice and not _has_marks(row, signs)]
    printed = [a.word.middle for row in choices for a in row.answers]
    pen = [s for s in pen if s.place not in taken or any(_inside(middle, s.place) for middle in printed)]
    for stroke in pen:
        for answer in _near(stroke, choices):
            _decorate(answer, stroke)
    single = any(sum(a.chosen > 0 for a in row.answers) == 1 for row in choices)
    result = ChosenAnswers()
    for row in choices:
        result.marks.extend(_marks(row, single, words))
    used = {a.word for row in choices for a in row.answers if any(_decorated(a) for a in row.answers)}
    for whole, parts in parted.items():
        if used & set(parts):
            result.parted.add(whole)
            result.parts.extend(parts)
    headings = [row for row in choices if not any(_decorated(a) for a in row.answers)]
    result.marks.extend(_column_ticks(pen, headings, words, boxes))
    return result


def _begins_answer(text: str) -> bool:
    """Whether a word may be a yes: there is no choice without one."""
    return len(text) <= _LONGEST and text.lower().strip("()[]:?.,/")[:3] in _YES


def _has_marks(row: _Row, signs: Sequence[Rectangle]) -> bool:
    """Whether a mark stands beside an answer of the row."""
    for answer in row.answers:
        word, reach = answer.word, 1.7 * answer.height
        for x0, y0, x1, y1 in signs:
            level = y0 < word.middle[1] < y1
            if level and (-1 < word.x0 - x1 <= reach or -1 < x0 - word.x1 <= reach / 2):
                return True
    return False


def _inside(point: tuple[float, float], place: Rectangle) -> bool:
    return place[0] <= point[0] <= place[2] and place[1] <= point[1] <= place[3]


def _is_rule(stroke: PenStroke) -> bool:
    return max(stroke.width, stroke.height) > 110.0


def _rows(words: Sequence[PlacedWord]) -> tuple[list[_Row], dict[PlacedWord, list[PlacedWord]]]:
    """Answers that follow each other at one height, each answer once; and the words that were cut up for them."""
    parted: dict[PlacedWord, list[PlacedWord]] = {}
    pieces: list[PlacedWord] = []
    for word in words:
        parts = _parts(word)
        if len(parts) > 1:
            parted[word] = parts
        pieces += parts
    found: list[list[_Answer]] = []
    for word in _joined(_by_line(pieces)):
        said = printed_answer(word.text) if word.sign is None else None
        if said is None:
            continue
        home = next((row for row in reversed(found[-40:]) if _follows(row, word)), None)
        if home is None:
            found.append([_Answer(word, said)])
        else:
            home.append(_Answer(word, said))
    return [_Row(row) for row in found if len(row) > 1], parted


def _by_line(pieces: list[PlacedWord]) -> list[PlacedWord]:
    """Line by line, each from left to right."""
    lines: list[list[PlacedWord]] = []
    for word in sorted(pieces, key=lambda w: w.middle[1]):
        if lines and word.middle[1] - lines[-1][0].middle[1] <= _LEVEL * (word.y1 - word.y0):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [word for line in lines for word in sorted(line, key=lambda w: w.x0)]


def _joined(pieces: list[PlacedWord]) -> Iterator[PlacedWord]:
    """ "DON'T KNOW" as one word, so that a ring around both is seen to be one answer."""
    index = 0
    while index < len(pieces):
        word = pieces[index]
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if following is not None and 0 <= following.x0 - word.x1 < 0.6 * (word.y1 - word.y0):
            both = f"{word.text} {following.text}"
            if printed_answer(both) and not printed_answer(word.text) and not printed_answer(following.text):
                yield word._replace(text=both, x1=following.x1)
                index += 2
                continue
        yield word
        index += 1


def _follows(row: list[_Answer], word: PlacedWord) -> bool:
    last = row[-1].word
    height = last.y1 - last.y0
    return (
        abs(last.middle[1] - word.middle[1]) <= _LEVEL * height
        and -1 <= word.x0 - last.x1 <= _NEXT * height
        and all(core(a.word.text) != core(word.text) for a in row)
    )


def _parts(word: PlacedWord) -> list[PlacedWord]:
    """ "Yes/No" in its parts, as if all characters were equally wide."""
    if word.sign is not None or "/" not in word.text or word.text.strip("()[]:?.").count("/") != 1:
        return [word]
    cut = word.text.index("/")
    if printed_answer(word.text) or not all(map(printed_answer, (word.text[:cut], word.text[cut + 1 :]))):
        return [word]
    each = (word.x1 - word.x0) / len(word.text)
    spans = ((0, cut), (cut, cut + 1), (cut + 1, len(word.text)))
    return [word._replace(text=word.text[a:b], x0=word.x0 + each * a, x1=word.x0 + each * b) for a, b in spans]


def _near(stroke: PenStroke, rows: Sequence[_Row]) -> Iterator[_Answer]:
    x0, y0, x1, y1 = stroke.place
    for row in rows:
        first = row.answers[0].word
        if y1 < first.y0 - 14 or y0 > first.y1 + 14:
            continue
        for answer in row.answers:
            if x0 <= answer.word.middle[0] <= x1:
                yield answer


def _decorate(answer: _Answer, stroke: PenStroke) -> None:
    """Count what the stroke does to the answer that it runs over, under or around."""
    word, height = answer.word, answer.height
    x0, y0, x1, y1 = stroke.place
    wide, width = x1 - x0, word.x1 - word.x0
    if wide > 2 * width + 34 or wide < 0.5 * width or stroke.height > 3.4 * height:
        return
    y = word.middle[1]
    line = (y0 + y1) / 2
    if stroke.shape is PenShape.LINE:
        if abs(line - y) <= 0.24 * height:
            answer.struck += 1
        elif 0.26 * height < line - y <= 0.95 * height:
            answer.chosen += 1
    elif not y0 <= y <= y1:
        return
    elif stroke.shape is PenShape.SLANT and abs(line - y) <= 0.3 * height and stroke.height <= 1.4 * height:
        answer.struck += 1  # two of them are a cross, which may choose as well
    elif stroke.shape is PenShape.WASH or (stroke.shape is PenShape.RING and stroke.height >= 0.8 * height):
        answer.chosen += wide >= 0.8 * width
    elif stroke.shape is PenShape.FRAME:
        answer.framed += 1


def _decorated(answer: _Answer) -> bool:
    return bool(answer.chosen or answer.struck)


def _marks(row: _Row, single: bool, words: Sequence[PlacedWord]) -> Iterator[PlacedWord]:
    """A mark for each answer of a row in which something is chosen or struck out.

    `single`: some row of the page has one answer chosen. Without it, a row with all answers underlined is a heading.
    """
    framed = [a for a in row.answers if a.framed]
    if len(framed) == 1 and not any(map(_decorated, row.answers)):
        framed[0].chosen = 1  # a frame around one answer; around each of them they are cells or buttons
    chosen = [a for a in row.answers if a.chosen]
    struck = [a for a in row.answers if a.struck]
    left = [a for a in row.answers if not a.struck]
    doubtful = any(a.struck > 1 or (a.struck and a.chosen) for a in row.answers)
    if (not chosen and not struck) or (len(chosen) == len(row.answers) and not single):
        return
    ticked = None
    if not doubtful and len(chosen) == 1:
        ticked = chosen[0]
    elif not doubtful and not chosen and len(left) == 1:
        ticked = left[0]
    sure = 0.95 if chosen else _STRUCK
    for answer in row.answers:
        state = MarkState.UNKNOWN if ticked is None else MarkState.UNTICKED
        state = MarkState.TICKED if answer is ticked else state
        mark = sign_word(Sign(state, "drawn"), _before(answer.word, words))
        yield mark._replace(confidence=0.5 if ticked is None else sure)


def _before(word: PlacedWord, words: Sequence[PlacedWord]) -> Rectangle:
    """A sliver left of `word` that begins after the word before it."""
    level = [w.x1 for w in words if w.x1 <= word.x0 + 0.5 and w.y0 < word.middle[1] < w.y1]
    x1 = max(word.x0 - 0.4, 0.2)
    x0 = max(word.x0 - _SLIVER, *(end + 0.2 for end in level), 0.0)
    return min(x0, x1 - 0.1), word.y0, x1, word.y1


def _column_ticks(
    pen: Sequence[PenStroke], headings: Sequence[_Row], words: Sequence[PlacedWord], boxes: Sequence[Rectangle]
) -> Iterator[PlacedWord]:
    """Ticks and crosses without a box, below headings of answers: elsewhere they may be anything."""
    if not headings:
        return
    slanting = [s for s in pen if s.may_tick and _TICK[0] <= max(s.width, s.height) <= _TICK[1]]
    for place in _clusters(slanting):
        x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
        columns = [a.word for row in headings for a in row.answers if a.word.y1 <= y]
        is_below = any(abs(word.middle[0] - x) <= _COLUMN for word in columns)
        on_box = any(_meet(place, box, 1.0) for box in boxes)
        on_word = any(w.x0 <= x <= w.x1 and w.y0 <= y <= w.y1 for w in words)
        if is_below and not on_box and not on_word:
            yield sign_word(Sign(MarkState.TICKED, "drawn"), place)._replace(confidence=0.9)


def _clusters(strokes: Sequence[PenStroke]) -> list[Rectangle]:
    """The places of strokes that touch each other, no larger than a tick."""
    found: list[Rectangle] = []
    for stroke in strokes:
        place = stroke.place
        touching = [other for other in found if _meet(place, other, _TOGETHER)]
        for other in touching:
            found.remove(other)
            place = (
                min(place[0], other[0]), min(place[1], other[1]), max(place[2], other[2]), max(place[3], other[3]),
            )  # fmt: skip
        found.append(place)
    return [p for p in found if p[2] - p[0] <= _TICK[1] and p[3] - p[1] <= _TICK[1]]


def _meet(a: Rectangle, b: Rectangle, slack: float) -> bool:
    return (
        a[0] <= b[2] + slack and b[0] <= a[2] + slack and a[1] <= b[3] + slack and b[1] <= a[3] + slack
    )  # fmt: skip
