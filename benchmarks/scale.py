"""More than one machine, and more than one look: Dask beside the local pool, re-screening from kept readings, kills.

    python -m benchmarks.run scale [--only dask rescreen kills] [--charts 40] [--repeat 3]

- dask: pages a second of a scheduler and two workers on this machine over those of the local pool with two workers;
  models loaded, the two take turns, native charts and faxes.
- rescreen: --many faxed charts screened from kept readings under a changed lexicon, beside --read of them that are
  read, in pages a second. Of charts beyond --read the readings are copies of those that were read.
- kills: a run of --kill-charts charts on Dask, with kill -9 of three workers, of the scheduler, and of the command, run
  again until it ends; its tables must have the bytes of an undisturbed run of the local pool.

On a machine that others use, too, ratios of one run say more than its seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks import batch_charts, dask_cluster
from benchmarks.batch import COMMAND, PLAN, TABLES, Count
from benchmarks.dask_cluster import Cluster
from chart_triage import resources
from chart_triage.batch.dask_engine import DaskEngine
from chart_triage.batch.engine import Engine, Plan
from chart_triage.batch.folder import RunFolder
from chart_triage.batch.inputs import Found, find
from chart_triage.batch.local import LocalEngine
from chart_triage.batch.run import Run
from chart_triage.records.request import RequestData
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.settings import Settings
from chart_triage.store.chart_file import CHART_NAME, chart_from_bytes, chart_to_bytes
from chart_triage.store.readings import Readings

PARTS = ("dask", "rescreen", "kills")
Rows = Iterator[tuple[str, str]]


def main(arguments: Sequence[str]) -> Rows:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run scale", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--charts", type=int, default=40, help="native charts of a round; a sixth as many faxes")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--read", type=int, default=60)
    parser.add_argument("--kill-charts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    parts: dict[str, Callable[[Path, argparse.Namespace], Rows]] = {
        "dask": dask_beside_local, "rescreen": rescreen, "kills": kills,
    }  # fmt: skip
    for part in options.only:
        with tempfile.TemporaryDirectory() as folder:
            yield from parts[part](Path(folder), options)


def dask_beside_local(place: Path, options: argparse.Namespace) -> Rows:
    kinds = {
        "native": batch_charts.native(place / "native", options.charts),
        "faxed": batch_charts.faxes(place / "faxed", options.charts // 6),
    }
    with ExitStack() as stack:
        cluster = stack.enter_context(dask_cluster.cluster(2))
        _await_workers(cluster, 2)
        engines: dict[str, Engine] = {
            "dask": stack.enter_context(DaskEngine(cluster.address, PLAN, lambda _: None)),
            "local": stack.enter_context(LocalEngine(2, PLAN)),
        }
        for kind, folder in kinds.items():
            charts = _charts(folder)
            for name, engine in engines.items():  # each worker has done a chart before
                screened(charts[:4], engine, place / f"{kind}-first-{name}")
            rates: dict[str, list[Rate]] = {name: [] for name in engines}
            for turn in range(options.repeat):
                for name, engine in engines.items():
                    rates[name].append(screened(charts, engine, place / f"{kind}-{turn}-{name}"))
            dask, local = (max(rate.wall for rate in rates[name]) for name in ("dask", "local"))
            what = f"{kind}, {len(charts)} charts, best of {options.repeat}: pages a second of Dask; of the local pool"
            yield what, f"{dask:.2f}; {local:.2f}; ratio {dask / local:.2f}"
            by_turn = (one.wall / other.wall for one, other in zip(rates["dask"], rates["local"], strict=True))
            yield f"{kind}: ratio of each turn", ", ".join(f"{ratio:.2f}" for ratio in by_turn)
            yield f"{kind}: pages per core-hour", f"{3600 * max(rate.cpu for rate in rates['local']):,.0f}"


def _await_workers(cluster: Cluster, count: int) -> None:
    from distributed import Client

    with Client(cluster.address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=120)


def _charts(folder: Path) -> list[Found]:
    return [each for each in find([str(folder)], RequestData(), {}) if isinstance(each, Found)]


class Rate(NamedTuple):
    """Pages a second of the clock, and of the processor time of the processes that read charts."""

    wall: float
    cpu: float


def screened(charts: Sequence[Found], engine: Engine, out: Path, plan: Plan = PLAN) -> Rate:
    """From the first task to the last result on the disk."""
    count = Count()
    with RunFolder(out) as kept:
        began = time.perf_counter()
        Run(kept, plan, count).screen(charts, engine)
        seconds = time.perf_counter() - began
    if count.failed:
        raise SystemExit(f"{count.failed} charts failed")
    return Rate(count.pages / seconds, count.pages / count.cpu_seconds)


def rescreen(place: Path, options: argparse.Namespace) -> Rows:
    site = Settings(ocr_processes=1, reading_cache=place / "readings")
    faxes = batch_charts.faxes(place / "faxes", options.read)
    before = PLAN.model_copy(update={"site": site})
    changed = _changed_lexicon(place / "changed")
    after = before.model_copy(update={"guideline": str(changed)})
    with LocalEngine(2, before) as engine:
        screened(_charts(batch_charts.faxes(place / "first", 4)), engine, place / "warm", before)
        reading = screened(_charts(faxes), engine, place / "read", before)
    many = _with_copies(faxes, options.many, site, place / "many")
    with LocalEngine(2, after) as engine:
        screened(_charts(place / "first"), engine, place / "warm-again", after)
        again = screened(_charts(many), engine, place / "again", after)
    for what, rate in (
        (f"{options.read} faxed charts read and screened", reading),
        (f"{options.many} faxed charts from kept readings, another lexicon", again),
    ):
        yield f"pages a second, and of processor time: {what}", f"{rate.wall:.2f}, {rate.cpu:.2f}"
    times = f"{again.wall / reading.wall:.1f}, {again.cpu / reading.cpu:.1f}"
    yield "re-screening is so many times as fast, and in processor time", times


def _changed_lexicon(folder: Path) -> Path:
    """The guideline without its last term, in a folder of its own."""
    guideline = folder / DEFAULT_GUIDELINE
    shutil.copytree(resources.lexicons() / DEFAULT_GUIDELINE, guideline)
    terms = (guideline / "terms.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (guideline / "terms.csv").write_text("".join(terms[:-1]), encoding="utf-8")
    return guideline


def _with_copies(faxes: Path, count: int, site: Settings, folder: Path) -> Path:
    """So many charts, each with a kept reading: those of `faxes`, and copies that differ in their last bytes."""
    readings = Readings.of(site)
    assert readings is not None
    folder.mkdir()
    sources = sorted(faxes.iterdir())
    for number in range(count):
        source = sources[number % len(sources)]
        data = source.read_bytes()
        if number < len(sources):
            (folder / source.name).write_bytes(data)
            continue
        kept = readings.get(hashlib.sha256(data).hexdigest())
        if kept is None:
            raise SystemExit(f"{source.name} has no kept reading")
        copy = data + f"copy {number}".encode()
        sha256 = hashlib.sha256(copy).hexdigest()
        chart = chart_from_bytes(CHART_NAME, kept).model_copy(update={"sha256": sha256})
        readings.put(sha256, chart_to_bytes(chart))
        (folder / f"{number:04}-{source.name}").write_bytes(copy)
    return folder


def kills(place: Path, options: argparse.Namespace) -> Rows:
    folder = batch_charts.notes(place / "charts", options.kill_charts)
    out, right = place / "killed", place / "undisturbed"
    subprocess.run([*COMMAND, str(folder), "--out", str(right), "--workers", "2", "--quiet"], check=True)
    chance, codes = random.Random(options.seed), []
    killed: list[str] = []
    with dask_cluster.cluster(2) as cluster:
        command = [*COMMAND, str(folder), "--out", str(out), "--engine", "dask", "--scheduler", cluster.address]
        for whats in (("worker", "worker", "scheduler"), ("worker", "command"), ()):
            run = subprocess.Popen([*command, "--quiet"], stderr=subprocess.DEVNULL)
            for what in whats:
                if not _await_charts(out, run, (len(killed) + 1) * options.kill_charts // 7):
                    break
                time.sleep(chance.uniform(0, 0.5))
                _kill(what, cluster, run)
                killed.append(f"{what} at {_count(out)}")
            codes.append(run.wait())
            if "scheduler" in whats:
                cluster.stop_workers()
                cluster.start_scheduler()
                for _ in range(2):
                    cluster.start_worker()
    same = tables(out) == tables(right)
    yield f"{options.kill_charts} charts on Dask, kill -9 of (charts done then)", ", ".join(killed)
    yield "exit codes of the command, run three times", ", ".join(map(str, codes))
    yield "tables and determinations have the bytes of an undisturbed run of the local pool", str(same)
    if not same or codes[-1] != 0 or len(killed) < 5:
        raise SystemExit(1)


def _count(out: Path) -> int:
    return sum(1 for _ in out.glob("charts/*/determination.json"))


def _await_charts(out: Path, run: subprocess.Popen[bytes], count: int) -> bool:
    """Until so many results are kept; False where the run ended before."""
    while _count(out) < count:
        if run.poll() is not None:
            return False
        time.sleep(0.05)
    return True


def _kill(what: str, cluster: Cluster, run: subprocess.Popen[bytes]) -> None:
    match what:
        case "worker":
            while not cluster.kill_worker() and run.poll() is None:
                time.sleep(0.05)
        case "scheduler":
            cluster.kill_scheduler()
        case "command":
            os.kill(run.pid, signal.SIGKILL)


def tables(out: Path) -> dict[str, bytes]:
    kept = [out / name for name in TABLES if (out / name).exists()]
    kept += sorted(path for path in (out / "charts").rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in kept}
