"""Labelled texts and where they are read from. The formats are told in the README files beside the data.

| set | file | judged |
|---|---|---|
| traps | tests/language/traps/*.jsonl | every concept |
| held-out traps | tests/language/heldout/traps.jsonl | the concepts that a row names |
| held-out notes | tests/language/heldout/notes.jsonl | concepts, criteria, contraindications, suggestion |
| blind traps, blind notes | tests/language/blind/ | the same, by another writer; items never read, totals watched |
| examples | lexicons/<guideline>/examples.yaml | the concepts that an example names |
| real notes | CHART_TRIAGE_EVAL_DIR/eval/real-dev.jsonl | concepts, criteria, contraindications |
| negation | CHART_TRIAGE_EVAL_DIR/eval/negation-dev.jsonl | assertion of given spans |
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import Field, ValidationError

from chart_triage.errors import ChartTriageError
from chart_triage.records.determination import Suggestion
from chart_triage.records.mention import Axis, Span, Status
from chart_triage.records.page import Record

COMPARED_CRITERIA = ("1.a", "1.b", "1.c", "1.d", "2", "3", "4", "5", "6", "7")
_Labelled = TypeVar("_Labelled")


class GoldError(ChartTriageError):
    """A labelled file that cannot be used: file, line, what is wrong. Never the labelled text itself."""

    exit_code: ClassVar[int] = 2


class GoldText(Record):
    """One text with what a careful reader lists.

    - `expect`: concept -> status. `not_listed`: concepts that must stay unlisted. `open`: left out of the score
      (concept keys, criterion numbers, "suggestion").
    - `complete`: any concept in none of these is not listed either; else it is not judged.
    - `criteria` (supported, of `COMPARED_CRITERIA`), `contraindications` (present now), `suggestion`: None where the
      set does not say.
    - `quotes`: concept -> the words that a label rests on, where the set gives them.
    """

    id: str
    family: str = ""
    text: str
    note_date: date | None = None
    expect: dict[str, Status]
    not_listed: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    complete: bool
    criteria: frozenset[str] | None = None
    contraindications: frozenset[str] | None = None
    suggestion: Suggestion | None = None
    quotes: Mapping[str, str] = Field(default_factory=dict)


class GoldTarget(Span):
    """The assertion of one span of `text`."""

    id: str
    text: str
    axes: frozenset[Axis]


def traps(folder: Path) -> list[GoldText]:
    """Every file of the folder; a row's `debatable` concepts stay out of the score."""

    def row(raw: Mapping[str, Any]) -> GoldText:
        return GoldText(**_short_text(raw), open=raw.get("debatable", ()), complete=True)

    return [text for path in sorted(folder.glob("*.jsonl")) for text in _rows(path, row)]


def heldout_traps(path: Path) -> list[GoldText]:
    return list(_rows(path, lambda raw: GoldText(**_short_text(raw), complete=False)))


def heldout_notes(path: Path) -> list[GoldText]:
    def row(raw: Mapping[str, Any]) -> GoldText:
        return GoldText(
            id=raw["id"],
            text=raw["text"],
            note_date=raw.get("note_date"),
            expect=raw["concepts"],
            open=(*raw.get("open", ()), *(() if raw.get("suggestion_firm", True) else ("suggestion",))),
            complete=True,
            criteria=raw["criteria"],
            contraindications=raw["contraindications"],
            suggestion=raw["suggestion"],
        )

    return list(_rows(path, row))


def real_notes(path: Path) -> list[GoldText]:
    def row(raw: Mapping[str, Any]) -> GoldText:
        concepts: Mapping[str, Mapping[str, str]] = raw["concepts"]
        return GoldText(
            id=raw["id"],
            text=raw["text"],
            note_date=raw.get("note_date"),
            expect={key: Status(label["status"]) for key, label in concepts.items()},
            complete=True,
            criteria=raw["criteria"],
            contraindications=raw["contraindications"],
            quotes={key: label["quote"] for key, label in concepts.items() if label.get("quote")},
        )

    return list(_rows(path, row))


def negation(path: Path) -> list[GoldTarget]:
    """The public NegEx set: "Not particular" temporality is its name for hypothetical."""

    def row(raw: Mapping[str, Any]) -> GoldTarget:
        holds = {
            Axis.NEGATED: raw["negated"],
            Axis.HISTORICAL: raw["temporality"] == "Historical",
            Axis.HYPOTHETICAL: raw["temporality"] == "Not particular",
            Axis.FAMILY: raw["experiencer"] != "Patient",
        }
        return GoldTarget(
            id=raw["id"], text=raw["text"], start=raw["start"], end=raw["end"],
            axes=frozenset(axis for axis, holding in holds.items() if holding),
        )  # fmt: skip

    return list(_rows(path, row))


def examples(path: Path) -> list[GoldText]:
    """A guideline's own example sentences, numbered in the file's order; `concept: null` must stay unlisted."""
    items = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return [
        GoldText(
            id=f"example-{number:04}",
            text=item["text"],
            note_date=item.get("note_date"),
            expect={key: status for key, status in item["expect"].items() if status is not None},
            not_listed=frozenset(key for key, status in item["expect"].items() if status is None),
            complete=False,
        )
        for number, item in enumerate(items, 1)
    ]


def _short_text(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": raw["id"],
        "family": raw["family"],
        "text": raw["text"],
        "note_date": raw.get("note_date"),
        "expect": raw["expect"],
        "not_listed": raw.get("not_listed", ()),
    }


def _rows(path: Path, row: Callable[[Mapping[str, Any]], _Labelled]) -> Iterator[_Labelled]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield row(json.loads(line))
            except json.JSONDecodeError:
                raise GoldError(f"{path}:{number}: not JSON; each line is one labelled text") from None
            except KeyError as error:
                raise GoldError(f"{path}:{number}: the field {error} is missing") from None
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                field = ".".join(map(str, first["loc"]))
                raise GoldError(f"{path}:{number}: {field}: {first['msg']}") from None
