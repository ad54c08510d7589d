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
from typing import NamedTuple

from chart_triage.indexing.glyphs import alike_digits, as_digits, distance
from chart_triage.indexing.lexicon_rows import rows
from chart_triage.indexing.page_differences import Comparison, Difference
from chart_triage.indexing.placed_words import PlacedToken
from chart_triage.records.page import MarkState

_KINDS = ("negation", "affirmation", "laterality", "answer", "change", "finding", "experiencer", "prefix")
_SURE = 0.9  # confidence of words that are hardly ever wrong
_NUMBER_SURE = 0.8
_BETWEEN_KINDS_SURE = 0.85  # confidence below which a number for a word is noise: "DOB" read as "1013"
_PHONE = re.compile(r"\d{3}[-.]\d{4}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}")
_SCRAP = 0.5  # confidence below which a word that the other page lacks is dust
_MISREAD = 0.5  # share of a word's letters that noise changes in words that are not quite sure
_GARBLED = 0.7  # and in those that are unsure
_LOST_SHARE = 0.03  # of a page's words that may stand on it alone
_LOST_FEW = 3
_LOST_SURE = 2  # words that may stand on one page alone though they were read for certain
_SHORT = 3  # characters: shorter words are often misread as a whole
_SURE_RUN = 2  # such words in a row are no noise: a line, or a part of one
_LOST_RUN = 4  # nor are so many that are unsure


class Strictness(NamedTuple):
    """How sure the recogniser must have been of a number for another one in its place to be believed.

    `digit`: confidence at and above which one digit for another of like shape is believed; `digit_lost`: one digit
    more or less; `guessed`: below it a number was guessed as a whole.
    """

    digit: float
    digit_lost: float
    guessed: float


ALONE = Strictness(0.5, 0.6, 0.2)
AMONG_COPIES = Strictness(0.9, 0.9, 0.4)  # the pages before or after are copies of each other as well


@cache
def _turning() -> frozenset[str]:
    return frozenset(r["word"] for r in rows("turning_words.csv", "kind", _KINDS) if r["kind"] != "prefix")


@cache
def _prefixes() -> tuple[tuple[str, str], ...]:
    pairs = [r["word"].split("/") for r in rows("turning_words.csv", "kind", _KINDS) if r["kind"] == "prefix"]
    return tuple((one.upper(), other.upper()) for one, other in pairs)


def says_the_same(
    comparison: Comparison, sizes: tuple[int, int], *, exact: bool, strictness: Strictness = ALONE
) -> bool:
    """Whether two pages of `sizes` words differ in nothing but noise; `exact`: no page was read by OCR."""
    lost: list[PlacedToken] = []
    for difference in comparison.differences:
        if difference.one and difference.other:
            if not _is_noise(difference, exact, strictness):
                return False
            continue
        words = [t for t in (*difference.one, *difference.other) if exact or t.confidence >= _SCRAP or _is_turning(t)]
        if not exact and words and all(t.in_foot and not _is_turning(t) for t in words):
            continue  # a copier cuts off the last line of a page, its number first
        sure = sum(token.confidence >= _SURE for token in words)
        if words and (exact or _matters(words) or sure >= _SURE_RUN or len(words) >= _LOST_RUN):
            return False
        lost += words
    few = len(lost) <= max(_LOST_FEW, _LOST_SHARE * min(sizes))
    return few and sum(token.confidence >= _SURE for token in lost) <= _LOST_SURE


def _matters(words: Sequence[PlacedToken]) -> bool:
    """Whether words that stand on one page alone change what it says."""
    return any(
        token.mark not in (None, MarkState.UNTICKED)
        or (token.confidence >= _NUMBER_SURE and _is_number(token.text))
        or _is_turning(token)
        for token in words
    )


def _is_turning(token: PlacedToken) -> bool:
    """A letter alone counts if it was read for certain: specks are read as letters."""
    sure = token.confidence >= (_NUMBER_SURE if len(token.text) == 1 else 0.0)
    return sure and token.text.lower() in _turning()


def _is_number(text: str) -> bool:
    characters = [c for c in text if c.isalnum()]
    digits = sum(c.isdigit() for c in characters)
    return digits * 2 > len(characters) or (digits * 2 == len(characters) and len(characters) > 2)


