"""Fifty people at once, while a worker processes charts: how long a page takes, and whether anything fails.

    python -m benchmarks.run web_load [--people 50] [--seconds 30] [--database sqlite|postgresql]

A real `chart-triage serve` with one worker. Each person is signed in, looks at a page, waits one to three seconds as
people do, and looks at the next: work list, review page, page image, own account. Meanwhile charts wait, so that the
worker is always busy. Times are of the whole answer, seen by the client, on the same machine.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from benchmarks import postgresql
from benchmarks.kill_processing import Server, contents
from chart_triage.store import charts, people
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, Upload
from chart_triage.store.database import Database
from chart_triage.store.health import quantile
from chart_triage.store.people import Role
from chart_triage.web.viewer import COOKIE

_FIRST = 10  # charts that are ready before anybody looks
_WAITING = 2000  # charts behind them: more than one worker does in the time
_THINKS = (1.0, 3.0)  # seconds between two pages
_VIEWS = (
    "/worklist", "/charts/{chart}/review", "/charts/{chart}/pages/1/image", "/charts/{chart}/pages/1/words", "/account"
)  # fmt: skip


class Load:
    """Answers by view in milliseconds, and views that failed by status."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failed: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def add(self, view: str, status: int, milliseconds: float) -> None:
        with self._lock:
            self.times[view].append(milliseconds)
            if not 200 <= status < 300:
                self.failed[f"{view} {status}"] += 1


def fill(database: Database, blobs: Blobs, files: Sequence[tuple[str, bytes]]) -> None:
    with database.writing() as session:
        for name, content in files:
            media = "application/pdf" if name.endswith("pdf") else "text/plain"
            original = File(charts.ORIGINAL, blobs.put(content), media, len(content))
            charts.receive(session, "benchmark", Upload(name, original, {}))


def sign_in(database: Database, count: int) -> list[str]:
    """The cookies of so many reviewers."""
    with database.writing() as session:
        users = [
            people.add_user(session, "benchmark", f"r{n}", f"Reviewer {n}", Role.REVIEWER, None) for n in range(count)
        ]
        return [people.open_session(session, user).token for user in users]


def look(address: str, token: str, ids: Sequence[str], ends: float, load: Load, seed: int) -> None:
    chance = random.Random(seed)
    with httpx.Client(base_url=address, cookies={COOKIE: token}, timeout=30) as client:
        time.sleep(chance.uniform(0, _THINKS[1]))
        while time.monotonic() < ends:
            view = chance.choice(_VIEWS)
            began = time.perf_counter()
            try:
                status = client.get(view.format(chart=chance.choice(ids))).status_code
            except httpx.HTTPError:
                status = 0
            load.add(view, status, (time.perf_counter() - began) * 1000)
            time.sleep(chance.uniform(*_THINKS))


def ready_ids(database: Database, most: int, media: str = "") -> list[str]:
    """Charts that are ready; with `media` those of this kind alone."""
    with database.reading() as session:
        found, _ = charts.work(session, charts.WorkFilter(state=charts.State.READY), limit=_WAITING)
        return [row.id for row in found if row.media_type.startswith(media)][:most]


def run(url: str, folder: Path, count: int, seconds: float) -> tuple[Load, int]:
    """The load, and how many charts were processed meanwhile. `url`: an empty database."""
    database, blobs, load = Database(url), Blobs(folder / "files"), Load()
    database.upgrade()
    tokens = sign_in(database, count)
    made = contents(_FIRST + _WAITING)
    pdfs = [item for item in made if item[0].endswith(".pdf")]
    fill(database, blobs, [*pdfs[:_FIRST], *(item for item in made if item not in pdfs[:_FIRST])])
    server = Server(url, folder, workers=1)
    try:
        while len(ids := ready_ids(database, _FIRST, "application/pdf")) < _FIRST:  # only they have pictures of pages
            time.sleep(0.5)
        before, ends = len(ready_ids(database, _WAITING)), time.monotonic() + seconds
        threads = [
            threading.Thread(target=look, args=(server.address, token, ids, ends, load, n))
            for n, token in enumerate(tokens)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        processed = len(ready_ids(database, _WAITING)) - before
    finally:
        server.stop()
    database.close()
    return load, processed


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="web_load")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if asked.database == "sqlite":
            load, processed = run(f"sqlite:///{folder / 'store.db'}", folder, asked.people, asked.seconds)
        else:
            with postgresql.server() as server, postgresql.database(server, "load") as url:
                load, processed = run(url, folder, asked.people, asked.seconds)
    everything = sorted(time for times in load.times.values() for time in times)
    yield f"{asked.people} people, {asked.seconds:g} s, {asked.database}: pages seen", str(len(everything))
    for view, times in [*sorted(load.times.items()), ("all views", everything)]:
        middle, slow = quantile(sorted(times), 0.5) or 0, quantile(sorted(times), 0.95) or 0
        yield f"{view}: median, 95th percentile", f"{middle:.0f}, {slow:.0f} ms"
    failed = "; ".join(f"{view}: {n}" for view, n in sorted(load.failed.items()))
    yield "views that failed", failed or "none"
    yield "charts processed meanwhile", str(processed)
