"""What is done with a stranger's bytes. `chart_reader` has these done in a child process, and nothing else calls them.

Each function takes what can be pickled, tells on its way through `tell`, and returns plain data: see `isolation`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from chart_triage import intake, report
from chart_triage.assess import Assessor
from chart_triage.bad_pages import LeftOut, watched
from chart_triage.records.chart import Chart
from chart_triage.records.determination import Determination
from chart_triage.records.request import RequestData
from chart_triage.report.file_names import DEIDENTIFIED
from chart_triage.settings import Settings
from chart_triage.store import CHART_NAME, chart_to_bytes
from chart_triage.store.readings import kept_chart

Tell = Callable[[Any], None]


@lru_cache(maxsize=4)
def _assessor(guideline: str, site: Settings, on: date | None) -> Assessor:
    return Assessor(Path(guideline) if Path(guideline).is_dir() else guideline, site, on=on)


def load(*, guideline: str, site: Settings, on: date | None, tell: Tell) -> dict[str, str | None]:
    """Load what the first chart would wait for; says which guideline counts on the day."""
    found = _assessor(guideline, site, on).guideline
    return {"id": found.id, "version": found.version, "family": found.family}


def assess(
    *,
    guideline: str,
    site: Settings,
    on: date | None,
    name: str,
    data: bytes,
    password: str | None,
    request: RequestData,
    set_aside: tuple[int, ...],
    taken_back: tuple[int, ...],
    reading: bytes | None,
    page_files: bool,
    deidentified: bool,
    left_out: LeftOut,
    tell: Tell,
) -> None:
    """Read the file, unless its `reading` is there and of this version; assess it, and make the files of the result.

    Pages that broke a process before are `left_out`.

    Tells ("stage", name, pages or None), ("page", number) for a page read, what `bad_pages` says of a page that a
    library has, ("file", name, content, media type), and ("final",) where the file that it told last holds all that can
    be read of the chart.
    """
    assessor = _assessor(guideline, site, on)
    assessor.check(request)
    tell(("stage", "reading", None))
    chart = kept_chart(hashlib.sha256(data).hexdigest(), reading)
    if chart is None:
        with watched(tell, "reading", left_out, site.page_cpu_seconds):
            chart = assessor.read(name, data, lambda number: tell(("page", number)), password=password)
        tell(("file", CHART_NAME, chart_to_bytes(chart), "application/gzip"))
        if intake.is_final(chart):
            tell(("final",))
    tell(("stage", "assessing", len(chart.pages)))
    inputs = assessor.inputs(request, set_aside=set_aside, taken_back=taken_back)
    assessed = assessor.assess(chart, inputs, ocr=intake.ocr_version(chart))
    tell(("stage", "drawing", len(chart.pages)))
    with watched(tell, "drawing", left_out, site.page_cpu_seconds):
        _make_files(assessor, chart, assessed.determination, data, password, deidentified, page_files, tell)


def _make_files(
    assessor: Assessor,
    chart: Chart,
    determination: Determination,
    data: bytes,
    password: str | None,
    deidentified: bool,
    page_files: bool,
    tell: Tell,
) -> None:
    source = None if chart.media_type == "text/plain" else data
    made = report.contents(source, chart, determination, assessor.guideline, password=password, site=assessor.site)
    for kind, content in made.items():
        tell(("file", kind, content, report.MEDIA_TYPES[kind]))
    if deidentified:
        for kind, content in report.deidentified(source, chart, determination, password=password).items():
            tell(("file", kind, content, DEIDENTIFIED[kind]))
    if page_files:
        for file in report.page_files(source, chart, password=password):
            tell(("file", *file))
