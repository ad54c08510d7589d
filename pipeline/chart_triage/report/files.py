"""Writes the files of a chart so that a reader never meets half of one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from chart_triage.errors import ChartTriageError
from chart_triage.records.chart import Chart
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.records.guideline import Guideline
from chart_triage.report.browser_page import html_report
from chart_triage.report.marked_pdf import highlighted_pdf
from chart_triage.report.record import to_json

PDF_NAME, HTML_NAME = "highlighted.pdf", "report.html"


def write_all(
    folder: Path,
    source: bytes | None,
    chart: Chart,
    determination: Determination,
    guideline: Guideline | None = None,
    *,
    password: str | None = None,
    kept: Mapping[str, bytes] | None = None,
) -> tuple[Path, ...]:
    """Writes `determination.json`, `highlighted.pdf` and `report.html` into `folder` and returns their paths.

    `kept` are files that belong to the same result (name -> bytes); their paths come last.

    All are made before the first is written, each is written beside its place and moved there when it is
    complete. Whatever fails, `folder` holds no partial file; files of an earlier run stay until they are replaced.

    Raises:
        InputError: `source` does not fit `chart`.
        ChartTriageError: the folder cannot be written to.
    """
    contents = {
        DETERMINATION_NAME: to_json(determination),
        PDF_NAME: highlighted_pdf(source, chart, determination, guideline, password=password),
        HTML_NAME: html_report(source, chart, determination, guideline, password=password).encode(),
        **(kept or {}),
    }
    partial = {folder / f".{name}.{os.getpid()}.partial": folder / name for name in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in zip(partial, contents.values(), strict=True):
            _write(path, data)
        for path, place in partial.items():
            path.replace(place)
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
