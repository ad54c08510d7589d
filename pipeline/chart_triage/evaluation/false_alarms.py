"""How often random clinical notes raise anything, and how much of it is false by a reader's recorded judgement.

Most of what is raised is true. A reader's verdict on each note and concept stands in tests/language/false_alarms.csv
(note, concept, true or false, reason in the reader's words); what is raised anew is listed as unjudged.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from chart_triage.assess import Assessor
from chart_triage.evaluation.disagreements import around
from chart_triage.evaluation.gold import GoldError
from chart_triage.evaluation.rates import Rate
from chart_triage.records.mention import Status
from chart_triage.records.page import Record

NOTES = 500
SEED = 76390
SECOND_SEED = 2026
_DRAWN = 1100  # enough for 500 that the first sample does not hold
Verdicts = Mapping[tuple[str, str], bool]
"""(note, concept) -> whether it is rightly called present."""


class Alarm(Record):
    """A note in which a concept was called present, with the mention and eight words around it."""

    id: str
    words: str
    verdict: bool | None = None


class AlarmFigures(Record):
    """`false`: notes with at least one concept that was judged falsely present."""

    name: str
    notes: Rate
    false: Rate
    unjudged: int
    by_concept: dict[str, tuple[Alarm, ...]]


def sampled(folder: Path, notes: int = NOTES, seed: int = SEED) -> list[tuple[str, str]]:
    """(id, text) of `notes` notes drawn from all *.jsonl of the folder; the same for the same files and seed."""
    rows = sorted(row for path in sorted(folder.glob("*.jsonl")) for row in _rows(path))
    return random.Random(seed).sample(rows, min(notes, len(rows)))


def second_sample(folder: Path) -> list[tuple[str, str]]:
    """500 notes that the first sample does not hold."""
    first = {id_ for id_, _ in sampled(folder)}
    return [row for row in sampled(folder, _DRAWN, SECOND_SEED) if row[0] not in first][:NOTES]


def read_verdicts(path: Path) -> Verdicts:
    """Raises GoldError where a verdict is neither true nor false, or given twice."""
    verdicts: dict[tuple[str, str], bool] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            key = (row["note"], row["concept"])
            if row["verdict"] not in ("true", "false") or key in verdicts:
                raise GoldError(f"{path}:{number}: one verdict per note and concept, true or false")
            verdicts[key] = row["verdict"] == "true"
    return verdicts


def count_alarms(
    name: str, notes: Sequence[tuple[str, str]], assessor: Assessor, verdicts: Verdicts | None = None
) -> AlarmFigures:
    """Concepts called present, with the reader's verdict, else listed so that a reader can tell true from false."""
    by_concept: dict[str, list[Alarm]] = {}
    raised, false = [], []
    for id_, text in notes:
        found = {k: c for k, c in assessor.text(id_, text).concepts.items() if c.status is Status.PRESENT}
        judged = {key: (verdicts or {}).get((id_, key)) for key in found}
        raised.append(bool(found))
        false.append(False in judged.values())
        for key, concept in found.items():
            first = concept.evidence[0]
            alarm = Alarm(id=id_, words=around(text, first.start, first.end), verdict=judged[key])
            by_concept.setdefault(key, []).append(alarm)
    return AlarmFigures(
        name=name,
        notes=Rate.of(raised),
        false=Rate.of(false),
        unjudged=sum(alarm.verdict is None for alarms in by_concept.values() for alarm in alarms),
        by_concept={key: tuple(found) for key, found in sorted(by_concept.items())},
    )


def _rows(path: Path) -> Iterable[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                raw = json.loads(line)
                yield str(raw["id"]), str(raw["text"])
            except (json.JSONDecodeError, KeyError, TypeError):
                raise GoldError(f'{path}:{number}: each line is an object with "id" and "text"') from None
