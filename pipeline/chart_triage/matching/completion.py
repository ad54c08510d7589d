"""What is the least that would make a criterion supported, exactly: no estimate, over the same three-valued tree.

A criterion's tree is a rising function of statements: one more statement never takes support away. So the smallest sets
of statements are found by putting the parts' own smallest sets together, up to a size that grows until one completes
the whole. tests/matching compares it with trying out every set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from chart_triage.matching.criteria import leaf_outcome, status_table
from chart_triage.matching.logic import Outcome, all_of, any_of
from chart_triage.records.determination import CriterionStatus
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import ConceptSpec, Node, Rule

_DOUBTS = frozenset({CriterionStatus.UNCLEAR, CriterionStatus.CONFLICTING})


class Statement(NamedTuple):
    """Words that would support a finding, or one facet of it. A facet's words support the whole finding, too."""

    finding: str
    facet: str | None = None


class Together(NamedTuple):
    """One `within` (section, sentence) that says all parts of the node at `place` (child numbers from the top)."""

    place: tuple[int, ...]
    within: str


Wanted = Statement | Together


@dataclass(frozen=True, slots=True)
class Part:
    """A node with what the records say of it. `statement` is what a `finding` waits for.

    `open`: a statement could still support it. What the records deny is not asked for, and neither is a leaf that
    nothing supports, because it is for the reviewer to judge.
    """

    node: Node
    place: tuple[int, ...]
    outcome: Outcome
    parts: tuple[Part, ...] = ()
    statement: Statement | None = None
    open: bool = True

    @property
    def supported(self) -> bool:
        return self.outcome.status is CriterionStatus.SUPPORTED

    @property
    def in_doubt(self) -> bool:
        return self.outcome.status in _DOUBTS

    @property
    def together(self) -> Together | None:
        """What an `all_of` with a `within` needs besides its parts."""
        return Together(self.place, self.node.within) if self.node.within != "document" else None

    def leaves(self) -> Iterator[Part]:
        if self.statement is not None:
            yield self
        for part in self.parts:
            yield from part.leaves()


class Ways(NamedTuple):
    """The best of the smallest sets that complete a criterion; none where no statement can.

    All have the same `size`. Among the sets of that size those are best that settle most doubts, then those that build
    on most of what the records already say (`held` findings), then those that need no facet.
    """

    top: Part
    sets: tuple[frozenset[Wanted], ...]
    size: int = 0
    doubts: int = 0
    held: int = 0

    @property
    def documented(self) -> float:
        """The share of what the best way needs that the records have: a held finding counts 1, a doubtful one 1/2."""
        return (self.held + self.doubts / 2) / (self.held + self.size) if self.sets else 0.0


def read_tree(
    node: Node, findings: Mapping[str, Finding], concepts: Mapping[str, ConceptSpec], place: tuple[int, ...] = ()
) -> Part:
    """The node and all below it with their outcomes, as `matching.evaluate` sees them."""
    parts = tuple(read_tree(child, findings, concepts, (*place, i)) for i, child in enumerate(node.children))
    outcomes = [part.outcome for part in parts]
    if node.rule is Rule.ANY:
        return Part(node, place, any_of(outcomes, node.missing), parts)
    if node.rule is Rule.ALL:
        return Part(node, place, all_of(outcomes, node.within), parts)
    assert node.finding is not None
    outcome = leaf_outcome(node, findings, concepts)
    may_support = bool(status_table(node, concepts.get(node.finding)).supports)
    return Part(
        node,
        place,
        outcome,
        statement=Statement(node.finding, node.facet),
        open=may_support and outcome.status is not CriterionStatus.CONTRADICTED,
    )


def supported_with(part: Part, added: Collection[Wanted]) -> bool:
    """Whether the part is supported once the records also hold `added`."""
    if part.supported:
        return True
    if part.statement is not None:
        return part.open and any(_covers(item, part.statement) for item in added)
    if part.node.rule is Rule.ANY:
        return any(supported_with(child, added) for child in part.parts)
    together = part.together
    return all(supported_with(child, added) for child in part.parts) and (together is None or together in added)


def ways_to_complete(top: Part) -> Ways:
    """The best ways for a criterion; one empty set for a supported one."""
    universe = [leaf.statement for leaf in top.leaves() if leaf.statement and leaf.open and not leaf.supported]
    most = len(set(universe)) + sum(part.together is not None for part in _walk(top))
    for limit in range(most + 1):
        smallest = _sets(top, limit, universe)
        if smallest:
            return _best(top, smallest)
    return Ways(top, ())


def _covers(item: Wanted, statement: Statement) -> bool:
    return item == statement or (isinstance(item, Statement) and item[0] == statement.finding and not statement.facet)


def _walk(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from _walk(child)


def _sets(part: Part, limit: int, universe: Collection[Statement]) -> list[frozenset[Wanted]]:
    """All minimal sets of at most `limit` statements that make the part supported."""
    if part.supported:
        return [frozenset()]
    if part.statement is not None:
        covering = [item for item in universe if _covers(item, part.statement)] if part.open and limit else []
        return _minimal([frozenset({item}) for item in covering])
    families = [_sets(child, limit, universe) for child in part.parts]
    if part.node.rule is Rule.ANY:
        return _minimal([one for family in families for one in family])
    joined: list[frozenset[Wanted]] = [frozenset({part.together}) if part.together else frozenset()]
    for family in families:
        joined = _minimal([one | other for one, other in product(joined, family) if len(one | other) <= limit])
    return [one for one in joined if len(one) <= limit]


def _minimal(sets: list[frozenset[Wanted]]) -> list[frozenset[Wanted]]:
    """Without the sets that hold another of them, in their order."""
    unique = list(dict.fromkeys(sets))
    return [one for one in unique if not any(other < one for other in unique)]


def _best(top: Part, sets: list[frozenset[Wanted]]) -> Ways:
    doubtful = {leaf.statement for leaf in top.leaves() if leaf.in_doubt}

    def rank(one: frozenset[Wanted]) -> tuple[int, int, int]:
        facets = sum(isinstance(item, Statement) and item.facet is not None for item in one)
        return -len(one & doubtful), -len(_held(top, one)), facets

    best = min(map(rank, sets))
    kept = tuple(one for one in sets if rank(one) == best)
    return Ways(top, kept, len(kept[0]), doubts=-best[0], held=-best[1])


def _held(part: Part, added: Collection[Wanted]) -> set[str]:
    """Findings that are supported already and that the part rests on once `added` is there."""
    if not supported_with(part, added):
        return set()
    if part.statement is not None:
        return {part.statement.finding} if part.supported else set()
    return {key for child in part.parts for key in _held(child, added)}
