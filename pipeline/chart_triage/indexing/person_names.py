"""Names of persons as headers print them, and how far two of them agree.

A name is kept as "LAST, FIRST MIDDLE". Words that cannot be part of one, titles and short forms are rows of
`lexicons/shared/name_words.csv` and `nicknames.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from chart_triage.indexing.glyphs import as_letters, distance, fold
from chart_triage.indexing.lexicon_rows import rows

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|['’`.|!-](?=[^\W_]))*")
_COMMA = re.compile(r"(?<=[A-Za-z01'’)])\s?(?:,|(?<=[A-Za-z]{3})\.(?=\s[A-Z][A-Za-z]{2}))")
_NAME_PARTS = ("honorific", "suffix", "particle", "placeholder", "credential")
_PARTS = (*_NAME_PARTS, "facility", "document", "nothing", "state", "calendar", "either")
_UNSEXED = frozenset(map(fold, ("infant", "newborn")))  # in place of a name: of neither sex
_UNLIKELY = ("facility", "document", "calendar", "state")  # but people are called so
_LONGEST = 4  # words of a first or a last name
_SAME, _ALIKE = 0.25, 0.4  # share of a word's letters that may differ: misread, or not to be told
_ALIKE_GIVEN = 0.5  # of a given name beside the same family name: relatives are called less alike


class NameAgreement(StrEnum):
    EXACT = "exact"
    NEAR = "near"
    PLACEHOLDER = "placeholder"
    UNCLEAR = "unclear"
    FAMILY_DIFFERS = "family_differs"
    GIVEN_DIFFERS = "given_differs"
    DIFFERENT = "different"


class _Token(NamedTuple):
    text: str
    part: str | None
    start: int
    end: int


@cache
def _word_parts() -> dict[str, str]:
    return {row["word"]: row["part"] for row in rows("name_words.csv", "part", _PARTS)}


@cache
def _nicknames() -> frozenset[tuple[str, str]]:
    pairs = {(fold(row["name"]), fold(row["short"])) for row in rows("nicknames.csv", "source", _AnySource())}
    return frozenset(pairs | {(short, name) for name, short in pairs})


@cache
def given_names() -> frozenset[str]:
    """Common given names and their short forms, in capitals."""
    listed = rows("nicknames.csv", "source", _AnySource())
    return frozenset(name.upper() for row in listed for name in (row["name"], row["short"]))


def is_title(word: str) -> bool:
    """Whether a word may stand with a name and is none: Mrs, MD, Jr."""
    key = word.lower().replace(".", "").replace("'", "").replace("-", "")
    return _word_parts().get(key) is not None


class _AnySource(frozenset[str]):
    def __contains__(self, item: object) -> bool:
        return bool(item)


def read_name(text: str, *, labelled: bool) -> str | None:
    """The name at the start of `text` as "LAST, FIRST MIDDLE", or None.

    `labelled`: a label says that a name follows ("Patient:"), so that common words are believed to be names ("WARD,
    JASPER"); without one the words themselves must look like a name, and what stands before it is left out.

    >>> read_name("Dunleavy-Crane, Perpetua A. (id", labelled=False)
    'DUNLEAVY-CRANE, PERPETUA A'
    >>> read_name("Ms. Perpetua Dunleavy-Crane", labelled=True)
    'DUNLEAVY-CRANE, PERPETUA'
    """
    text = text.strip(" \t:;-_*#|'\"")
    comma = _comma(text)
    if comma is not None:
        return _with_comma(text[:comma], text[comma + 1 :], labelled)
    return _in_order(_name_tokens(text), labelled)


def _comma(text: str) -> int | None:
    """Where last and first name part: a comma, or the full stop that it was read as."""
    for match in _COMMA.finditer(text):
        word = re.split(r"[\s,]", text[: match.start()])[-1].lower()
        if text[match.end() - 1] == "," or _word_parts().get(word) not in ("honorific", "particle", "credential"):
            return match.end() - 1
    return None


def _tokens(text: str) -> list[_Token]:
    parts = _word_parts()
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0].strip(".").replace("`", "'").replace("’", "'")
        if sum(c.isalpha() for c in word) * 2 < len(word):
            found.append(_Token(word, "number", match.start(), match.end()))
            continue
        word = as_letters(word)
        key = word.lower().replace(".", "").replace("'", "").replace("-", "")
        found.append(_Token(word, parts.get(key), match.start(), match.end()))
    return found


def _name_tokens(text: str) -> list[_Token]:
    """The words from the start of `text` up to whatever ends a name."""
    end = re.search(r"[\n\t()/:;|,\[\]]|\s{3,}|\s-\s", text)
    return _tokens(text[: end.start()] if end else text)


def _is_name(token: _Token) -> bool:
    return token.part in (None, "particle", "placeholder", "suffix")


def _with_comma(before: str, after: str, labelled: bool) -> str | None:
    given, family = _given(after), _family(before, labelled)
    if family and not given and (rest := _name_tokens(after)) and rest[0].part == "suffix":
        return _with_comma(before, after.partition(",")[2], labelled)  # "Doe, Jr., John"
    if given is None or not family or not given:
        # "Jane Doe, DOB 03/02/1981", and "Jane Doe, MD", who is no patient
        professional = given is None
        return None if professional else _in_order(_name_tokens(before), labelled)
    capital = any(part[0].isupper() for word in family for part in word.split("-") if part)
    if not capital and (given[0][0].isupper() or not labelled):
        return None
    return f"{' '.join(family)}, {' '.join(given)}".upper()


def _family(text: str, labelled: bool) -> list[str]:
    tokens = _tokens(text)
    family: list[_Token] = []
    for token in reversed(tokens):
        between = text[token.end : family[0].start] if family else ""
        usable = _is_name(token) or token.part == "either" or (labelled and token.part in _UNLIKELY)
        if not usable or re.search(r"[\n\t:;()|]|\s{3,}", between):
            break
        family.insert(0, token)
    return [t.text for t in family[-_LONGEST:] if t.part != "suffix"]


def _given(text: str) -> list[str] | None:
    """The given names at the start of `text`; None where it names a professional."""
    words: list[str] = []
    tokens = _name_tokens(text)
    behind = text[tokens[-1].end :] if tokens else text
    if (more := re.match(r"\s?,", behind)) and (next_ := _name_tokens(behind[more.end() :])[:1]):
        tokens = [*tokens, *(token for token in next_ if token.part == "credential")]
    for index, token in enumerate(tokens):
        if token.part == "credential":
            return None
        if token.part in ("honorific", "suffix"):
            continue
        if token.part not in (None, "placeholder", "particle", "either") and not (len(token.text) == 1 and words):
            break
        sex_and_age = token.text in ("F", "M") and index + 1 < len(tokens) and tokens[index + 1].part == "number"
        if words and sex_and_age:
            break
        if words and not token.text[0].isupper():
            break
        if token.text not in words:
            words.append(token.text)
        if len(words) == _LONGEST:
            break
    return words


def _in_order(tokens: Sequence[_Token], labelled: bool) -> str | None:
    """A name in the order in which it is spoken: "Jane A. Doe"."""
    while tokens and tokens[0].part == "honorific":
        tokens = tokens[1:]
    kept: list[_Token] = []
    for token in tokens:
        if token.part == "credential":
            return None
        usable = _is_name(token) or token.part == "either"
        if not usable or not (any(map(str.isupper, token.text)) or token.part == "particle"):
            if labelled:
                break
            return None
        kept.append(token)
    kept = [token for token in kept if token.part != "suffix"]
    if len(kept) > 2 and len(kept[-1].text) == 1:  # "DOE JANE A"
        kept = [*kept[1:], kept[0]]
    if not 2 <= len(kept) <= _LONGEST + 1 or max(len(token.text) for token in kept) < 3 or len(kept[-1].text) < 2:
        return None
    first = len(kept) - 1
    while first > 1 and kept[first - 1].part == "particle":
        first -= 1
    family, given = kept[first:], kept[:first]
    return f"{' '.join(t.text for t in family)}, {' '.join(t.text for t in given)}".upper()


def compare(one: str, other: str) -> NameAgreement:
    """How far two names of the form "LAST, FIRST MIDDLE" agree; misread letters are allowed for.

    >>> compare("HOLLOWMERE, BERTRAM", "H0LLOWMERE, BERTRAN")
    <NameAgreement.NEAR: 'near'>
    """
    if fold(one) == fold(other):
        return NameAgreement.EXACT
    a, b = _split(one), _split(other)
    given, family = _given_agreement(a[1], b[1]), _words_agreement(a[0], b[0])
    straight = _joined(given, family)
    if straight in (NameAgreement.EXACT, NameAgreement.NEAR, NameAgreement.PLACEHOLDER):
        return straight
    # "DOE JANE" without its comma was taken for Jane as the last name; or nothing but the comma's place differs
    if _words_agreement((*a[0], *a[1]), (*b[1], *b[0])) >= _Part.NEAR:
        return NameAgreement.NEAR
    if _close("".join(sorted(a[0] + a[1])), "".join(sorted(b[0] + b[1]))) == _Part.EXACT:
        return NameAgreement.NEAR
    return straight


class _Part:
    """How far one part of a name agrees."""

    DIFFERENT, UNCLEAR, PLACEHOLDER, NEAR, EXACT = range(5)


def _joined(given: int, family: int) -> NameAgreement:
    if family >= _Part.NEAR:
        if given == _Part.EXACT and family == _Part.EXACT:
            return NameAgreement.EXACT
        return {
            _Part.DIFFERENT: NameAgreement.GIVEN_DIFFERS,
            _Part.UNCLEAR: NameAgreement.UNCLEAR,
            _Part.PLACEHOLDER: NameAgreement.PLACEHOLDER,
        }.get(given, NameAgreement.NEAR)
    if family == _Part.UNCLEAR:
        return NameAgreement.UNCLEAR if given != _Part.DIFFERENT else NameAgreement.DIFFERENT
    return NameAgreement.FAMILY_DIFFERS if given == _Part.EXACT else NameAgreement.DIFFERENT


@cache
def _split(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folded words of the last and of the given names."""
    family, _, given = name.partition(", ")
    return tuple(_folded(family)), tuple(_folded(given))


def _folded(words: str) -> list[str]:
    return [fold(each).strip(".'") for each in re.split(r"[\s\-.']+", words) if each.strip(".'")]


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(fold(word) for word, part in _word_parts().items() if part == "placeholder")


def _given_agreement(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    if not one or not other:
        return _Part.UNCLEAR
    first, second = one[0] in _placeholders(), other[0] in _placeholders()
    if first and second:
        return _Part.EXACT if one == other or not _UNSEXED.isdisjoint((*one, *other)) else _Part.DIFFERENT
    if first or second:
        return _Part.PLACEHOLDER
    if one[0] == other[0]:
        return _Part.EXACT
    if min(len(one[0]), len(other[0])) == 1:
        return _Part.NEAR if one[0][0] == other[0][0] else _Part.DIFFERENT
    best = max(_word_agreement(a, b) for a in one for b in other)  # a middle name may be used as the first
    return min(max(best, _close("".join(one), "".join(other), _ALIKE_GIVEN)), _Part.NEAR)


def _words_agreement(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Of last names: all words of the shorter one are in the longer one ("PETTIBONE-VALE" and "PETTIBONE")."""
    if one == other:
        return _Part.EXACT
    joined = _close("".join(one), "".join(other))
    if joined >= _Part.NEAR:
        return joined
    short, long = sorted((one, other), key=len)
    if not short:
        return _Part.UNCLEAR
    each = [max(_close(word, mate) for mate in long) for word in short]
    return max(joined, min(min(each), _Part.NEAR))


def _word_agreement(a: str, b: str) -> int:
    if min(len(a), len(b)) == 1:
        return _Part.DIFFERENT
    return _Part.NEAR if (a, b) in _nicknames() else _close(a, b, _ALIKE_GIVEN)


def _close(a: str, b: str, alike: float = _ALIKE) -> int:
    if a == b:
        return _Part.EXACT
    length = max(len(a), len(b))
    apart = distance(a, b, limit=int(length * alike) + 1)
    if apart <= length * _SAME:
        return _Part.NEAR
    return _Part.UNCLEAR if apart < length * alike else _Part.DIFFERENT
