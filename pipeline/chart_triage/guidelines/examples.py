"""Checks `examples.yaml`: sentences with the status that the program must reach. They are run as tests elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.yaml_source import Place, read_yaml
from chart_triage.records.mention import Status

_FIELDS = ("text", "note_date", "expect")


def check_examples(path: Path, keys: Collection[str]) -> list[Problem]:
    """`keys`: concepts and groups that an example may expect; empty where they are not known."""
    source = read_yaml(path)
    if source.problems:
        return source.problems
    if not isinstance(source.data, list):
        return [source.problem((), "must be a list of examples, each beginning with `- text: ...`")]
    return [
        source.problem(place, message)
        for index, example in enumerate(source.data)
        for place, message in _example(example, (index,), keys)
    ]


def _example(example: Any, place: Place, keys: Collection[str]) -> Iterator[tuple[Place, str]]:
    if not isinstance(example, dict):
        yield place, "an example has the fields `text`, `expect` and, where dates matter, `note_date`"
        return
    for field in example:
        if field not in _FIELDS:
            yield (*place, field), unknown("field", field, _FIELDS)
    text = example.get("text")
    if not isinstance(text, str) or not text.strip():
        yield (*place, "text"), "`text` is empty or no text; write the sentence, in quotes where it has a colon"
    day = example.get("note_date")
    if day is not None and not isinstance(day, date):
        yield (*place, "note_date"), f"`note_date`: '{day}' is not a date; write year-month-day, like 2026-01-31"
    expect = example.get("expect")
    if not isinstance(expect, dict) or not expect:
        yield (*place, "expect"), "`expect` is empty; write `concept: status`, or `concept: null` for not mentioned"
        return
    yield from _expected(expect, (*place, "expect"), keys)


def _expected(expect: dict[Any, Any], place: Place, keys: Collection[str]) -> Iterator[tuple[Place, str]]:
    statuses = [status.value for status in Status]
    for key, status in expect.items():
        if keys and key not in keys:
            yield (
                (*place, key),
                unknown("concept", key, keys, "the concepts are the keys under `concepts` in guideline.yaml"),
            )
        if status is not None and status not in statuses:
            yield (*place, key), f"{unknown('status', status, statuses)} (or null for not mentioned)"
