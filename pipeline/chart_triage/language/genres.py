"""Passages that speak about anybody because of what opens them: "Standing orders, chest pain unit.", "Journal club".

An opener of `lexicons/shared/genre_openers.csv` stands at the beginning of a line, ends with a full stop, a colon or
the line, and holds for its paragraph up to the first statement that speaks of a person ("Baby here for ...").
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from functools import lru_cache

from chart_triage import resources
from chart_triage.language.segments import Statements

_PERSON = re.compile(
    r"\b(?:(?:this|our|the) (?:patient|pt|baby|infant|child|man|woman|boy|girl|lady|gentleman)|patient|pt|"
    r"baby here|he|she|his|"
    r"her|him|mr|mrs|ms|mrn|dob|i|we|my)\b",
    re.IGNORECASE,
)
_LONGEST = 1500  # characters of a paragraph


class Genres:
    """The passages of one text that an opener makes general."""

    def __init__(self, raw: str, statements: Statements) -> None:
        lower = raw.lower()
        self._spans: list[tuple[int, int]] = []
        if any(phrase in lower for phrase in _phrases()):
            self._spans = [_passage(raw, m.start(), statements) for m in _openers().finditer(raw)]
        self._starts = [start for start, _ in self._spans]

    def at(self, offset: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and offset < self._spans[index][1]


@lru_cache(maxsize=1)
def _phrases() -> tuple[str, ...]:
    path = resources.lexicons() / "shared" / "genre_openers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row["phrase"] for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def _openers() -> re.Pattern[str]:
    phrases = "|".join(map(re.escape, sorted(_phrases(), key=len, reverse=True)))
    return re.compile(
        rf"^[ \t]{{0,8}}(?:(?:the|minutes of|notes of|notes from|"
        rf"from the) ){{0,2}}(?:{phrases})\b[^.:\n]{{0,80}}[.:\n]",
        re.IGNORECASE | re.MULTILINE,
    )


def _passage(raw: str, start: int, statements: Statements) -> tuple[int, int]:
    blank = raw.find("\n\n", start, start + _LONGEST)
    end = blank if blank >= 0 else min(len(raw), start + _LONGEST)
    items = statements.items
    for statement in items[statements.index_at(start) :]:
        if statement.start >= end:
            break
        if _PERSON.search(raw, max(start, statement.start), statement.end):
            return start, max(start, statement.start)
    return start, end
