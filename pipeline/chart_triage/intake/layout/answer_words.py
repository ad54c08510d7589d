"""The words that forms print and people write as answers: `lexicons/shared/form_answers.csv` and `form_notes.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache

from chart_triage import resources
from chart_triage.records.page import RowAnswer

_EDGE = re.compile(r"^[^\w?]+|[^\w?]+$")
_WORD = re.compile(r"[\w/’'-]+")
_FIRST_WORDS = 3
_OPPOSITES = frozenset({RowAnswer.YES, RowAnswer.NO})


def core(text: str) -> str:
    """
    >>> core("(Yes),")
    'yes'
    """
    return " ".join(_EDGE.sub("", text).lower().split())


def printed_answer(text: str) -> RowAnswer | None:
    """The answer that a word on a form is; "DON'TKNOW" is one as well, and None stands for any other word."""
    said = core(text)
    return _squeezed().get("".join(c for c in said if c.isalnum())) if said else None


@cache
def _squeezed() -> Mapping[str, RowAnswer]:
    return {"".join(c for c in words if c.isalnum()): answer for words, answer in answers().items()}


@cache
def answers() -> Mapping[str, RowAnswer]:
    """What a form prints to choose from, in lower case."""
    return {words: RowAnswer(answer) for words, answer in _rows("form_answers.csv", "answer")}


@cache
def _notes(meaning: str) -> frozenset[str]:
    return frozenset(words for words, what in _rows("form_notes.csv", "meaning") if what == meaning)


def _rows(name: str, column: str) -> list[tuple[str, str]]:
    with (resources.lexicons() / "shared" / name).open(encoding="utf-8", newline="") as file:
        return [(row["words"], row[column]) for row in csv.DictReader(file)]


def are_opposites(given: set[RowAnswer]) -> bool:
    return given >= _OPPOSITES


def written_answer(text: str) -> RowAnswer:
    """What somebody wrote behind a question. A text that is neither yes nor no is a yes: it tells of the thing asked
    for ("Medtronic 2019"), unless a word of it leaves doubt ("removed", "not").

    >>> written_answer("Medtronic 2019"), written_answer("none."), written_answer("removed 2018")
    (<RowAnswer.YES: 'yes'>, <RowAnswer.NO: 'no'>, <RowAnswer.UNCLEAR: 'unclear'>)
    """
    said = core(text)
    if not said:
        return RowAnswer.UNANSWERED
    if said.endswith("?") and said != "?":
        return RowAnswer.UNCLEAR
    words = _WORD.findall(said)
    if is_identity(text) and len(words) == 1:
        return RowAnswer.UNCLEAR
    for count in range(min(_FIRST_WORDS, len(words)), 0, -1):
        first = " ".join(words[:count])
        exact = answers().get(first) or next((a for a in RowAnswer if first in _notes(a.value)), None)
        # "no longer", "no, removed": a "no" that goes on is to be read by a human
        if exact is RowAnswer.NO and len(words) > count:
            return RowAnswer.NO if not _doubts(words) else RowAnswer.UNCLEAR
        if exact is not None:
            return exact if not _doubts(words) else RowAnswer.UNCLEAR
    if said == "?":
        return RowAnswer.UNCLEAR
    return RowAnswer.UNCLEAR if _doubts(words) else RowAnswer.YES


def _doubts(words: list[str]) -> bool:
    text = f" {' '.join(words)} "
    return any(f" {doubt} " in text for doubt in _notes("doubt") if doubt not in _notes("no"))


def is_plain(text: str) -> bool:
    """Whether the words are an answer and nothing besides."""
    said = core(text)
    return said in answers() or any(said in _notes(answer.value) for answer in RowAnswer)


def asks_for_detail(text: str) -> bool:
    """Whether the words ask for more about the question before them ("If yes, make/model:")."""
    said = core(text)
    return any(said == words or said.startswith((f"{words} ", f"{words}:", f"{words},")) for words in _notes("detail"))


def is_identity(label: str) -> bool:
    """Whether a label asks who somebody is, or for what is no question of a screening."""
    words = set(core(label).replace(":", " ").split())
    return bool(words & _notes("identity"))
