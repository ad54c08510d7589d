"""Checks the fields of `guideline.yaml` against the record and says in plain words what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from pydantic import ValidationError

from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.yaml_source import Place, YamlSource
from chart_triage.records.guideline import Guideline
from chart_triage.records.lexicon import Term
from chart_triage.records.page import Record

_FORMS = {
    "id": "lower-case letters, digits and hyphens",
    "family": "lower-case letters, digits and hyphens",
    "number": "letters and digits with dots between them, like 4.b",
}
_KEY_FORM = "lower-case letters, digits and underscores, beginning with a letter"
_KINDS: dict[type, str] = {list: "list", dict: "group of fields"}
_NOT_WRITTEN = frozenset({"terms", "request_letter", "sha256"})  # from the other files and from all files' bytes


def build(
    source: YamlSource, terms: tuple[Term, ...], letter: str, sha256: str
) -> tuple[Guideline | None, list[Problem]]:
    """The guideline, or None with all problems of its fields."""
    data = source.data
    if not isinstance(data, dict):
        return None, [Problem(source.file, 1, "must hold fields such as `id: ...`; see docs/guideline-authoring.md")]
    problems = [source.problem((key,), _unknown_field(key, Guideline)) for key in data if key in _NOT_WRITTEN]
    try:
        guideline = Guideline.model_validate({**data, "terms": terms, "request_letter": letter, "sha256": sha256})
    except ValidationError as error:
        problems += [_problem(source, detail) for detail in error.errors(include_url=False)]
        return None, problems
    return guideline, problems


def _problem(source: YamlSource, detail: Any) -> Problem:
    place: Place = tuple(part for part in detail["loc"] if part != "[key]")
    return source.problem(place, _message(detail, place))


def _message(detail: Any, place: Place) -> str:
    kind, found = detail["type"], detail["input"]
    last = str(place[-1]) if place else "guideline"
    if kind == "extra_forbidden":
        return _unknown_field(last, _model_at(place[:-1]))
    if kind == "missing":
        return f"the field `{last}` is missing here; add it"
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    field = next((str(part) for part in reversed(place) if isinstance(part, str)), "guideline")
    return f"`{field}`: {_misfit(kind, found, field, detail)}"


def _misfit(kind: str, found: Any, field: str, detail: Any) -> str:
    if kind in ("enum", "literal_error"):
        allowed = [name.strip(" '") for name in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return unknown("value", found, allowed)
    if kind == "string_pattern_mismatch":
        return f"'{found}' cannot stand here; use {_FORMS.get(field, _KEY_FORM)}"
    if kind == "string_type" and isinstance(found, int | float | date):
        return f"YAML does not read {found} as text; put it in quotes"
    if kind.startswith("date"):
        return f"{_shown(found)} is not a date; write year-month-day, like 2026-01-31"
    if kind.startswith("int"):
        return f"{_shown(found)} is no whole number; write digits without quotes"
    return f"{_shown(found)} does not fit; it {detail['msg'].removeprefix('Input ')}"


def _shown(found: Any) -> str:
    if found is None:
        return "nothing"
    return f"'{found}'" if isinstance(found, str | int | float | date) else f"a {_KINDS.get(type(found), 'value')}"


def _unknown_field(name: str | int, model: type[Record]) -> str:
    return unknown(
        "field", name, model.model_fields.keys() - _NOT_WRITTEN, "see docs/guideline-authoring.md for the fields"
    )


def _model_at(place: Place) -> type[Record]:
    """The record that the fields at `place` belong to."""
    model: type[Record] = Guideline
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_records_in(model.model_fields[part].annotation), model)
    return model


def _records_in(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for argument in get_args(annotation):
        yield from _records_in(argument)
