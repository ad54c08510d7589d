"""Short lines drawn under or through words: found on the page and taken out, so that the words are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.layout.answer_words import printed_answer
from chart_triage.intake.layout.chosen_answers import PenShape, PenStroke, find_chosen_answers
from chart_triage.intake.layout.placed import PlacedWord
from chart_triage.intake.ocr.engine import OcrWord
from chart_triage.intake.ocr.form_marks import ImageMark
from chart_triage.intake.ocr.ink import InkMask
from chart_triage.records.page import RowAnswer

# In letter heights (small letters):
_SHORTEST = 1.3  # the cross bars of letters are shorter
_LONGEST = 9.0
_THICK = 0.34  # on average ...
_CROOKED = 0.75  # ... and where it leans, or letters cross it
_CORE = 0.3  # share of its length that a row of a leaning line holds
_TALLEST = 2.3  # what a line runs through: letters of headings have longer bars, and are taller
_ON_LINE = 1.1  # above an underline, where its letters are
_COVERED = 0.4  # of the underline's length, that has letters above it
_EDGE = 3  # pixels of blur, or of a ragged edge, beside a line
_MIDDLE = 128  # grey between ink and paper
_FONT = (0.3, 0.3)  # of the height of capitals, from the ink of an answer up and down to where its font's box ends

_SAME_COLUMN = 2  # rows in which an answer stands where another was struck out beyond recognition
_ROW = 9.0  # word heights from one answer of a row to the other
_FEWEST = 2  # rows of a page with a yes and a no, and lines beside them
_GUESSED = 0.5  # confidence

Place = tuple[int, int, int, int]


def find_pen_lines(ink: InkMask, letter_height: float) -> list[Place]:
    """The places of short level lines on a page without rules."""
    across = np.ones((1, max(3, round(_SHORTEST * letter_height))), np.uint8)
    # one pixel wider: a line that is not quite level has steps
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    lines = cv2.morphologyEx(thick, cv2.MORPH_OPEN, across) & ink
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(lines, dtype=np.uint8), connectivity=8)
    found: list[Place] = []
    for index in range(1, count):
        x0, y0, width, height, area = stats[index].tolist()
        if not _SHORTEST * letter_height <= width <= _LONGEST * letter_height:
            continue
        if area > _THICK * letter_height * width or height > _CROOKED * letter_height:
            continue
        # what it crosses makes it broader here and there: the rows that hold most of it
        rows = np.flatnonzero((labels[y0 : y0 + height, x0 : x0 + width] == index).mean(axis=1) >= _CORE)
        if len(rows):
            found.append((x0, y0 + int(rows[0]), x0 + width, y0 + int(rows[-1]) + 1))
    return found


def lines_near_answers(ink: InkMask, letter_height: float, words: Sequence[OcrWord]) -> list[Place]:
    """Lines that may underline or strike out an answer; none on a page that does not set out answers.

    They alone are taken out: everywhere else a line through letters is a part of them.
    """
    printed = [word for word in words if printed_answer(word.text)]
    paired = [word for word in printed if any(_are_opposite(word, other) for other in printed)]
    if len(paired) < 2 * _FEWEST:
        return []
    columns = [word for word in printed if any(abs(word.x0 - other.x0) <= word.y1 - word.y0 for other in paired)]
    lines = find_pen_lines(ink, letter_height)
    near = [line for line in lines if any(_is_beside(line, word) for word in columns)]
    return near if len(near) >= _FEWEST else []


def _are_opposite(one: OcrWord, other: OcrWord) -> bool:
    """Whether two answers of one row are a yes and a no."""
    height = one.y1 - one.y0
    apart = max(one.x0 - other.x1, other.x0 - one.x1)
    said = {printed_answer(word.text) for word in (one, other)}
    level = abs(one.y0 + one.y1 - other.y0 - other.y1) <= height
    return level and apart <= _ROW * height and said == {RowAnswer.YES, RowAnswer.NO}


def _is_beside(line: Place, word: OcrWord) -> bool:
    height = word.y1 - word.y0
    apart = max(line[0] - word.x1, word.x0 - line[2], 0.0)
    return apart <= _ROW * height and word.y0 - 0.2 * height <= line[1] <= word.y1 + 0.7 * height


def take_out_pen_lines(pixels: GreyPixels, ink: InkMask, lines: Sequence[Place], letter_height: float) -> None:
    """Both images lose the lines that run through letters or close under them."""
    reach = round(_TALLEST * letter_height)
    for x0, y0, x1, y1 in lines:
        window = slice(max(0, y0 - reach), y1 + reach), slice(x0, x1)
        line = np.zeros_like(ink[window])
        line[y0 - window[0].start : y1 - window[0].start] = ink[y0:y1, x0:x1]
        columns = slice(max(0, x0 - _EDGE), x1 + _EDGE)
        around, below = (slice(max(0, y0 - _EDGE), y1 + _EDGE), columns), (slice(max(0, y0 - 1), y1 + _EDGE), columns)
        if _runs_through(ink[window], line, letter_height):
            _bridge(pixels[around])
            ink[around] = pixels[around] < _MIDDLE
        elif _runs_under(ink[window], line, letter_height):
            pixels[below], ink[below] = 255, 0


def _runs_through(ink: InkMask, line: InkMask, letter_height: float) -> bool:
    """Whether the line touches letters above and below it, no taller than those of running text."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    touched = [i for i in np.unique(labels[line > 0]).tolist() if 0 < i < count]
    if not touched:
        return False
    rows = np.flatnonzero(line.any(axis=1))
    top = min(stats[i, cv2.CC_STAT_TOP] for i in touched)
    bottom = max(stats[i, cv2.CC_STAT_TOP] + stats[i, cv2.CC_STAT_HEIGHT] for i in touched)
    beyond = 0.25 * letter_height
    return bool(
        rows[0] - top >= beyond and bottom - rows[-1] >= beyond and bottom - top <= _TALLEST * letter_height
    )  # fmt: skip


