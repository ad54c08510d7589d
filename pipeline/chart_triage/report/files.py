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
from chart_triage.report.letter import request_letter
from chart_triage.report.marked_pdf import highlighted_pdf
from chart_triage.report.record import to_json
from chart_triage.settings import Settings

PDF_NAME, HTML_NAME = "highlighted.pdf", "report.html"
DOCX_LETTER, PDF_LETTER = "request_letter.docx", "request_letter.pdf"
_NO_SITE = Settings()


def contents(
    source: bytes | None,
    chart: Chart,
    determination: Determination,
    guideline: Guideline | None = None,
    *,
    password: str | None = None,
    site: Settings = _NO_SITE,
) -> dict[str, bytes]:
    """The files of a chart by their names: `determination.json`, `highlighted.pdf`, `report.html`.

    Where something is asked for and the guideline has a template, `request_letter.docx` and `request_letter.pdf` as
    well. Raises InputError where `source` does not fit `chart`.
    """
    made = {
        DETERMINATION_NAME: to_json(determination),
        PDF_NAME: highlighted_pdf(source, chart, determination, guideline, password=password),
        HTML_NAME: html_report(source, chart, determination, guideline, password=password).encode(),
    }
    letter = request_letter(determination, guideline, site) if guideline else None
    return made | {DOCX_LETTER: letter.docx, PDF_LETTER: letter.pdf} if letter else made


def write_all(
    folder: Path,
    source: bytes | None,
    chart: Chart,
    determination: Determination,
    guideline: Guideline | None = None,
    *,
    password: str | None = None,
    kept: Mapping[str, bytes] | None = None,
    site: Settings = _NO_SITE,
) -> tuple[Path, ...]:
    """Writes the files that `contents` makes into `folder` and returns their paths.

    `kept` are files that belong to the same result (name -> bytes); their paths come last. A letter of an earlier run
    is taken away where nothing is asked for any more.

    All are made before the first is written, each is written beside its place and moved there when it is complete.
    Whatever fails, `folder` holds no partial file; files of an earlier run stay until they are replaced.

    Raises:
        InputError: `source` does not fit `chart`.
        ChartTriageError: the folder cannot be written to.
    """
    made = {**contents(source, chart, determination, guideline, password=password, site=site), **(kept or {})}
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
