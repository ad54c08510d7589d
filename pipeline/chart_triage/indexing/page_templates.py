"""Pages made up for training: templates of `models/page_kind/templates`, filled in at random, spoilt as OCR spoils.

A template is a list of lines. `{slot}` is filled from slots.yaml (in capitals if the slot is), `{n:2-9}` is a number,
`{L}` a letter, `{age}` an age, `{s:pool*2-4}` two to four sentences of a pool; `<a|b|>` is one of these; `||` parts
cells.
A line that begins with `?` is there half of the time, with `*2-6 ` several times, with `^` it is a title.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from chart_triage.records.chart_index import PageKind

_ALTERNATIVES = re.compile(r"<([^<>]*)>")
_SLOT = re.compile(r"\{(n|s):([^{}]+)\}|\{(\w+)\}")
_PARTED = re.compile(r" ?\|\| ?")
_REPEAT = re.compile(r"\*(\d+)-(\d+) ")
_CONFUSED = (
    ("rn", "m"), ("m", "rn"), ("l", "1"), ("I", "l"), ("O", "0"), ("0", "O"), ("5", "S"), ("e", "c"), ("cl", "d"),
    ("h", "b"), ("i", "l"), ("a", "o"), ("t", "f"), (" ", ""), (".", ","), ("f", "t"), ("u", "n"), ("n", "ri"),
    ("g", "q"),
)  # fmt: skip
_NOISE = (0.0, 0.0, 0.005, 0.02, 0.04)
_NO_TITLE = 0.35
_GOES_ON = 0.2
_LOST_LINE = 0.12
_SHORTEST = 6  # lines of a page that may have lost its first half
_WRAP = (60, 75, 90, 110)


class Family(NamedTuple):
    """One template of one kind. Those `held_out` are never trained on."""

    kind: PageKind
    name: str
    held_out: bool
    lines: tuple[str, ...]
    pools: Mapping[str, Sequence[str]]


class MadeUpPage(NamedTuple):
    kind: PageKind
    family: str
    text: str


def read_families(folder: Path) -> list[Family]:
    """The templates of all kinds; the file's name is the kind."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == "slots":
            continue
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for family in content["families"]:
            lines = tuple(str(line) for line in family["lines"])
            held_out = bool(family.get("held_out", False))
            found.append(Family(PageKind(path.stem), family["name"], held_out, lines, content.get("pools", {})))
    return found


def read_slots(folder: Path) -> dict[str, list[str]]:
    content = yaml.safe_load((folder / "slots.yaml").read_text(encoding="utf-8"))
    return {name: [str(value) for value in values] for name, values in content.items()}


def make_up(
    family: Family, slots: Mapping[str, Sequence[str]], count: int, *, whole: bool = False
) -> Iterator[MadeUpPage]:
    """`count` pages of a family; the same family gives the same pages. Many lack their title, lines, or their first
    half, unless they are to be `whole`."""
    for number in range(count):
        chance = random.Random(f"{family.kind}/{family.name}/{number}")
        text = "\n".join(_Filler(family, slots, chance, whole=whole).lines())
        yield MadeUpPage(family.kind, family.name, spoilt(text, chance))


class _Filler:
    def __init__(
        self, family: Family, slots: Mapping[str, Sequence[str]], chance: random.Random, *, whole: bool
    ) -> None:
        self._family, self._slots, self._chance, self._whole = family, slots, chance, whole
        self._width = chance.choice(_WRAP)

    def lines(self) -> Iterator[str]:
        titled = self._chance.random() >= _NO_TITLE or self._whole
        made = [line for template in self._family.lines for line in self._repeated(template, titled)]
        if len(made) > _SHORTEST and self._chance.random() < _GOES_ON and not self._whole:
            made = made[len(made) // 2 :]
        for line in made:
            if self._chance.random() < _LOST_LINE and not self._whole:
                continue
            yield from _wrapped(line, self._width)

    def _repeated(self, template: str, titled: bool) -> Iterator[str]:
        if template.startswith("?"):
            if self._chance.random() < 0.5:
                return
            template = template[1:]
        if template.startswith("^"):
            if not titled:
                return
            template = template[1:]
        times = 1
        if repeat := _REPEAT.match(template):
            times, template = self._chance.randint(int(repeat[1]), int(repeat[2])), template[repeat.end() :]
        for _ in range(times):
            yield self._filled(template)

    def _filled(self, template: str) -> str:
        in_cells = _PARTED.sub("\t", template)
        chosen = _ALTERNATIVES.sub(lambda m: self._chance.choice(m[1].split("|")), in_cells)
        return _SLOT.sub(self._slot, chosen)

    def _slot(self, match: re.Match[str]) -> str:
        if match[1] == "n":
            low, high = match[2].split("-")
            return str(self._chance.randint(int(low), int(high)))
        if match[1] == "s":
            pool, _, bounds = match[2].partition("*")
            low, high = (int(part) for part in bounds.split("-"))
            sentences = self._family.pools[pool]
            picked = self._chance.sample(list(sentences), min(len(sentences), self._chance.randint(low, high)))
            return " ".join(map(self._filled, picked))
        name = match[3]
        if name == "L":
            return self._chance.choice("ABCDEFGHJKLMNPRSTVW")
        if name == "age":
            return str(self._chance.randint(1, 90))
        if name not in self._slots:
            return self._filled(self._chance.choice(self._slots[name.lower()])).upper()
        return self._filled(self._chance.choice(self._slots[name]))


def _wrapped(line: str, width: int) -> Iterator[str]:
    while len(line) > width and (at := line.rfind(" ", 20, width)) > 0:
        yield line[:at]
        line = line[at + 1 :]
    yield line


def spoilt(text: str, chance: random.Random) -> str:
    """`text` with the slips of OCR, at a rate that is drawn anew for each page: often none."""
    rate = chance.choice(_NOISE)
    if not rate:
        return text
    made = []
    at = 0
    while at < len(text):
        right, wrong = chance.choice(_CONFUSED)
        if chance.random() < rate * len(_CONFUSED) / 4 and text.startswith(right, at):
            made.append(wrong)
            at += len(right)
        else:
            made.append(text[at])
            at += 1
    return "".join(made)
