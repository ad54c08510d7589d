"""A plain matcher that does all the work: each word of the lexicon is looked for by itself in the whole text, all
patterns and conditions are tried on all hits, all skeletons are mapped back. The real one (`language.terms`) has to
agree with it.
"""

from __future__ import annotations

import re
from itertools import product

from chart_triage.language.flat import Flat, has_line_end_hyphen
from chart_triage.language.hits import Hit, longest
from chart_triage.language.noise import PAIRS, SHORTEST, SHORTEST_ODD, skeleton
from chart_triage.language.patterns import Pattern, read_pattern
from chart_triage.language.segments import Statements
from chart_triage.language.senses import is_ambiguous
from chart_triage.records.lexicon import Term, TermKind

Places = list[tuple[int, int]]
_ODD = re.compile(r"[A-Za-z][01|!5][A-Za-z]|[01|!][a-z]{2,}|[a-z]I[a-z]")


class PlainMatcher:
    def __init__(self, terms: tuple[Term, ...], reported: set[str]) -> None:
        read = [read_pattern(term) for term in terms if term.kind is TermKind.PATTERN]
        self.patterns = [pattern for pattern, _ in read]
        quoted = {literal.key: literal for _, literals in read for literal in literals}
        self.terms = [*(term for term in terms if term.kind is not TermKind.PATTERN), *quoted.values()]
        self.expressions = [_expressions(term) for term in self.terms]
        self.longest_words = [_longest_word(term) for term in self.terms]
        self.skeletons = [skeleton(_flat(term.term)) if term.kind is TermKind.LITERAL else "" for term in self.terms]
        self.handed_on = {term.key for term in terms if term.key[0] != "@"} | reported
        self.named: dict[str, set[str]] = {}
        for term in (*terms, *quoted.values()):
            groups = {group for _, group in (*_conditions(term.needs), *_conditions(term.unless))}
            self.named.setdefault(term.key, set()).update(groups)
        self.patterns = self._ordered(self.patterns)

    def _ordered(self, patterns: list[Pattern]) -> list[Pattern]:
        """Groups are made before the patterns that use them or ask for them; the loader forbids circles."""
        ordered: list[Pattern] = []
        waiting = list(patterns)
        while waiting:
            made = {pattern.term.key for pattern in waiting}
            ready = [pattern for pattern in waiting if not self._asked_for(pattern) & made]
            assert ready
            ordered += ready
            waiting = [pattern for pattern in waiting if pattern not in ready]
        return ordered

    def _asked_for(self, pattern: Pattern) -> set[str]:
        asked, new = set(pattern.needed), set(pattern.needed)
        while new:
            new = {group for key in new for group in self.named.get(key, ())} - asked
            asked |= new
        return asked

    def find(self, raw: str) -> list[Hit]:
        return longest(_Reading(self, raw).wanted())


