"""The changes as a CSV table or as JSON, written as they come, so that a long list is never held in memory."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from chart_triage.errors import ChartTriageError, SettingsError
from chart_triage.replay.outcome import Change
from chart_triage.replay.run import Replayed
from chart_triage.replay.summary import Summary

_COLUMNS = ("chart", *Change.model_fields, "not_replayed")


class TableWriter(Protocol):
    def add(self, replayed: Replayed) -> None: ...

    def end(self, summary: Summary) -> None: ...


class _Csv:
    """A row for each change, and one for each chart that could not be replayed."""

    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        self._rows.writeheader()

    def add(self, replayed: Replayed) -> None:
        for change in replayed.changes:
            self._rows.writerow({"chart": replayed.chart, **change.model_dump()})
        if replayed.refused:
            self._rows.writerow({"chart": replayed.chart, "not_replayed": replayed.refused})

    def end(self, summary: Summary) -> None:
        """The counts can be read from the rows."""


class _Json:
    """{"charts": [{"chart", "changes", "not_replayed"}], "summary": {...}}; charts that stay the same are left out."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._file.write('{"charts": [')
        self._first = True

    def add(self, replayed: Replayed) -> None:
        told: dict[str, Any] = {"chart": replayed.chart}
        if replayed.refused:
            told["not_replayed"] = replayed.refused
        elif replayed.changes:
            told["changes"] = [change.model_dump() for change in replayed.changes]
        else:
            return
        self._file.write(("\n" if self._first else ",\n") + json.dumps(told, ensure_ascii=False))
        self._first = False

    def end(self, summary: Summary) -> None:
        self._file.write(f'\n], "summary": {json.dumps(summary.plain(), ensure_ascii=False)}}}\n')


_WRITERS: dict[str, Callable[[IO[str]], TableWriter]] = {".csv": _Csv, ".json": _Json}


def table_writer(path: Path, store: Path) -> AbstractContextManager[TableWriter]:
    """Writes to `path`, by its suffix; the file appears when the context is left without an error.

    Raises SettingsError for another suffix and for a path inside `store`, to which nothing is written.
    """
    if path.suffix not in _WRITERS:
        raise SettingsError(f"{path}: the table is written as .csv or .json; name the file so.")
    if path.resolve().is_relative_to(store.resolve()):
        raise SettingsError(f"{path} lies inside of {store}, which is left as it is. Choose another place.")
    return _written(path)


@contextmanager
def _written(path: Path) -> Iterator[TableWriter]:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield _WRITERS[path.suffix](file)
        partial.replace(path)
    except BrokenPipeError:  # of stdout, not of the table
        raise
    except OSError as error:
        why = error.strerror or "the system gave no reason"
        raise ChartTriageError(f"{path}: the table cannot be written ({why}). Choose another place.") from error
    finally:
        with suppress(OSError):  # moved into place, or never made
            partial.unlink()
