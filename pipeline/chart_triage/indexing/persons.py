"""The persons whom a chart's pages name: identities of one person gathered, misread and incomplete ones with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chart_triage.indexing.same_person import Agreement, Weighed, weigh
from chart_triage.records.chart_index import Identity


class Person:
    """The pages that name one person, and each different identity printed on those with its number of pages."""

    def __init__(self, pages: Sequence[int] = (), identities: Counter[Identity] | None = None) -> None:
        self.pages = sorted(pages)
        self.identities = Counter(identities or {})
        self.merged = _merged(self.identities)
        self._whole = [own for own in self.identities if own.name and own.born]

    def agreement(self, identity: Identity) -> Weighed:
        """How `identity` agrees with what is known of this person, by the printed identity that it fits best."""
        return max((weigh(identity, own) for own in (self.merged, *self._whole)), key=lambda each: each.score)

    def with_person(self, other: Person) -> Person:
        return Person([*self.pages, *other.pages], self.identities + other.identities)


def _merged(identities: Counter[Identity]) -> Identity:
    """The commonest name, date of birth, sex and age, and all numbers, the commonest first."""

    def counted(part: str) -> list[Any]:
        values: Counter[Any] = Counter()
        for identity, times in identities.items():
            value = getattr(identity, part)
            for each in value if isinstance(value, tuple) else (value,):
                values[each] += times
        return [value for value, _ in values.most_common() if value is not None]

    return Identity(
        **{part: next(iter(counted(part)), None) for part in ("name", "born", "sex", "age")},
        **{part: tuple(counted(part)) for part in ("numbers", "member_numbers")},
    )


def gather(known: Mapping[int, Identity]) -> list[Person]:
    """The persons whom `known` (page number to identity) names, by their first page.

    What says most is gathered first, so that a page with nothing but a name joins the person who has it.
    """
    pages: dict[Identity, list[int]] = {}
    for number, identity in known.items():
        pages.setdefault(identity, []).append(number)
    ordered = sorted(pages, key=lambda each: (-_parts(each), -len(pages[each]), pages[each][0]))
    persons: list[Person] = []
    for identity in ordered:
        new = Person(pages[identity], Counter({identity: len(pages[identity])}))
        weighed = [(person.agreement(identity), person) for person in persons]
        same = [(each.score, person) for each, person in weighed if each.agreement is Agreement.SAME]
        if not same:
            persons.append(new)
            continue
        mate = max(same, key=lambda each: each[0])[1]
        persons[persons.index(mate)] = mate.with_person(new)
    return sorted(persons, key=lambda person: person.pages[0])


def _parts(identity: Identity) -> int:
    return sum(map(bool, (identity.name, identity.born, identity.numbers, identity.member_numbers)))
