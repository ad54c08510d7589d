"""Whose words: the parts of a text that speak about somebody else than the patient.

Relatives, donors and neighbours are cues of a sentence (`assertion`). Here it is about texts that hold several people
side by side: "Patient 1 ... Patient 2 ...", twins, beds of a ward, a list of cases, two titled names of which one is
"(our patient)", a second block of name and record number. The patient is the one who is marked as such
(`lexicons/shared/person_markers.csv`), else the one named first. Names are compared here and never kept.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.language import roles
from chart_triage.language.segments import Statements

_NUMBER = r"(?:#|no\.?)?\s?(?P<number>[A-D]|\d{1,2}|I{1,3}|[Oo]ne|[Tt]wo|[Tt]hree)"
_TITLED = re.compile(r"\b(?P<title>Mr|Mrs|Ms|Miss|Mx)\.?\s+(?P<name>[A-Z][\w'\u2019-]{0,30})")
_BLOCK = re.compile(
    r"^[ \t]*(?:Patient(?:'s)?(?: name)?|Pt(?: name)?|Name)[ \t]{0,3}[:#][ \t]{0,6}"
    r"(?P<name>[A-Z][\w'\u2019.-]{1,30},?(?:[ \t](?!DOB|D\.O\.B|MRN|MR#|Sex|SEX|Age|AGE)[A-Z][\w'\u2019.-]{0,30}){1,3})"
    r"(?P<rest>[^\n]{0,120}(?:\n[^\n]{0,120})?)",
    re.MULTILINE,
)
_RECORD_NUMBER = re.compile(r"\b(?:MRN|MR\s?#|record (?:no|number)|DOB|D\.O\.B|date of birth|sex)\b", re.IGNORECASE)
_SAME_NAME = 0.75  # share of letters in common at which two words are one name, misread
_PLACES = frozenset({"bed", "slot", "sideroom", "side room", "room", "bay", "cubicle", "trolley", "chart"})
# a patient may move from bed to bed, and have two charts
_MOST_NAMES = 20  # the names compared with each other
_NEAR = 28  # characters between a name and the words that mark it as the patient's
_IN_BRACKETS = 60
_BRACKET = re.compile(r"(?:\s[A-Z][\w'\u2019-]{1,20}){0,2},?(?:\s\d{1,3},?)?\s?\((?P<inside>[^()]*)")
_LINE = re.compile(r"(?<![\w#])#(?P<number>\d{1,2})(?=\s[A-Z])")
_PROBAND = re.compile(r"\b(?:Proband|Index (?:patient|case|child))\s+(?P<name>[A-Z][a-z]{1,20})\b")
_TITLES = ("Mr", "Ms", "Miss", "Mx")
_ANY_NUMBER = tuple(f" {digit}" for digit in range(1, 10))
_SECONDS = (" 2", " 3", " b", " c", " ii", " two", "#2", " #2", "s 2", "2")


class Person(NamedTuple):
    """A person named at `start`..`end`; `who` is what tells this person from another; `opens`: at a line's start."""

    start: int
    end: int
    who: str
    opens: bool