def _is_noise(difference: Difference, exact: bool, strictness: Strictness) -> bool:
    one, other = (_plain(side) for side in difference)
    if not _marks_agree(difference):
        return False
    if one == other or exact:
        return one == other
    sure = min(token.confidence for side in difference for token in side)
    numbers = [any(_is_number(token.text) for token in side) for side in difference]
    if all(numbers):
        return _numbers_agree(difference, sure, strictness)
    digits = [_digits(side) for side in difference]
    if digits[0] != digits[1] and (any(numbers) or all(digits)):
        return sure < (strictness.digit if all(digits) else _BETWEEN_KINDS_SURE)  # "T1" and "T2"; "DOB" and "1013"
    if _turns(difference, sure) or _opposite(one, other):
        return False
    apart, length = distance(one, other), max(len(one), len(other))
    if apart <= max(1, length / 4) or (apart <= _MISREAD * length and sure < _SURE):
        return True
    return (length <= _SHORT and sure < _SURE) or (sure < _NUMBER_SURE and apart <= _GARBLED * length)


def _marks_agree(difference: Difference) -> bool:
    """Whether both sides show the same form marks; a cross that was read as the letter X is one."""
    marks = [{token.mark for token in side if token.mark} for side in difference]
    if marks[0] == marks[1]:
        return True
    for mine, others in (marks, difference.other), (marks[::-1], difference.one):
        if mine == [{MarkState.TICKED}, set()] and set(_plain(others)) <= {"X", "V"}:
            return True
    return False


def _plain(tokens: Sequence[PlacedToken]) -> str:
    """The folded words in one, with the points of numbers: what was parted or joined reads the same."""
    parts = []
    for token in tokens:
        if token.mark is None:
            kept = r"[^A-Z0-9<>%+.]" if _is_number(token.text) else r"[^A-Z0-9<>%+]"
            parts.append(re.sub(kept, "", token.key.replace(",", ".")).strip("."))
    return "".join(parts)


def _digits(tokens: Sequence[PlacedToken]) -> str:
    joined = "".join(as_digits(t.text) if _is_number(t.text) else t.text for t in tokens)
    joined = joined.replace("#", "4")  # as coarse copies show it
    return re.sub(r"[^0-9.<>]", "", re.sub(r"[.,](?!\d)", "", joined).replace(",", "."))


def _numbers_agree(difference: Difference, sure: float, strictness: Strictness) -> bool:
    one, other = (_digits(side) for side in difference)
    if one == other:
        return distance(_plain(difference.one), _plain(difference.other)) <= 2
    apart, length = distance(one, other), max(len(one), len(other))
    if difference[0][0].in_foot and difference[1][0].in_foot and apart <= 1:
        return sure < _SURE
    if _PHONE.fullmatch(difference.one[-1].text) or _PHONE.fullmatch(difference.other[-1].text):
        return sure < _SURE and apart <= _MISREAD * length
    if sure < strictness.guessed:
        return apart <= max(1, _MISREAD * length)
    if apart > 1 or sure >= strictness.digit_lost:
        return False
    return len(one) != len(other) or (sure < strictness.digit and all(map(alike_digits, one, other)))


def _turns(difference: Difference, sure: float) -> bool:
    """Whether a word that turns a statement round stands on one side and nothing like it on the other."""
    texts = [[token.text.lower() for token in side] for side in difference]
    sides = [set(text) & _turning() for text in texts]
    if sides[0] == sides[1]:
        return False
    if all(sides):
        return True
    word = next(iter(sides[0] or sides[1]))
    others = texts[1] if sides[0] else texts[0]
    near = [*others, "".join(others)]
    if len(word) == 1:
        if len(texts[0 if sides[0] else 1]) > 1:
            return False  # a part of "umol/L"
        return sure >= _NUMBER_SURE and all(len(text) != 2 or word not in text for text in near)
    return all(distance(word, text) > max(1, len(word) // 3) for text in near)


def _opposite(one: str, other: str) -> bool:
    """Whether two words differ in a beginning that turns the meaning round: "hyperintense" and "hypointense"."""
    for first, second in _prefixes():
        for a, b in ((one, other), (other, one)):
            if a.startswith(first) and b.startswith(second):
                rests = a[len(first) :], b[len(second) :]
                if min(map(len, rests)) > 3 and distance(*rests, limit=1) <= bool(first and second):
                    return True
    return False
