"""Where a text says who somebody is: names, dates, numbers, addresses. For copies that shall not say it.

Three sources: what the chart's pages and its request say of the persons (found again wherever it stands), the labels of
identity, and the patterns of `lexicons/shared/identifier_patterns.csv`. A name that was found once is looked for in the
whole text. It finds more than it must and still not all: `./run bench deidentify` measures both, by kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple, get_args

from chart_triage.dates import find_dates
from chart_triage.indexing.birth_dates import read_date
from chart_triage.indexing.identity_labels import Hit, find_labels
from chart_triage.indexing.lexicon_rows import rows
from chart_triage.indexing.person_names import given_names, is_title
from chart_triage.records.chart_index import Identity

Kind = Literal["name", "birth", "date", "number", "phone", "email", "url", "age", "address", "facility"]

_NAMED = frozenset({"name", "last_name", "first_name", "middle_name", "about"})
_PERSONS = frozenset({"relation", "professional"})
_WORD = re.compile(r"[A-Z][A-Za-z'’-]{0,60}")
_YEAR_ALONE = re.compile(r"\D*(?:19|20)\d\d\D*")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_MOST_NAME_WORDS = 5
_SHORTEST = 3  # letters of a name that is looked for in the whole text
_GIVEN = re.compile(r"\b([A-Z][A-Za-z'’-]{1,40})(?: [A-Z]\b\.?)? ([A-Z][A-Za-z'’-]{1,40})")


class Identifier(NamedTuple):
    """`text[start:end]` says who somebody is."""

    start: int
    end: int
    kind: Kind


def identifiers(text: str, persons: Iterable[Identity] = (), names: Iterable[str] = ()) -> list[Identifier]:
    """All that were found, in order, none overlapping. `names`: of others, as printed (authors of documents).

    >>> [i.kind for i in identifiers("Patient: Quill, Ann   DOB: 07/23/1961\\nDr. Marrow saw Ms. Quill on 3/14/2026.")]
    ['name', 'birth', 'name', 'name', 'date']
    """
    persons = list(persons)
    hits = find_labels(text)
    found = [*_labelled(text, hits), *_patterned(text), *_dates(text), *_given(text)]
    found += _numbers_of(text, persons)
    found += _births_of(text, persons)
    seen = [text[i.start : i.end] for i in found if i.kind == "name"]
    known = [*seen, *names, *(person.name for person in persons if person.name)]
    return _merged([*found, *_again(text, known)])


def _labelled(text: str, hits: Iterable[Hit]) -> Iterator[Identifier]:
    """Values of labels. Of a relative's or a physician's, words that look like a name."""
    for hit in hits:
        value = text[hit.value : hit.end]
        if hit.field in _NAMED or hit.field in _PERSONS:
            yield from _name_at(text, hit.value, hit.end, strict=hit.field in _PERSONS)
        elif hit.field == "born" and (read := read_date(value)) is not None:
            yield Identifier(hit.value + read[1], hit.value + read[2], "birth")
        elif hit.field in ("number", "member"):
            number = re.match(r"[^\w\n]{0,4}([A-Za-z]{0,6}[ -]?\d[\w-]*(?: \d[\w-]*)*)", value)
            if number is not None:
                yield Identifier(hit.value + number.start(1), hit.value + number.end(1), "number")


def _name_at(text: str, start: int, end: int, *, strict: bool) -> Iterator[Identifier]:
    """The capitalised words at the start of a cell; `strict`: only where two or more stand together."""
    words: list[re.Match[str]] = []
    at = start
    for word in _WORD.finditer(text, start, end):
        between = text[at : word.start()]
        ends = bool(words) and "." in between and len(words[-1][0]) > 1
        if ends or len(words) == _MOST_NAME_WORDS or len(between) > 4 or re.search(r"[\n\t:;\d]|\w", between):
            break
        words.append(word)
        at = word.end()
    if len(words) > strict:
        yield Identifier(words[0].start(), words[-1].end(), "name")


def _patterned(text: str) -> Iterator[Identifier]:
    for kind, pattern in _patterns():
        part = "it" if "it" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            yield Identifier(match.start(part), match.end(part), kind)


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    allowed: tuple[Kind, ...] = get_args(Kind)
    read = rows("identifier_patterns.csv", "kind", allowed)
    kinds = {kind: kind for kind in allowed}
    return tuple((kinds[r["kind"]], re.compile(r["pattern"], re.I if r["flags"] == "i" else 0)) for r in read)  # type: ignore[index]


def _dates(text: str) -> Iterator[Identifier]:
    """Days and months; a year alone may stay."""
    for when in find_dates(text, None):
        if not _YEAR_ALONE.fullmatch(when.text) or _MONTH.search(when.text):
            yield Identifier(when.start, when.end, "date")


def _given(text: str) -> Iterator[Identifier]:
    """A common given name and the word behind it."""
    for match in _GIVEN.finditer(text):
        if match[1].upper() in given_names() and not is_title(match[2]):
            yield Identifier(match.start(), match.end(), "name")


def _numbers_of(text: str, persons: Iterable[Identity]) -> Iterator[Identifier]:
    for person in persons:
        for number in (*person.numbers, *person.member_numbers):
            spaced = r"[ -]?".join(map(re.escape, re.sub(r"\W", "", number)))
            for match in re.finditer(rf"(?<!\w){spaced}(?!\w)", text, re.I) if spaced else ():
                yield Identifier(match.start(), match.end(), "number")


def _births_of(text: str, persons: Iterable[Identity]) -> Iterator[Identifier]:
    """A date of birth that is known, wherever it stands and however it is written."""
    births = {person.born for person in persons if person.born is not None}
    for when in find_dates(text, None) if births else ():
        if when.first == when.last and when.first in births:
            yield Identifier(when.start, when.end, "birth")


def _again(text: str, names: Iterable[str]) -> Iterator[Identifier]:
    """The words of names wherever they stand with a capital."""
    parts = {part.upper() for name in names for part in re.findall(r"[^\W\d_](?:['’-]?[^\W\d_])*", name)}
    parts |= {piece for part in parts for piece in re.split("-", part)}
    wanted = {part for part in parts if len(part) >= _SHORTEST and not is_title(part)}
    for word in _WORD.finditer(text) if wanted else ():
        bare = re.sub(r"['’][sS]$|['’-]$", "", word[0])
        if bare.upper() in wanted:
            yield Identifier(word.start(), word.start() + len(bare), "name")


def _merged(found: Iterable[Identifier]) -> list[Identifier]:
    """Overlapping ones become one, of the kind of the longest; a date of birth stays one."""
    merged: list[Identifier] = []
    for each in sorted(found):
        if each.end <= each.start:
            continue
        if merged and each.start < merged[-1].end:
            last = merged[-1]
            longest = max(last, each, key=lambda i: (i.kind == "birth", i.end - i.start))
            merged[-1] = Identifier(last.start, max(last.end, each.end), longest.kind)
        else:
            merged.append(each)
    return merged
