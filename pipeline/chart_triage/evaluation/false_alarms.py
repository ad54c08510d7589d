"""How often random clinical notes raise anything: more than the false alarms, since some notes are truly positive."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from chart_triage.assess import Assessor
from chart_triage.evaluation.disagreements import around
from chart_triage.evaluation.gold import GoldError
from chart_triage.evaluation.rates import Rate
from chart_triage.records.mention import Status
from chart_triage.records.page import Record

NOTES = 500
SEED = 76390


class Alarm(Record):
    """A note in which a concept was called present, with the mention and eight words around it."""

    id: str
    words: str


class AlarmFigures(Record):
    notes: Rate
    by_concept: dict[str, tuple[Alarm, ...]]


def sampled(folder: Path, notes: int = NOTES, seed: int = SEED) -> list[tuple[str, str]]:
    """(id, text) of `notes` notes drawn from all *.jsonl of the folder; the same for the same files and seed."""
    rows = sorted(row for path in sorted(folder.glob("*.jsonl")) for row in _rows(path))
    return random.Random(seed).sample(rows, min(notes, len(rows)))


def count_alarms(notes: Sequence[tuple[str, str]], assessor: Assessor) -> AlarmFigures:
    """Concepts called present, listed so that a reader can tell the true ones from the false."""
    by_concept: dict[str, list[Alarm]] = {}
    raised = []
    for id_, text in notes:
        found = {k: c for k, c in assessor.text(id_, text).concepts.items() if c.status is Status.PRESENT}
        raised.append(bool(found))
        for key, concept in found.items():
            first = concept.evidence[0]
            by_concept.setdefault(key, []).append(Alarm(id=id_, words=around(text, first.start, first.end)))
    return AlarmFigures(
        notes=Rate.of(raised), by_concept={key: tuple(found) for key, found in sorted(by_concept.items())}
    )


def _rows(path: Path) -> Iterable[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                raw = json.loads(line)
                yield str(raw["id"]), str(raw["text"])
            except (json.JSONDecodeError, KeyError, TypeError):
                raise GoldError(f'{path}:{number}: each line is an object with "id" and "text"') from None
