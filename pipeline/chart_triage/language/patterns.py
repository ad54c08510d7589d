"""Patterns of the lexicon: groups and quoted words in order, or near each other, within one statement.

However often a statement repeats its words, only the first `_MOST_PLACES` of a group (of a piece of an endless
statement, `_MOST_IN_PIECE`) and `_MOST_CHAINS` arrangements are looked at: what has more is no sentence, and the cost
stays in proportion to the length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING, NamedTuple

from chart_triage.language.hits import Hit
from chart_triage.records.lexicon import Term, TermKind

if TYPE_CHECKING:
    from chart_triage.language.scan import Scan

DEFAULT_GAP = 8
_ELEMENT = re.compile(r"(@[a-z0-9_]+)|'([^']+)'")
_GAP = re.compile(r"/(\d+)\s*$")
_MOST_PLACES = 40
_MOST_IN_PIECE = 12
_MOST_CHAINS = 64

Place = tuple[int, int]
Chain = tuple[Place, ...]


class Pattern(NamedTuple):
    """`elements` are keys of groups or of quoted words, at most `gap` words apart, in order where `ordered`."""

    term: Term
    elements: tuple[str, ...]
    needed: frozenset[str]
    ordered: bool
    gap: int


def read_pattern(term: Term) -> tuple[Pattern, list[Term]]:
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
    return Pattern(term, tuple(elements), frozenset(elements), " > " in term.term, most), literals


class Patterns:
    """All patterns of a lexicon."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._by_last: dict[str, list[tuple[int, Pattern]]] = {}
        for number, pattern in enumerate(patterns):
            self._by_last.setdefault(pattern.elements[-1], []).append((number, pattern))
        self._last = frozenset(self._by_last)

    def possible(self, keys: Set[str]) -> dict[str, list[Pattern]]:
        """The patterns whose elements are all among `keys` or what such patterns make, by the key that they make.

        In the lexicon's order.
        """
        known = set(keys)
        found: dict[int, Pattern] = {}
        new: Set[str] = known
        while new:
            found |= {n: p for key in self._last & known for n, p in self._by_last[key] if p.needed <= known}
            new = {pattern.term.key for pattern in found.values()} - known
            known |= new
        by_key: dict[str, list[Pattern]] = {}
        for number in sorted(found):
            by_key.setdefault(found[number].term.key, []).append(found[number])
        return by_key


def arrangements(pattern: Pattern, scan: Scan) -> Iterator[Hit]:
    """A hit for every way in which the elements stand together in one statement; only elements that hold count."""
    if not all(scan.hits(key) for key in pattern.elements):
        return
    rarest = min(pattern.elements, key=lambda key: len(scan.hits(key)))
    for index in sorted({scan.statements.index_at(hit.start) for hit in scan.hits(rarest)}):
        most = _MOST_PLACES if scan.statements.items[index].whole is None else _MOST_IN_PIECE
        places: dict[str, list[Place]] = {}
        for key in (rarest, *pattern.elements):
            if key not in places:
                found = scan.in_statement(key, index)[:most]
                places[key] = sorted({(hit.start, hit.end) for hit in found if scan.holds(hit)})
            if not places[key]:
                break
        else:
            for parts in sorted(_chains(pattern, scan, [places[key] for key in pattern.elements])):
                start, end = min(p[0] for p in parts), max(p[1] for p in parts)
                yield Hit(start, end, pattern.term, parts, scan.is_misread(parts))


def _chains(pattern: Pattern, scan: Scan, groups: Sequence[list[Place]]) -> set[Chain]:
    chains: list[Chain] = [(place,) for place in groups[0]]
    following = _after if pattern.ordered else _near
    for places in groups[1:]:
        chains = [
            (*chain, place) for chain in chains[:_MOST_CHAINS] for place in following(pattern, scan, chain, places)
        ]
    return set(chains)


def _after(pattern: Pattern, scan: Scan, chain: Chain, places: list[Place]) -> Iterator[Place]:
    """The places behind the chain's last link, up to `gap` words away."""
    end = chain[-1][1]
    for place in places[bisect_left(places, (end, 0)) :]:
        if scan.words_between(end, place[0]) > pattern.gap:
            return
        yield place


def _near(pattern: Pattern, scan: Scan, chain: Chain, places: list[Place]) -> Iterator[Place]:
    """The places up to `gap` words away from the nearest link of the chain, which overlap none."""
    low = bisect_left(places, (min(link[0] for link in chain), 0))
    for direction in (places[low:], places[:low][::-1]):
        for place in direction:
            if any(place[0] < link[1] and link[0] < place[1] for link in chain):
                continue
            left = max((link[1] for link in chain if link[1] <= place[0]), default=None)
            right = min((link[0] for link in chain if place[1] <= link[0]), default=None)
            close = left is not None and scan.words_between(left, place[0]) <= pattern.gap
            if close or (right is not None and scan.words_between(place[1], right) <= pattern.gap):
                yield place
            elif left is None or right is None:
                break  # outside of the chain the places only get farther away
