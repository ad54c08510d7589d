"""Finds the terms of a guideline's lexicon in a text: one pass over its words (`lexicon_search`), then conditions.

A pattern row combines groups and quoted words within one statement (`patterns`). `needs` and `unless` are looked up
among the group hits of the same text (`scan`). Groups that no hit asks about cost nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from chart_triage.language.hits import Hit, longest
from chart_triage.language.lexicon_search import Form, LexiconSearch, plain
from chart_triage.language.noise import NoisyMatcher
from chart_triage.language.patterns import Pattern, arrangements, read_pattern
from chart_triage.language.scan import Condition, Scan
from chart_triage.language.segments import Statements
from chart_triage.language.senses import is_ambiguous
from chart_triage.records.lexicon import Term, TermKind

_Forms = dict[str, list[Term]]


class TermMatcher:
    """Built once per guideline; thread-safe; the time of `find` grows linearly with the text's length.

    `reported` names the groups ("@other_implant") whose own hits are handed on.
    """

    def __init__(self, terms: Sequence[Term], reported: Collection[str] = ()) -> None:
        patterns: list[Pattern] = []
        quoted: dict[str, Term] = {}
        for term in terms:
            if term.kind is TermKind.PATTERN:
                pattern, literals = read_pattern(term)
                patterns.append(pattern)
                for literal in literals:
                    quoted.setdefault(literal.key, literal)
        self._terms = (*terms, *quoted.values())  # keeps the ids of the next line alive
        self._conditions = {id(t): (_conditions(t.needs), _conditions(t.unless)) for t in self._terms}
        self._patterns = tuple(patterns)
        self._combined = frozenset(pattern.term.key for pattern in patterns)
        self._by_last: dict[str, list[int]] = defaultdict(list)
        for number, pattern in enumerate(patterns):
            self._by_last[pattern.elements[-1]].append(number)
        words = _forms(self._terms, TermKind.LITERAL)
        self._rows = dict(words)
        self._noisy = NoisyMatcher(words)
        self._search = LexiconSearch(
            [
                *(Form(text, tuple(words[text])) for text in sorted(words, key=len)),
                *(Form(t, tuple(rows), exact=True) for t, rows in _forms(self._terms, TermKind.EXACT).items()),
                *(Form(t, tuple(rows), code=True) for t, rows in _forms(self._terms, TermKind.CODE).items()),
            ]
        )
        keys = {term.key for term in self._terms}
        self._handed_on = frozenset(key for key in keys if key[0] not in "@'") | frozenset(reported)

    def find(self, raw: str, statements: Statements | None = None) -> list[Hit]:
        """All hits whose conditions hold, by start; overlapping hits of one key keep the longest. Ambiguous
        abbreviations that no condition speaks for or against are there too, as undecided."""
        scan = Scan(raw, self._search, statements)
        self._add_noisy(scan)
        self._combine(scan)
        found: list[Hit] = []
        for key in sorted(scan.present & self._handed_on):
            wanted = [h for h in scan.hits(key) if not _numbered(raw, h)]
            held = [h for h in wanted if self._holds(h, scan)]
            found += held if len(held) == len(wanted) else [*held, *self._undecided(wanted, held, scan)]
        return longest(found)

    def _add_noisy(self, scan: Scan) -> None:
        """Words that OCR misread, where the exact words of the same key are not."""
        for place in self._noisy.find(scan.raw, scan.lower, scan.counts()):
            for word in place.words:
                for term in self._rows[word]:
                    if not scan.covered(term.key, place.start, place.end):
                        scan.fuzzy.add((place.start, place.end))
                        scan.add(term.key, Hit(place.start, place.end, term, fuzzy=True))

    def _combine(self, scan: Scan) -> None:
        """Patterns, in the order of their rows: one may use the groups that those before it have found."""
        by_last = self._by_last
        for number in sorted(n for key in scan.present | self._combined for n in by_last.get(key, ())):
            pattern = self._patterns[number]
            if not pattern.needed <= scan.present:
                continue
            for parts in list(arrangements(pattern, scan, lambda hit: self._holds(hit, scan))):
                start, end = min(p[0] for p in parts), max(p[1] for p in parts)
                fuzzy = not scan.fuzzy.isdisjoint(parts)
                scan.add(pattern.term.key, Hit(start, end, pattern.term, parts, fuzzy))

    def _holds(self, hit: Hit, scan: Scan) -> bool:
        needs, unless = self._conditions[id(hit.term)]
        if needs and not any(self._met(c, hit, scan) for c in needs):
            return False
        return not any(self._met(c, hit, scan) for c in unless)

    def _undecided(self, hits: list[Hit], held: list[Hit], scan: Scan) -> list[Hit]:
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

    def _met(self, condition: Condition, hit: Hit, scan: Scan) -> bool:
        """Whether another hit of the group, whose own conditions hold, is within the scope."""
        if condition.group not in scan.present:
            return False
        return any(
            other.term is not hit.term or other.start != hit.start for other in self._others(condition, hit, scan)
        )

    def _others(self, condition: Condition, hit: Hit, scan: Scan) -> Iterator[Hit]:
        scope, group = condition
        if scope in ("before", "after"):
            yield from (o for o in scan.beside(scope, group, hit) if self._stands(o, scan))
        else:
            for index in (None,) if scope == "document" else scan.around(scope, hit):
                yield from self._standing(group, index, scan)

    def _standing(self, group: str, index: int | None, scan: Scan) -> list[Hit]:
        """The first two hits of a group whose own conditions hold, in a statement or the whole text. Two are enough to
        find one that is not the asking hit itself. They are kept, as many hits ask the same."""
        known = scan.hits(group)
        count, found = scan.standing.get((group, index), (-1, []))
        if count != len(known):
            found = []
            for hit in known if index is None else scan.in_statement(group, index):
                if self._stands(hit, scan):
                    found.append(hit)
                    if len(found) == 2:
                        break
            scan.standing[group, index] = (len(known), found)
        return found

    def _stands(self, hit: Hit, scan: Scan) -> bool:
        """A group row's own conditions; conditions of the groups named there are not followed any further."""
        needs, unless = self._conditions[id(hit.term)]
        if needs and not any(scan.any_within(c, hit) for c in needs):
            return False
        return not any(scan.any_within(c, hit) for c in unless)


def _forms(terms: Sequence[Term], kind: TermKind) -> _Forms:
    """The spellings under which the terms of a kind are searched; literals without their hyphens as well."""
    forms: _Forms = defaultdict(list)
    for term in terms:
        if term.kind is not kind:
            continue
        if kind is TermKind.EXACT:
            forms[plain(term.term)].append(term)
        elif kind is TermKind.CODE:
            forms[term.term.lower()].append(term)
        else:
            for text in dict.fromkeys((plain(term.term).lower(), plain(term.term.replace("-", "")).lower())):
                forms[text].append(term)
    return forms


def _conditions(text: str) -> tuple[Condition, ...]:
    return tuple(Condition(*(part.strip().split(":", 1))) for part in text.split("|") if part.strip())


def _numbered(raw: str, hit: Hit) -> bool:
    """ "ICD-10": an abbreviation with a number behind its hyphen is another one."""
    return (
        hit.term.kind is TermKind.EXACT
        and raw[hit.end : hit.end + 1] == "-"
        and raw[hit.end + 1 : hit.end + 2].isdigit()
    )
