"""Every file of a folder, or broken versions of our own fixtures, through reading, assessing and drawing in a child.

    ./run torture DIR [--report FILE] [--jobs N]        every file below DIR
    ./run torture [DIR] --mutate SEED COUNT [--first N] mutations of these files or of the fixtures, the same for a seed
    ./run torture ... --keep FOLDER                     keep the mutations that ended in a fault

A file must end in a result or in a refusal that names what to do. What fails the run (exit code 1): an exception that
nobody expected, in the child ("fault") or here; a file that took longer than the limits allow; processes or temporary
files that are left behind. The limits are those of the settings (CHART_TRIAGE_CHART_..., CHART_TRIAGE_MAX_...).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from benchmarks.mutations import FIXTURES, mutation, source, sources
from chart_triage import intake, settings
from chart_triage.chart_reader import ChartReader, Job
from chart_triage.errors import ChartTriageError, FaultError, InputError
from chart_triage.isolation.watch import usage
from chart_triage.resources import DEFAULT_GUIDELINE

_SHOWN = 5
_SLACK = 5.0  # seconds beyond a limit in which a child must be gone
FAILURES = ("fault", "traceback", "overdue")


@dataclass(frozen=True)
class Outcome:
    """`kind`: "result", the kind of the refusal, "fault", "traceback" or "overdue". Memory in MB, at its largest."""

    name: str
    kind: str
    seconds: float
    memory_mb: int
    pages: int = 0
    detail: str = ""


@dataclass(frozen=True)
class Item:
    """A file to come: read by `load` only when it is its turn."""

    name: str
    load: Callable[[], bytes]


class _Lane:
    """One child, and what it made of one file after another."""

    def __init__(self, site: settings.Settings) -> None:
        self.reader = ChartReader(DEFAULT_GUIDELINE, site)
        self._limits = self.reader.child.limits

    def run(self, item: Item) -> Outcome:
        began = time.monotonic()
        kind, detail, pages = self._end_of(item)
        seconds = time.monotonic() - began
        if seconds > self._limits.seconds + _SLACK:
            kind, detail = "overdue", f"{kind} after {seconds:.0f} s"
        memory = self.reader.memory_bytes
        return Outcome(item.name, kind, round(seconds, 3), memory >> 20, pages, detail)

    def _end_of(self, item: Item) -> tuple[str, str, int]:
        try:
            job = Job(Path(item.name).name, item.load(), page_files=True)
            return "result", "", len(self.reader.assess(job).chart.pages)
        except FaultError as error:
            return "fault", f"{error.cause} at {error.place}", 0
        except InputError as error:
            return error.kind, "", 0
        except ChartTriageError as error:
            return "traceback", type(error).__name__, 0
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            return "traceback", f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}", 0


def torture(items: Sequence[Item], site: settings.Settings, jobs: int, on_done: Callable[[Outcome], None]) -> None:
    """Each item's end is told to `on_done`; `jobs` children work side by side."""
    if jobs > 1:
        site = site.model_copy(update={"ocr_processes": 1})
    waiting = iter(items)
    taking = threading.Lock()

    def work() -> None:
        lane = _Lane(site)
        lane.reader.load()
        try:
            while True:
                with taking:
                    item = next(waiting, None)
                if item is None:
                    return
                outcome = lane.run(item)
                with taking:
                    on_done(outcome)
        finally:
            lane.reader.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def leftovers() -> Iterator[list[str]]:
    """Within it temporary files go to a folder of their own; the list is filled afterwards with what was left."""
    left: list[str] = []
    semaphores, running = _semaphores(), usage(os.getpid()).processes
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield left
        finally:
            tempfile.tempdir = before
        left += [f"file {path.name}" for path in Path(folder).rglob("*")]
    left += [f"semaphore {path.name}" for path in _semaphores() - semaphores if not _is_running(path)]
    still = usage(os.getpid()).processes - running
    left += [f"{still} processes"] if still > 0 else []


def _semaphores() -> set[Path]:
    return set(Path("/dev/shm").glob("sem.loky-*"))


