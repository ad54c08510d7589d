"""Finds the terms of a guideline's lexicon in a text: one pass of an Aho-Corasick automaton, then conditions.

The automaton runs over the flattened text (`flat.Flat`), so line breaks, hyphens and doubled spaces inside a term do
not matter. Groups ("@brain") are matched in the same pass. A pattern row combines groups and quoted words within one
statement. `needs` and `unless` are looked up among the group hits of the same text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import ahocorasick

from chart_triage.language.flat import Flat, has_line_end_hyphen
from chart_triage.language.noise import NoisyMatcher
from chart_triage.language.segments import Statements
from chart_triage.language.senses import Sense, is_ambiguous
from chart_triage.records.lexicon import Term, TermKind

_ELEMENT = re.compile(r"(@[a-z0-9_]+)|'([^']+)'")
_GAP = re.compile(r"/(\d+)\s*$")
_WORD = re.compile(r"[a-z0-9]+")
_NEVER = "\0"  # an automaton must hold a word
DEFAULT_GAP = 8
_BEFORE_AFTER_WORDS = 3
_NEAR_STATEMENTS = 1
_MOST_COMBINATIONS = 64
_MOST_PLACES = 200  # a statement that names a group more often is no sentence
_FEW = 12  # fewer hits than this are looked at one by one
_WORDS_REACH = 260  # characters
_STATEMENT_REACH = 3000
_PATTERN_REACH = 600


class Hit(NamedTuple):
    """A term at `raw[start:end]`; of a pattern, `parts` are the places of its elements.

    `undecided`: an ambiguous abbreviation of which no condition of its rows says what it means here; `sense` is what
    the model made of it.
    """

    start: int
    end: int
    term: Term
    parts: tuple[tuple[int, int], ...] = ()
    fuzzy: bool = False
    undecided: bool = False
    sense: Sense | None = None


_Words = dict[str, list[Term]]


class _Pattern(NamedTuple):
    term: Term
    elements: tuple[str, ...]
    needed: frozenset[str]
    ordered: bool
    gap: int


class _Condition(NamedTuple):
    scope: str
    group: str


class TermMatcher:
    """Built once per guideline; thread-safe; `find` is linear in the text's length.

    `reported` names the groups ("@other_implant") whose own hits are handed on.
    """

    def __init__(self, terms: Sequence[Term], reported: Collection[str] = ()) -> None:
        self._reported = frozenset(reported)
        self._patterns: list[_Pattern] = []
        self._conditions: dict[int, tuple[tuple[_Condition, ...], tuple[_Condition, ...]]] = {}
        words: _Words = defaultdict(list)
        capitals: _Words = defaultdict(list)
        codes: _Words = defaultdict(list)
        quoted: dict[str, Term] = {}
        for term in terms:
            self._conditions[id(term)] = (_conditions(term.needs), _conditions(term.unless))
            match term.kind:
                case TermKind.PATTERN:
                    pattern, literals = _pattern(term)
                    self._patterns.append(pattern)
                    for literal in literals:
                        if literal.key not in quoted:
                            quoted[literal.key] = literal
                            self._conditions[id(literal)] = ((), ())
                            _add(words, literal)
                case TermKind.EXACT:
                    capitals[_plain(term.term)].append(term)
                case TermKind.CODE:
                    codes[term.term.lower()].append(term)
                case TermKind.LITERAL:
                    _add(words, term)
        self._terms = (*terms, *quoted.values())  # keeps the ids above alive
        self._words, self._capitals, self._codes = _automaton(words), _automaton(capitals), _automaton(codes)
        self._noisy = NoisyMatcher(words)
        self._rows = dict(words)

    def find(self, raw: str, statements: Statements | None = None) -> list[Hit]:
        """All hits whose conditions hold, by start; overlapping hits of one key keep the longest. Ambiguous
        abbreviations that no condition speaks for or against are there too, as undecided."""
        scan = _Scan(raw, statements)
        self._collect(raw, scan)
        if not scan.by_key:
            return []
        self._combine(scan)
        found: list[Hit] = []
        for key, hits in scan.by_key.items():
            if key[0] not in "@'" or key in self._reported:
                wanted = [h for h in hits if not _numbered(raw, h)]
                held = [h for h in wanted if self._holds(h, scan)]
                found += held if len(held) == len(wanted) else [*held, *self._undecided(wanted, held, scan)]
        return longest(found)

    def _collect(self, raw: str, scan: _Scan) -> None:
        views = [Flat(raw, hyphens=False, join=False)]
        if has_line_end_hyphen(raw):
            views.append(Flat(raw, hyphens=False, join=True))
        counts: dict[str, int] = {}
        for view in views:
            lower = view.text.lower()
            seen = scan.places() if len(views) > 1 else None
            self._search(self._words, lower, lower, view, scan, counts, seen)
            self._search(self._capitals, view.text, lower, view, scan, {}, seen)
            self._search_codes(lower, view, scan)
        for place in self._noisy.find(raw, counts):
            for word in place.words:
                for term in self._rows[word]:
                    if not _covered(scan, term.key, place.start, place.end):
                        scan.fuzzy.add((place.start, place.end))
                        scan.add(term.key, Hit(place.start, place.end, term, fuzzy=True))

    def _search(
        self,
        automaton: ahocorasick.Automaton,
        text: str,
        lower: str,
        view: Flat,
        scan: _Scan,
        counts: dict[str, int],
        seen: set[tuple[str, int]] | None,
    ) -> None:
        """Whole words of `text`, plural and possessive included, as hits; `counts` tells how often each was found."""
        by_key, size = scan.by_key, len(lower)
        for last, (length, rows, word) in automaton.iter(text):
            end = last + 1
            start = end - length
            if start and lower[start - 1].isalnum() and lower[start].isalnum():
                continue
            stop = end
            if end < size and (lower[end].isalnum() or lower[end] == "'"):
                stop = _word_end(lower, end)
                if not stop:
                    continue
            place, until = view.to_raw(start), view.end_to_raw(stop)
            counts[word] = counts.get(word, 0) + 1
            for term in rows:
                key = term.key
                if seen is not None and (key, place) in seen:
                    continue
                hits = by_key.get(key)
                if hits is None:
                    hits = by_key[key] = []
                hits.append(Hit(place, until, term))

    def _search_codes(self, lower: str, view: Flat, scan: _Scan) -> None:
        for last, (length, rows, _) in self._codes.iter(lower):
            start, end = last + 1 - length, _code_end(lower, last + 1)
            if not start or not lower[start - 1].isalnum():
                for term in rows:
                    scan.add(term.key, Hit(view.to_raw(start), view.end_to_raw(end), term))

    def _combine(self, scan: _Scan) -> None:
        for pattern in self._patterns:
            if not pattern.needed <= scan.by_key.keys():
                continue
            for parts in _arrangements(pattern, scan, self._held_groups(pattern, scan)):
                start, end = min(p[0] for p in parts), max(p[1] for p in parts)
                fuzzy = not scan.fuzzy.isdisjoint(parts)
                scan.add(pattern.term.key, Hit(start, end, pattern.term, parts, fuzzy))

    def _held_groups(self, pattern: _Pattern, scan: _Scan) -> list[list[tuple[int, int]]]:
        return [[(h.start, h.end) for h in scan.by_key[e] if self._holds(h, scan)] for e in pattern.elements]

    def _holds(self, hit: Hit, scan: _Scan) -> bool:
        needs, unless = self._conditions[id(hit.term)]
        if needs and not any(self._met(c, hit, scan) for c in needs):
            return False
        return not any(self._met(c, hit, scan) for c in unless)

    def _undecided(self, hits: list[Hit], held: list[Hit], scan: _Scan) -> list[Hit]:
        """Ambiguous abbreviations where none of their rows holds and no `unless` is met."""
        decided = {(h.start, h.end) for h in held}
        open_: dict[tuple[int, int], Hit] = {}
        for hit in hits:
            place = (hit.start, hit.end)
            if place in decided or hit.term.kind is not TermKind.EXACT or not is_ambiguous(hit.term.term, hit.term.key):
                continue
            if any(self._met(c, hit, scan) for c in self._conditions[id(hit.term)][1]):
                decided.add(place)
            elif scan.raw[hit.start : hit.end].removeprefix(hit.term.term) in ("", "s"):  # "PPMS" is no plural
                open_[place] = hit._replace(undecided=True)
        return [hit for place, hit in open_.items() if place not in decided]

    def _met(self, condition: _Condition, hit: Hit, scan: _Scan) -> bool:
        if condition.scope == "document":
            return any(
                o.term is not hit.term or o.start != hit.start for o in self._standing(condition.group, scan)[:2]
            )
        return any(
            (other.term is not hit.term or other.start != hit.start)
            and scan.within(condition.scope, hit, other)
            and self._stands(other, scan)
            for other in scan.candidates(condition.scope, condition.group, hit.start, hit.end)
        )

    def _standing(self, group: str, scan: _Scan) -> list[Hit]:
        """The first two hits of a group whose own conditions hold; kept, as document conditions ask again and again."""
        known = scan.by_key.get(group, [])
        count, found = scan.standing.get(group, (-1, []))
        if count != len(known):
            found = []
            for hit in known:
                if self._stands(hit, scan):
                    found.append(hit)
                    if len(found) == 2:
                        break
            scan.standing[group] = (len(known), found)
        return found

    def _stands(self, hit: Hit, scan: _Scan) -> bool:
        """A group row's own conditions; conditions of the groups named there are not followed any further."""
        needs, unless = self._conditions[id(hit.term)]
        if needs and not any(scan.any_within(c, hit) for c in needs):
            return False
        return not any(scan.any_within(c, hit) for c in unless)


