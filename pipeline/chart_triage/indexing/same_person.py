"""Whether two identities are of one person: the evidence of each part weighed and added up.

The model is that of record linkage (Fellegi and Sunter 1969): how a part agrees is worth the logarithm to base 2 of how
much more often it agrees so within one person's pages than between pages of two. The weights with their reasons are
`lexicons/shared/identity_weights.csv`. Between the two bounds nothing is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from chart_triage.indexing.glyphs import alike_digits, distance, fold
from chart_triage.indexing.lexicon_rows import rows
from chart_triage.indexing.person_names import NameAgreement, compare
from chart_triage.records.chart_index import Identity

_OF_RELATIVE = "_of_relative"  # the same evidence once the given names differ
_EVIDENCE = (
    *("name", "born", "number", "member", "sex", "age", "decision"),
    *(f"{part}{_OF_RELATIVE}" for part in ("born", "number", "member")),
)
_LONG_NUMBER = 6  # characters, from which on one misread character leaves a number recognisable
_FAR_AGES = 15  # years


class Agreement(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Weighed(NamedTuple):
    agreement: Agreement
    score: float


@cache
def _weights() -> dict[tuple[str, str], float]:
    return {
        (row["evidence"], row["level"]): float(row["weight"])
        for row in rows("identity_weights.csv", "evidence", _EVIDENCE)
    }


def same_person(one: Identity, other: Identity) -> Agreement:
    """Same, different or unknown; unknown wherever too little is printed to tell.

    >>> jane = Identity(name="DOE, JANE", born=date(1981, 3, 2))
    >>> same_person(jane, Identity(name="D0E, JANE A", born=date(1981, 3, 7)))
    <Agreement.SAME: 'same'>
    >>> same_person(jane, Identity(name="DOE, JOAN", born=date(1981, 3, 2)))
    <Agreement.DIFFERENT: 'different'>
    """
    return weigh(one, other).agreement


def weigh(one: Identity, other: Identity) -> Weighed:
    """As `same_person`, with the sum of the weights: the higher, the likelier one person."""
    weights = _weights()
    score = sum(weights[evidence] for evidence in _evidence(one, other))
    if score >= weights["decision", "same"]:
        return Weighed(Agreement.SAME, score)
    if score <= weights["decision", "different"]:
        return Weighed(Agreement.DIFFERENT, score)
    return Weighed(Agreement.UNKNOWN, score)


def _evidence(one: Identity, other: Identity) -> Iterator[tuple[str, str]]:
    suffix = ""
    if one.name and other.name:
        agreement = compare(one.name, other.name)
        suffix = _OF_RELATIVE if agreement is NameAgreement.GIVEN_DIFFERS else ""
        yield "name", agreement.value
    if one.born and other.born:
        yield f"born{suffix}", born_agreement(one.born, other.born)
    elif one.age is not None and other.age is not None and abs(one.age - other.age) > _FAR_AGES:
        yield "age", "differs"
    if one.numbers and other.numbers:
        yield f"number{suffix}", _numbers(one.numbers, other.numbers)
    if one.member_numbers and other.member_numbers:
        level = _numbers(one.member_numbers, other.member_numbers)
        yield f"member{suffix}", "differs" if level == "same_kind_differs" else level
    if one.sex and other.sex:
        yield "sex", "equal" if one.sex == other.sex else "differs"


@cache
def born_agreement(one: date, other: date) -> str:
    """equal, near (misread or mistyped), unclear, or different."""
    if one == other:
        return "equal"
    a, b = f"{one:%m%d%Y}", f"{other:%m%d%Y}"
    if (one.year, one.month, one.day) == (other.year, other.day, other.month) or a[:4] + a[6:] == b[:4] + b[6:]:
        return "near"
    apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(apart) == 1:
        return "near"
    if len(apart) == 2:
        exchanged = apart[0] == apart[1][::-1]
        return "near" if exchanged or all(alike_digits(*pair) for pair in apart) else "unclear"
    return "different"


def _numbers(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    pairs = [(_plain(a), _plain(b)) for a in one for b in other]
    if any(a == b for a, b in pairs):
        return "equal"
    if any(min(len(a), len(b)) >= _LONG_NUMBER and distance(a, b, limit=1) == 1 for a, b in pairs):
        return "near"
    return "same_kind_differs" if any(_kind(a) == _kind(b) for a in one for b in other) else "differs"


def _plain(number: str) -> str:
    return re.sub(r"[\W_]", "", fold(number)).lstrip("O")


def _kind(number: str) -> tuple[str, int]:
    """A facility's way of writing: the letters before the digits, and the length. Bare digits tell nothing."""
    letters = re.match(r"[A-Z]{2,}", number)
    return (letters[0], len(number)) if letters else (number, 0)
