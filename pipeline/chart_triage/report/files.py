"""The files of a chart's result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chart_triage.records.chart import Chart
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.records.guideline import Guideline
from chart_triage.report.browser_page import html_report
from chart_triage.report.file_names import DOCX_LETTER, HTML_NAME, PDF_LETTER, PDF_NAME
from chart_triage.report.letter import request_letter
from chart_triage.report.marked_pdf import highlighted_pdf
from chart_triage.report.record import to_json
from chart_triage.report.writing import write_files
from chart_triage.settings import Settings

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

    `kept` are files that belong to the same result (name -> bytes); their paths come last. All are made before the
    first is written: see `write_files`.

    Raises:
        InputError: `source` does not fit `chart`.
        ChartTriageError: the folder cannot be written to.
    """
    made = contents(source, chart, determination, guideline, password=password, site=site)
    return write_files(folder, {**made, **(kept or {})})
