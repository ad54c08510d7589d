"""Terms through OCR noise: "gl1oma", "pacernaker", "Epiiepsy", "ME LAS syndrome", "G L I O B L A S T O M A".

Characters that OCR confuses are mapped to one representative (0 and o; 1, l, i, |; rn and m; cl and d ...) and spaces
are dropped, in the lexicon and in the text alike. What is equal then is one confusion or more apart, so an exact
search of the mapped text finds it in one linear pass, with no edit distance. Only long terms take part: short words
and abbreviations collide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

import ahocorasick

from chart_triage.language.flat import same_length

SHORTEST = 8
SHORTEST_ODD = 6  # where a digit among letters gives the noise away
_PAIRS = (("rn", "m"), ("nn", "m"), ("yy", "w"), ("ci", "d"))  # after the classes: rn/m, cl/d, vv/w, nu/m
_CLASSES = {
    "0": "o", "1": "i", "l": "i", "|": "i", "!": "i", "j": "i", "5": "s", "8": "b", "e": "c", "q": "g", "9": "g",
    "6": "b", "h": "b", "u": "n", "v": "y", "2": "z",
}  # fmt: skip
_TABLE = {i: None for i in range(0x2FF) if not chr(i).isalnum()} | {ord(k): v for k, v in _CLASSES.items()}
_ODD = re.compile(r"[A-Za-z][01|!5][A-Za-z]|[01|!][a-z]{2,}|[a-z]I[a-z]")


class NoisyPlace(NamedTuple):
    """A term under noise at `raw[start:end]`; `entries` are those of the lexicon's word."""

    start: int
    end: int
    entries: tuple[int, ...]


def skeleton(text: str) -> str:
    """`text` with confusable characters merged; letters and digits only."""
    merged = same_length(text).lower().translate(_TABLE)
    for pair, single in _PAIRS:
        merged = merged.replace(pair, single)
    return merged


def _offsets(text: str) -> list[int]:
    """For each character of `skeleton(text)`, the offset in `text` that it comes from."""
    lower = same_length(text).lower()
    at = [i for i, c in enumerate(lower) if _TABLE.get(ord(c), c) is not None]
    merged = lower.translate(_TABLE)
    for pair, single in _PAIRS:
        dropped = set()
        place = merged.find(pair)
        while place >= 0:
            dropped.add(place + 1)
            place = merged.find(pair, place + 2)
        if dropped:
            at = [a for i, a in enumerate(at) if i not in dropped]
            merged = merged.replace(pair, single)
    return at


class NoisyMatcher:
    """An automaton over the skeletons of the lexicon's longer literals."""

    def __init__(self, words: Mapping[str, tuple[int, ...]]) -> None:
        by_skeleton: dict[str, set[int]] = {}
        for word, entries in words.items():
            key = skeleton(word)
            if entries and len(key) >= SHORTEST_ODD:
                by_skeleton.setdefault(key, set()).update(entries)
        self._automaton = ahocorasick.Automaton()
        for key, found in by_skeleton.items():
            self._automaton.add_word(key, (len(key), tuple(sorted(found))))
        if by_skeleton:
            self._automaton.make_automaton()
        self._empty = not by_skeleton

    def find(self, raw: str, exact: Mapping[int, int]) -> list[NoisyPlace]:
        """Places whose skeleton is that of a term, at word boundaries of `raw`.

        `exact` counts the exact hits per entry: where the skeleton finds no more than those, there is no noise.
        """
        if self._empty or not raw:
            return []
        found = list(self._automaton.iter(skeleton(raw)))
        counts = Counter(entry for _, (_, entries) in found for entry in entries)
        if all(exact.get(entry, 0) >= count for entry, count in counts.items()):
            return []
        offsets = _offsets(raw)
        places = []
        for last, (length, entries) in found:
            start, final = offsets[last + 1 - length], offsets[last]
            end = offsets[last + 1] if last + 1 < len(offsets) else len(raw)
            end = final + len(raw[final:end].rstrip(" \t\n\r\f\v.,;:()[]\"'/-_?!")) if end > final + 1 else end
            end = max(end, final + 1)
            if (start and raw[start - 1].isalnum()) or (end < len(raw) and raw[end].isalnum()):
                continue
            if length >= SHORTEST or _ODD.search(raw[start:end]):
                places.append(NoisyPlace(start, end, entries))
        return places


_DIGIT_WORD = re.compile(r"\b(?=[A-Za-z01|]*[A-Za-z])(?=[A-Za-z01|]*[01|])(?:[A-Za-z][A-Za-z01|]{1,20}|[01|][A-Za-z]{1,20})\b")


def repaired(text: str, vocabulary: Collection[str] = ()) -> str:
    """`text` with digits inside of words turned back to letters ("N0", "den1es"); the length stays the same.

    A 1 becomes the letter that makes a word of `vocabulary` (lower case), else an i.
    """
    if not _DIGIT_WORD.search(text):
        return text
    return _DIGIT_WORD.sub(lambda m: _letters(m.group(), vocabulary), text)


def _letters(word: str, vocabulary: Collection[str]) -> str:
    plain = word.replace("0", "o").replace("|", "l")
    ells = plain.replace("1", "l")
    return ells if ells.lower() in vocabulary else plain.replace("1", "i")
