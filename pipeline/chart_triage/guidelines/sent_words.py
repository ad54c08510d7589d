"""Checks the words of a guideline that may reach a sender: `missing`, `ask`, `asks`, `requests` and the letter."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from chart_triage import resources
from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.yaml_source import Place, YamlSource

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SENT = frozenset({"missing", "ask", "asks", "requests"})


def check_sent_words(source: YamlSource) -> list[Problem]:
    """Words that read like a decision, and placeholders that nothing fills, each with the line of its text."""
    problems = []
    for place, text in _texts(source.data, ()):
        message = reads_like_a_decision(text) or _unfilled(place, text)
        if message:
            problems.append(source.problem(place, message))
    return problems


def reads_like_a_decision(text: str) -> str | None:
    """What is wrong with words that a request for records may never hold (`lexicons/shared/never_said.csv`)."""
    found = _never_said().search(text)
    if found is None:
        return None
    return f"'{found.group()}' reads like a decision; a request only says what is asked for, so take these words out"


@lru_cache(maxsize=1)
def _never_said() -> re.Pattern[str]:
    with (resources.lexicons() / "shared" / "never_said.csv").open(encoding="utf-8", newline="") as file:
        phrases = [re.escape(row["phrase"]).replace(r"\ ", r"\s+") for row in csv.DictReader(file)]
    return re.compile(rf"\b(?:{'|'.join(sorted(phrases, key=len, reverse=True))})\b", re.IGNORECASE)


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """All texts below a key that is sent."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        if isinstance(item, str) and _SENT & {*place, key} and (key in ("text", "missing")):
            yield (*place, key), item
        yield from _texts(item, (*place, key))


def _unfilled(place: Place, text: str) -> str | None:
    allowed = ["pages"] if "unread_pages" in place else ["device"] if "asks" in place else []
    for name in _PLACEHOLDER.findall(text):
        if name not in allowed:
            shown = [f"{{{one}}}" for one in allowed]
            return unknown("placeholder", f"{{{name}}}", shown)
    return None