def _word_end(lower: str, end: int) -> int:
    """Where a word that matched up to `end` really ends (plural included), or 0 where it goes on."""
    if end >= len(lower) or not lower[end].isalnum() or not lower[end - 1].isalnum():
        if lower[end : end + 2] == "'s" and not lower[end + 2 : end + 3].isalnum():
            return end + 2
        return end
    for tail in ("s", "es"):
        if lower.startswith(tail, end) and not lower[end + len(tail) : end + len(tail) + 1].isalnum():
            return end + len(tail)
    return 0


def _code_end(lower: str, end: int) -> int:
    """Where a diagnosis code that begins with the matched category ends ("G35" in "G35.A")."""
    while end < len(lower) and (lower[end].isalnum() or (lower[end] == "." and lower[end + 1 : end + 2].isalnum())):
        end += 1
    return end


def _numbered(raw: str, hit: Hit) -> bool:
    """ "ICD-10": an abbreviation with a number behind its hyphen is another one."""
    return (
        hit.term.kind is TermKind.EXACT
        and raw[hit.end : hit.end + 1] == "-"
        and raw[hit.end + 1 : hit.end + 2].isdigit()
    )


def _plain(text: str) -> str:
    return Flat(text, hyphens=False, join=False).text.strip()


def _add(words: _Words, term: Term) -> None:
    """The forms under which a literal is searched: hyphens as spaces, and hyphens gone."""
    forms = {_plain(term.term).lower()}
    if "-" in term.term:
        forms.add(_plain(term.term.replace("-", "")).lower())
    for form in forms:
        words[form].append(term)


