"""Charts of benchmarks, read once and kept between runs, as long as what reads them does not change."""

from __future__ import annotations

import hashlib
from pathlib import Path

from chart_triage import intake
from chart_triage.records.chart import Chart
from chart_triage.settings import Settings
from chart_triage.store.readings import Readings, kept_chart, worth_keeping

_ONE = intake.OcrOptions(processes=1)


def read(path: Path, folder: Path | None) -> Chart:
    """The chart in `path`, read by one process; its reading is kept in `folder`, nowhere if None."""
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    readings = Readings.of(Settings(reading_cache=folder))
    chart = kept_chart(sha256, readings.get(sha256)) if readings else None
    if chart is None:
        chart = intake.read_chart_bytes(path.name, data, ocr=_ONE)
        reading = worth_keeping(chart)
        if readings and reading is not None:
            readings.put(sha256, reading)
    return chart
