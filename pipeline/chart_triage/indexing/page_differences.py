"""What two pages that look alike differ in: the words of each that have no equal at the same place on the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chart_triage.indexing.placed_words import Mapping, PlacedToken, fit

LEAST_MATCHED = 0.75  # of the words of either page
_NEAR_X, _NEAR_Y = 15.0, 7.0  # points: how far a word of a copy may lie from its place
_TOUCHING = 4.0  # points between words that may have been read as one


class Difference(NamedTuple):
    """Words of one page and what stands in their place on the other; one side may be empty. In reading order."""

    one: tuple[PlacedToken, ...]
    other: tuple[PlacedToken, ...]


class Comparison(NamedTuple):
    """`matched`: how many words of each page have their equal at the same place."""

    matched: int
    differences: tuple[Difference, ...]


def compare_pages(one: Sequence[PlacedToken], other: Sequence[PlacedToken]) -> Comparison | None:
    """None where too few words have their equal at the same place: no copies."""
    mapping = fit(one, other)
    if mapping is None:
        return None
    alone, mates = _unmatched(one, other, mapping)
    matched = len(one) - len(alone)
    if matched < LEAST_MATCHED * max(len(one), len(other)):
        return None
    return Comparison(matched, tuple(_groups(alone, mates, mapping)))


def _unmatched(
    one: Sequence[PlacedToken], other: Sequence[PlacedToken], mapping: Mapping
) -> tuple[list[PlacedToken], list[PlacedToken]]:
    """The words of each page without an equal near their place."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, token in enumerate(other):
        places[token.key].append(index)
    free = set(range(len(other)))
    alone = []
    for token in one:
        x, y = mapping(token.x, token.y)
        near = [
            (abs(other[index].x - x) + abs(other[index].y - y), index)
            for index in places.get(token.key, ())
            if index in free and abs(other[index].x - x) < _NEAR_X and abs(other[index].y - y) < _NEAR_Y
        ]
        if near:
            free.discard(min(near)[1])
        else:
            alone.append(token)
    return alone, [other[index] for index in sorted(free)]


class _Placed(NamedTuple):
    """A word on the plane of the second page; `side` 0 for the first page's, 1 for the second's."""

    side: int
    token: PlacedToken
    x0: float
    x1: float
    y: float
    height: float


def _groups(alone: Sequence[PlacedToken], mates: Sequence[PlacedToken], mapping: Mapping) -> Iterator[Difference]:
    """Neighbouring words in one line that have no equal, those of both pages together."""
    placed = [_Placed(1, t, t.box.x0, t.box.x1, t.y, t.box.y1 - t.box.y0) for t in mates]
    for token in alone:
        x0, y = mapping(token.box.x0, token.y)
        x1, _ = mapping(token.box.x1, token.y)
        placed.append(_Placed(0, token, x0, x1, y, token.box.y1 - token.box.y0))
    placed.sort(key=lambda each: each.x0)
    open_groups: list[list[_Placed]] = []
    for each in placed:
        for group in open_groups:
            if any(_touch(each, member) for member in group[-4:]):
                group.append(each)
                break
        else:
            open_groups.append([each])
    for group in sorted(open_groups, key=lambda members: (members[0].y, members[0].x0)):
        sides = [tuple(m.token for m in group if m.side == side) for side in (0, 1)]
        yield Difference(sides[0], sides[1])


def _touch(one: _Placed, other: _Placed) -> bool:
    level = abs(one.y - other.y) < max(0.6 * min(one.height, other.height), 3.0)
    return level and one.x0 < other.x1 + _TOUCHING and other.x0 < one.x1 + _TOUCHING
