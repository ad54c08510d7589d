"""A stored chart assessed again, beside reading its pages by OCR; what storing costs.

    python -m benchmarks.run replay [--pages 100]

Scanned pages are those of fixtures/faxes, read once with nothing kept, by as many processes as there are cores; the
native chart of --pages pages is drawn by fixtures/draw.py. Loading and assessing run in one process: the best of three.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from chart_triage import intake
from chart_triage.assess import Assessor
from chart_triage.records.chart import Chart
from chart_triage.records.determination import Inputs
from chart_triage.store import CHART_NAME, chart_to_bytes, read_stored_chart

ROOT = Path(__file__).resolve().parents[1]


class Cost(NamedTuple):
    """Seconds for all pages of some charts, and bytes of their stored charts."""

    pages: int
    reading: float
    loading: float
    assessing: float
    stored: int


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run replay", description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    options = parser.parse_args(arguments)
    assessor = Assessor()
    faxes = [path for path in sorted((ROOT / "fixtures" / "faxes").iterdir()) if path.suffix in (".tif", ".pdf")]
    with tempfile.TemporaryDirectory() as folder:
        native = Path(folder) / "native.pdf"
        subprocess.run(
            [sys.executable, ROOT / "fixtures" / "draw.py", "--pages", str(options.pages), native], check=True
        )
        for name, paths in (("faxed", faxes), ("native", [native])):
            yield from _rows(name, _cost(paths, assessor, Path(folder)))


def _rows(name: str, cost: Cost) -> Iterator[tuple[str, str]]:
    again = cost.loading + cost.assessing
    yield f"{name} pages", str(cost.pages)
    yield f"{name}: size of a stored page", f"{cost.stored / cost.pages / 1000:.1f} kB"
    yield f"{name}: reading a page from its file", f"{1000 * cost.reading / cost.pages:.1f} ms"
    yield f"{name}: loading a stored page", f"{1000 * cost.loading / cost.pages:.2f} ms"
    yield f"{name}: loading a stored page and assessing it", f"{1000 * again / cost.pages:.1f} ms"
    yield f"{name}: reading takes", f"{cost.reading / again:.1f} times as long as loading and assessing"


def _cost(paths: Sequence[Path], assessor: Assessor, folder: Path) -> Cost:
    charts, reading = [], 0.0
    for path in paths:
        start = time.perf_counter()
        charts.append(intake.read_chart(path))
        reading += time.perf_counter() - start
    kept = [_kept(chart, folder / f"{number}-{CHART_NAME}") for number, chart in enumerate(charts)]
    loading = _best(lambda: [read_stored_chart(path) for path in kept])
    assessing = _best(lambda: [assessor.assess(chart, Inputs(), ocr=None) for chart in charts])
    stored = sum(path.stat().st_size for path in kept)
    return Cost(sum(len(chart.pages) for chart in charts), reading, loading, assessing, stored)


def _kept(chart: Chart, path: Path) -> Path:
    path.write_bytes(chart_to_bytes(chart))
    return path


def _best(step: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        step()
        return time.perf_counter() - start

    return min(once() for _ in range(3))