class OtherPeople:
    """The stretches of one text that are about somebody else; empty for the common text about one patient."""

    def __init__(self, raw: str, statements: Statements) -> None:
        self._spans: list[tuple[int, int]] = []
        found: list[tuple[int, int]] = []
        lower = raw.lower()
        if any(head in lower and any(pair in lower for pair in pairs) for head, pairs in _pairs().items()):
            found += _numbered(raw, statements)
        if any(title in raw for title in _TITLES) and any(phrase in lower for phrase in _all_markers()):
            found += _titled(raw, statements)
        if lower.count("mrn") + lower.count("dob") + lower.count("date of birth") > 1 and "\n" in raw:
            found += _blocks(raw)
        if "roband" in raw or "Index " in raw:
            found += _probands(raw, statements)
        if "#1" in raw and "#2" in raw:
            people = [Person(m.start(), m.end(), m.group("number"), opens=False) for m in _LINE.finditer(raw)]
            found += _others(raw, people, statements, first_is_own=False)
        people = [
            Person(start, end, who, opens=False) for start, end, who in roles.named_people(raw, lower, statements)
        ]
        found += _others(raw, people, statements, first_is_own=False)
        found += roles.other_roles(raw, lower, statements)
        self._spans = _merged(found)
        self._starts = [start for start, _ in self._spans]

    def at(self, offset: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and offset < self._spans[index][1]


@lru_cache(maxsize=1)
def _markers() -> dict[str, tuple[str, ...]]:
    """Role -> phrases, the longest first."""
    roles: dict[str, list[str]] = {}
    path = resources.lexicons() / "shared" / "person_markers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            roles.setdefault(row["role"], []).append(row["phrase"])
    return {role: tuple(sorted(phrases, key=len, reverse=True)) for role, phrases in roles.items()}


@lru_cache(maxsize=1)
def _pairs() -> dict[str, tuple[str, ...]]:
    """Label -> the label with a second number: a text without any of them holds no numbered people. Places have any
    number."""
    numbers = {head: _ANY_NUMBER if head in _PLACES else _SECONDS for head in _markers()["label"]}
    return {head: tuple(head + number for number in found) for head, found in numbers.items()}


@lru_cache(maxsize=1)
def _named() -> re.Pattern[str]:
    phrases = "|".join(map(re.escape, _markers()["naming"]))
    return re.compile(rf"\b(?:{phrases})\s+([A-Z][a-z]{{1,20}})\b")


@lru_cache(maxsize=1)
def _all_markers() -> tuple[str, ...]:
    return (*_markers()["own"], *_markers()["naming"])


@lru_cache(maxsize=1)
def _labels() -> re.Pattern[str]:
    heads = "|".join(map(re.escape, _markers()["label"]))
    return re.compile(rf"\b(?P<head>(?i:{heads}))s?\s?{_NUMBER}(?!\w|[./%-]\d|\s(?:years?|months?|days?|weeks?|of)\b)")


def _numbered(raw: str, statements: Statements) -> list[tuple[int, int]]:
    """ "Patient 1: ... Patient 2 (this chart): ...": labels of one kind with different numbers."""
    by_head: dict[str, list[Person]] = {}
    for match in _labels().finditer(raw):
        statement = statements.items[statements.index_at(match.start())]
        opens = not raw[statement.start : match.start()].strip(" \t\n-*\u2022(")
        person = Person(match.start(), match.end(), match.group("number").lower(), opens)
        by_head.setdefault(match.group("head").lower(), []).append(person)
    return [
        span
        for head, people in by_head.items()
        for span in _others(raw, people, statements, first_is_own=head not in _PLACES)
    ]


def _titled(raw: str, statements: Statements) -> list[tuple[int, int]]:
    """ "Mrs. R (our patient) ... Mr. R ...": only where one of them is marked as the patient."""
    people = [
        Person(m.start(), m.end(), f"{m.group('title')} {m.group('name').lower()}", opens=False)
        for m in _TITLED.finditer(raw)
    ]
    return _others(raw, people, statements, first_is_own=False)


def _probands(raw: str, statements: Statements) -> list[tuple[int, int]]:
    """ "Proband Eli has it. This note concerns Noa.": a proband other than the one whom the note names."""
    named = {m.group(1) for m in _named().finditer(raw)}
    return [
        (match.start(), statements.items[statements.index_at(match.start())].end)
        for match in _PROBAND.finditer(raw)
        if named and match.group("name") not in named
    ]


def _others(raw: str, people: list[Person], statements: Statements, *, first_is_own: bool) -> list[tuple[int, int]]:
    if len({p.who for p in people}) < 2:
        return []
    own = next((p.who for p in people if _marked(raw, p)), None)
    if own is None:
        if not first_is_own or not all(p.opens for p in people[:2]):
            return []
        own = people[0].who
    spans = []
    for index, person in enumerate(people):
        if person.who == own:
            continue
        following = people[index + 1].start if index + 1 < len(people) else len(raw)
        statement = statements.items[statements.index_at(person.start)]
        spans.append((person.start, following if person.opens else min(following, statement.end)))
    return spans


def _marked(raw: str, person: Person) -> bool:
    """Whether the words beside a name say that it is the patient's: "(this chart)" after it, "chart of" before it."""
    after = raw[person.end : person.end + _NEAR].lower()
    before = raw[max(0, person.start - _NEAR) : person.start].lower()
    bracket = _BRACKET.match(raw, person.end, person.end + _IN_BRACKETS)
    inside = bracket.group("inside").lower() if bracket is not None else after if after.startswith(",") else ""
    if any(phrase in inside for phrase in _markers()["own"]):
        return True
    lead = before.rstrip(" :,")
    return any(lead.endswith(phrase) for phrase in _all_markers())


def _blocks(raw: str) -> list[tuple[int, int]]:
    """A block of name and record number of somebody else, up to the next such block."""
    blocks = [m for m in _BLOCK.finditer(raw) if _RECORD_NUMBER.search(m.group("rest"))]
    if len(blocks) < 2:
        return []
    names = [_words(m.group("name")) for m in blocks]
    counts = Counter(names)
    known = [name for name, _ in counts.most_common(_MOST_NAMES)]
    own = max(known, key=lambda name: (sum(counts[o] for o in known if _same(name, o)), -names.index(name)))
    alike = {name: _same(name, own) for name in counts}
    ends = [*(m.start() for m in blocks[1:]), len(raw)]
    return [(m.start(), end) for m, name, end in zip(blocks, names, ends, strict=True) if not alike[name]]


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in re.findall(r"[a-z']+", name.lower()) if len(word) > 1)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names share a word, letters misread by OCR allowed."""
    return any(SequenceMatcher(None, a, b).ratio() >= _SAME_NAME for a in one for b in other)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