def _pattern(term: Term) -> tuple[_Pattern, list[Term]]:
    """The pattern, and its quoted words as terms of their own."""
    elements: list[str] = []
    literals: list[Term] = []
    for group, literal in _ELEMENT.findall(term.term):
        key = group or f"'{literal.lower()}'"
        elements.append(key)
        if literal:
            literals.append(Term(key=key, term=literal, kind=TermKind.LITERAL, source=term.source, line=term.line))
    gap = _GAP.search(term.term)
    most = int(gap.group(1)) if gap else DEFAULT_GAP
    return _Pattern(term, tuple(elements), frozenset(elements), " > " in term.term, most), literals


def _automaton(words: _Words) -> ahocorasick.Automaton:
    """Word -> (length, rows, word)."""
    automaton = ahocorasick.Automaton()
    for word, rows in (words or {_NEVER: []}).items():
        automaton.add_word(word, (len(word), tuple(rows), word))
    automaton.make_automaton()
    return automaton


class _Scan:
    """The hits of one text by key, and where they stand to each other."""

    def __init__(self, raw: str, statements: Statements | None) -> None:
        self.raw = raw
        self.by_key: dict[str, list[Hit]] = {}
        self.fuzzy: set[tuple[int, int]] = set()
        self.standing: dict[str, tuple[int, list[Hit]]] = {}
        self._ordered: dict[str, tuple[list[int], list[Hit]]] = {}
        self._statements = statements

    @property
    def statements(self) -> Statements:
        if self._statements is None:
            self._statements = Statements(self.raw)
        return self._statements

    def add(self, key: str, hit: Hit) -> None:
        self.by_key.setdefault(key, []).append(hit)

    def places(self) -> set[tuple[str, int]]:
        """Keys with the places where they were found so far."""
        return {(key, hit.start) for key, hits in self.by_key.items() for hit in hits}

    def candidates(self, scope: str, key: str, start: int, end: int) -> list[Hit]:
        """Hits of `key` near enough to `start`..`end` to be looked at: the cost stays linear in long texts."""
        known = self.by_key.get(key)
        if not known:
            return []
        if scope == "document" or len(known) < _FEW:
            return known
        starts, hits = self._ordered.get(key, ([], []))
        if len(hits) != len(known):
            hits = sorted(known, key=lambda h: h.start)
            starts = [h.start for h in hits]
            self._ordered[key] = (starts, hits)
        reach = _WORDS_REACH if scope in ("before", "after") else _STATEMENT_REACH
        return hits[bisect_left(starts, start - reach) : bisect_right(starts, end + reach)]

    def any_within(self, condition: _Condition, hit: Hit) -> bool:
        near = self.candidates(condition.scope, condition.group, hit.start, hit.end)
        return any(self.within(condition.scope, hit, other) for other in near)

    def words_between(self, end: int, start: int) -> int:
        return len(_WORD.findall(self.raw[end:start].lower()))

    def within(self, scope: str, hit: Hit, other: Hit) -> bool:
        if scope == "document":
            return True
        if scope in ("before", "after") and other.start >= hit.start and other.end <= hit.end:
            return False
        if scope == "before":
            return (
                other.end <= hit.start
                and hit.start - other.end < 60
                and self.words_between(other.end, hit.start) <= _BEFORE_AFTER_WORDS - 1
            )
        if scope == "after":
            return (
                other.start >= hit.end
                and other.start - hit.end < 60
                and self.words_between(hit.end, other.start) <= _BEFORE_AFTER_WORDS - 1
            )
        apart = abs(self.statements.index_at(hit.start) - self.statements.index_at(other.start))
        return apart == 0 if scope == "sentence" else apart <= _NEAR_STATEMENTS


