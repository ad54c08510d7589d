"""All words of a lexicon in a text, in one pass of an Aho-Corasick automaton that knows where words begin and end.

The automaton reads a copy of the flattened text in which all that is no letter or digit is a space, and holds each
word with a space on both sides (and with the endings of the plural). So it reports whole words only, about 200 in a
note instead of 770 pieces of words. A hit is a number until somebody asks for its key: most groups of a lexicon are
conditions that nobody asks about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import ahocorasick

from chart_triage.language.flat import Flat, has_line_end_hyphen
from chart_triage.language.hits import Hit
from chart_triage.records.lexicon import Term

_NEVER = "\0"  # an automaton must hold a word
_LETTER = "\x01"  # stands for letters beyond ASCII
_TO_SPACE = {code: " " for code in range(128) if not chr(code).isalnum()}
_KEEP_LETTER = {**_TO_SPACE, ord(_LETTER): _LETTER}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_PLURALS = ("", "s", "es")


class Form(NamedTuple):
    """One spelling of a term. `rows` are the rows of the lexicon that have it, `exact` where the case counts.

    `code`: a diagnosis code, which takes what is below it ("G40" in "G40.909").
    """

    text: str
    rows: tuple[Term, ...]
    exact: bool = False
    code: bool = False


class _Candidate(NamedTuple):
    """What an automaton's word says: form `number` began `back` characters before its end, if `check` stands there."""

    number: int
    back: int
    check: str | None
    exact: bool


class View:
    """One reading of the text: flattened, in lower case, and with nothing but letters, digits and spaces."""

    __slots__ = ("bounded", "flat", "lower")

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.lower = flat.text.lower()
        self.bounded = f" {bounded(self.lower)} "


def views(raw: str) -> list[View]:
    """The text as it stands and, where a line ends with a hyphen, once more with such words joined."""
    found = [View(Flat(raw, hyphens=False, join=False))]
    if has_line_end_hyphen(raw):
        found.append(View(Flat(raw, hyphens=False, join=True)))
    return found


def bounded(text: str) -> str:
    """`text` with a space for all that is no letter or digit, and one sign for all letters beyond ASCII."""
    if text.isascii():
        return text.translate(_TO_SPACE)
    plain = _BEYOND_ASCII.sub(lambda m: _LETTER if m.group().isalnum() else " ", text.replace(_LETTER, " "))
    return plain.translate(_KEEP_LETTER)


def plain(text: str) -> str:
    """A term as it reads in a flattened text."""
    return Flat(text, hyphens=False, join=False).text.strip()


class LexiconSearch:
    """Built once from all forms of a lexicon; forms are told apart by their number, the position in `forms`."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.forms = tuple(forms)
        self.keys = tuple(tuple(dict.fromkeys(row.key for row in form.rows)) for form in forms)
        words: dict[str, list[_Candidate]] = {}
        for number, form in enumerate(forms):
            for word, candidate in _words(number, form):
                words.setdefault(word, []).append(candidate)
        self._automaton = ahocorasick.Automaton()
        for word, candidates in (words or {_NEVER: []}).items():
            self._automaton.add_word(word, tuple(candidates))
        self._automaton.make_automaton()

    def find(self, view: View) -> dict[int, list[int]]:
        """Number of a form -> the offsets in the flattened text where it begins."""
        places: dict[int, list[int]] = {}
        for last, candidates in self._automaton.iter(view.bounded):
            for number, back, check, exact in candidates:
                start = last - back
                if check is not None and not (view.flat.text if exact else view.lower).startswith(check, start):
                    continue
                known = places.get(number)
                if known is None:
                    places[number] = [start]
                else:
                    known.append(start)
        return places

    def hits(self, view: View, number: int, key: str, starts: Sequence[int]) -> Iterator[Hit]:
        """The places of one form as hits of its rows that have `key`."""
        form = self.forms[number]
        rows = [row for row in form.rows if row.key == key]
        length, lower, flat = len(form.text), view.lower, view.flat
        for start in starts:
            end = _code_end(lower, start + length) if form.code else _word_end(lower, start + length)
            place, until = flat.to_raw(start), flat.end_to_raw(end)
            for row in rows:
                yield Hit(place, until, row)


def _words(number: int, form: Form) -> Iterator[tuple[str, _Candidate]]:
    """The automaton's words for one form, each with what it says."""
    lower = form.text.lower()
    spaced = bounded(lower)
    core = spaced.strip()
    lead = len(spaced) - len(spaced.lstrip())
    check = form.text if form.exact or spaced != lower or " " in core else None
    endings = (("",) if form.code else tuple(f"{tail} " for tail in _PLURALS)) if lower[-1:].isalnum() else (" ",)
    for ending in endings:
        word = f" {core}{ending}"
        # the text that is searched has a space in front: its offset `last` is one beyond that of the flattened text
        yield word, _Candidate(number, len(word) - 1 + lead, check, form.exact)


def _word_end(lower: str, end: int) -> int:
    """Where a whole word whose singular ends at `end` really ends: plural and possessive belong to it."""
    following = lower[end : end + 3]
    if following[:1].isalnum() and lower[end - 1].isalnum():
        return end + (1 if not following[1:2].isalnum() else 2)
    return end + 2 if following[:2] == "'s" and not following[2:3].isalnum() else end


def _code_end(lower: str, end: int) -> int:
    """Where a diagnosis code that begins with the matched category ends ("G35" in "G35.A")."""
    while end < len(lower) and (lower[end].isalnum() or (lower[end] == "." and lower[end + 1 : end + 2].isalnum())):
        end += 1
    return end
