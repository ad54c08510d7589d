"""What a child process does with one chart: read, assess, draw. What takes long to load is kept between charts."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

from chart_triage import guidelines, intake, report, store
from chart_triage.assess import AssessedChart, Assessor
from chart_triage.bad_pages import NOTHING_LEFT_OUT, LeftOut, watched
from chart_triage.batch.engine import MadeFile, Plan, Task
from chart_triage.batch.rows import rows_of
from chart_triage.errors import InputError, SettingsError
from chart_triage.records.chart import Chart
from chart_triage.records.determination import DETERMINATION_NAME
from chart_triage.settings import Settings
from chart_triage.store.readings import kept_chart, worth_keeping

_TEXT_SUFFIXES = ("", ".txt", ".text", ".asc")
_ASSESSORS = 4  # versions of a guideline that are kept loaded
_GARBAGE = (
    20_000  # objects that are made until the collector looks; a page makes some thousands, nearly all short-lived
)

Tell = Callable[[Any], None]


def warm(tell: Tell, plan: Plan) -> None:
    """Load what the first chart would wait for, as far as it is known before any."""
    try:
        folder = _folder(plan.guideline, None)
    except SettingsError:  # a family: the day of the request chooses its version
        return
    _assessor(folder, plan.site)


def screen(
    tell: Tell,
    task: Task,
    data: bytes,
    reading: bytes | None = None,
    keep_reading: bool = False,
    left_out: LeftOut = NOTHING_LEFT_OUT,
) -> dict[str, Any]:
    """One chart whose bytes are `data`: {"rows": JSON, "files": [(kind, content, media type)], "seconds": by stage}.

    A `reading` that can be used saves reading it. With `keep_reading` the result has a new "reading" that is worth
    keeping, or None. Pages that broke a process before are `left_out`.

    `tell` hears of each page and stage: whoever hears nothing for long may take it that this hangs.

    Raises ChartTriageError where the chart cannot be read or the settings do not allow it.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "loading", tell):
        assessor = _assessor(_folder(task.plan.guideline, task.request.day_of_service), task.plan.site)
        inputs = assessor.inputs(task.request)
    with _timed(seconds, "reading", tell):
        kept = kept_chart(task.sha256, reading)
        with watched(tell, "reading", left_out, task.plan.site.page_cpu_seconds):
            chart = _read(assessor, task, data, tell) if kept is None else _as_named(kept, task)
    with _timed(seconds, "assessing", tell):
        assessed = assessor.assess(chart, inputs, ocr=intake.ocr_version(chart))
        rows = rows_of(assessed.determination, chart.media_type)
    with _timed(seconds, "drawing", tell), watched(tell, "drawing", left_out, task.plan.site.page_cpu_seconds):
        files = [tuple(made) for made in _files(task.plan, assessor, assessed, data)]
    new = worth_keeping(chart) if keep_reading and kept is None else None
    return {"rows": rows.model_dump_json(), "files": files, "seconds": seconds, "reading": new}


def _read(assessor: Assessor, task: Task, data: bytes, tell: Tell) -> Chart:
    return _as_named(assessor.read(task.name, data, lambda number: tell(f"page {number}")), task)


def _as_named(chart: Chart, task: Task) -> Chart:
    """Text counts where its name says that it is text: a folder holds other text, too."""
    if chart.media_type == "text/plain" and Path(task.name).suffix.lower() not in _TEXT_SUFFIXES:
        raise InputError("unsupported", f"{task.name} is text, but not named so. Name a chart .txt; else take it away.")
    return chart


def _files(plan: Plan, assessor: Assessor, assessed: AssessedChart, data: bytes) -> Iterator[MadeFile]:
    chart, determination = assessed
    drawn = None if chart.media_type == "text/plain" else data
    if plan.for_store:
        yield MadeFile(store.CHART_NAME, store.chart_to_bytes(chart), "application/gzip")
        made = report.contents(drawn, chart, determination, assessor.guideline, site=assessor.site)
        yield from (MadeFile(name, content, report.MEDIA_TYPES[name]) for name, content in made.items())
        yield from (MadeFile(*file) for file in report.page_files(drawn, chart))
        return
    yield MadeFile(DETERMINATION_NAME, report.to_json(determination), "application/json")
    if plan.highlighted:
        marked = report.highlighted_pdf(drawn, chart, determination, assessor.guideline)
        yield MadeFile("highlighted.pdf", marked, "application/pdf")


@lru_cache(1024)
def _folder(guideline: str, day: date | None) -> Path:
    return guidelines.find(guideline, day)


@lru_cache(_ASSESSORS)
def _assessor(folder: Path, site: Settings) -> Assessor:
    assessor = Assessor(folder, site)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look through it with every chart
    gc.set_threshold(_GARBAGE, 20, 20)
    return assessor


@contextmanager
def _timed(seconds: dict[str, float], stage: str, tell: Tell) -> Iterator[None]:
    tell(stage)
    start = perf_counter()
    yield
    seconds[stage] = perf_counter() - start
