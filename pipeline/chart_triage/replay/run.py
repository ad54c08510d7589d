"""Walks a store of results and assesses each stored chart again, with the inputs of the first time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from chart_triage import guidelines, settings
from chart_triage.assess import Assessor
from chart_triage.errors import InputError, SettingsError
from chart_triage.records.chart import Chart
from chart_triage.records.determination import DETERMINATION_NAME, Inputs, Versions
from chart_triage.replay.outcome import Change, Outcome, changes
from chart_triage.store import CHART_NAME, read_stored_chart


class Result(NamedTuple):
    """One folder that `assess` wrote; `name` is its path below the store."""

    name: str
    folder: Path


class Replayed(NamedTuple):
    """`refused` says why a chart could not be replayed; `old` and `new` are then None and there are no changes."""

    chart: str
    changes: tuple[Change, ...] = ()
    old: Outcome | None = None
    new: Outcome | None = None
    refused: str = ""


def find_results(store: Path) -> list[Result]:
    """All results in and below `store`, by name. Raises InputError where there is none."""
    found = [
        Result(Path(folder).relative_to(store).as_posix(), Path(folder))
        for folder, _, files in os.walk(store)
        if CHART_NAME in files or DETERMINATION_NAME in files
    ]
    if not found:
        message = f"{store} holds no results of `assess`. Name the folder that was given to its --out."
        raise InputError("no_results", message)
    return sorted(found)


class Replay:
    """Assesses stored charts under `guideline`: an id, a folder, or a family, of which the version counts that is in
    force on each chart's own planned day of the scan."""

    def __init__(self, guideline: str) -> None:
        self._guideline = guideline
        self._site = settings.load()
        self._assessors: dict[tuple[Path, settings.Settings], Assessor] = {}

    def run(self, results: Iterable[Result]) -> Iterator[Replayed]:
        """One for each result, in their order. Raises GuidelineError where the guideline has mistakes."""
        for result in results:
            try:
                old, chart = _stored(result.folder)
                new = self._assessed(chart, old)
            except InputError as error:
                yield Replayed(result.name, refused=str(error))
            else:
                yield Replayed(result.name, changes(old, new), old, new)

    def _assessed(self, chart: Chart, old: Outcome) -> Outcome:
        assessor = self._assessor(old.inputs)
        return Outcome.model_validate(assessor.assess(chart, old.inputs, ocr=old.versions.ocr).determination)

    def _assessor(self, inputs: Inputs) -> Assessor:
        """One for each version of the guideline and each scanner; a store has few of them."""
        try:
            folder = guidelines.find(self._guideline, inputs.request.day_of_service)
        except SettingsError as error:
            raise InputError("no_version", str(error)) from None
        limits = {name: getattr(inputs, name) for name in ("scanner_weight_limit_kg", "scanner_bmi_limit")}
        site = self._site.model_copy(update=limits)
        key = (folder, site)
        if key not in self._assessors:
            self._assessors[key] = Assessor(folder, site)
        return self._assessors[key]


def _stored(folder: Path) -> tuple[Outcome, Chart]:
    """The stored determination and chart. Raises InputError saying what is wrong with them."""
    path = folder / DETERMINATION_NAME
    try:
        outcome = Outcome.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError("stored_missing", f"{path} does not exist. Assess the chart again.") from None
    except OSError as error:
        raise InputError("stored_damaged", f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        raise InputError("stored_damaged", _misfit(path, error)) from None
    chart = read_stored_chart(folder / CHART_NAME)
    if chart.sha256 != outcome.chart.sha256:
        message = f"{folder}: {CHART_NAME} and {path.name} are of two different charts. Assess the chart again."
        raise InputError("stored_mixed", message)
    return outcome, chart


def _misfit(path: Path, error: ValidationError) -> str:
    if any(detail["type"] == "missing" and detail["loc"] == ("inputs",) for detail in error.errors()):
        return f"{path} does not say what was given beside the chart (an older version wrote it). Assess it again."
    return f"{path} is damaged or no determination of this program. Assess the chart again."


def differing_versions(old: Outcome, new: Outcome) -> Sequence[tuple[str, str | None, str | None]]:
    """What made the two outcomes and is not the same: name, old, new."""
    pairs = [("guideline", old.guideline.id, new.guideline.id)]
    pairs += [(name, getattr(old.versions, name), getattr(new.versions, name)) for name in Versions.model_fields]
    return [(name, before, after) for name, before, after in pairs if before != after]
