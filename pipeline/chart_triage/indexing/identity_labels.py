"""Where a page says "Patient:", "DOB" or "MRN", and what stands behind it.

The labels are rows of `lexicons/shared/identity_labels.csv`. They are looked up word by word, folded over look-alike
letters, so that a page costs little more than finding its words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from chart_triage.indexing.glyphs import fold
from chart_triage.indexing.lexicon_rows import rows

FIELDS = (
    "name", "about", "last_name", "first_name", "middle_name", "born", "number", "member", "sex", "age",
    "relation", "professional", "other_value",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[ .'’`/(),#-]{0,3}")
_SEPARATOR = re.compile(r"[ .]?(?:\([^()\n\t]{0,30}\))?[ )]{0,3}[:;=#]")
_CLOSED = re.compile(r"(?:\([^()\n\t]{0,30}\))?[ )]*(?:\t|\n|   |$)")
_LEADING = re.compile(r"(?:[ .:;=#)\]_*-]|\((?:[^()\n\t]{0,30}\)[ :]))*")
_GAP = 3  # blanks that part two cells
_CELL_END = re.compile(rf"\t|\n| {{{_GAP},}}")
_LONG_WORD = 6  # letters, from which on a label is recognised with a misread letter
_MOST_WORDS = 6  # of a label
_GLUED = ("DOB", "MRN")  # "DOB02/19/1961": the space was lost
_GLUED_FOLDED = tuple(fold(word) for word in _GLUED)


class Label(NamedTuple):
    """`separator`: what must stand behind the words for them to be a label, a key of `_SEPARATED`."""

    words: tuple[str, ...]
    field: str
    separator: str
    names_patient: bool


class Hit(NamedTuple):
    """A label in a text: it begins at `start`; its value, if any in the same cell, is `text[value:end]`."""

    label: Label
    start: int
    value: int
    end: int

    @property
    def field(self) -> str:
        return self.label.field


_PATIENT_WORDS = frozenset(
    map(fold, ("patient", "patients", "pt", "member", "client", "infant", "newborn", "child", "resident", "enrollee"))
)


@cache
def _labels() -> dict[str, list[Label]]:
    """By first word, those of most words first. A label of several words is also found where the spaces were lost."""
    by_word: dict[str, set[Label]] = defaultdict(set)
    for row in rows("identity_labels.csv", "field", FIELDS):
        words = tuple(fold(word) for word in _WORD.findall(row["label"]))
        label = Label(words, row["field"], row["separator"], not _PATIENT_WORDS.isdisjoint(words))
        by_word[words[0]].add(label)
        if len(words) > 1 and sum(map(len, words)) > 5:
            joined = "".join(words)
            by_word[joined].add(label._replace(words=(joined,)))
    return {word: sorted(labels, key=lambda each: -len(each.words)) for word, labels in by_word.items()}


def find_labels(text: str) -> list[Hit]:
    """All labels in `text`, in order, none within another."""
    words = [(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[tuple[Label, int, int]] = []
    index = 0
    while index < len(words):
        label = _label_at(text, words, index)
        if label is not None:
            last = index + len(label.words) - 1
            found.append((label, words[index][1], words[last][2]))
            index = last
        elif words[index][0].startswith(_GLUED_FOLDED) and (glued := _glued(text, words[index])):
            found.append(glued)
        index += 1
    return list(_with_values(text, found))


def _label_at(text: str, words: list[tuple[str, int, int]], index: int) -> Label | None:
    """The label whose first word is `words[index]`; a long one at the start of a cell may be misread."""
    labels = _labels()
    word, start, end = words[index]
    if word in labels:
        return next(_matching(text, words, index, labels[word]), None)
    if len(word) < _LONG_WORD or not _begins_cell(text, start) or (like := _like(word)) is None:
        return None
    misread = [(like, start, end), *words[index + 1 : index + _MOST_WORDS]]
    return next(_matching(text, misread, 0, labels[like]), None)


def _matching(text: str, words: list[tuple[str, int, int]], index: int, labels: list[Label]) -> Iterator[Label]:
    for label in labels:
        last = index + len(label.words) - 1
        if last >= len(words):
            continue
        if any(words[index + n][0] != word for n, word in enumerate(label.words)):
            continue
        gaps = (text[words[n][2] : words[n + 1][1]] for n in range(index, last))
        if all(_BETWEEN.fullmatch(gap) for gap in gaps) and (
            _is_separated(text, words[index][1], words[last][2], label.separator)
        ):
            yield label


def _is_separated(text: str, start: int, end: int, separator: str) -> bool:
    """Whether what must stand behind the label does: nothing, a colon or hash, or one of those or a cell's end."""
    if separator == "none" or _SEPARATOR.match(text, end):
        return True
    if separator == "colon":
        return False
    return _begins_cell(text, start) and _CLOSED.match(text, end) is not None


def _begins_cell(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] in "\n\t" or text[max(0, start - 3) : start] == "   "


@cache
def _long_words() -> dict[int, list[str]]:
    """First words of labels that are known by most of their letters, by length."""
    by_length: dict[int, list[str]] = defaultdict(list)
    for word in _labels():
        if len(word) >= _LONG_WORD:
            by_length[len(word)].append(word)
    return by_length


@lru_cache(maxsize=1 << 12)
def _like(word: str) -> str | None:
    """The long label that `word` is but for one letter in six."""
    for label in _long_words().get(len(word), ()):
        if sum(map(str.__ne__, word, label)) <= len(word) // 6:
            return label
    return None


def _glued(text: str, word: tuple[str, int, int]) -> tuple[Label, int, int] | None:
    folded, start, end = word
    for name in _GLUED:
        if folded.startswith(fold(name)) and end - start > len(name) and text[start + len(name)].isdigit():
            label = next(each for each in _labels()[fold(name)] if each.words == (fold(name),))
            return label, start, start + len(name)
    return None


class _Cells:
    """Where the cell of a place ends. Looked for once: on a line of thousands of labels each one's cell is the line."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._gaps = [match.span() for match in _CELL_END.finditer(text)]
        self._ends = [end for _, end in self._gaps]

    def end(self, at: int) -> int:
        first = bisect_right(self._ends, at)
        for start, end in self._gaps[first : first + 2]:
            if start >= at:
                return start
            if end - at >= _GAP:  # amid a run of blanks
                return at
        return self._length


def _with_values(text: str, found: list[tuple[Label, int, int]]) -> Iterator[Hit]:
    cells = _Cells(text)
    for index, (label, start, end) in enumerate(found):
        leading = _LEADING.match(text, end)
        value = leading.end() if leading else end
        stop = cells.end(value)
        following = found[index + 1] if index + 1 < len(found) else None
        if following is not None and following[1] < stop:
            between = text[value : following[1]].strip(" /&,()")
            # "DOB/Sex: 06/06/2018 M": both labels stand before both values
            if not between and label.field != "other_value":
                after = _LEADING.match(text, following[2])
                value = after.end() if after else following[2]
                yield Hit(label, start, value, cells.end(value))
                continue
            stop = following[1]
        yield Hit(label, start, min(value, stop), stop)
