"""Names of makers, models and kinds of implants: `lexicons/shared/device_makers.csv` and `implant_kinds.csv`."""

from __future__ import annotations

import csv
import re
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


class DeviceNames(NamedTuple):
    """All names, and one pattern that finds them: the longest first."""

    pattern: re.Pattern[str]
    by_name: dict[str, tuple[DeviceName, ...]]

    def of(self, words: str) -> tuple[DeviceName, ...]:
        return self.by_name.get(_key(words), ())


def _key(words: str) -> str:
    return " ".join(words.lower().replace("-", " ").split())


@lru_cache(maxsize=1)
def device_names() -> DeviceNames:
    by_name: dict[str, list[DeviceName]] = {}
    for row in _rows("device_makers.csv"):
        name = DeviceName(row["name"], row["level"] == "model", row["maker"], frozenset(row["kinds"].split(";")))
        by_name.setdefault(_key(name.name), []).append(name)
    longest = sorted(by_name, key=lambda key: (-len(key), key))
    words = "|".join(re.escape(key).replace(r"\ ", r"[\s-]{1,3}") for key in longest)
    pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.IGNORECASE)
    return DeviceNames(pattern, {key: tuple(names) for key, names in by_name.items()})


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
