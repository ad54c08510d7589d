"""The words of `lexicons/shared/urgency.csv`, ready to be looked for."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from chart_triage import resources

Role = Literal[
    "expedited",
    "standard",
    "field",
    "never",
    "never_field",
    "unless_before",
    "unless_after",
    "received",
    "never_received",
]
_GAP = r"[\s\-–—_/]+"


class Phrase(NamedTuple):
    """One row. `where` says how the words must stand; its values depend on the role (docs/requests.md)."""

    role: str
    words: str
    where: str


@lru_cache(maxsize=1)
def table() -> tuple[Phrase, ...]:
    path = resources.lexicons() / "shared" / "urgency.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Phrase(row["role"], row["phrase"], row["where"]) for row in csv.DictReader(file))


@cache
def finder(role: Role, *where: str) -> re.Pattern[str]:
    """Finds any phrase of the role (and of these places): whole words, any case, blanks and hyphens alike."""
    return compiled(p.words for p in table() if p.role == role and (not where or p.where in where))


def compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    joined = "|".join(_GAP.join(map(re.escape, re.split(r"[\s-]+", words))) for words in longest_first)
    return re.compile(rf"(?<![\w'’])(?:{joined})(?!\w)", re.IGNORECASE)
