"""Words broken at a line's end: is the hyphen part of the word ("non-diagnostic") or of the line ("astro-cytoma")?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

SOFT_HYPHEN = "\u00ad"
_HYPHENS = "-\u2010\u2011"
_BROKEN = re.compile(f"[^\\W_][{_HYPHENS}{SOFT_HYPHEN}]$")
_EDGE_PUNCTUATION = ".,;:!?()[]{}\"'“”‘’"

# First and second parts of compounds that English writes with a hyphen: these keep it when nothing else is known.
_HEADS = {
    "cross", "double", "early", "ex", "follow", "full", "half", "high", "late", "left", "less", "long", "low",
    "mid", "multi", "near", "new", "non", "off", "old", "one", "post", "pre", "right", "self", "semi", "short",
    "single", "small", "t", "three", "two", "well", "x",
}  # fmt: skip
_TAILS = {
    "appearing", "associated", "based", "bearing", "cell", "compatible", "conditional", "confirmed", "day", "days",
    "deficient", "dependent", "directed", "enhanced", "enhancing", "free", "grade", "guided", "induced", "known",
    "level", "like", "linked", "month", "months", "negative", "old", "onset", "positive", "proven", "related",
    "resistant", "safe", "sided", "specific", "stage", "term", "treated", "type", "up", "week", "weeks",
    "weighted", "wide", "year", "years",
}  # fmt: skip
_SUSPENDED = frozenset({"and", "or", "to", "versus", "vs", "through"})  # "pre- and postcontrast": nothing to join


class HyphenEvidence:
    """The words of a document, as evidence for how its broken words are written."""

    def __init__(self, words: Iterable[str]) -> None:
        self._count = Counter(word.strip(_EDGE_PUNCTUATION).lower() for word in words)

    def join(self, first: str, second: str) -> str | None:
        """`first`, which ends a line, as it stands before `second` in one word; None if they are two words.

        The document's own spelling decides; then a list of compounds; then both halves being words of the
        document ("contrast-" + "enhanced"); what is left was broken by the typesetter and loses its hyphen.
        """
        if not is_broken(first):
            return None
        stem, hyphen, head = first[:-1], first[-1], second[:1]
        if hyphen == SOFT_HYPHEN:
            return stem
        if head.isdigit():
            return first if stem.isdigit() else None  # 10-15 mg, but not "enter -0-" before "41"
        if not head.isalpha() or second.strip(_EDGE_PUNCTUATION).lower() in _SUSPENDED:
            return None
        return first if self._keeps_hyphen(stem, second) else stem

    def _keeps_hyphen(self, stem: str, second: str) -> bool:
        if second[0].isupper() or not stem[-1].islower():  # Smith-Jones, T1-weighted, FLAIR-hyperintense
            return True
        left = stem.lstrip(_EDGE_PUNCTUATION).lower()
        right = second.rstrip(_EDGE_PUNCTUATION).lower()
        if self._count[left + right]:
            return False
        if self._count[f"{left}-{right}"] or any(c in left for c in _HYPHENS):
            return True
        if left in _HEADS or right in _TAILS or (left == "re" and right.startswith("e")):
            return True
        # the second half counts itself once where it stands broken
        return len(left) > 2 and len(right) > 2 and self._count[left] > 0 and self._count[right] > 1


def is_broken(word: str) -> bool:
    """Whether `word`, at the end of a line, may go on in the next one."""
    return _BROKEN.search(word) is not None
