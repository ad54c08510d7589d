"""One long native chart from file to report in a fresh process, beside pdfplumber alone and stock medspaCy.

    python -m benchmarks.run chart [--pages 100] [--repeat 3]

The chart is drawn by fixtures/draw.py. Wall-clock seconds, interpreter start included, the best
of --repeat runs in a warm installation.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pdfplumber

from benchmarks import stock_medspacy
from chart_triage import guidelines
from chart_triage.assess import DEFAULT_GUIDELINE
from chart_triage.intake import read_chart

ROOT = Path(__file__).resolve().parents[1]
READY = "from chart_triage.assess import Assessor; Assessor()"


class Run(NamedTuple):
    """A fresh process from start to end: wall-clock seconds and peak memory in MB, its children's included."""

    seconds: float
    peak_mb: float


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run chart", description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        chart = Path(folder) / "chart.pdf"
        subprocess.run(
            [sys.executable, ROOT / "fixtures" / "draw.py", "--pages", str(options.pages), chart], check=True
        )
        yield from _measured(chart, Path(folder), options.pages, options.repeat)


def _measured(chart: Path, folder: Path, pages: int, repeat: int) -> Iterator[tuple[str, str]]:
    environ = _with_compiled_modules(folder / "compiled")
    ready = _best([sys.executable, "-c", READY], repeat, environ)
    yield "start-up: interpreter, imports, guideline and lexicon", f"{ready.seconds:.2f} s, {ready.peak_mb:.0f} MB"
    command = [sys.executable, "-m", "chart_triage.cli", "assess", str(chart), "--out", str(folder / "out")]
    whole = _best(command, repeat, environ)
    yield f"`assess` of {pages} pages, start-up and reports included", f"{whole.seconds:.2f} s"
    yield "the same, a second", f"{pages / whole.seconds:.0f} pages"
    yield "the same, peak memory", f"{whole.peak_mb:.0f} MB"
    words = _seconds_of_pdfplumber(chart)
    yield "pdfplumber, words alone", f"{words:.2f} s"
    stock = _seconds_of_stock(chart)
    yield "stock medspaCy on the same text, page by page, loading not counted", f"{stock:.2f} s"
    yield "those two together take", f"{(words + stock) / whole.seconds:.1f} times as long as `assess`"


def _with_compiled_modules(folder: Path) -> dict[str, str]:
    """The environment in which compiled modules are kept, as in an installation; the first run fills the folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder)}


def _best(command: Sequence[str], repeat: int, environ: Mapping[str, str]) -> Run:
    """The quickest of `repeat` runs after one that is not counted."""
    _run(command, environ)
    return min(_run(command, environ) for _ in range(repeat))


def _run(command: Sequence[str], environ: Mapping[str, str]) -> Run:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[1:4])} ended with exit code {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def _seconds_of_pdfplumber(chart: Path) -> float:
    start = time.perf_counter()
    with pdfplumber.open(chart) as document:
        for page in document.pages:
            page.extract_words()
            page.close()
    return time.perf_counter() - start


def _seconds_of_stock(chart: Path) -> float:
    pages = [page.text for page in read_chart(chart).pages]
    nlp = stock_medspacy.stock_pipeline(guidelines.load(DEFAULT_GUIDELINE))
    stock_medspacy.read(nlp, pages[0])
    start = time.perf_counter()
    for page in pages:
        stock_medspacy.read(nlp, page)
    return time.perf_counter() - start
