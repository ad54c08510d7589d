"""Letters and digits that a fax or a recogniser takes for each other, and how far two strings are apart."""

from __future__ import annotations

_LOOKALIKES = {
    "0": "O",
    "Q": "O",
    "1": "I",
    "L": "I",
    "|": "I",
    "!": "I",
    "5": "S",
    "$": "S",
    "8": "B",
    "2": "Z",
    "6": "G",
}
_FOLD = str.maketrans(_LOOKALIKES | {chr(c): _LOOKALIKES.get(chr(c).upper(), chr(c).upper()) for c in range(97, 123)})
_ALIKE_DIGITS = frozenset(
    frozenset(pair) for pair in "06 08 09 17 14 27 38 35 36 56 58 68 69 89 49 13 23 12 01 47".split()
)
_TO_DIGIT = str.maketrans("OoQDIl|!iSs$BZzGTg", "000011111555822679")
_TO_LETTER = str.maketrans("015826|!", "OISBZGII")


def fold(text: str) -> str:
    """`text` in capitals, with one letter for each set of look-alikes: "HOLL0WMERE" and "HOLLOWMERE" fold alike."""
    return text.replace("II", "H").replace("Il", "H").translate(_FOLD).replace("RN", "M").replace("VV", "W")


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
    return one == other or frozenset((one, other)) in _ALIKE_DIGITS
