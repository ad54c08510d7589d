from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from stored_charts import CHARTS

from chart_triage import report, store
from chart_triage.assess import Assessor
from chart_triage.records.request import RequestData


@cache
def assessor() -> Assessor:
    return Assessor()


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., Path]:
    """Assesses a fixture chart, or a text, under the guideline that ships and keeps it as `assess` does.

    Returns the store.
    """

    def kept(name: str, scan_date: date | None = None, text: str = "") -> Path:
        if text:
            path = tmp_path / f"{name}.txt"
            path.write_text(text, encoding="utf-8")
        else:
            path = next(CHARTS.glob(f"{name}.[pt][dx][ft]"))
        chart, determination = assessor().chart(path, RequestData(planned_scan=scan_date))
        folder = tmp_path / "store" / name
        folder.mkdir(parents=True)
        (folder / store.CHART_NAME).write_bytes(store.chart_to_bytes(chart))
        (folder / "determination.json").write_bytes(report.to_json(determination))
        return tmp_path / "store"

    return kept
