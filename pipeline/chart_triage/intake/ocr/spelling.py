"""Words that are one or two look-alike letters away from a word: "paticnt", "bascline", "g1ioma".

Only for words that the engine doubts and the vocabulary does not know; a known word is never changed into another,
and a number never into anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from chart_triage.intake.ocr.vocabulary import core, vocabulary

# What a blurred or broken letter is read as -> what it may have been. From the errors of Tesseract on faxes drawn by
# fixtures/fax.py; capitals are confused otherwise than small letters.
_SMALL = {
    "c": "eo", "e": "co", "o": "ec", "a": "u", "u": "a", "t": "fl", "f": "t", "l": "it", "i": "lj", "j": "i", "n": "hr",
    "h": "bn", "b": "h", "r": "n", "v": "y", "y": "v", "g": "qs", "q": "g", "s": "g", "1": "li", "0": "o", "5": "s",
    "!": "li", "|": "li", "]": "lj", ")": "l", "(": "t", "[": "lf", "J": "l", "I": "l", "O": "o", "S": "s",
    "ã": "a", "á": "a", "à": "a", "é": "e", "è": "e", "ê": "e", "ó": "o", "ö": "o", "ü": "u",
}  # fmt: skip
_SMALL_PAIRS = {"rn": "m", "m": "rn", "cl": "d", "d": "cl", "li": "h", "ri": "n", "n": "ri", "ii": "n", "vv": "w"}
_CAPITALS = {
    "0": "O", "O": "CQDG", "1": "IL", "5": "S", "8": "B", "I": "LT", "L": "IE", "F": "E", "E": "F",
    "C": "GO", "G": "CO",
    "B": "E", "N": "H", "H": "N", "T": "I", "U": "O", "V": "Y", "Y": "V", "!": "IL", "|": "IL", "]": "J",
}  # fmt: skip
_CAPITAL_PAIRS = {"II": "H", "L.": "L", "I,": "L", "VV": "W", "IN": "M"}

_LEAST_LENGTH = 4  # shorter words have too many neighbours ...
_SHORT_WEIGHT = 9  # ... but for the commonest: "ot", "tor", "wus"
_TWO_CHANGES_FROM = 8  # letters


def respelt(text: str) -> str | None:
    """The word that `text` was meant to be, with its punctuation; None if there is none or more than one.

    >>> respelt("paticnt,"), respelt("g1ioma"), respelt("(ime"), respelt("Xcopri")
    ('patient,', 'glioma', 'time', None)
    """
    before, inner, after = core(text)
    if not inner or inner.isdigit() or not any(c.isalpha() for c in inner):
        return None
    # a bracket or "!" at the end may itself be a letter
    forms = [(before, inner, after)]
    if before[-1:] in ("(", "[", "!"):
        forms.append((before[:-1], before[-1] + inner, after))
    if after[:1] in ("!", ")", "]", "|"):
        forms.append((before, inner + after[0], after[1:]))
    found: dict[str, int] = {}
    for start, middle, end in forms:
        for word, weight in _neighbours(middle):
            found[start + _in_case(word, middle) + end] = weight
    if not found:
        return None
    best, *others = sorted(found, key=lambda each: -found[each])
    if others and found[others[0]] >= found[best] - 1:
        return None
    return best


def _neighbours(inner: str) -> Iterator[tuple[str, int]]:
    words = vocabulary()
    capitals = sum(c.isupper() for c in inner) > len(inner) // 2
    least = 1 if len(inner) >= _LEAST_LENGTH else _SHORT_WEIGHT
    if len(inner) < 2:
        return
    once = set(_changed(inner, capitals))
    found = {w for each in once if words.get(w := each.lower(), 0) >= least}
    if not found and len(inner) >= _TWO_CHANGES_FROM:
        found = {w for each in once for again in _changed(each, capitals) if (w := again.lower()) in words}
    for word in found:
        yield word, words[word]


def _changed(word: str, capitals: bool) -> Iterator[str]:
    singles, pairs = (_CAPITALS, _CAPITAL_PAIRS) if capitals else (_SMALL, _SMALL_PAIRS)
    for index, character in enumerate(word):
        for other in singles.get(character, ""):
            yield word[:index] + other + word[index + 1 :]
        for pattern, other in pairs.items():
            if word.startswith(pattern, index):
                yield word[:index] + other + word[index + len(pattern) :]


def _in_case(word: str, model: str) -> str:
    letters = [c for c in model if c.isalpha()]
    if len(letters) > 1 and sum(c.isupper() for c in letters) > len(letters) // 2:
        return word.upper()
    return word[0].upper() + word[1:] if model[0].isupper() and model[0] not in "JIOS" else word
