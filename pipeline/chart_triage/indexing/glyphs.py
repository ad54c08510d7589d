"""Letters and digits that a fax or a recogniser takes for each other, and how far two strings are apart."""

from __future__ import annotations

from functools import lru_cache

_LOOKALIKES = dict(zip("0Q1L|!5$826", "OOIIIISSBZG", strict=True))
_FOLD = str.maketrans(_LOOKALIKES | {chr(c): _LOOKALIKES.get(chr(c).upper(), chr(c).upper()) for c in range(97, 123)})
_ALIKE_TO = ("1689", "02347", "137", "12568", "179", "368", "03589", "124", "03569", "0468")  # to 0, to 1, ...
_ALIKE_DIGITS = dict(zip("0123456789", _ALIKE_TO, strict=True))
_TO_DIGIT = str.maketrans("OoQDIl|!iSs$BZzGTg", "000011111555822679")
_TO_LETTER = str.maketrans("0145826|!", "OIASBZGII")


@lru_cache(maxsize=1 << 14)  # a page's words return on the next one: half of the time of reading its labels
def fold(text: str) -> str:
    """`text` in capitals, with one letter for each set of look-alikes: "HOLL0WMERE" and "HOLLOWMERE" fold alike."""
    return text.translate(_FOLD).replace("RN", "M").replace("VV", "W")


def fold_shapes(text: str) -> str:
    """As `fold`, and "WIIO" like "WHO"; for words that are compared with words at the same place only."""
    return fold(text.replace("II", "H").replace("Il", "H"))


def as_digits(text: str) -> str:
    """`text` with letters that are misread digits turned into those digits: "O6" to "06"."""
    return text.translate(_TO_DIGIT)


def as_letters(text: str) -> str:
    """`text` with digits that are misread letters turned into those letters: "H0PE" to "HOPE"."""
    return text.translate(_TO_LETTER)


def distance(one: str, other: str, limit: int = 99) -> int:
    """Least number of characters to change, add or take away; `limit` + 1 stands for anything beyond `limit`."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    previous = list(range(len(other) + 1))
    for row, a in enumerate(one, start=1):
        current = [row]
        for column, b in enumerate(other, start=1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b)))
        if min(current) > limit:
            return limit + 1
        previous = current
    return min(previous[-1], limit + 1)


def alike_digits(one: str, other: str) -> bool:
    """Whether a coarse copy shows two digits alike."""
    return one == other or other in _ALIKE_DIGITS.get(one, "")
