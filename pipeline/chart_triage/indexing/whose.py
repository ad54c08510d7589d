"""Whose pages they are: the chart's patient is the majority or whom the caller names; other people's pages go aside.

A page that is set aside by mistake hides evidence, and a foreign one that is not mixes two people. So a page goes
aside only where its identity contradicts the patient's beyond doubt; where it merely does not fit, it counts and the
reviewer is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chart_triage.indexing.person_names import read_name
from chart_triage.indexing.persons import Person, gather
from chart_triage.indexing.same_person import Agreement
from chart_triage.records.chart import ChartWarning
from chart_triage.records.chart_index import ChartDocument, Identity

_DOES_NOT_FIT = -2.0  # sum of weights, at and below which a page that stays is shown to the reviewer


class Whose(NamedTuple):
    """`patient`: None where no page says. `foreign`: numbers of the pages whose findings do not count."""

    patient: Identity | None
    foreign: frozenset[int]
    warnings: tuple[ChartWarning, ...]


def expected_identity(name: str | None = None, born: date | None = None, number: str | None = None) -> Identity | None:
    """What a caller says of the patient ("Jane Doe" or "Doe, Jane"); None where it says nothing."""
    shown = (read_name(name, labelled=True) or name.strip().upper() or None) if name else None
    identity = Identity(name=shown, born=born, numbers=(number.strip().upper(),) if number else ())
    return identity if identity.known else None


def whose(
    identities: Mapping[int, Identity | None], documents: Sequence[ChartDocument], expected: Identity | None = None
) -> Whose:
    """Whom the chart is about, which pages are somebody else's, and what the reviewer must know of it.

    `identities`: whom each page (by number) names. `expected`: whom the caller says that the chart is about. A page
    that names nobody stays with its document: it goes aside where every page of the document that names somebody does.
    """
    known = {number: each for number, each in sorted(identities.items()) if each is not None and each.known}
    persons = gather(known)
    if not persons:
        return Whose(expected, frozenset(), ())
    patient, found = _patient(persons, documents, expected)
    others = [person for person in persons if person.pages[0] not in patient.pages]
    foreign: dict[int, Person] = {}
    doubtful: list[int] = []
    for person in others:
        for number in person.pages:
            weighed = patient.agreement(known[number])
            if weighed.agreement is Agreement.DIFFERENT:
                foreign[number] = person
            elif weighed.score <= _DOES_NOT_FIT:
                doubtful.append(number)
    named = frozenset(foreign)
    foreign |= _with_their_document(known, foreign, documents)
    warnings = [
        *_told_first(patient, others, found, expected, documents),
        *_set_aside(foreign, patient),
        *_in_doubt(doubtful, known, patient),
        *_between(identities, foreign, named),
    ]
    return Whose(patient.merged, frozenset(foreign), tuple(warnings))


def _patient(
    persons: Sequence[Person], documents: Sequence[ChartDocument], expected: Identity | None
) -> tuple[Person, bool]:
    """The chart's patient, and whether a page names whom the caller expects (True where nobody is expected)."""
    if expected is None or not expected.known:
        return _majority(persons, documents), True
    weighed = [(person.agreement(expected).agreement, person) for person in persons]
    # The caller's word weighs more than all pages together
    asked = Person((), Counter({expected: 1 + sum(len(person.pages) for person in persons)}))
    same = [person for agreement, person in weighed if agreement is Agreement.SAME]
    possible = [person for agreement, person in weighed if agreement is Agreement.UNKNOWN]
    for person in same or ([_majority(possible, documents)] if possible else []):
        asked = asked.with_person(person)
    return asked, bool(same)


def _majority(persons: Sequence[Person], documents: Sequence[ChartDocument]) -> Person:
    """Who has most documents, then most pages, then the first page."""
    return max(persons, key=lambda person: (_shares(person, documents), len(person.pages), -person.pages[0]))


def _shares(person: Person, documents: Sequence[ChartDocument]) -> int:
    return sum(not set(person.pages).isdisjoint(document.pages) for document in documents)


def _with_their_document(
    known: Mapping[int, Identity], foreign: Mapping[int, Person], documents: Sequence[ChartDocument]
) -> dict[int, Person]:
    """Pages that name nobody, in documents in which all others are foreign."""
    taken: dict[int, Person] = {}
    for document in documents:
        named = [number for number in document.pages if number in known]
        if not named or any(number not in foreign for number in named):
            continue
        for number in document.pages:
            if number not in known:
                taken[number] = foreign[min(named, key=lambda other: abs(other - number))]
    return taken


def _told_first(
    patient: Person,
    others: Sequence[Person],
    found: bool,
    expected: Identity | None,
    documents: Sequence[ChartDocument],
) -> Iterator[ChartWarning]:
    """That nobody is whom the caller expects, or that the chart is shared evenly."""
    if not found and expected is not None:
        pages = tuple(sorted({*patient.pages, *(number for person in others for number in person.pages)}))
        yield _warning(pages, f"No page names the patient that was asked for ({describe(expected)}).")
    if expected is not None or not patient.pages:
        return
    mine = _shares(patient, documents), len(patient.pages)
    for person in others:
        if person.agreement(patient.merged).agreement is not Agreement.DIFFERENT:
            continue
        theirs = _shares(person, documents), len(person.pages)
        if theirs[0] >= mine[0] or theirs[1] >= mine[1]:
            yield _warning(
                tuple(sorted((*patient.pages, *person.pages))),
                f"The chart is about two people in equal shares: {describe(patient.merged)} and "
                f"{describe(person.merged)}. The first was taken for the patient, for having more documents, else more "
                "pages, else the first page. Say whose chart it is if that is wrong.",
            )


def _set_aside(foreign: Mapping[int, Person], patient: Person) -> Iterator[ChartWarning]:
    for person in sorted({id(each): each for each in foreign.values()}.values(), key=lambda each: each.pages[0]):
        pages = tuple(sorted(number for number, owner in foreign.items() if owner is person))
        yield _warning(
            pages,
            f"About somebody else: {describe(person.merged)}. The chart is about {describe(patient.merged)}. "
            "Nothing on these pages counts unless a reviewer takes them back.",
        )


def _in_doubt(doubtful: Sequence[int], known: Mapping[int, Identity], patient: Person) -> Iterator[ChartWarning]:
    for number in sorted(doubtful):
        yield _warning(
            (number,),
            f"May be about somebody else: {describe(known[number])}. The chart is about {describe(patient.merged)}. "
            "The page counts; compare it.",
        )


def _between(
    identities: Mapping[int, Identity | None], foreign: Mapping[int, Person], named: frozenset[int]
) -> Iterator[ChartWarning]:
    """Pages that name nobody, between pages of one other person."""
    for number, identity in sorted(identities.items()):
        if identity is not None or number in foreign:
            continue
        before, after = number - 1, number + 1
        if before in named and after in named and foreign[before] is foreign[after]:
            yield _warning(
                (number,), "Names nobody and lies between pages of somebody else. The page counts; compare it."
            )


def _warning(pages: tuple[int, ...], detail: str) -> ChartWarning:
    return ChartWarning(kind="foreign_patient", pages=pages, detail=detail)


def describe(identity: Identity) -> str:
    """An identity in words for the reviewer: "DOE, JANE, born 1981-03-02, number 4711"."""
    parts = [identity.name or "no name"]
    if identity.born:
        parts.append(f"born {identity.born.isoformat()}")
    if identity.numbers:
        parts.append(f"number {' or '.join(identity.numbers)}")
    if identity.member_numbers:
        parts.append(f"member number {' or '.join(identity.member_numbers)}")
    return ", ".join(parts)
