"""Abbreviations that a text defines for itself: "Leigh syndrome (LS)", "mitral stenosis (MS)".

The definition is found by scispaCy's Schwartz-Hearst algorithm, run on the few words before each bracket.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Set
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from chart_triage.language.cues import CueMatcher

_BRACKET = re.compile(r"\(\s?([A-Za-z][A-Za-z0-9/-]{1,9})\s?(?:[;,)])")
_STANDS_FOR = re.compile(
    r"([A-Z](?<![A-Za-z0-9][A-Z])[A-Za-z0-9/-]{1,9})[\"']?,?\s{1,3}(?:which\s+)?"
    r"(?:stands for|standing for|meaning|short for|means|=)\s{1,3}[\"']?"
    r"((?:the\s+)?[A-Za-z-]+(?:\s+(?:of\s+)?[A-Za-z-]+){0,3})"
)
_EXPLAINING = ("stands for", "standing for", "meaning", "short for", "means", "=")
_WINDOW = 120
_MOST_TRIES = 20  # brackets with the same short form before one has its long form in front
_MOST_DEFINITIONS = 300


class Definition(NamedTuple):
    """`short` stands for `raw[start:end]`."""

    short: str
    start: int
    end: int


def definitions(
    raw: str, matcher: CueMatcher, abbreviations: Set[str], named: Callable[[int, int], bool]
) -> list[Definition]:
    """Abbreviations defined in `raw` by a bracket or by "stands for"; the first definition of a short form counts.

    Only those are looked for that can change anything: short forms among `abbreviations`, and those that stand once
    behind a term of the lexicon (`named(start, end)` tells whether `raw[start:end]` holds one).
    """
    found: dict[str, Definition] = {}
    brackets = [(m.group(1), m.start()) for m in _BRACKET.finditer(raw) if not m.group(1).islower()]
    wanted = {short for short, at in brackets if short in abbreviations or named(at - _WINDOW, at)}
    tries = Counter[str]()
    for short, at in brackets:
        if short in wanted and short not in found and tries[short] < _MOST_TRIES:
            tries[short] += 1
            definition = _before_bracket(raw, short, at, matcher)
            if definition is not None:
                found[short] = definition
    if any(words in raw for words in _EXPLAINING):
        for match in _STANDS_FOR.finditer(raw):
            found.setdefault(match.group(1), Definition(match.group(1), match.start(2), match.end(2)))
    return list(found.values())[:_MOST_DEFINITIONS]


def _before_bracket(raw: str, short: str, bracket: int, matcher: CueMatcher) -> Definition | None:
    from scispacy.abbreviation import find_abbreviation  # spaCy alone is loaded until a bracket asks for it

    low = max(0, bracket - _WINDOW)
    doc: Doc = matcher.doc(raw[low:bracket].rstrip() + " " + short)
    if len(doc) < 3:
        return None
    words = min(len(short) + 5, len(short) * 2)
    _, long_form = find_abbreviation(doc[max(0, len(doc) - 1 - words) : len(doc) - 1], doc[len(doc) - 1 :])
    if long_form is None or len(long_form.text.split()) < 2:
        return None
    return Definition(short, low + long_form.start_char, low + long_form.end_char)


def occurrences(raw: str, short: str) -> list[tuple[int, int]]:
    """Where `short` stands as a word of its own."""
    return [m.span() for m in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z0-9]|-\d)", raw)]
