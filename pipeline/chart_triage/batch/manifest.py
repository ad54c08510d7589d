"""A manifest: a CSV file or JSON lines that name charts and tell what is known of each request.

The column `file` names a chart (a path from the manifest's folder, or an address); the other columns are the fields
of RequestData and may be left out or empty.
"""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from chart_triage.errors import InputError
from chart_triage.records.request import RequestData

SUFFIXES = (".csv", ".jsonl")
_FILE = "file"
_COLUMNS = (_FILE, *RequestData.model_fields)


class Row(NamedTuple):
    """A line of the manifest; `refused` says why it cannot be used."""

    line: int
    file: str
    request: RequestData = RequestData()
    refused: InputError | None = None


def read(path: Path, defaults: RequestData) -> Iterator[Row]:
    """The rows; what a row leaves open is taken from `defaults`.

    Raises InputError (bad_manifest) for a file that is no manifest: no column `file`, an unknown column, not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _csv(path, file) if path.suffix.lower() == ".csv" else _json(path, file)
            for line, values in lines:
                yield _row(path, line, values, defaults)
    except (UnicodeDecodeError, csv.Error):
        raise _bad(path, "is not a table in UTF-8; save it as CSV (UTF-8)") from None
    except OSError as error:
        raise InputError("no_access", f"{path} cannot be opened: {error.strerror}.") from None


def _csv(path: Path, file: Any) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(file)
    _check_columns(path, [name.strip() for name in reader.fieldnames or ()])
    reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    for values in reader:
        yield reader.line_num, values


def _json(path: Path, file: Any) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError:
            values = None
        if isinstance(values, dict):
            _check_columns(path, list(values))
        yield number, values


def _check_columns(path: Path, names: list[str]) -> None:
    if _FILE not in names:
        raise _bad(path, f"has no column '{_FILE}' that names the charts")
    for name in names:
        if name not in _COLUMNS:
            near = difflib.get_close_matches(name, _COLUMNS, 1)
            meant = f"; did you mean '{near[0]}'" if near else ""
            raise _bad(path, f"has an unknown column '{name[:40]}'{meant}? Allowed: {', '.join(_COLUMNS)}")


def _row(path: Path, line: int, values: Any, defaults: RequestData) -> Row:
    where = f"{path.name}, line {line}"
    if not isinstance(values, dict) or None in values:
        return Row(line, where, refused=_bad_row(where, "is not a row of the table"))
    told = {name: value for name, value in values.items() if value not in (None, "") and name != _FILE}
    file = values.get(_FILE)
    if not isinstance(file, str) or not file.strip():
        return Row(line, where, refused=_bad_row(where, f"the column '{_FILE}' is empty"))
    known = {name: value for name, value in defaults if value is not None}
    if "received" in told:
        known.pop("received_time", None)
    try:
        return Row(line, file.strip(), RequestData.model_validate(known | told))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        column = str(first["loc"][0]) if first["loc"] else "received_time"
        return Row(line, file.strip(), refused=_bad_row(where, f"the column '{column}': {first['msg']}"))


def _bad(path: Path, what: str) -> InputError:
    return InputError("bad_manifest", f"{path} {what}.")


def _bad_row(where: str, what: str) -> InputError:
    return InputError("bad_manifest", f"{where}: {what}. The row was left out.")
