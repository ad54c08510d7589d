"""`chart-triage batch` on this machine: how it scales, beside plain scripts, its memory, and what kills cost.

    python -m benchmarks.run batch [--only scaling faxes native memory kills mixed] [--charts 60] [--repeat 2]

- scaling: pages a second of two workers over those of one, models loaded, results kept; native charts and faxes.
- faxes: pages a second over those of bare Tesseract driven by a plain script on the same files, as many processes.
- native: one worker over a plain script of pdfplumber's extract_words and stock medspaCy.
- memory: what a worker's process holds, over --many charts.
- kills: kill -9 of the parent and of workers amid --kill-charts charts; then the bytes of an undisturbed run.
- mixed: as many files, every tenth broken, locked, hostile or no document.

Who is compared takes turns; a figure is the best of --repeat rounds. On a machine that others use, too, the pages a
second of the clock say little: pages a second of processor time, and how much of the time the workers had a chart, do.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import batch_charts, plain_scripts
from benchmarks.plain_scripts import Rate
from chart_triage.batch.engine import Plan, Screened, Task
from chart_triage.batch.folder import RunFolder
from chart_triage.batch.inputs import Found, find
from chart_triage.batch.local import LocalEngine
from chart_triage.batch.run import Run
from chart_triage.batch.timings import NAME as TIMINGS
from chart_triage.records.request import RequestData
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.settings import Settings

COMMAND = (sys.executable, "-m", "chart_triage.cli", "batch")
PLAN = Plan(guideline=DEFAULT_GUIDELINE, site=Settings(ocr_processes=1))
TABLES = ("charts.csv", "criteria.csv", "failures.csv", "charts.parquet", "criteria.parquet", "summary.html")
PARTS = ("scaling", "faxes", "native", "memory", "kills", "mixed")
Rows = Iterator[tuple[str, str]]


class Count:
    """Counts the pages of a run."""

    def __init__(self) -> None:
        self.pages = self.failed = 0
        self.cpu_seconds = self.busy = 0.0

    def begun(self, charts: int, size: int) -> None:
        pass

    def passed(self, found: Found, *, failed: bool) -> None:
        pass

    def done(self, task: Task, size: int, screened: Screened) -> None:
        self.pages += screened.rows.chart.pages if screened.rows else 0
        self.failed += screened.failure is not None
        self.cpu_seconds += screened.measured.cpu_seconds
        self.busy += screened.measured.seconds["all"]


def main(arguments: Sequence[str]) -> Rows:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run batch", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--charts", type=int, default=60, help="of each round; a third as many faxes")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--many", type=int, default=2000, help="charts of the memory part")
    parser.add_argument("--kill-charts", type=int, default=300, help="charts of the parts kills and mixed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    parts: dict[str, Callable[[Path, argparse.Namespace], Rows]] = {
        "scaling": scaling, "faxes": beside_bare_ocr, "native": beside_plain_script,
        "memory": memory, "kills": kills, "mixed": mixed,
    }  # fmt: skip
    for part in options.only:
        with tempfile.TemporaryDirectory() as folder:
            yield from parts[part](Path(folder), options)


def scaling(place: Path, options: argparse.Namespace) -> Rows:
    kinds = {
        "native": batch_charts.native(place / "native", options.charts),
        "faxed": batch_charts.faxes(place / "faxed", options.charts // 3),
    }
    for kind, folder in kinds.items():
        rounds: dict[int, list[Rate]] = {1: [], 2: []}
        for turn in range(options.repeat):
            for workers, measured in rounds.items():
                measured.append(rate(folder, workers, place / f"{kind}-{turn}-{workers}"))
        yield from compared(f"{kind} charts: two workers; one", *map(best, (rounds[2], rounds[1])))
        yield (
            f"{kind} charts: share of the time in which one worker; two have a chart",
            f"{best(rounds[1]).busy:.3f}; {best(rounds[2]).busy:.3f}",
        )


def beside_bare_ocr(place: Path, options: argparse.Namespace) -> Rows:
    folder = batch_charts.faxes(place / "faxed", options.charts // 3)
    for processes in (1, 2):
        ours, theirs = [], []
        for turn in range(options.repeat):
            theirs.append(plain_scripts.bare_ocr_rate(folder, processes))
            ours.append(rate(folder, processes, place / f"{turn}-{processes}"))
        yield from compared(f"faxes, {processes} at a time: batch; bare Tesseract", best(ours), best(theirs))


def beside_plain_script(place: Path, options: argparse.Namespace) -> Rows:
    folder = batch_charts.native(place / "native", options.charts)
    ours, theirs = [], []
    for turn in range(options.repeat):
        theirs.append(plain_scripts.pdfplumber_and_medspacy_rate(folder))
        ours.append(rate(folder, 1, place / str(turn)))
    yield from compared("native, one process: batch; pdfplumber and stock medspaCy", best(ours), best(theirs))


def best(rounds: Sequence[Rate]) -> Rate:
    return Rate(*(max(values) for values in zip(*rounds, strict=True)))


def compared(what: str, one: Rate, other: Rate) -> Rows:
    for clock, mine, its in (("", one.wall, other.wall), (" of processor time", one.cpu, other.cpu)):
        yield f"{what}: pages a second{clock}", f"{mine:.2f}; {its:.2f}; ratio {mine / its:.2f}"


def rate(folder: Path, workers: int, out: Path) -> Rate:
    """From the first task to the last result on the disk; each worker has done a chart before."""
    inputs = [each for each in find([str(folder)], RequestData(), {}) if isinstance(each, Found)]
    first, rest = inputs[:workers], inputs[workers:]
    with RunFolder(out) as kept, LocalEngine(workers, PLAN) as engine:
        Run(kept, PLAN, Count()).screen(first, engine)
        count = Count()
        start = time.perf_counter()
        Run(kept, PLAN, count).screen(rest, engine)
        took = time.perf_counter() - start
    if count.failed:
        raise SystemExit(f"{count.failed} charts of the benchmark failed")
    return Rate(count.pages / took, count.pages / count.cpu_seconds, count.busy / took / workers)


def memory(place: Path, options: argparse.Namespace) -> Rows:
    folder, out = batch_charts.notes(place / "in", options.many, pdf_every=2), place / "out"
    run_command(folder, out, "--workers", "2")
    with (out / TIMINGS).open(encoding="utf-8", newline="") as file:
        peaks = [float(row["peak_memory_mb"]) for row in csv.DictReader(file)]
    tenth = max(1, len(peaks) // 10)
    yield (
        f"MB of a worker's process, most in each tenth of {len(peaks)} charts",
        ", ".join(f"{max(peaks[at : at + tenth]):.0f}" for at in range(0, len(peaks), tenth)),
    )


def kills(place: Path, options: argparse.Namespace) -> Rows:
    folder = batch_charts.notes(place / "in", options.kill_charts)
    whole, out, chance = place / "whole", place / "out", random.Random(options.seed)
    run_command(folder, whole)
    done: list[str] = []
    for number in range(6):
        what = ("parent", "worker")[number % 2]
        with subprocess.Popen([*COMMAND, str(folder), "--out", str(out), "--quiet"]) as running:
            await_more(out, options.kill_charts // 15, running)
            time.sleep(chance.uniform(0, 0.4))
            victims = [running.pid] if what == "parent" else children(running.pid)
            if running.poll() is None and victims:
                os.kill(chance.choice(victims), signal.SIGKILL)
                done.append(what)
            if what == "worker":  # the run goes on, until it is killed, too
                await_more(out, options.kill_charts // 15, running)
                running.kill()
                done.append("parent")
    before = kept(out)
    run_command(folder, out)
    same = all((whole / name).read_bytes() == (out / name).read_bytes() for name in TABLES)
    yield "kill -9", ", ".join(f"{done.count(what)} x {what}" for what in ("parent", "worker"))
    yield f"charts kept after the last kill, in the end, of {options.kill_charts}", f"{before}, {kept(out)}"
    yield "tables as those of an undisturbed run, byte for byte", "yes" if same else "NO"


def mixed(place: Path, options: argparse.Namespace) -> Rows:
    folder, out = place / "in", place / "out"
    bad = batch_charts.mixed(folder, options.kill_charts)
    start = time.perf_counter()
    code = run_command(folder, out, "--memory-mb", "1500", "--limit-minutes", "2", codes=(3,))
    with (out / "failures.csv").open(encoding="utf-8", newline="") as file:
        failures = {
            Path(name).name: row["kind"]
            for row in csv.DictReader(file)
            for name in (row["file"], *row["other_files"].split("; "))
        }
    with (out / "charts.csv").open(encoding="utf-8", newline="") as file:
        screened = sum(1 + int(row["copies"]) for row in csv.DictReader(file))
    yield (
        "files; screened; told as failures; exit code; seconds",
        (f"{options.kill_charts}; {screened}; {len(bad & failures.keys())}; {code}; {time.perf_counter() - start:.0f}"),
    )
    yield "not named as failures", ", ".join(sorted(bad - failures.keys())) or "none"
    yield "kinds", ", ".join(sorted(set(failures.values())))


def run_command(folder: Path, out: Path, *options: str, codes: Sequence[int] = (0,)) -> int:
    command = [*COMMAND, str(folder), "--out", str(out), "--quiet", *options]
    code = subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode
    if code not in codes:
        raise SystemExit(f"batch ended with {code}")
    return code


def await_more(out: Path, count: int, running: subprocess.Popen[bytes]) -> None:
    """Until so many further results are there."""
    wanted = kept(out) + count
    while kept(out) < wanted and running.poll() is None:
        time.sleep(0.05)


def kept(out: Path) -> int:
    return len(list((out / ".batch" / "results").glob("*/*.json")))


def children(pid: int) -> list[int]:
    """The processes that `pid`'s threads started (Linux)."""
    try:
        return [
            int(child)
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text(encoding="ascii").split()
        ]
    except FileNotFoundError:
        return []
