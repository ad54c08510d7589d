"""A passage of the chart with a few words around it, as a reviewer needs to judge it without turning the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from chart_triage.records.chart import PAGE_BREAK
from chart_triage.records.finding import Evidence

Role = Literal["plain", "passage", "cue"]

_REACH = 70  # characters of context on each side
_CUE_REACH = 160  # a cue further away than this is named in the reason, not shown
_LONGEST = 320  # a longer passage is cut in its middle
# A sentence's end, a blank line, the next page, or a new line that does not go on in the middle of a sentence.
_SENTENCE_END = re.compile(rf"(?<=[.!?;])\s+(?=[A-Z0-9(\[])|\n(?!\s*[a-z(])|{PAGE_BREAK}")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quote: its words, and whether they are the passage itself, the cue that decided, or neither."""

    text: str
    role: Role


def quote(text: str, evidence: Evidence) -> tuple[Piece, ...]:
    """`evidence` in its context within `text` (the chart's), on one line, cut at the ends of sentences and pages.

    Evidence that does not lie in `text` is quoted by its own words alone.
    """
    if text[evidence.start : evidence.end] == "":
        return (Piece(_plain(evidence.text), "passage"),)
    spans = [(evidence.start, evidence.end, "passage"), *_near_cues(evidence)]
    first, last = min(s for s, _, _ in spans), max(e for _, e, _ in spans)
    begin, end = _widened(text, first, last)
    pieces: list[Piece] = [Piece("… ", "plain")] if _cut_before(text, begin) else []
    for at, until, role in _stretches(spans, begin, end):
        words = _plain(text[at:until])
        if words:
            pieces.append(Piece(_shortened(words) if role == "passage" else words, role))
    if _cut_after(text, end):
        pieces.append(Piece(" …", "plain"))
    return tuple(pieces)


def _near_cues(evidence: Evidence) -> list[tuple[int, int, Role]]:
    near: list[tuple[int, int, Role]] = []
    for cue in evidence.cues:
        if cue.start is None or cue.end is None or cue.start >= cue.end:
            continue
        if evidence.start - _CUE_REACH <= cue.start and cue.end <= evidence.end + _CUE_REACH:
            near.append((cue.start, cue.end, "cue"))
    return near


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The context's limits: at most `_REACH` characters further, whole words, never over a sentence's end."""
    begin, until = max(0, start - _REACH), min(len(text), end + _REACH)
    breaks = [found.end() for found in _SENTENCE_END.finditer(text, begin, start + 1) if found.end() <= start]
    if breaks:
        begin = breaks[-1]
    elif begin > 0:
        begin = text.find(" ", begin, start) + 1 or start
    stop = _SENTENCE_END.search(text, end, until + 1)
    if stop:
        until = stop.start()
    elif until < len(text):
        until = max(text.rfind(" ", end, until), end)
    return begin, until


def _stretches(spans: list[tuple[int, int, Role]], begin: int, end: int) -> list[tuple[int, int, Role]]:
    """Cuts `begin..end` where a role changes; inside the passage a cue is not set apart."""
    edges = sorted({begin, end, *(max(begin, min(end, at)) for s, e, _ in spans for at in (s, e))})
    stretches: list[tuple[int, int, Role]] = []
    for at, until in pairwise(edges):
        roles = {role for s, e, role in spans if s <= at and until <= e}
        role: Role = "passage" if "passage" in roles else "cue" if "cue" in roles else "plain"
        if stretches and stretches[-1][2] == role:
            stretches[-1] = (stretches[-1][0], until, role)
        else:
            stretches.append((at, until, role))
    return stretches


def _cut_before(text: str, begin: int) -> bool:
    """Whether the quote starts in the middle of a sentence."""
    return begin > 0 and not any(found.end() == begin for found in _SENTENCE_END.finditer(text, begin - 8, begin + 1))


def _cut_after(text: str, end: int) -> bool:
    return bool(text[end : end + _REACH].strip()) and not _SENTENCE_END.match(text, end)


def _plain(text: str) -> str:
    """One line: white space runs become one blank, control characters go."""
    return re.sub(r"\s+", " ", _UNSHOWN.sub("", text.replace(PAGE_BREAK, " ")))


def _shortened(words: str) -> str:
    half = _LONGEST // 2
    return words if len(words) <= _LONGEST else f"{words[:half].rstrip()} […] {words[-half:].lstrip()}"