class _Reading:
    def __init__(self, matcher: PlainMatcher, raw: str) -> None:
        self.raw, self.matcher = raw, matcher
        self.starts = [statement.start for statement in Statements(raw).items]
        self.hits: dict[str, list[Hit]] = {}
        for join in (False, True) if has_line_end_hyphen(raw) else (False,):
            self._add_words(Flat(raw, hyphens=False, join=join))
        self._add_misread()
        misread = {(hit.start, hit.end) for hits in self.hits.values() for hit in hits if hit.fuzzy}
        for pattern in matcher.patterns:
            for parts in self._arranged(pattern):
                start, end = min(p[0] for p in parts), max(p[1] for p in parts)
                hit = Hit(start, end, pattern.term, parts, not misread.isdisjoint(parts))
                self.hits.setdefault(pattern.term.key, []).append(hit)

    def wanted(self) -> list[Hit]:
        found: list[Hit] = []
        for key in self.matcher.handed_on & self.hits.keys():
            hits = [h for h in self.hits[key] if not self._numbered(h)]
            held = [h for h in hits if self.holds(h)]
            found += held
            settled = {(h.start, h.end) for h in held}
            settled |= {(h.start, h.end) for h in hits if any(self._met(c, h) for c in _conditions(h.term.unless))}
            undecided = {
                (h.start, h.end): h._replace(undecided=True)
                for h in reversed(hits)
                if h.term.kind is TermKind.EXACT
                and is_ambiguous(h.term.term, key)
                and self.raw[h.start : h.end] in (h.term.term, h.term.term + "s")
            }
            found += [hit for place, hit in undecided.items() if place not in settled]
        return found

    def holds(self, hit: Hit) -> bool:
        needs, unless = _conditions(hit.term.needs), _conditions(hit.term.unless)
        return (not needs or any(self._met(c, hit) for c in needs)) and not any(self._met(c, hit) for c in unless)

    def _add_words(self, flat: Flat) -> None:
        known = {(key, hit.start) for key, hits in self.hits.items() for hit in hits}
        lower = flat.text.lower()
        matcher = self.matcher
        for term, forms, word in zip(matcher.terms, matcher.expressions, matcher.longest_words, strict=True):
            if word not in lower:
                continue
            text = flat.text if term.kind is TermKind.EXACT else lower
            for start, end in sorted({m.span() for form in forms for m in form.finditer(text)}):
                place = flat.to_raw(start)
                if (term.key, place) not in known:
                    self.hits.setdefault(term.key, []).append(Hit(place, flat.end_to_raw(end), term))

    def _add_misread(self) -> None:
        signs = _mapped(self.raw)
        whole = "".join(sign for sign, _, _ in signs)
        assert whole == skeleton(self.raw)
        matcher = self.matcher
        found = [
            (signs[match.start() + len(key) - 1][2] + 1, signs[match.start()][1], term)
            for term, key in zip(matcher.terms, matcher.skeletons, strict=True)
            if len(key) >= SHORTEST_ODD and key in whole
            for match in re.finditer(f"(?={re.escape(key)})", whole)
        ]
        for end, start, term in sorted(found, key=lambda place: place[:2]):
            inside = self.raw[:start][-1:].isalnum() or self.raw[end:][:1].isalnum()
            odd = _ODD.search(self.raw[start:end]) or len(skeleton(self.raw[start:end])) >= SHORTEST
            if not inside and odd and not any(h.start < end and start < h.end for h in self.hits.get(term.key, ())):
                self.hits.setdefault(term.key, []).append(Hit(start, end, term, fuzzy=True))

    def _statement(self, offset: int) -> int:
        return max(0, sum(start <= offset for start in self.starts) - 1)

    def _arranged(self, pattern: Pattern) -> list[tuple[tuple[int, int], ...]]:
        groups: list[Places] = []
        for key in pattern.elements:
            groups.append(sorted({(h.start, h.end) for h in self.hits.get(key, ()) if self.holds(h)}))
            if not groups[-1]:
                return []
        return [c for c in product(*groups) if len({self._statement(p[0]) for p in c}) == 1 and self._fits(pattern, c)]

    def _fits(self, pattern: Pattern, chain: tuple[tuple[int, int], ...]) -> bool:
        for index in range(1, len(chain)):
            start, end = chain[index]
            before = chain[:index]
            if pattern.ordered:
                if start < before[-1][1] or self._words(before[-1][1], start) > pattern.gap:
                    return False
                continue
            if any(start < e and s < end for s, e in before):
                return False
            if min(self._words(min(e, end), max(s, start)) for s, e in before) > pattern.gap:
                return False
        return True

    def _words(self, end: int, start: int) -> int:
        return len(re.findall(r"[A-Za-z0-9]+", self.raw[end:start]))

    def _met(self, condition: tuple[str, str], hit: Hit) -> bool:
        return any(
            (o.term is not hit.term or o.start != hit.start) and self._within(condition[0], hit, o) and self._stands(o)
            for o in self.hits.get(condition[1], ())
        )

    def _stands(self, hit: Hit) -> bool:
        def any_within(condition: tuple[str, str]) -> bool:
            return any(self._within(condition[0], hit, other) for other in self.hits.get(condition[1], ()))

        needs, unless = _conditions(hit.term.needs), _conditions(hit.term.unless)
        return (not needs or any(map(any_within, needs))) and not any(map(any_within, unless))

    def _within(self, scope: str, hit: Hit, other: Hit) -> bool:
        if scope == "before":
            return other.end <= hit.start < other.end + 60 and self._words(other.end, hit.start) <= 2
        if scope == "after":
            return hit.end <= other.start < hit.end + 60 and self._words(hit.end, other.start) <= 2
        apart = abs(self._statement(hit.start) - self._statement(other.start))
        return scope == "document" or apart == 0 or (scope == "near" and apart == 1)

    def _numbered(self, hit: Hit) -> bool:
        return hit.term.kind is TermKind.EXACT and re.match(r"-\d", self.raw[hit.end :]) is not None


def _mapped(raw: str) -> list[tuple[str, int, int]]:
    """The signs of the skeleton with the first and the last offset that they come from, merged pair by pair."""
    signs = [(skeleton(sign), at, at) for at, sign in enumerate(raw) if skeleton(sign)]
    for pair, single in PAIRS:
        merged: list[tuple[str, int, int]] = []
        for sign, first, last in signs:
            if merged and merged[-1][0] + sign == pair and merged[-1][2] + 1 == first:
                merged[-1] = (single, merged[-1][1], last)
            else:
                merged.append((sign, first, last))
        signs = merged
    return signs


def _flat(text: str) -> str:
    return Flat(text, hyphens=False, join=False).text.strip()


def _longest_word(term: Term) -> str:
    """The longest word of a term, which must be in the text if the term is."""
    return max(re.findall(r"[^\W_]+", _flat(term.term).lower()), key=len)


def _expressions(term: Term) -> list[re.Pattern[str]]:
    """The spellings of a term with word boundaries, plural and possessive."""
    if term.kind is TermKind.CODE:
        return [re.compile(rf"(?<![^\W_]){re.escape(term.term.lower())}(?:[^\W_]|\.(?=[^\W_]))*")]
    spellings = {term.term} if term.kind is TermKind.EXACT else {term.term.lower(), term.term.lower().replace("-", "")}
    found = []
    for spelling in spellings:
        flat = _flat(spelling)
        left = r"(?<![^\W_])" if flat[0].isalnum() else ""
        right = r"(?:[eE]?[sS])?(?![^\W_])(?:'[sS](?![^\W_]))?" if flat[-1].isalnum() else r"(?:'[sS](?![^\W_]))?"
        found.append(re.compile(left + re.escape(flat) + right))
    return found


def _conditions(text: str) -> list[tuple[str, str]]:
    parts = [part.strip().split(":", 1) for part in text.split("|") if part.strip()]
    return [(scope, group) for scope, group in parts]
