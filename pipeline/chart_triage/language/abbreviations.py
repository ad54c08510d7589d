"""Abbreviations that a text defines for itself: "Leigh syndrome (LS)", "mitral stenosis (MS)".

The definition is found by scispaCy's Schwartz-Hearst algorithm, run on the few words before each bracket.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from chart_triage.language.cues import CueMatcher

_BRACKET = re.compile(r"\(\s?([A-Za-z][A-Za-z0-9/-]{1,9})\s?(?:[;,)])")
_STANDS_FOR = re.compile(
    r"(?<![A-Za-z0-9])([A-Z][A-Za-z0-9/-]{1,9})[\"']?,?\s{1,3}(?:which\s+)?(?:stands for|standing for|meaning|short "
    r"for|means|=)\s{1,3}[\"']?"
    r"((?:the\s+)?[A-Za-z-]+(?:\s+(?:of\s+)?[A-Za-z-]+){0,3})"
)
_WINDOW = 120


class Definition(NamedTuple):
    """`short` stands for `raw[start:end]`."""

    short: str
    start: int
    end: int


def definitions(raw: str, matcher: CueMatcher) -> list[Definition]:
    """Abbreviations defined in `raw` by a bracket or by "stands for"; the first definition of a short form counts."""
    from scispacy.abbreviation import find_abbreviation  # spaCy alone is loaded until a bracket asks for it

    found: dict[str, Definition] = {}
    for match in _BRACKET.finditer(raw):
        short = match.group(1)
        if short in found or not any(c.isupper() for c in short):
            continue
        low = max(0, match.start() - _WINDOW)
        before = raw[low : match.start()]
        doc: Doc = matcher.doc(before.rstrip() + " " + short)
        if len(doc) < 3:
            continue
        words = min(len(short) + 5, len(short) * 2)
        long_candidate = doc[max(0, len(doc) - 1 - words) : len(doc) - 1]
        _, long_form = find_abbreviation(long_candidate, doc[len(doc) - 1 :])
        if long_form is not None and len(long_form.text.split()) > 1:
            found[short] = Definition(short, low + long_form.start_char, low + long_form.end_char)
    for match in _STANDS_FOR.finditer(raw):
        found.setdefault(match.group(1), Definition(match.group(1), match.start(2), match.end(2)))
    return list(found.values())


def occurrences(raw: str, short: str) -> list[tuple[int, int]]:
    """Where `short` stands as a word of its own."""
    return [m.span() for m in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z0-9]|-\d)", raw)]
