"""Where the small tabs stand that name the criteria of a line's highlights, at the edge of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chart_triage.records.geometry import Box
from chart_triage.report.dossier import Citation

FONT_SIZE = 6.5
_HEIGHT = 9.0
_SIGNS = 3  # criteria named on one tab
_EDGE = 2.0  # distance from the page's edge


@dataclass(frozen=True, slots=True)
class Tab:
    """The mark at a page's edge beside a line on which passages begin; `words` are their signs ("+1.b −2")."""

    citations: tuple[Citation, ...]
    words: str
    box: Box


def place_tabs(
    beginnings: Sequence[tuple[Citation, Box]], width: float, height: float, occupied: Sequence[Box]
) -> list[Tab]:
    """One tab for each line of a page (`width` x `height` points) on which passages begin, one below the other.

    `beginnings` are the passages with the first box of each. Tabs stand at the left edge; where words of the page
    (`occupied`) reach into it and the right edge is free, there.
    """
    placed: list[Tab] = []
    lowest = 0.0
    for middle, citations in _by_line(beginnings):
        top = min(max(middle - _HEIGHT / 2, lowest), max(height - _HEIGHT, 0))
        placed.append(_fitted(citations, top, width, occupied))
        lowest = top + _HEIGHT + 0.8
    return placed


def _fitted(citations: tuple[Citation, ...], top: float, width: float, occupied: Sequence[Box]) -> Tab:
    """The tab with as many signs as fit beside the page's words, on the left or else on the right."""
    signs = list(dict.fromkeys(use.sign for citation in citations for use in citation.uses))
    tabs: list[Tab] = []
    for count in range(min(_SIGNS, len(signs)), 0, -1):
        words = " ".join(signs[:count]) + (" …" if len(signs) > count else "")
        size = min(5.5 + 0.58 * FONT_SIZE * len(words), width)
        edge = min(_EDGE, (width - size) / 2)
        for x0 in (edge, width - edge - size):
            tabs.append(Tab(citations, words, Box(x0, top, x0 + size, top + _HEIGHT)))
    free = (tab for tab in tabs if not any(_overlap(tab.box, word) for word in occupied))
    return next(free, tabs[-2])  # nowhere free: the shortest, on the left; the page's words show through it


def _by_line(beginnings: Sequence[tuple[Citation, Box]]) -> list[tuple[float, tuple[Citation, ...]]]:
    """Height of each line on which passages begin, from the top, with those passages from left to right."""
    groups: list[tuple[float, list[tuple[float, Citation]]]] = []
    for citation, box in sorted(beginnings, key=lambda found: (found[1].y0, found[1].x0)):
        middle = (box.y0 + box.y1) / 2
        if groups and middle - groups[-1][0] < box.height / 2:
            groups[-1][1].append((box.x0, citation))
        else:
            groups.append((middle, [(box.x0, citation)]))
    return [(middle, tuple(c for _, c in sorted(on_line, key=lambda f: f[0]))) for middle, on_line in groups]


def _overlap(a: Box, b: Box) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1
