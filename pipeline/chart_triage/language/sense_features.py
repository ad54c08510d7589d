"""The senses of ambiguous abbreviations, and what the models of `senses` see of a place in a text."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources

REACH = 500  # characters on each side that count at all
_NEAR_WORDS = 12
_FAR_VALUE = 0.2
_STEM = 5
_WORD = re.compile(r"[a-z]+")
_TOKEN = re.compile(r"[a-z]+|\d+|[^\sa-z0-9]")


class SenseForm(NamedTuple):
    """One row of `lexicons/shared/abbreviation_senses.csv`; `concept` is the key that the sense stands for, or ""."""

    abbreviation: str
    sense: str
    long_form: str
    concept: str


@lru_cache(maxsize=1)
def sense_forms() -> dict[str, tuple[SenseForm, ...]]:
    """Abbreviation -> the long forms of its senses, in the table's order."""
    table: dict[str, list[SenseForm]] = {}
    path = resources.lexicons() / "shared" / "abbreviation_senses.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            form = SenseForm(row["abbreviation"], row["sense"], row["long_form"], row["concept"])
            table.setdefault(form.abbreviation, []).append(form)
    return {abbreviation: tuple(forms) for abbreviation, forms in table.items()}


def features(text: str, start: int, end: int) -> dict[str, float]:
    """What surrounds `text[start:end]`, as feature -> value.

    `w=` words within 12 words (value 1) or 500 characters (0.2), `s=` the first five letters of the near ones, `l=` and
    `r=` the token right before and after ("#" for a number). The abbreviation itself is left out wherever it stands.

    >>> sorted(features("Known MS, stable", 6, 8))
    ['l=known', 'r=,', 's=known', 's=stabl', 'w=known', 'w=stable']
    """
    left, right = text[max(0, start - REACH) : start].lower(), text[end : end + REACH].lower()
    short = text[start:end].lower()
    before = [word for word in _WORD.findall(left) if word != short]
    after = [word for word in _WORD.findall(right) if word != short]
    found = dict.fromkeys(["w=" + word for word in before[:-_NEAR_WORDS] + after[_NEAR_WORDS:]], _FAR_VALUE)
    for word in before[-_NEAR_WORDS:] + after[:_NEAR_WORDS]:
        found["w=" + word] = found["s=" + word[:_STEM]] = 1.0
    for side, tokens in (("l=", _TOKEN.findall(left)[-1:]), ("r=", _TOKEN.findall(right)[:1])):
        for token in tokens:
            found[side + ("#" if token.isdigit() else token)] = 1.0
    return found