def _runs_under(ink: InkMask, line: InkMask, letter_height: float) -> bool:
    """Whether letters stand on the line: a dash has white above it."""
    top = int(np.flatnonzero(line.any(axis=1))[0])
    above = ink[max(0, top - round(_ON_LINE * letter_height)) : top]
    return bool(above.size and above.any(axis=0).mean() >= _COVERED)


def _bridge(band: GreyPixels) -> None:
    """Fill the rows of a line from the rows above and below it: strokes of letters that it crosses run through."""
    first, last = band[0].astype(np.float64), band[-1].astype(np.float64)
    share = np.linspace(0, 1, len(band))[:, None]
    band[:] = np.asarray((1 - share) * first + share * last, dtype=np.uint8)


def with_struck(words: Sequence[OcrWord], lines: Sequence[Place]) -> list[OcrWord]:
    """`words` with what was struck out beyond recognition, where the same answer is printed in other rows.

    A form sets its answers in columns: what stands under a line where others have "Yes" was a "Yes".
    """
    printed = [word for word in words if printed_answer(word.text)]
    read = list(words)
    for line in lines:
        hidden = [w for w in read if _is_under(line, w)]
        if not hidden or any(printed_answer(w.text) for w in hidden):
            continue
        height = max(w.y1 - w.y0 for w in hidden)
        above = [w for w in printed if _covers(line, w) and not w.y0 <= line[1] <= w.y1]
        level = [w for w in printed if w.y0 <= line[1] <= w.y1 and abs(w.x0 - line[0]) <= _ROW * height]
        if len(above) < _SAME_COLUMN or not level:
            continue
        answer = Counter(w.text for w in above).most_common(1)[0][0]
        like = next(w for w in above if w.text == answer)
        at = read.index(hidden[0])
        read = [w for w in read if w not in hidden]
        read.insert(at, hidden[0]._replace(text=answer, x0=like.x0, x1=like.x1, confidence=_GUESSED, lefts=()))
    return read


def _is_under(line: Place, word: OcrWord) -> bool:
    """Whether the line runs through the word, and over most of it."""
    across = min(line[2], word.x1) - max(line[0], word.x0)
    return across >= 0.6 * (word.x1 - word.x0) and word.y0 < line[3] and line[1] < word.y1


def _covers(line: Place, word: OcrWord) -> bool:
    """Whether the line is where the word is in its own row, and about as long."""
    slack = 0.5 * (word.x1 - word.x0)
    return line[0] <= word.x0 + 2 and word.x1 - 2 <= line[2] and line[2] - line[0] <= 2 * (word.x1 - word.x0) + slack


def mark_lined(
    words: Sequence[OcrWord], lines: Sequence[Place], marks: Sequence[ImageMark], ink: InkMask
) -> list[ImageMark]:
    """Marks before the answers of each row in which one is underlined or struck out. `ink` is without the lines."""
    if not lines:
        return []
    pen = [PenStroke(line, PenShape.LINE) for line in lines]
    apart = [_cut(word, following) for word, following in pairwise([*words, None])]
    placed = [_with_font(word, ink) if printed_answer(word.text) else _plain(word) for word in apart]
    return [
        ImageMark(word.sign.state, word.confidence, (round(word.x0), round(word.y0), round(word.x1), round(word.y1)))
        for word in find_chosen_answers(pen, placed, [], [mark.place for mark in marks]).marks
        if word.sign is not None
    ]


def _cut(word: OcrWord | None, following: OcrWord | None) -> OcrWord:
    """The word up to where the next of its line begins: of "Yes / No" the engine may give the first the whole width."""
    assert word is not None
    if following is None or following.line != word.line or not word.x0 < following.x0 < word.x1:
        return word
    return word._replace(x1=following.x0 - 1)


def _plain(word: OcrWord) -> PlacedWord:
    return PlacedWord(word.text, word.x0, word.y0, word.x1, word.y1)


def _with_font(word: OcrWord, ink: InkMask) -> PlacedWord:
    """The word with the height of its font, as native words have it; the engine's own boxes hold the line as well."""
    x0, y0, x1, y1 = (max(0, round(v)) for v in (word.x0, word.y0, word.x1, word.y1))
    rows = np.flatnonzero(ink[y0:y1, x0:x1].any(axis=1))
    top, bottom = (y0 + int(rows[0]), y0 + int(rows[-1]) + 1) if len(rows) else (y0, y1)
    up, down = (share * (bottom - top) for share in _FONT)
    return PlacedWord(word.text, word.x0, top - up, word.x1, bottom + down)
