"""What each chart cost, in a file of its own: times differ from run to run, tables do not."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from chart_triage.batch.engine import Screened

NAME = "timings.csv"
_STAGES = ("loading", "reading", "assessing", "drawing", "all")
_HEAD = (
    "chart",
    "worker",
    "pages",
    "pages_ocr",
    "failed",
    *(f"{stage}_seconds" for stage in _STAGES),
    "cpu_seconds",
    "peak_memory_mb",
)


class Timings:
    """Grows by a row for every chart that is screened, over all runs on the folder. Nothing rests on it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def __enter__(self) -> Self:
        fresh = not self._path.exists()
        self._file = self._path.open("a", encoding="utf-8", newline="", buffering=1)
        self._rows = csv.writer(self._file, lineterminator="\n")
        if fresh:
            self._rows.writerow(_HEAD)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, screened: Screened) -> None:
        measured, chart = screened.measured, screened.rows.chart if screened.rows else None
        seconds = [f"{measured.seconds[stage]:.4f}" if stage in measured.seconds else "" for stage in _STAGES]
        pages = (chart.pages, chart.pages_ocr) if chart else ("", "")
        cpu = f"{measured.cpu_seconds:.2f}"
        peak = f"{measured.peak_memory / 1e6:.1f}"
        self._rows.writerow([screened.key, measured.worker, *pages, "" if chart else "yes", *seconds, cpu, peak])
