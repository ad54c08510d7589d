"""Finds the terms of a guideline's lexicon in a text: one pass over its words (`lexicon_search`), then conditions.

A pattern row combines groups and quoted words within one statement (`patterns`). `needs` and `unless` are looked up
among the group hits of the same text (`scan`). Groups that no hit asks about cost nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from chart_triage.language.flat import Flat
from chart_triage.language.hits import Hit, longest
from chart_triage.language.lexicon_search import Form, LexiconSearch
from chart_triage.language.noise import NoisyMatcher
from chart_triage.language.patterns import Pattern, Patterns, read_pattern
from chart_triage.language.scan import Condition, Lexicon, Scan
from chart_triage.language.segments import Statements
from chart_triage.language.senses import is_ambiguous
from chart_triage.records.lexicon import Term, TermKind


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
        self._terms = (*terms, *quoted.values())  # keeps the ids of the conditions alive
        self._words = _forms(self._terms, TermKind.LITERAL)
        forms = [
            *(Form(text, tuple(self._words[text])) for text in sorted(self._words, key=len)),
            *(Form(text, tuple(rows), exact=True) for text, rows in _forms(self._terms, TermKind.EXACT).items()),
            *(Form(text, tuple(rows), code=True) for text, rows in _forms(self._terms, TermKind.CODE).items()),
        ]
        conditions = {id(term): (_conditions(term.needs), _conditions(term.unless)) for term in self._terms}
        self._lexicon = Lexicon(LexiconSearch(forms), conditions, Patterns(patterns))
        self._noisy = NoisyMatcher(self._words)
        self._handed_on = {term.key for term in terms if not term.key.startswith("@")} | set(reported)

    def find(self, raw: str, flat: Flat, statements: Statements) -> list[Hit]:
        """All hits whose conditions hold, by start; overlapping hits of one key keep the longest. Ambiguous
        abbreviations that no condition speaks for or against are there too, as undecided. `flat` is `raw` flattened
        without hyphens."""
        scan = Scan(raw, flat, statements, self._lexicon)
        for place in self._noisy.find(raw, scan.count):
            for word in place.words:
                for term in self._words[word]:
                    scan.add_misread(term.key, Hit(place.start, place.end, term, fuzzy=True))
        found: list[Hit] = []
        for key in sorted(self._handed_on & scan.possible):
            wanted = [hit for hit in scan.hits(key) if not _numbered(raw, hit)]
            held = [hit for hit in wanted if scan.holds(hit)]
            found += held if len(held) == len(wanted) else [*held, *_undecided(wanted, held, scan)]
        return longest(found)


def _undecided(hits: list[Hit], held: list[Hit], scan: Scan) -> list[Hit]:
    """Ambiguous abbreviations where none of their rows holds and no `unless` is met."""
    decided = {(h.start, h.end) for h in held}
    open_: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        place = (hit.start, hit.end)
        if place in decided or hit.term.kind is not TermKind.EXACT or not is_ambiguous(hit.term.term, hit.term.key):
            continue
        if scan.barred(hit):
            decided.add(place)
        elif scan.raw[hit.start : hit.end].removeprefix(hit.term.term) in ("", "s"):  # "PPMS" is no plural
            open_[place] = hit._replace(undecided=True)
    return [hit for place, hit in open_.items() if place not in decided]


def _forms(terms: Sequence[Term], kind: TermKind) -> dict[str, list[Term]]:
    """The spellings under which the terms of a kind are searched; literals without their hyphens as well."""
    forms: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        if term.kind is not kind:
            continue
        if kind is TermKind.EXACT:
            forms[_plain(term.term)].append(term)
        elif kind is TermKind.CODE:
            forms[term.term.lower()].append(term)
        else:
            for text in dict.fromkeys((_plain(term.term).lower(), _plain(term.term.replace("-", "")).lower())):
                forms[text].append(term)
    return forms


def _plain(text: str) -> str:
    """A term as it reads in a flattened text."""
    return Flat(text, hyphens=False, join=False).text.strip()


def _conditions(text: str) -> tuple[Condition, ...]:
    return tuple(Condition(*(part.strip().split(":", 1))) for part in text.split("|") if part.strip())


def _numbered(raw: str, hit: Hit) -> bool:
    """ "ICD-10": an abbreviation with a number behind its hyphen is another one."""
    return (
        hit.term.kind is TermKind.EXACT
        and raw[hit.end : hit.end + 1] == "-"
        and raw[hit.end + 1 : hit.end + 2].isdigit()
    )
