"""Which criterion of a new version is which of the old one, when numbers have shifted.

A criterion is known again by the findings that it asks for and by its label; its number only decides between equals.
So "4.c is taken out and 4.d to 4.h move up" is told as that, and not as five criteria that changed their disease.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from chart_triage.records.guideline import Node

_SHARED_ENOUGH = 0.3  # share of findings in common; below it two criteria are two, unless their labels are equal
_SAME_ADDRESS, _SAME_WORDS = 0.25, 0.15  # weights beside the share of common findings, 0..1


class Placed(NamedTuple):
    """A criterion or a part of one. `address` is its number, or "4 / Label" for a part without one."""

    address: str
    node: Node
    parent: Placed | None


class Pairs(NamedTuple):
    """In printed order. What stands below a criterion that came or went is in `added` and `removed` if numbered."""

    same: list[tuple[Placed, Placed]]
    added: list[Placed]
    removed: list[Placed]


def pair(old: Sequence[Node], new: Sequence[Node]) -> Pairs:
    """The criteria of two versions, each found at most once on the other side."""
    before, after = list(_placed(old, None)), list(_placed(new, None))
    twin: dict[int, Placed] = {}  # id(Placed) of either side -> the other side
    _match([p for p in before if p.node.number], [p for p in after if p.node.number], twin)
    for place in before:  # parents come first; parts are looked for only below the twin of their parent
        if (other := twin.get(id(place))) is not None:
            below = [p for p in before if p.parent is place and id(p) not in twin]
            _match(below, [p for p in after if p.parent is other and id(p) not in twin], twin)
    return Pairs(
        same=[(place, twin[id(place)]) for place in before if id(place) in twin],
        added=[p for p in after if id(p) not in twin and _told(p, twin)],
        removed=[p for p in before if id(p) not in twin and _told(p, twin)],
    )


def _placed(nodes: Sequence[Node], parent: Placed | None) -> Iterator[Placed]:
    for node in nodes:
        place = Placed(node.number or f"{parent.address if parent else ''} / {node.label}", node, parent)
        yield place
        yield from _placed(node.children, place)


def _match(old: Sequence[Placed], new: Sequence[Placed], twin: dict[int, Placed]) -> None:
    """Pairs the most alike first."""
    scored = [(_likeness(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(new)]
    for score, i, j in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
        if score > 0 and id(old[i]) not in twin and id(new[j]) not in twin:
            twin[id(old[i])], twin[id(new[j])] = new[j], old[i]


def _likeness(old: Placed, new: Placed) -> float:
    """0 for two criteria that have nothing to do with each other."""
    asked, asks = _findings(old.node), _findings(new.node)
    shared = len(asked & asks) / len(asked | asks)
    a, b = old.node.label.casefold(), new.node.label.casefold()
    if shared < _SHARED_ENOUGH and a != b:
        return 0
    return shared + _SAME_ADDRESS * (old.address == new.address) + _SAME_WORDS * SequenceMatcher(None, a, b).ratio()


def _findings(node: Node) -> set[tuple[str, str | None]]:
    return {(leaf.finding, leaf.facet) for leaf in node.walk() if leaf.finding}


def _told(place: Placed, twin: dict[int, Placed]) -> bool:
    """A part without a number goes with its criterion when that came or went as a whole."""
    return bool(place.node.number) or place.parent is None or id(place.parent) in twin
