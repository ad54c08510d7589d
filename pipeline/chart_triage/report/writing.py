"""Writes the files of a chart so that a reader never meets half of one. Loads no library."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from chart_triage.errors import ChartTriageError
from chart_triage.report.file_names import DOCX_LETTER, PDF_LETTER


def write_files(folder: Path, made: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Writes all files of a result (name -> bytes) into `folder` and returns their paths.

    A letter of an earlier run is taken away where nothing is asked for any more. Each file is written beside its place
    and moved there when all are complete. Whatever fails, `folder` holds no partial file; files of an earlier run stay
    until they are replaced.

    Raises ChartTriageError: the folder cannot be written to.
    """
    partial = {folder / f".{name}.{os.getpid()}.partial": folder / name for name in made}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in zip(partial, made.values(), strict=True):
            _write(path, data)
        for path, place in partial.items():
            path.replace(place)
        for name in {DOCX_LETTER, PDF_LETTER} - made.keys():
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or "the system gave no reason"
        raise ChartTriageError(f"{folder}: the reports cannot be written ({why}). Choose another folder.") from error
    finally:
        for path in partial:
            with suppress(OSError):  # moved into place, or its folder could not be made
                path.unlink()
    return tuple(partial.values())


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
