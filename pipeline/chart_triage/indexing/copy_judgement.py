"""Whether what two pages differ in is noise of fax and recogniser, or a difference in what they say.

Noise changes a letter or a digit into one of like shape, at a place where the recogniser was not sure, and loses a word
here and there. A number, a negation, a side, an answer or a name that differs on words that were read for certain
is a difference in what the pages say, and so is a line that stands on one of them alone. Words whose change
turns a statement round are rows of `lexicons/shared/turning_words.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chart_triage.indexing.glyphs import as_digits, distance
from chart_triage.indexing.lexicon_rows import rows
from chart_triage.indexing.page_differences import Comparison, Difference
from chart_triage.indexing.placed_words import PlacedToken

_KINDS = ("negation", "affirmation", "laterality", "answer", "change", "finding", "experiencer", "prefix")
LEAST_MATCHED = 0.75  # of the words of either page: with fewer equal the pages are not compared further
_SURE = 0.9  # confidence of words that are hardly ever wrong
_NUMBER_SURE = 0.8
_SCRAP = 0.5  # confidence below which a word that the other page lacks is dust
_MISREAD = 0.34  # share of a word's characters that noise changes
_LOST_SHARE = 0.02  # of a page's words that may stand on it alone, though well read
_LOST_FEW = 2
_LOST_RUN = 4  # words in a row that stand on one page alone: a line


@cache
def _turning() -> frozenset[str]:
    return frozenset(r["word"] for r in rows("turning_words.csv", "kind", _KINDS) if r["kind"] != "prefix")


@cache
def _prefixes() -> tuple[tuple[str, str], ...]:
    pairs = [r["word"].split("/") for r in rows("turning_words.csv", "kind", _KINDS) if r["kind"] == "prefix"]
    return tuple((one.upper(), other.upper()) for one, other in pairs)


def says_the_same(comparison: Comparison, sizes: tuple[int, int], *, exact: bool) -> bool:
    """Whether two pages of `sizes` words differ in nothing but noise; `exact`: no page was read by OCR."""
    if comparison.matched < LEAST_MATCHED * max(sizes):
        return False
    lost = [0, 0]
    for difference in comparison.differences:
        if not difference.one or not difference.other:
            side = 0 if difference.one else 1
            words = [t for t in difference[side] if exact or t.confidence >= _SCRAP]
            if words and (exact or _matters(words) or len(words) >= _LOST_RUN):
                return False
            lost[side] += len(words)
        elif not _is_noise(difference, exact):
            return False
    return all(count <= max(_LOST_FEW, _LOST_SHARE * size) for count, size in zip(lost, sizes, strict=True))


def _matters(words: Sequence[PlacedToken]) -> bool:
    """Whether a word that stands on one page alone changes what it says."""
    sure = [token for token in words if token.confidence >= _NUMBER_SURE]
    return any(token.mark or _is_number(token.text) or token.text.lower() in _turning() for token in sure)


def _is_number(text: str) -> bool:
    characters = [c for c in text if c.isalnum()]
    digits = sum(c.isdigit() for c in characters)
    return digits * 2 > len(characters) or (digits * 2 == len(characters) and len(characters) > 2)


def _is_noise(difference: Difference, exact: bool) -> bool:
    one, other = (_plain(side) for side in difference)
    if one == other:
        return True
    if exact:
        return False
    marks = [{token.mark for token in side if token.mark} for side in difference]
    if marks[0] != marks[1]:
        return False
    sure = min(token.confidence for side in difference for token in side)
    if any(_is_number(token.text) for side in difference for token in side):
        return _numbers_agree(difference, sure)
    if _turns(difference) and sure >= _SCRAP:
        return False
    apart = distance(one, other)
    length = max(len(one), len(other))
    if _opposite(one, other):
        return False
    return apart <= 1 or (apart <= _MISREAD * length and sure < _SURE) or (sure < _SCRAP and apart < length)


def _plain(tokens: Sequence[PlacedToken]) -> str:
    """The folded words in one, with the points of numbers: what was parted or joined reads the same."""
    joined = "".join(token.key for token in tokens)
    return re.sub(r"(?<=\d)[.,](?=\d)|[^A-Z0-9<>%+]", lambda match: "." if match[0] in ".," and match[0] else "", joined)


def _digits(tokens: Sequence[PlacedToken]) -> str:
    joined = "".join(as_digits(token.text) if _is_number(token.text) else token.text for token in tokens)
    return re.sub(r"[^0-9.<>]", "", re.sub(r"[.,](?!\d)", "", joined).replace(",", "."))


def _numbers_agree(difference: Difference, sure: float) -> bool:
    one, other = (_digits(side) for side in difference)
    if one == other:
        return distance(_plain(difference.one), _plain(difference.other)) <= 2
    return sure < _NUMBER_SURE and distance(one, other) <= 1


def _turns(difference: Difference) -> bool:
    """Whether a word that turns a statement round stands on one side and nothing like it on the other."""
    sides = [{token.text.lower() for token in side} & _turning() for side in difference]
    if sides[0] == sides[1]:
        return False
    for mine, others in ((sides[0] - sides[1], difference.other), (sides[1] - sides[0], difference.one)):
        joined = "".join(token.text.lower() for token in others)
        for word in mine:
            near = [token.text.lower() for token in others] + [joined]
            if len(word) < 3 or min(distance(word, text, limit=1) for text in near) > 1:
                return True
            if any(text in _turning() for text in near):
                return True
    return False


def _opposite(one: str, other: str) -> bool:
    """Whether two words differ in a beginning that turns the meaning round: "hyperintense" and "hypointense"."""
    for first, second in _prefixes():
        for a, b in ((one, other), (other, one)):
            if a.startswith(first) and b.startswith(second):
                rests = a[len(first) :], b[len(second) :]
                if min(map(len, rests)) > 3 and distance(*rests, limit=1) <= 1:
                    return True
    return False
