"""Which words a form mark belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from chart_triage.records.geometry import Box
from chart_triage.records.page import Mark, MarkState, Word

_ANSWER = re.compile(r"(?:yes|no|y|n|n/?a|not applicable|unknown|unsure|not sure|don[’']t know|none)[.:]?$", re.I)
_LEADING_ANSWER = re.compile(r"(?:yes|no)\b(?=[.:]? )", re.I)
_LAST_ANSWER = re.compile(rf"(?:^|[\s:(]){_ANSWER.pattern}", re.I)
_HEADING_WORDS = 3
_HEADING_REACH = 8.0  # points by which a column's heading may miss the marks below it on either side


class FoundMark(NamedTuple):
    """A mark at `text[start:end]`, not labelled yet. `hint` is its label where the text shows none.

    `needs_heading`: it is a mark only in a column headed by an answer ("Yes", "No").
    """

    start: int
    end: int
    state: MarkState
    kind: Literal["acroform", "drawn", "typed", "image"]
    box: Box
    confidence: float
    hint: str = ""
    needs_heading: bool = False


def label_marks(
    text: str, words: Sequence[Word], found: Sequence[FoundMark], known: Mapping[int, str]
) -> Iterator[Mark]:
    """The marks with their labels; `found` is sorted by `start`. `known` are answers that the page's places tell, by
    the offset of the mark.

    A label is the text right of the mark, up to the next mark or gap. Where a line ends with a mark and each mark
    has text before it ("Yes ☐ No ☒"), the labels stand left. A mark alone in its table cell belongs to the heading
    of its column ("Yes" or "No" at the top of a table), else to the text of its row. Of "☒ Yes ☐ No Insulin pump"
    the second label is "No": the question follows the answers.
    """
    for _, group in groupby(found, key=lambda mark: text.count("\n", 0, mark.start)):
        labelled = list(_line_labels(text, words, list(group), known))
        answers = sum(_ANSWER.match(label) is not None for _, label in labelled)
        for mark, label in labelled:
            leading = _LEADING_ANSWER.match(label) if answers else None
            yield Mark(
                start=mark.start,
                state=mark.state,
                kind=mark.kind,
                label=leading.group() if leading else label,
                box=mark.box,
                confidence=mark.confidence,
            )


def _line_labels(
    text: str, words: Sequence[Word], marks: list[FoundMark], known: Mapping[int, str]
) -> Iterator[tuple[FoundMark, str]]:
    """Each mark of one line with its label; what turns out to be no mark is left out."""
    line_start = text.rfind("\n", 0, marks[0].start) + 1
    line_end = (text.find("\n", marks[-1].end) + 1 or len(text) + 1) - 1
    starts = [line_start, *(mark.end for mark in marks[:-1])]
    ends = [*(mark.start for mark in marks[1:]), line_end]
    lefts = [text[start : mark.start] for start, mark in zip(starts, marks, strict=True)]
    rights = [text[mark.end : end] for end, mark in zip(ends, marks, strict=True)]
    labels_stand_left = not rights[-1].strip() and all(left.strip() for left in lefts)
    for mark, left, right in zip(marks, lefts, rights, strict=True):
        if mark.start in known:
            yield mark, known[mark.start].strip(".:,/")
            continue
        heading = _heading(text, words, mark) if _is_alone(left, right) else ""
        if _ANSWER.match(heading):
            yield mark, heading
        elif mark.needs_heading:
            continue
        elif labels_stand_left:
            yield mark, _label_left(left) or mark.hint
        else:
            in_row = mark.hint or _label_left(text[line_start : mark.start])
            yield mark, _first_cell(right) or heading or in_row


def _is_alone(left: str, right: str) -> bool:
    """Whether nothing stands in the mark's own table cell beside it."""
    return (not left or left.endswith("\t")) and (not right or right.startswith("\t"))


def _first_cell(right: str) -> str:
    return right.strip().split("\t")[0].strip()


def _label_left(left: str) -> str:
    """ "Pacemaker: Yes ☐" belongs to "Yes", "Pacemaker ☐" to "Pacemaker"."""
    cell = left.strip().split("\t")[-1].strip()
    answer = _LAST_ANSWER.search(cell)
    return answer.group().strip(" \t:(") if answer else cell


def _heading(text: str, words: Sequence[Word], mark: FoundMark) -> str:
    """The short text nearest above the mark in its column; "" where there is none."""
    x0, x1 = mark.box.x0 - _HEADING_REACH, mark.box.x1 + _HEADING_REACH
    above = [
        word
        for word in words
        if word.box.y1 <= mark.box.y0 + 1
        and word.box.x0 < x1
        and word.box.x1 > x0
        and any(c.isalnum() for c in text[word.start : word.end])
    ]
    if not above:
        return ""
    nearest = max(above, key=lambda word: word.box.y1)
    start = max(text.rfind("\t", 0, nearest.start), text.rfind("\n", 0, nearest.start)) + 1
    heading = re.split(r"[\t\n]", text[start:], maxsplit=1)[0].strip()
    return heading if len(heading.split()) <= _HEADING_WORDS else ""
