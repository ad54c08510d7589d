"""Which highlights are filled where passages overlap: two colours on the same words would make them hard to read."""

from __future__ import annotations

from collections.abc import Sequence

from chart_triage.records.geometry import Box
from chart_triage.report import palette
from chart_triage.report.dossier import Citation

_SHARE = 0.3  # of its own area: a passage that lies on another's colour by more gets no colour of its own


def ruled_only(passages: Sequence[tuple[Citation, Sequence[Box]]]) -> frozenset[int]:
    """Numbers of the passages of a page that are marked by a coloured rule below their words, without a fill.

    Safety passages keep their colour before all others, then longer passages before the shorter ones within them.
    """
    filled: list[Box] = []
    ruled: set[int] = set()
    for citation, boxes in sorted(passages, key=_precedence):
        area = sum(box.width * box.height for box in boxes)
        covered = sum(max((_shared(box, below) for below in filled), default=0.0) for box in boxes)
        if covered > _SHARE * area:
            ruled.add(citation.number)
        else:
            filled.extend(boxes)
    return frozenset(ruled)


def _precedence(passage: tuple[Citation, Sequence[Box]]) -> tuple[bool, float, int]:
    citation, boxes = passage
    return citation.tone is not palette.SAFETY, -sum(box.width * box.height for box in boxes), citation.number


def _shared(a: Box, b: Box) -> float:
    width, height = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
    return max(width, 0.0) * max(height, 0.0)
