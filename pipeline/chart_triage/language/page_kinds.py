"""Pages that speak about anybody: education, consent and policy text. What they name is hypothetical for the patient.

Phrases with weights are rows of `lexicons/shared/page_kinds.csv`; those marked `title` count only near the top of the
page. A page needs `THRESHOLD` points of one kind. Clinical pages are not told apart here.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from functools import lru_cache

import ahocorasick

from chart_triage import resources
from chart_triage.language.flat import Flat

THRESHOLD = 4
_TITLE_REACH = 420
_LONGEST_TITLE = 90


@lru_cache(maxsize=1)
def _phrases() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    path = resources.lexicons() / "shared" / "page_kinds.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            phrase = row["phrase"].replace("-", " ")
            automaton.add_word(phrase, (phrase, row["kind"], row["where"] == "title", int(row["weight"])))
    automaton.make_automaton()
    return automaton


class PageKinds:
    """The kind of each page of a text whose pages are parted by form feeds; None for a clinical or unknown page."""

    def __init__(self, raw: str) -> None:
        self._starts: list[int] = []
        self._kinds: list[str | None] = []
        at = 0
        for page in raw.split("\f"):
            self._starts.append(at)
            self._kinds.append(_kind(page))
            at += len(page) + 1

    def at(self, offset: int) -> str | None:
        return self._kinds[bisect_right(self._starts, offset) - 1]


def _on_title_line(page: str, offset: int) -> bool:
    """Whether the line is short and near the top: "informed consent was obtained" in a report is no title."""
    if offset > _TITLE_REACH:
        return False
    start, end = page.rfind("\n", 0, offset) + 1, page.find("\n", offset)
    return (len(page) if end < 0 else end) - start <= _LONGEST_TITLE


def _kind(page: str) -> str | None:
    points: dict[str, int] = {}
    counted: set[str] = set()
    flat = Flat(page, hyphens=False, join=False)
    for end, (phrase, kind, title, weight) in _phrases().iter(flat.text.lower()):
        if phrase not in counted and (not title or _on_title_line(page, flat.to_raw(end))):
            counted.add(phrase)
            points[kind] = points.get(kind, 0) + weight
    best = max(points, key=lambda kind: points[kind], default=None)
    return best if best is not None and points[best] >= THRESHOLD else None
