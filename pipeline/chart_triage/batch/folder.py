"""The folder of a run: one small result file for each chart, whole or not there, and one run at a time.

DIR/charts/KEY/determination.json ...     what was made of a chart
DIR/.batch/results/KE/KEY.json            its rows or why it failed; written last: with it the chart is done
DIR/.batch/lock                           held by the run that is at work
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationError

from chart_triage.batch.engine import Failure, MadeFile
from chart_triage.batch.rows import Rows
from chart_triage.errors import ChartTriageError
from chart_triage.records.page import Record

CHARTS = "charts"
_OWN = ".batch"


class FolderInUseError(ChartTriageError):
    """Another run holds the folder; exit code 7."""

    exit_code: ClassVar[int] = 7


class Result(Record):
    """What is kept of a chart. `made_by` names the versions and the guideline, `extras` what was made beyond the
    determination ("highlighted", "store"); a chart is done again where either is not what is asked for."""

    format: Literal[1] = 1
    key: str
    sha256: str
    made_by: str
    extras: tuple[str, ...] = ()
    rows: Rows | None = None
    failure: Failure | None = None
    seconds: Annotated[float, Field(ge=0)] = 0.0


class RunFolder:
    """Opened by one run at a time, in a `with` block. A lock of a process that died counts for nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._results = path / _OWN / "results"
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            self._results.mkdir(parents=True, exist_ok=True)
            (self.path / CHARTS).mkdir(exist_ok=True)
            self._lock = os.open(self.path / _OWN / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            # Of the process, not of the file: no child that outlives a killed run holds it.
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._lock, 200, 0).decode(errors="replace").strip()
            os.close(self._lock)
            raise FolderInUseError(
                f"{self.path} is in use by another run ({holder or 'unknown'}). Wait for it, or name another folder."
            ) from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def result(self, key: str) -> Result | None:
        """What is kept of the chart; None where there is nothing, or nothing whole."""
        try:
            return Result.model_validate_json(self._result_path(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def keep(self, result: Result, files: Iterable[MadeFile]) -> None:
        """Keep a chart's files and then its result. Files of an earlier result are taken away."""
        folder = self.path / CHARTS / result.key
        kept = {file.kind for file in files}
        try:
            if folder.exists():
                (self._result_path(result.key)).unlink(missing_ok=True)  # until it is whole again, it is not done
                for old in folder.iterdir():
                    if old.name not in kept:
                        old.unlink()
            for file in files:
                folder.mkdir(exist_ok=True)
                write_whole(folder / file.kind, file.content)
            if not kept and folder.exists():
                shutil.rmtree(folder)
            place = self._result_path(result.key)
            place.parent.mkdir(exist_ok=True)
            write_whole(place, result.model_dump_json().encode())
        except OSError as error:
            raise self._unwritable(error) from error

    def _result_path(self, key: str) -> Path:
        return self._results / key[:2] / f"{key}.json"

    def _unwritable(self, error: OSError) -> ChartTriageError:
        why = error.strerror or "the system gave no reason"
        return ChartTriageError(f"{self.path}: results cannot be written ({why}). Make room, or choose another folder.")


def write_whole(path: Path, content: bytes) -> None:
    """Whoever looks finds the old content or the new one. There is one writer: the run that holds the folder."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
