"""The tables of a run, from its kept results: the same results in the same order give the same bytes.

Charts stand in triage order: what is due first; among those due at the same time expedited requests, then charts that
need an MRI safety check, then those that are readier to be decided, then those of which more could be read. A chart of
which nobody knows when it came in stands last.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Self, get_args

from chart_triage.batch.engine import Failure
from chart_triage.batch.folder import Result, RunFolder
from chart_triage.batch.rows import ChartColumns, CriterionColumns
from chart_triage.batch.run import Entry
from chart_triage.errors import ChartTriageError
from chart_triage.records.page import Record
from chart_triage.triage.worklist import spreadsheet_cell

_ROW_GROUP = 20_000
_LOST = Failure(kind="missing", reason="Its result is not in the folder. Run again.")


class ChartKey(Record):
    """What a row of charts begins with. `copies`: how many other inputs were the same chart; they are `other_files`."""

    triage_order: int
    chart: str
    file: str
    copies: int
    other_files: str
    sha256: str


class CriterionKey(Record):
    chart: str
    file: str


class FailedInput(Record):
    """An input that was not screened. `chart` is empty where it was not even read."""

    file: str
    other_files: str
    chart: str
    kind: str
    reason: str


class Place(NamedTuple):
    """A screened chart among all of them: its names in the order of the inputs."""

    key: str
    names: tuple[str, ...]


class Collected(NamedTuple):
    """Screened charts in triage order, and all failures in the order of the inputs."""

    charts: tuple[Place, ...]
    failures: tuple[FailedInput, ...]


def collect(folder: RunFolder, entries: Iterable[Entry]) -> Collected:
    """What became of each distinct chart."""
    names: dict[str, list[str]] = {}
    failures: list[FailedInput] = []
    ranks: dict[str, tuple[Any, ...]] = {}
    order: list[tuple[str, Failure | None]] = []
    for entry in entries:
        if entry.failure is not None:
            order.append((entry.name, entry.failure))
        elif entry.key in names:
            if entry.name not in names[entry.key]:
                names[entry.key].append(entry.name)
        else:
            names[entry.key] = [entry.name]
            order.append((entry.key, None))
    for key, failure in order:
        if failure is not None:
            failures.append(_failed((key,), "", failure))
            continue
        result = folder.result(key)
        if result is None or result.rows is None:
            failures.append(_failed(names[key], key, (result and result.failure) or _LOST))
        else:
            ranks[key] = _rank(result.rows.chart)
    return Collected(
        tuple(Place(key, tuple(names[key])) for key in sorted(ranks, key=lambda k: ranks[k])), tuple(failures)
    )


def write(folder: RunFolder, collected: Collected, told: Callable[[int, Place, Result], None]) -> None:
    """charts, criteria and failures as CSV, the first two also as Parquet where pyarrow is installed.

    `told` hears of every chart in triage order, numbered from 1, as its rows are written.
    """
    charts = Table(folder.path / "charts", (ChartKey, ChartColumns))
    criteria = Table(folder.path / "criteria", (CriterionKey, CriterionColumns))
    with charts, criteria:
        for number, place in enumerate(collected.charts, 1):
            result = folder.result(place.key)
            if result is None or result.rows is None:
                raise ChartTriageError(f"{folder.path}: the result of {place.key} went away meanwhile. Run again.")
            charts.add(_chart_key(number, place, result).model_dump() | result.rows.chart.model_dump())
            key = {"chart": place.key, "file": place.names[0]}
            for criterion in result.rows.criteria:
                criteria.add(key | criterion.model_dump())
            told(number, place, result)
    with Table(folder.path / "failures", (FailedInput,), parquet=False) as failures:
        for failure in collected.failures:
            failures.add(failure.model_dump())


class Table:
    """A table in the making: NAME.csv and NAME.parquet appear when the block ends without an error."""

    def __init__(self, stem: Path, records: Sequence[type[Record]], *, parquet: bool = True) -> None:
        self._fields = {name: field.annotation for record in records for name, field in record.model_fields.items()}
        self._places = [stem.with_name(f"{stem.name}.{kind}") for kind in ("csv", "parquet")[: 1 + parquet]]
        self._parquet = parquet and has_parquet()
        self._group: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._file = self._partial(self._places[0]).open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(self._fields)
        if self._parquet:
            self._arrow = _Parquet(self._partial(self._places[1]), self._fields)
        return self

    def add(self, row: dict[str, Any]) -> None:
        self._csv.writerow([spreadsheet_cell(_text(value)) for value in row.values()])
        if self._parquet:
            self._group.append({name: _told(value) for name, value in row.items()})
            if len(self._group) == _ROW_GROUP:
                self._arrow.write(self._group)
                self._group = []

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if self._parquet:
            if kind is None and self._group:
                self._arrow.write(self._group)
            self._arrow.close()
        for place in self._places:
            partial = self._partial(place)
            if kind is not None:
                partial.unlink(missing_ok=True)
            elif partial.exists():
                partial.replace(place)
            else:
                place.unlink(missing_ok=True)  # of an earlier run, which could write it

    def _partial(self, place: Path) -> Path:
        return place.with_name(f".{place.name}.partial")


def has_parquet() -> bool:
    """Whether Parquet can be written: pyarrow comes with the extra `batch`."""
    return find_spec("pyarrow") is not None


def _chart_key(number: int, place: Place, result: Result) -> ChartKey:
    first, *others = place.names
    return ChartKey(
        triage_order=number,
        chart=place.key,
        file=first,
        copies=len(others),
        other_files="; ".join(others),
        sha256=result.sha256,
    )


def _failed(names: Sequence[str], key: str, failure: Failure) -> FailedInput:
    first, *others = names
    return FailedInput(file=first, other_files="; ".join(others), chart=key, kind=failure.kind, reason=failure.reason)


def _rank(chart: ChartColumns) -> tuple[Any, ...]:
    return (
        chart.due or date.max,
        chart.due_time or time.max,
        not chart.expedited,
        not chart.mri_safety_check,
        -chart.readiness,
        -chart.completeness,
    )


class _Parquet:
    """Typed columns; a `time` is told as text, since not every reader knows it."""

    def __init__(self, path: Path, fields: Mapping[str, Any]) -> None:
        import pyarrow
        import pyarrow.parquet

        self._schema = pyarrow.schema([(name, getattr(pyarrow, _arrow_type(kind))()) for name, kind in fields.items()])
        self._from_rows = pyarrow.Table.from_pylist
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        self._writer.write_table(self._from_rows(rows, self._schema))

    def close(self) -> None:
        self._writer.close()


_ARROW = {bool: "bool_", int: "int32", float: "float64", date: "date32"}


def _arrow_type(annotation: Any) -> str:
    """The name of the Arrow type of a field: of the first of its types that is no None; text where it is no number."""
    kinds = [annotation, *(each for part in (annotation, *get_args(annotation)) for each in get_args(part))]
    return next((_ARROW[kind] for kind in kinds if kind in _ARROW), "string")


def _told(value: Any) -> Any:
    return value.isoformat("minutes") if isinstance(value, time) else value


def _text(value: Any) -> str:
    """A cell of a CSV file: empty where nothing is known."""
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else str(_told(value))
