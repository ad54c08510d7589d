"""One text and what of the lexicon is in it: hits by key, made when they are asked for, and their conditions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from chart_triage.language.flat import Flat
from chart_triage.language.hits import Hit
from chart_triage.language.lexicon_search import LexiconSearch, views
from chart_triage.language.patterns import Pattern, Patterns, arrangements
from chart_triage.language.segments import Statements

_WORD = re.compile(r"[A-Za-z0-9]+")
_BESIDE_WORDS = 2
_BESIDE_CHARACTERS = 60
_LONGEST_HIT = 200  # characters; what is longer is a pattern, which no condition names
_NEAR_STATEMENTS = 1
_FEW = 8


class Condition(NamedTuple):
    """`group` stands within `scope` of a hit: its document, sentence, "near" (a sentence more) or right beside it."""

    scope: str
    group: str


class Lexicon(NamedTuple):
    """A guideline's terms as a `Scan` needs them; `conditions` has `needs` and `unless` by the id of the term."""

    search: LexiconSearch
    conditions: Mapping[int, tuple[tuple[Condition, ...], tuple[Condition, ...]]]
    patterns: Patterns


class Scan:
    """The hits of one text. A key's hits are its words, its misread words and what its patterns arrange."""

    def __init__(self, raw: str, flat: Flat, statements: Statements, lexicon: Lexicon) -> None:
        self.raw = raw
        self.statements = statements
        self._lexicon = lexicon
        self._views = views(raw, flat)
        self._places = [lexicon.search.find(view) for view in self._views]
        self._numbers: dict[str, list[int]] = {}  # key -> its forms that are in the text
        for places in self._places:
            for number in places:
                for key in lexicon.search.keys[number]:
                    if key in self._numbers:
                        self._numbers[key].append(number)
                    else:
                        self._numbers[key] = [number]
        self._named = set(self._numbers)  # keys of which words were found, as written or misread
        self._words: dict[str, list[Hit]] = {}
        self._exact: dict[str, list[tuple[int, int]]] = {}
        self._misread: dict[str, list[Hit]] = {}
        self._misread_places: set[tuple[int, int]] = set()
        self._hits: dict[str, list[Hit]] = {}
        self._ordered: dict[str, tuple[list[int], list[Hit]]] = {}
        self._standing_hits: dict[tuple[str, int | None], list[Hit]] = {}

    def count(self, words: tuple[str, ...]) -> int:
        """How often words of the lexicon are in the text as they are written, in the singular."""
        numbers = map(self._lexicon.search.number, words)
        if len(self._places) == 1:
            places = self._places[0]
            return sum(len(places[number]) for number in numbers if number in places)
        both = list(zip(self._views, self._places, strict=True))
        found = {(n, view.flat.to_raw(at)) for n in numbers for view, places in both for at in places.get(n, ())}
        return len(found)

    def add_misread(self, key: str, hit: Hit) -> None:
        """A word through OCR noise, unless the same key is found there anyway. In the order of the places, and before
        the first call of `hits`."""
        if key not in self._exact:
            self._exact[key] = sorted((h.start, h.end) for h in self.words(key))
        exact, known = self._exact[key], self._misread.setdefault(key, [])
        low = bisect_left(exact, (hit.start - _LONGEST_HIT, 0))
        near = exact[low : bisect_left(exact, (hit.end, 0))]
        if any(end > hit.start for _, end in near) or any(h.end > hit.start for h in known[-_FEW:]):
            return
        self._misread_places.add((hit.start, hit.end))
        known.append(hit)
        self._named.add(key)

    def is_misread(self, parts: Sequence[tuple[int, int]]) -> bool:
        return not self._misread_places.isdisjoint(parts)

    def words(self, key: str) -> list[Hit]:
        """Hits of the words of `key`; of a joined reading only those that the text as it stands does not have."""
        known = self._words.get(key)
        if known is None:
            known = self._words[key] = []
            numbers = sorted(set(self._numbers.get(key, ())))
            for view, places in zip(self._views, self._places, strict=True):
                seen = {hit.start for hit in known}
                for number in numbers:
                    if number in places:
                        found = self._lexicon.search.hits(view, number, key, places[number])
                        known += [hit for hit in found if hit.start not in seen] if seen else found
        return known

    @cached_property
    def _patterns(self) -> dict[str, list[Pattern]]:
        return self._lexicon.patterns.possible(self._named)

    @cached_property
    def possible(self) -> frozenset[str]:
        """Keys that may have hits. No misread word may be added after it was asked for."""
        return frozenset(self._named | self._patterns.keys())

    def hits(self, key: str) -> list[Hit]:
        """All hits of `key`, patterns last."""
        known = self._hits.get(key)
        if known is None:
            known = self._hits[key] = [*self.words(key), *self._misread.get(key, ())] if key in self.possible else []
            for pattern in self._patterns.get(key, ()):
                known += arrangements(pattern, self)
        return known

    def between(self, key: str, start: int, end: int) -> Sequence[Hit]:
        """Hits of `key` that begin in `raw[start:end]`, in order."""
        known = self._ordered.get(key)
        if known is None:
            hits = sorted(self.hits(key), key=_start)
            known = self._ordered[key] = ([hit.start for hit in hits], hits)
        starts, hits = known
        return hits[bisect_left(starts, start) : bisect_left(starts, end)]

    def in_statement(self, key: str, index: int) -> Sequence[Hit]:
        """Hits of `key` that begin in the statement `index`, which reaches up to the next one."""
        items = self.statements.items
        low = items[index].start if index else 0
        return self.between(key, low, items[index + 1].start if index + 1 < len(items) else len(self.raw))

    def words_between(self, end: int, start: int) -> int:
        return len(_WORD.findall(self.raw, end, start))

    def holds(self, hit: Hit) -> bool:
        """Whether one of the hit's `needs` is met, and none of its `unless`."""
        needs, unless = self._lexicon.conditions[id(hit.term)]
        if needs and not any(self._met(c, hit) for c in needs):
            return False
        return not any(self._met(c, hit) for c in unless)

    def barred(self, hit: Hit) -> bool:
        """Whether one of the hit's `unless` is met."""
        return any(self._met(c, hit) for c in self._lexicon.conditions[id(hit.term)][1])

    def _met(self, condition: Condition, hit: Hit) -> bool:
        """Whether another hit of the group, whose own conditions hold, is within the scope."""
        if not self.hits(condition.group):
            return False
        return any(other.term is not hit.term or other.start != hit.start for other in self._others(condition, hit))

    def _others(self, condition: Condition, hit: Hit) -> Iterator[Hit]:
        scope, group = condition
        if scope in ("before", "after"):
            yield from (other for other in self._beside(scope, group, hit) if self._stands(other))
        else:
            for index in (None,) if scope == "document" else self._around(scope, hit):
                yield from self._standing(group, index)

    def _standing(self, group: str, index: int | None) -> list[Hit]:
        """The first two hits of a group whose own conditions hold, in a statement or the whole text. Two are enough to
        find one that is not the asking hit itself. They are kept, as many hits ask the same."""
        known = self._standing_hits.get((group, index))
        if known is None:
            known = self._standing_hits[group, index] = []
            for hit in self.hits(group) if index is None else self.in_statement(group, index):
                if self._stands(hit):
                    known.append(hit)
                    if len(known) == 2:
                        break
        return known

    def _stands(self, hit: Hit) -> bool:
        """A group row's own conditions; conditions of the groups named there are not followed any further."""
        needs, unless = self._lexicon.conditions[id(hit.term)]
        if needs and not any(self._any_within(c, hit) for c in needs):
            return False
        return not any(self._any_within(c, hit) for c in unless)

    def _any_within(self, condition: Condition, hit: Hit) -> bool:
        """Whether the group has any hit within the scope, whatever its own conditions say."""
        scope, group = condition
        if scope == "document" or not self.hits(group):
            return bool(self.hits(group))
        if scope in ("before", "after"):
            return bool(self._beside(scope, group, hit))
        return any(self.in_statement(group, index) for index in self._around(scope, hit))

    def _around(self, scope: str, hit: Hit) -> range:
        """Indexes of the statements that the scopes "sentence" and "near" look at."""
        index = self.statements.index_at(hit.start)
        if scope == "sentence":
            return range(index, index + 1)
        return range(max(0, index - _NEAR_STATEMENTS), min(len(self.statements.items), index + _NEAR_STATEMENTS + 1))

    def _beside(self, scope: str, group: str, hit: Hit) -> list[Hit]:
        """Hits of `group` right "before" or "after" the hit, with two words between them at most."""
        if scope == "before":
            near = self.between(group, hit.start - _BESIDE_CHARACTERS - _LONGEST_HIT, hit.start)
            return [o for o in near if o.end <= hit.start and self._close(o.end, hit.start)]
        near = self.between(group, hit.end, hit.end + _BESIDE_CHARACTERS)
        return [o for o in near if self._close(hit.end, o.start)]

    def _close(self, end: int, start: int) -> bool:
        return start - end < _BESIDE_CHARACTERS and self.words_between(end, start) <= _BESIDE_WORDS


def _start(hit: Hit) -> int:
    return hit.start