def _covered(scan: _Scan, key: str, start: int, end: int) -> bool:
    """Whether the exact matcher found the same key at this place."""
    return any(h.start < end and start < h.end for h in scan.candidates("before", key, start, end))


def _conditions(text: str) -> tuple[_Condition, ...]:
    return tuple(_Condition(*(part.strip().split(":", 1))) for part in text.split("|") if part.strip())


def _arrangements(
    pattern: _Pattern, scan: _Scan, groups: list[list[tuple[int, int]]]
) -> Iterable[tuple[tuple[int, int], ...]]:
    """The places of the elements, for every way they stand together in one statement."""
    found: set[tuple[tuple[int, int], ...]] = set()
    by_statement: list[dict[int, list[tuple[int, int]]]] = []
    for group in groups:
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in sorted(set(group)):
            of_statement = places[scan.statements.index_at(place[0])]
            if len(of_statement) < _MOST_PLACES:
                of_statement.append(place)
        by_statement.append(places)
    for statement in set(by_statement[0]).intersection(*by_statement[1:]):
        chains: list[tuple[tuple[int, int], ...]] = [(place,) for place in by_statement[0][statement]]
        for places in by_statement[1:]:
            chains = [
                (*chain, place)
                for chain in chains
                for place in _nearby(places[statement], chain)
                if _fits(pattern, scan, chain, place)
            ]
            if len(chains) > _MOST_COMBINATIONS and len(places[statement]) < _MOST_COMBINATIONS:
                chains = chains[:_MOST_COMBINATIONS]
        found.update(chains)
    return sorted(found)


def _nearby(places: list[tuple[int, int]], chain: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Of the sorted `places` those that are near the last link of the chain."""
    if len(places) < _FEW:
        return places
    low = bisect_left(places, (chain[-1][0] - _PATTERN_REACH, 0))
    return places[low : bisect_left(places, (chain[-1][1] + _PATTERN_REACH, 0))]


def _fits(pattern: _Pattern, scan: _Scan, chain: tuple[tuple[int, int], ...], place: tuple[int, int]) -> bool:
    if pattern.ordered:
        return place[0] >= chain[-1][1] and scan.words_between(chain[-1][1], place[0]) <= pattern.gap
    if any(place[0] < other[1] and other[0] < place[1] for other in chain):
        return False
    gaps = [
        scan.words_between(o[1], place[0]) if o[1] <= place[0] else scan.words_between(place[1], o[0]) for o in chain
    ]
    return min(gaps) <= pattern.gap


def longest(hits: list[Hit]) -> list[Hit]:
    """Hits by start. Of overlapping hits with the same key and facet the longest literal stays; patterns only where
    no literal does, and of them the tightest; undecided ones only where nothing else does."""
    by_key: dict[tuple[str, str | None], list[Hit]] = defaultdict(list)
    for hit in hits:
        by_key[hit.term.key, hit.term.facet].append(hit)
    kept: list[Hit] = []
    for group in by_key.values():
        spans: list[tuple[int, int]] = []
        for hit in sorted(group, key=_preference):
            index = bisect_left(spans, (hit.start, hit.end))
            if not any(s < hit.end and hit.start < e for s, e in spans[max(0, index - 1) : index + 1]):
                spans.insert(index, (hit.start, hit.end))
                kept.append(hit)
    return sorted(kept, key=lambda h: (h.start, h.end, h.term.key))


def _preference(hit: Hit) -> tuple[bool, bool, bool, int, int]:
    length = hit.end - hit.start
    return hit.undecided, bool(hit.parts), hit.term.states is None, length if hit.parts else -length, hit.start
