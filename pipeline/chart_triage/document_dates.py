"""The day that a document gives itself: the labels of headers, dictation lines and signatures, OCR'd ones too."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.dates import absolute

_SPLIT_DATE = re.compile(
    r"(?<![\w/.-])([0-9OoIl|SB]{1,4}) ?[/.-] ?([0-9OoIl|SB]{1,2}) ?[/.-] ?([0-9OoIl|SB]{4}|[0-9OoIl|SB]{2})(?![\w/])"
)
_MISREAD = str.maketrans("OoIl|SB", "0011158")
_LEAST_DIGITS = 4  # of a date that OCR may have spoilt; "S/B" is none
_SHOWN = 3000  # characters in which a document dates itself
_TOP = 700  # characters in which a line that is nothing but a date dates a letter
_AFTER_LABEL = re.compile(r"(?:\s{1,2}(?:by|and|on|at)\b)?\s{0,3}[:#.]?\s{0,3}")
_NAME = 60  # characters that a signer's name and titles may take before the date
_WORD_BEFORE = re.compile(r"[A-Za-z] $")
_OF_A_LINE = 2  # how much a date on a line of its own counts: as a signature's
_TITLE_LINES = 4  # lines at the top in which a title in capitals may be followed by its date
_TITLE_AND_DATE = re.compile(r"\s*[A-Z][A-Z &/'-]{3,50}? (\d\S{5,9})(?: \d{1,2}:\d\d(?: ?[AP]M)?)?\s*")
# A whole day has a year, or two strokes between figures; figures may be read as letters.
_YEAR = re.compile(r"(?:19|20|2[Oo])[\dOo]{2}")
_STROKES = re.compile(r"[/-][\dOoIl]{1,2}[/-][\dOo]{2}")
_GENERIC = 3  # "Date": needs a colon, and no word before it ("Birth date:")


class StatedDate(NamedTuple):
    """A day that a document gives itself; `rank` 1 is the day of the service, 2 of dictation or signature, 3 any.

    `may_be_planned`: an order may name this day as the one to come ("Date of service").
    """

    on: date
    rank: int
    may_be_planned: bool = False


class _Label(NamedTuple):
    rank: int
    name_between: bool
    may_be_planned: bool


@lru_cache(maxsize=1)
def _labels() -> tuple[re.Pattern[str], dict[str, _Label]]:
    with (resources.lexicons() / "shared" / "date_labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {
            row["label"]: _Label(int(row["rank"]), row["name_between"] == "yes", row["on_orders"] == "planned")
            for row in csv.DictReader(file)
        }
    return re.compile(rf"(?<![a-z])(?:{_by_first_letter(labels)})(?![a-z])"), labels


def _by_first_letter(labels: Iterable[str]) -> str:
    """Long labels before those that they begin with, under their first letter: most words of a page end there."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label in sorted(labels, key=lambda label: (-len(label), label)):
        groups[label[0]].append(re.escape(label[1:]).replace(r"\ ", r"[ \t/-]{1,2}"))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())


def document_date(text: str) -> date | None:
    """The day that a document gives itself in its first lines, as in "Date of service: ..."."""
    best = min(stated_dates(text), key=lambda stated: stated.rank, default=None)
    return best.on if best is not None else None


def stated_dates(text: str) -> list[StatedDate]:
    """The days in the first lines that have a label of `lexicons/shared/date_labels.csv`; then those on lines at the
    top that are a date, or end in one after a dash or a title, which count like a signature's. Dates of birth, of
    printing and of what is to come have no label there."""
    text = mended(text[:_SHOWN])
    if not _STROKES.search(text) and not _YEAR.search(text):
        return []
    return [*_labelled(text), *_on_lines(text[:_TOP])]


def mended(text: str) -> str:
    """`text` with the digits of its dates put right where OCR took letters for them or tore them apart."""
    return _SPLIT_DATE.sub(_mended_date, text)


def _mended_date(match: re.Match[str]) -> str:
    if sum(c.isdigit() for c in match.group()) < _LEAST_DIGITS:
        return match.group()
    separator = "-" if "-" in match.group() else "/"
    return separator.join(part.translate(_MISREAD) for part in match.groups())


def _labelled(text: str) -> Iterator[StatedDate]:
    pattern, labels = _labels()
    small = text.lower()
    if len(small) != len(text):  # a few letters of other alphabets become two
        small = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for found in pattern.finditer(small):
        before = text[max(0, found.start() - 2) : found.start()]
        label = labels[re.sub(r"[ \t/-]+", " ", found.group())]
        after = _AFTER_LABEL.match(text, found.end())
        at = after.end() if after else found.end()
        if label.rank == _GENERIC and (":" not in text[found.end() : at] or _WORD_BEFORE.search(before)):
            continue
        when = absolute(text, at)
        if when is None and label.name_between:
            line_end = text.find("\n", at)
            when = absolute(text, at, min(at + _NAME, line_end if line_end >= 0 else len(text)), later=True)
        if when is not None and when.first == when.last:
            yield StatedDate(when.first, label.rank, label.may_be_planned)


def _on_lines(text: str) -> Iterator[StatedDate]:
    for number, line in enumerate(text.split("\n")):
        head, dash, tail = line.rpartition(" - ")
        titled = _TITLE_AND_DATE.fullmatch(line) if number < _TITLE_LINES else None
        if titled is not None:
            tail, dash = titled[1], " "
        when = absolute(tail.strip(), whole=True) if dash or not head else None
        if when is not None and when.first == when.last:
            yield StatedDate(when.first, _OF_A_LINE)
