"""Names of makers, models and kinds of implants: `lexicons/shared/device_makers.csv` and `implant_kinds.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources


class DeviceName(NamedTuple):
    """A maker's or a model's name, and the kinds of implants that it is for."""

    name: str
    is_model: bool
    maker: str
    kinds: frozenset[str]


class ImplantKind(NamedTuple):
    kind: str
    label: str


OTHER = ImplantKind("implant", "Other implant")


class NamePlace(NamedTuple):
    """`names` are all that the words `start`..`end` may be."""

    start: int
    end: int
    names: tuple[DeviceName, ...]


_FIRST = re.compile(r"(?<![\w-])[A-Za-z][A-Za-z0-9:.]*")


def find_device_names(text: str, start: int = 0, end: int | None = None) -> Iterator[NamePlace]:
    """Names of makers and models in `text[start:end]`, the longest at each place.

    A name of the table that begins with a capital counts only where the text writes it so: "symmetry" is a word.
    """
    high = len(text) if end is None else end
    done = start
    for word in _FIRST.finditer(text, start, high):
        pattern = _patterns().get(word.group().lower().rstrip("."))
        match = pattern.match(text, word.start(), high) if pattern is not None and word.start() >= done else None
        if match is None:
            continue
        is_name = match.group()[0].isupper()
        names = tuple(n for n in _by_name()[_key(match.group())] if is_name or n.name[0].islower())
        if names:
            done = match.end()
            yield NamePlace(match.start(), match.end(), names)


def without_device_names(text: str) -> str:
    parts, at = [], 0
    for place in find_device_names(text):
        parts.append(text[at : place.start])
        at = place.end
    return "".join([*parts, text[at:]])


def _key(words: str) -> str:
    return " ".join(words.lower().replace("-", " ").split())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[DeviceName, ...]]:
    by_name: dict[str, list[DeviceName]] = {}
    for row in _rows("device_makers.csv"):
        name = DeviceName(row["name"], row["level"] == "model", row["maker"], frozenset(row["kinds"].split(";")))
        by_name.setdefault(_key(name.name), []).append(name)
    return {key: tuple(names) for key, names in by_name.items()}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """By a name's first word, what follows it in all names that begin so; the longest first."""
    begin: dict[str, list[str]] = {}
    for key in _by_name():
        first = _FIRST.match(key)
        if first is not None:
            begin.setdefault(first.group().rstrip("."), []).append(key)
    return {
        word: re.compile(
            "(?:" + "|".join(_spaced(key) for key in sorted(keys, key=len, reverse=True)) + r")(?!\w)", re.IGNORECASE
        )
        for word, keys in begin.items()
    }


def _spaced(key: str) -> str:
    return re.escape(key).replace(r"\ ", r"[\s-]{1,3}")


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[re.Pattern[str], ImplantKind], ...]:
    rows = sorted(_rows("implant_kinds.csv"), key=lambda row: -len(row["words"]))
    return tuple(
        (re.compile(rf"\b{re.escape(row['words'])}", re.IGNORECASE), ImplantKind(row["kind"], row["label"]))
        for row in rows
    )


def kind_of(words: str) -> ImplantKind:
    """The kind of an implant that the guideline does not list, by the words that name it.

    >>> kind_of("VP shunt").kind
    'shunt'
    """
    plain = " ".join(words.split())
    return next((kind for pattern, kind in _kinds() if pattern.search(plain)), OTHER)


def _rows(name: str) -> list[dict[str, str]]:
    with (resources.lexicons() / "shared" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
