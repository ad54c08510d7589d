"""Terms through OCR noise: "gl1oma", "pacernaker", "Epiiepsy", "ME LAS syndrome", "G L I O B L A S T O M A".

Characters that OCR confuses are mapped to one representative (0 and o; 1, l, i, |; rn and m; cl and d ...) and spaces
are dropped, in the lexicon and in the text alike. What is equal then is one confusion or more apart, so an exact
search of the mapped text finds it in one linear pass, with no edit distance. Only long terms take part: short words
and abbreviations collide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import accumulate
from typing import NamedTuple

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from chart_triage.language.flat import same_length

SHORTEST = 8
SHORTEST_ODD = 6  # where a digit among letters gives the noise away
PAIRS = (("rn", "m"), ("nn", "m"), ("yy", "w"), ("ci", "d"))  # after the classes: rn/m, cl/d, vv/w, nu/m
_CLASSES = {
    "0": "o", "1": "i", "l": "i", "|": "i", "!": "i", "j": "i", "5": "s", "8": "b", "e": "c", "q": "g", "9": "g",
    "6": "b", "h": "b", "u": "n", "v": "y", "2": "z",
}  # fmt: skip
_BETWEEN = "\x01"  # parts the words of a list; kept by the table
_SIZE = 0x300
_NOTHING = "\0"  # stands for what is dropped until neighbours have been merged: "r n" is no m
_MERGED = {
    i: _CLASSES.get(c, c) if c.isalnum() or c in _CLASSES or c == _BETWEEN else _NOTHING
    for i, c in enumerate(map(chr, range(_SIZE)))
}
_TABLE = np.array([ord(c) for c in _MERGED.values()], np.uint32)
_BEYOND_TABLE = re.compile("[^\\x00-\u02ff]")
_ODD = re.compile(r"[01|!5I](?:(?<=[A-Za-z][01|!5])[A-Za-z]|(?<=[01|!])[a-z]{2}|(?<=[a-z]I)[a-z])")


class NoisyPlace(NamedTuple):
    """A term under noise at `raw[start:end]`; `words` are the lexicon's with that skeleton."""

    start: int
    end: int
    words: tuple[str, ...]


def skeleton(text: str) -> str:
    """`text` with confusable characters merged; letters and digits only."""
    return _merged(text).replace(_NOTHING, "")


def _merged(text: str) -> str:
    """The skeleton of `text`, with `_NOTHING` for each character that it drops."""
    merged = same_length(text).lower()
    if not merged.isascii():
        merged = _BEYOND_TABLE.sub(_NOTHING, merged)
    merged = merged.translate(_MERGED)
    for pair, single in PAIRS:
        merged = merged.replace(pair, single)
    return merged


def _origins(text: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each character of the skeleton of `text` the first and the last offset in `text` that it comes from."""
    codes = np.frombuffer(same_length(text).lower().encode("utf-32-le"), np.uint32)
    merged = _TABLE[np.where(codes < _SIZE, codes, 0)]
    firsts = np.nonzero(merged)[0]
    lasts = firsts.copy()
    merged = merged[firsts]
    for pair, single in PAIRS:
        beside = (merged[:-1] == ord(pair[0])) & (merged[1:] == ord(pair[1])) & (firsts[1:] - lasts[:-1] == 1)
        first = np.nonzero(beside)[0]
        if pair[0] == pair[1]:
            first = _apart(first)
        if len(first):
            merged[first] = ord(single)
            lasts[first] = lasts[first + 1]
            merged, firsts, lasts = (np.delete(array, first + 1) for array in (merged, firsts, lasts))
    return firsts, lasts


def _apart(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of overlapping places ("nnn") the first of each two."""
    kept: list[int] = []
    for place in places.tolist():
        if not kept or place > kept[-1] + 1:
            kept.append(place)
    return np.array(kept, np.intp)


class NoisyMatcher:
    """An automaton over the skeletons of the lexicon's longer literals."""

    def __init__(self, words: Iterable[str]) -> None:
        words = list(words)
        by_skeleton: dict[str, list[str]] = {}
        skeletons = skeleton(_BETWEEN.join(words)).split(_BETWEEN) if words else []
        for key, word in zip(skeletons, words, strict=True):
            if len(key) >= SHORTEST_ODD:
                by_skeleton.setdefault(key, []).append(word)
        self._automaton = ahocorasick.Automaton()
        self._words = [tuple(found) for found in by_skeleton.values()]
        self._keys = list(by_skeleton)
        for number, key in enumerate(by_skeleton):
            self._automaton.add_word(key, number)
        if by_skeleton:
            self._automaton.make_automaton()

    def find(self, raw: str, exact: Callable[[tuple[str, ...]], int]) -> list[NoisyPlace]:
        """Places whose skeleton is that of a term, at word boundaries of `raw`.

        `exact` counts the places of words as they are written. Each of these has the word's skeleton, so where there
        are no more skeletons than words there is no noise, and the offsets need not be worked out.
        """
        if not self._keys or not raw:
            return []
        merged = _merged(raw)
        found = self._whole(merged, raw)
        counts = Counter(number for _, number in found)
        noisy = {n for n, count in counts.items() if count > exact(self._words[n])}
        if not noisy:
            return []
        firsts, lasts = _origins(raw)
        places = []
        for last, number in found:
            if number not in noisy:
                continue
            length = len(self._keys[number])
            start, end = int(firsts[last + 1 - length]), int(lasts[last]) + 1
            if (start and raw[start - 1].isalnum()) or raw[end : end + 1].isalnum():
                continue
            if length >= SHORTEST or _ODD.search(raw[start:end]):
                places.append(NoisyPlace(start, end, self._words[number]))
        return places

    def _whole(self, merged: str, raw: str) -> list[tuple[int, int]]:
        """Last character in the skeleton and number of each term that may begin and end with words of the text."""
        parts = merged.split(_NOTHING)
        found = list(self._automaton.iter("".join(parts)))
        if not found or "|" in raw or "!" in raw:  # signs that are read as letters, and may stand beside a word
            return found
        ends = set(accumulate(map(len, parts)))
        ends.add(0)
        keys = self._keys
        return [(last, n) for last, n in found if last + 1 in ends and last + 1 - len(keys[n]) in ends]


_DIGIT_WORD = re.compile(
    r"\b(?=[A-Za-z01|]*[A-Za-z])(?=[A-Za-z01|]*[01|])(?:[A-Za-z][A-Za-z01|]{1,20}|[01|][A-Za-z]{1,20})\b"
)


def repaired(text: str, vocabulary: Collection[str] = ()) -> str:
    """`text` with digits inside of words turned back to letters ("N0", "den1es"); the length stays the same.

    A 1 becomes the letter that makes a word of `vocabulary` (lower case), else an i.
    """
    if not ("0" in text or "1" in text or "|" in text) or not _DIGIT_WORD.search(text):
        return text
    return _DIGIT_WORD.sub(lambda m: _letters(m.group(), vocabulary), text)


def _letters(word: str, vocabulary: Collection[str]) -> str:
    plain = word.replace("0", "o").replace("|", "l")
    ells = plain.replace("1", "l")
    return ells if ells.lower() in vocabulary else plain.replace("1", "i")
