"""Where a term of the lexicon stands in a text, and which of overlapping hits stay."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from chart_triage.language.senses import Sense
from chart_triage.records.lexicon import Term


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
