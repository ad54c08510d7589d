"""The hits of one text by key, made when they are asked for, and where they stand to each other."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from chart_triage.language.hits import Hit
from chart_triage.language.lexicon_search import LexiconSearch, views
from chart_triage.language.segments import Statements

_WORD = re.compile(r"[A-Za-z0-9]+")
_BESIDE_WORDS = 2
_BESIDE_CHARACTERS = 60
_LONGEST_HIT = 200  # characters; what is longer is a pattern, which no condition names
_NEAR_STATEMENTS = 1


class Condition(NamedTuple):
    """`group` stands within `scope` of a hit: its document, sentence, "near" (a sentence more) or right beside it."""

    scope: str
    group: str


class Scan:
    """One text and the forms of the lexicon that are in it."""

    def __init__(self, raw: str, search: LexiconSearch, statements: Statements | None) -> None:
        self.raw = raw
        self.statements = statements or Statements(raw)
        self.fuzzy: set[tuple[int, int]] = set()
        self.standing: dict[tuple[str, int | None], tuple[int, list[Hit]]] = {}
        self._search = search
        self._views = views(raw)
        self._places = [search.find(view) for view in self._views]
        self._numbers: dict[str, list[int]] = {}  # key -> its forms that are in the text
        for number in {number: None for places in self._places for number in places}:
            for key in search.keys[number]:
                self._numbers.setdefault(key, []).append(number)
        self.present = set(self._numbers)  # keys that have hits
        self._hits: dict[str, list[Hit]] = {}
        self._ordered: dict[str, tuple[list[int], list[Hit]]] = {}

    @property
    def lower(self) -> str:
        """The flattened text in lower case."""
        return self._views[0].lower

    def counts(self) -> dict[str, int]:
        """Text of each form of the lexicon that was found -> at how many places of the text."""
        forms, first = self._search.forms, self._places[0]
        counts = {forms[n].text: len(starts) for n, starts in first.items() if not forms[n].exact}
        for view, places in zip(self._views[1:], self._places[1:], strict=True):
            for number, starts in places.items():
                if not forms[number].exact:
                    known = {self._views[0].flat.to_raw(at) for at in first.get(number, ())}
                    more = {view.flat.to_raw(at) for at in starts} - known
                    counts[forms[number].text] = len(known) + len(more)
        return counts

    def hits(self, key: str) -> list[Hit]:
        """All hits of `key`; of a joined reading of the text only those that the text as it stands does not have."""
        known = self._hits.get(key)
        if known is None:
            known = self._hits[key] = []
            numbers = sorted(self._numbers.get(key, ()))
            for view, places in zip(self._views, self._places, strict=True):
                seen = {hit.start for hit in known}
                for number in numbers:
                    found = self._search.hits(view, number, key, places.get(number, ()))
                    known += [hit for hit in found if hit.start not in seen] if seen else found
        return known

    def add(self, key: str, hit: Hit) -> None:
        self.hits(key).append(hit)
        self.present.add(key)

    def between(self, key: str, start: int, end: int) -> Sequence[Hit]:
        """Hits of `key` that begin in `raw[start:end]`, in order."""
        hits = self.hits(key)
        starts, ordered = self._ordered.get(key, ([], hits))
        if len(starts) != len(hits):
            ordered = sorted(hits, key=_start)
            starts = [hit.start for hit in ordered]
            self._ordered[key] = (starts, ordered)
        return ordered[bisect_left(starts, start) : bisect_left(starts, end)]

    def in_statement(self, key: str, index: int) -> Sequence[Hit]:
        """Hits of `key` that begin in the statement `index`, which reaches up to the next one."""
        items = self.statements.items
        low = items[index].start if index else 0
        return self.between(key, low, items[index + 1].start if index + 1 < len(items) else len(self.raw))

    def around(self, scope: str, hit: Hit) -> range:
        """Indexes of the statements that the scopes "sentence" and "near" look at."""
        index = self.statements.index_at(hit.start)
        if scope == "sentence":
            return range(index, index + 1)
        return range(max(0, index - _NEAR_STATEMENTS), min(len(self.statements.items), index + _NEAR_STATEMENTS + 1))

    def beside(self, scope: str, group: str, hit: Hit) -> list[Hit]:
        """Hits of `group` right "before" or "after" the hit, with two words between them at most."""
        if scope == "before":
            near = self.between(group, hit.start - _BESIDE_CHARACTERS - _LONGEST_HIT, hit.start)
            return [o for o in near if o.end <= hit.start and self._beside(o.end, hit.start)]
        near = self.between(group, hit.end, hit.end + _BESIDE_CHARACTERS)
        return [o for o in near if self._beside(hit.end, o.start)]

    def _beside(self, end: int, start: int) -> bool:
        return start - end < _BESIDE_CHARACTERS and self.words_between(end, start) <= _BESIDE_WORDS

    def any_within(self, condition: Condition, hit: Hit) -> bool:
        """Whether the group has any hit within the scope, whatever its own conditions say."""
        scope, group = condition
        if group not in self.present:
            return False
        if scope == "document":
            return bool(self.hits(group))
        if scope in ("before", "after"):
            return bool(self.beside(scope, group, hit))
        return any(self.in_statement(group, index) for index in self.around(scope, hit))

    def words_between(self, end: int, start: int) -> int:
        return len(_WORD.findall(self.raw, end, start))

    def covered(self, key: str, start: int, end: int) -> bool:
        """Whether a hit of `key` overlaps `raw[start:end]`."""
        near = self.between(key, start - _LONGEST_HIT, end)
        return any(h.start < end and start < h.end for h in near)


def _start(hit: Hit) -> int:
    return hit.start
