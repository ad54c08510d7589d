"""How much of a page was read right: an estimate from what the recogniser and the page's words show.

A linear model whose weights were fitted to the true share of right words on damaged copies of pages whose text is
known (models/ocr/fit_legibility.py; figures in models/ocr/README.md).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from chart_triage import resources
from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.ocr.engine import OcrWord
from chart_triage.intake.ocr.reading import Legibility
from chart_triage.intake.ocr.vocabulary import core, is_known

FEATURES = ("bias", "confidence", "unsure", "doubtful", "known", "scraps", "characters")
_UNSURE, _DOUBTFUL = 0.9, 0.6  # confidence
_SCRAP = 2  # letters: what broken letters are read as
_UNCLEAR_LINE = 0.5  # mean confidence of a line that was hardly read
_SPECK = 3  # characters: a line of so few that was hardly read was dust, or is beside one that was
_SAME_REGION = 1.5  # line heights between two such lines


def judge(words: Sequence[OcrWord], letters: int) -> Legibility:
    """`letters` is the number of letter-sized parts on the page: those that no word accounts for were not read."""
    if not words:
        return Legibility(0.0, ())
    score = sum(weight * value for weight, value in zip(_weights(), features(words, letters), strict=True))
    return Legibility(1 / (1 + math.exp(-score)), tuple(_unclear(words)))


def features(words: Sequence[OcrWord], letters: int) -> tuple[float, ...]:
    """What the estimate rests on, each 0..1, in the order of `FEATURES`; `words` must not be empty."""
    count = len(words)
    written = [w for w in words if len(core(w.text)[1]) > _SCRAP and any(c.isalpha() for c in w.text)]
    characters = sum(len(w.text) for w in words)
    return (
        1.0,
        sum(w.confidence for w in words) / count,
        sum(w.confidence < _UNSURE for w in words) / count,
        sum(w.confidence < _DOUBTFUL for w in words) / count,
        sum(is_known(w.text) for w in written) / len(written) if written else 0.0,
        sum(len(core(w.text)[1]) <= _SCRAP for w in words) / count,
        min(characters / letters, 1.0) if letters else 0.0,
    )


@cache
def _weights() -> tuple[float, ...]:
    kept = json.loads((resources.models() / "ocr" / "legibility.json").read_text(encoding="utf-8"))
    return tuple(float(kept["weights"][name]) for name in FEATURES)


def _unclear(words: Sequence[OcrWord]) -> list[Rectangle]:
    """Regions of neighbouring lines that were hardly read."""
    regions: list[Rectangle] = []
    for _, group in groupby(words, key=lambda word: word.line):
        line = list(group)
        if sum(len(w.text) for w in line) <= _SPECK:
            continue
        if sum(w.confidence for w in line) >= _UNCLEAR_LINE * len(line):
            continue
        region = _around([(w.x0, w.y0, w.x1, w.y1) for w in line])
        near = _SAME_REGION * (region[3] - region[1])
        touching = [other for other in regions if _touch(region, other, near)]
        regions = [other for other in regions if other not in touching]
        regions.append(_around([region, *touching]))
    return regions


def _around(places: Sequence[Rectangle]) -> Rectangle:
    return (
        min(place[0] for place in places),
        min(place[1] for place in places),
        max(place[2] for place in places),
        max(place[3] for place in places),
    )


def _touch(one: Rectangle, other: Rectangle, near: float) -> bool:
    across = one[0] - near < other[2] and other[0] < one[2] + near
    return across and one[1] - near < other[3] and other[1] < one[3] + near