def _is_running(semaphore: Path) -> bool:
    """Whether the process that made it, which is part of its name, lives: then it is another program's."""
    return Path("/proc", semaphore.name.split("-")[1]).exists()


def _folder_items(folder: Path, site: settings.Settings) -> list[Item]:
    limits = intake.Limits.of(site)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [Item(str(path.relative_to(folder)), lambda path=path: intake.read_bytes(path, limits)) for path in files]


def mutated_items(seed: int, wanted: int, first: int, keep: Path | None, files: Sequence[Path]) -> list[Item]:
    def load(number: int) -> bytes:
        made = mutation(seed, number, files)
        if keep is not None:
            (keep / made.name).write_bytes(made.data)
        return made.data

    def item(number: int) -> Item:
        return Item(f"mutation-{number}{source(seed, number, files).suffix}", lambda: load(number))

    return [item(number) for number in range(first, first + wanted)]


def report(outcomes: Sequence[Outcome], left: Sequence[str], seconds: float) -> list[str]:
    """Lines for a person: ends by kind, times, memory, the worst, leftovers."""
    times = sorted(each.seconds for each in outcomes)
    lines = [f"{len(outcomes)} files in {seconds:,.0f} s"]
    lines += [f"  {number:6} {kind}" for kind, number in Counter(each.kind for each in outcomes).most_common()]
    if times:
        spread = statistics.quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
        lines.append(
            f"seconds a file: median {statistics.median(times):.2f}, 95 % {spread[18]:.2f}, most {times[-1]:.2f}"
        )
        slow = sorted(outcomes, key=lambda each: -each.seconds)[:_SHOWN]
        lines += [f"  slow {each.seconds:8.2f} s  {each.kind}  {each.pages} pages  {each.name}" for each in slow]
        large = sorted(outcomes, key=lambda each: -each.memory_mb)[:_SHOWN]
        lines += [f"  large {each.memory_mb:6} MB  {each.kind}  {each.pages} pages  {each.name}" for each in large]
    lines += [f"FAILED {each.kind}: {each.name}: {each.detail}" for each in outcomes if each.kind in FAILURES]
    lines.append("left behind: " + (", ".join(left) or "nothing"))
    return lines


def run(items: Sequence[Item], site: settings.Settings, jobs: int = 1) -> tuple[list[Outcome], list[str], float]:
    """(ends in the order of the files, what was left behind, seconds)."""
    outcomes: list[Outcome] = []
    done, began = count(1), time.monotonic()

    def on_done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        number = next(done)
        if number % 100 == 0:
            print(f"{number} of {len(items)}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        if outcome.kind in FAILURES:
            print(f"{outcome.kind}: {outcome.name}: {outcome.detail}", file=sys.stderr, flush=True)

    with leftovers() as left:
        torture(items, site, jobs, on_done)
    return outcomes, left, time.monotonic() - began


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run torture", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument(
        "--mutate", nargs=2, type=int, metavar=("SEED", "COUNT"), help="of our fixtures, or of the folder"
    )
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutation")
    parser.add_argument("--jobs", type=int, default=intake.available_cores())
    parser.add_argument("--report", type=Path, help="every file's end as JSON lines")
    parser.add_argument("--keep", type=Path, help="folder for the mutations")
    asked = parser.parse_args(arguments)
    if asked.folder is None and asked.mutate is None:
        parser.error("give a folder, or --mutate SEED COUNT, or both")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that children and folders are cleared away
    site = settings.load()
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    if asked.mutate:
        items = mutated_items(*asked.mutate, asked.first, asked.keep, sources(asked.folder or FIXTURES))
    else:
        items = _folder_items(asked.folder, site)
    outcomes, left, seconds = run(items, site, asked.jobs)
    if asked.report:
        asked.report.write_text("".join(json.dumps(asdict(each)) + "\n" for each in outcomes), encoding="utf-8")
    print("\n".join(report(outcomes, left, seconds)))
    if left or not outcomes or any(each.kind in FAILURES for each in outcomes):
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
