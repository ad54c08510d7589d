"""All words of a lexicon in a text, in one pass of an Aho-Corasick automaton that knows where words begin and end.

The automaton reads a copy of the flattened text in which all that is no letter or digit is a space, and holds each
word with a space on both sides, in the singular and in the plural. So it reports whole words only, about 200 in a
note instead of 770 pieces of words. A place is a number until somebody asks for the hits of its key: most groups of
a lexicon are conditions that nobody asks about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    """One spelling of terms of the lexicon; `rows` are the rows that have it, `exact` where the case counts.

    `code`: a diagnosis code, which takes what is below it ("G40" in "G40.909"). `plural`: the ending that was added.
    """

    text: str
    rows: tuple[Term, ...]
    exact: bool = False
    code: bool = False
    plural: str = ""


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


def views(raw: str, flat: Flat) -> list[View]:
    """The text as it stands, flattened, and, where a line ends with a hyphen, once more with such words joined."""
    found = [View(flat)]
    if has_line_end_hyphen(raw):
        found.append(View(Flat(raw, hyphens=False, join=True)))
    return found


def bounded(text: str) -> str:
    """`text` with a space for all that is no letter or digit, and one sign for all letters beyond ASCII."""
    if text.isascii():
        return text.translate(_TO_SPACE)
    plain = _BEYOND_ASCII.sub(lambda m: _LETTER if m.group().isalnum() else " ", text.replace(_LETTER, " "))
    return plain.translate(_KEEP_LETTER)


class LexiconSearch:
    """Built once from the forms of a lexicon. Plurals become forms of their own; a form's number is its position in
    `forms`, and `keys` has the keys of its rows at the same position."""

    def __init__(self, singular: Sequence[Form]) -> None:
        self.forms = tuple(form for one in singular for form in _with_plurals(one))
        self.keys = tuple(tuple(dict.fromkeys(row.key for row in form.rows)) for form in self.forms)
        self._number = {f.text: n for n, f in enumerate(self.forms) if not (f.plural or f.exact or f.code)}
        words: dict[str, list[_Candidate]] = {}
        for number, form in enumerate(self.forms):
            word, candidate = _word(number, form)
            words.setdefault(word, []).append(candidate)
        self._automaton = ahocorasick.Automaton()
        for word, candidates in (words or {_NEVER: []}).items():
            self._automaton.add_word(word, tuple(candidates))
        self._automaton.make_automaton()

    def number(self, word: str) -> int:
        """Of a word in lower case, in the singular."""
        return self._number[word]

    def find(self, view: View) -> dict[int, list[int]]:
        """Number of a form -> the offsets in the flattened text where it begins."""
        places: dict[int, list[int]] = {}
        lower, text = view.lower, view.flat.text
        for last, candidates in self._automaton.iter(view.bounded):
            for number, back, check, exact in candidates:
                start = last - back
                if check is not None and not (text if exact else lower).startswith(check, start):
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
            end = start + length
            if form.code:
                end = _code_end(lower, end)
            elif lower.startswith("'s", end) and not lower[end + 2 : end + 3].isalnum():
                end += 2
            place, until = flat.to_raw(start), flat.end_to_raw(end)
            for row in rows:
                yield Hit(place, until, row)


def _with_plurals(form: Form) -> Iterator[Form]:
    if form.code or not form.text[-1:].isalnum():
        yield form
    else:
        for ending in _PLURALS:
            yield form._replace(text=form.text + ending, plural=ending)


def _word(number: int, form: Form) -> tuple[str, _Candidate]:
    """The automaton's word for one form, and what it says."""
    lower = form.text.lower()
    spaced = bounded(lower)
    core = spaced.strip()
    lead = len(spaced) - len(spaced.lstrip())
    word = f" {core}" if form.code else f" {core} "
    check = form.text if form.exact or spaced != lower or " " in core else None
    if check is not None and form.exact:
        check = check.removesuffix(form.plural)  # "MS" in "PPMSS": the case of an ending does not count
    # the text that is searched has a space in front: its offset `last` is one beyond that of the flattened text
    return word, _Candidate(number, len(word) - 1 + lead, check, form.exact)


def _code_end(lower: str, end: int) -> int:
    """Where a diagnosis code that begins with the matched category ends ("G35" in "G35.A")."""
    while end < len(lower) and (lower[end].isalnum() or (lower[end] == "." and lower[end + 1 : end + 2].isalnum())):
        end += 1
    return end
