"""Kills the server again and again while charts come in and are processed, and looks whether anything was lost.

    python -m benchmarks.run kill_processing [--charts 100] [--kills 20] [--seed 1] [--database sqlite|postgresql]

A real `chart-triage serve` takes uploads over HTTP from a client that repeats what was not answered. At random moments
kill -9 hits the web process, a worker, or everything at once. Afterwards: every chart that was acknowledged is there
with its bytes, was processed to results that can be read, counted once, by one job; the audit trail holds.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from benchmarks import postgresql
from chart_triage.records.determination import Determination
from chart_triage.store import audit, charts, people
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.people import Role
from chart_triage.store.tables import AuditEntry, ChartRow, Job

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "charts" / "rule-out-ms.pdf"
_PDF_EVERY = 5
_WHAT = ("worker", "web", "all", "worker", "web")
_PATIENCE = 1500.0  # seconds until what is not done is lost
_OPEN = (charts.State.WAITING, charts.State.PROCESSING)


@dataclass
class Outcome:
    """What was found in the end; `problems` is empty where nothing was lost or doubled."""

    charts: int = 0
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    begun_again: int = 0
    repeated_uploads: int = 0
    audit_entries: int = 0
    problems: list[str] = field(default_factory=list)


class Server:
    """`chart-triage serve` as its own process, on one port throughout. `environ`: what it is told beside the usual."""

    def __init__(self, url: str, folder: Path, workers: int, environ: Mapping[str, str] | None = None) -> None:
        self._port = postgresql.free_port()
        self._workers = workers
        self.address = f"http://127.0.0.1:{self._port}"
        settings = {"STORE_URL": url, "STORE_FOLDER": str(folder / "files"), "OCR_PROCESSES": "1"}
        self._environ = os.environ | {f"CHART_TRIAGE_{name}": value for name, value in settings.items()}
        self._environ |= environ or {}
        self._log = (folder / "server.log").open("ab")
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "chart_triage.cli", "serve", "--port", str(self._port)]
        return subprocess.Popen(
            [*command, "--workers", str(self._workers)], env=self._environ, stderr=self._log, stdout=self._log
        )

    def kill(self, what: str) -> bool:
        """kill -9 the "web" process, a "worker", or "all" of it, which is then started anew. False: there was none."""
        children = _children(self._process.pid)
        if what == "all":
            for pid in (self._process.pid, *children):
                _kill(pid)
            self._process.wait()
            self._process = self._start()
            return True
        word = {"web": "web-process", "worker": "worker"}[what]
        victims = [pid for pid, command in children.items() if word in command]
        return bool(victims) and _kill(max(victims))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        self._log.close()


def _children(pid: int) -> dict[int, str]:
    """The processes that `pid` started, with their command lines (Linux)."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return {int(child): Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8") for child in listed}
    except FileNotFoundError:
        return {}


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def contents(count: int) -> list[tuple[str, bytes]]:
    """So many charts, no two alike: short notes, and now and then a native PDF."""
    pdf = FIXTURE.read_bytes()
    made = []
    for number in range(count):
        if number % _PDF_EVERY == _PDF_EVERY - 1:
            made.append((f"chart-{number}.pdf", pdf + f"\n% copy {number}\n".encode()))
            continue
        note = (
            f"Progress note {number}\nDate of visit: 2026-03-{number % 28 + 1:02}\n\nGlioblastoma, treated with "
            "radiation. New enhancement on MRI is indeterminate: recurrence versus radiation necrosis.\n"
            "No pacemaker. MR spectroscopy is requested.\n"
        )
        made.append((f"note-{number}.txt", note.encode()))
    return made


def upload(address: str, key: str, files: Sequence[tuple[str, bytes]], outcome: Outcome, chance: random.Random) -> None:
    """Hand in all files; what was not answered is sent again, as a client must."""
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=20) as client:
        for name, content in files:
            while not _acknowledged(client, name, content):
                outcome.repeated_uploads += 1
                time.sleep(0.3)
            time.sleep(chance.uniform(0, 0.3))


def _acknowledged(client: httpx.Client, name: str, content: bytes) -> bool:
    """201, or 409: the same file is there from a try that was not answered."""
    try:
        answer = client.post("/api/v1/charts", files={"file": (name, content)})
    except httpx.HTTPError:
        return False
    if answer.status_code not in (201, 409, 429, 500, 502, 503):
        raise SystemExit(f"the server refused an upload with {answer.status_code}")
    return answer.status_code in (201, 409)


def run(url: str, folder: Path, *, count: int, kills: int, seed: int = 1, workers: int = 1) -> Outcome:
    """Charts in, kills meanwhile, and what is there in the end. `url`: an empty database."""
    outcome, files = Outcome(), contents(count)
    database = Database(url)
    database.upgrade()
    with database.writing() as session:
        key = people.add_api_key(session, "benchmark", "sender", Role.INTAKE)
    began = time.monotonic()
    server = Server(url, folder, workers)
    sender = threading.Thread(
        target=upload, args=(server.address, key, files, outcome, random.Random(-seed)), daemon=True
    )
    try:
        sender.start()
        _kill_at_times(database, server, outcome, random.Random(seed), count, kills)
        _await_all(database, count, began)
    finally:
        server.stop()
    outcome.seconds = time.monotonic() - began
    if sender.is_alive():
        outcome.problems.append("not all uploads were acknowledged")
    _look(database, Blobs(folder / "files"), files, outcome)
    database.close()
    return outcome


def _kill_at_times(
    database: Database, server: Server, outcome: Outcome, chance: random.Random, count: int, kills: int
) -> None:
    """Each kill some moment after another share of the charts is done, so that all of them hit work."""
    ends = time.monotonic() + _PATIENCE
    for number in range(kills):
        while _done(database) < count * number / (kills + 1) and time.monotonic() < ends:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 1.5))
        what = _WHAT[number % len(_WHAT)]
        while not server.kill(what) and time.monotonic() < ends:
            time.sleep(0.2)
        outcome.kills[what] += 1


def _done(database: Database) -> int:
    with database.reading() as session:
        done = select(func.count(ChartRow.sha256.distinct())).where(ChartRow.state.not_in(_OPEN))
        return session.scalar(done) or 0


def _await_all(database: Database, count: int, began: float) -> None:
    while (_done(database) < count or _in_work(database)) and time.monotonic() - began < _PATIENCE:
        time.sleep(0.2)


def _in_work(database: Database) -> bool:
    with database.reading() as session:
        return session.scalar(select(ChartRow.id).where(ChartRow.state.in_(_OPEN)).limit(1)) is not None


def _look(database: Database, blobs: Blobs, files: Sequence[tuple[str, bytes]], outcome: Outcome) -> None:
    sent = {hashlib.sha256(content).hexdigest(): content for _, content in files}
    with database.reading() as session:
        rows = list(session.scalars(select(ChartRow)))
        outcome.charts = len(rows)
        found = Counter(row.sha256 for row in rows)
        outcome.problems += [f"chart {name[:8]} is lost" for name in sent if not found[name]]
        outcome.problems += [f"chart {name[:8]} is there {n} times" for name, n in found.items() if n != 1]
        ready = Counter(session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "chart.ready")))
        jobs = list(session.scalars(select(Job)))
        outcome.begun_again = sum(job.fence > 1 for job in jobs)
        by_chart = Counter(job.chart_id for job in jobs)
        outcome.problems += [f"job {job.id} is {job.state}: {job.problem}" for job in jobs if job.state != "done"]
        for row in rows:
            counted = (row.state, ready[f"chart/{row.id}"], by_chart[row.id])
            if counted != (charts.State.READY, 1, 1):
                outcome.problems.append(f"chart {row.id[:8]}: state, results, jobs are {counted}")
            elif blobs.get(row.sha256) != sent.get(row.sha256):
                outcome.problems.append(f"chart {row.id[:8]} has other bytes")
            else:
                file = charts.file_of(session, row.id, "determination.json")
                assert file is not None
                Determination.model_validate_json(blobs.get(file.blob))
        outcome.problems += [f"audit entry {place.entry}: {place.what}" for place in audit.verify(session)]
        outcome.audit_entries = audit.head(session)[0]


@contextmanager
def _databases(kinds: Sequence[str], folder: Path) -> Iterator[dict[str, str]]:
    urls = {"sqlite": f"sqlite:///{folder / 'sqlite' / 'store.db'}"}
    if "postgresql" not in kinds:
        yield urls
        return
    with postgresql.server() as server, postgresql.database(server, "killed") as url:
        yield urls | {"postgresql": url}


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="kill_processing")
    parser.add_argument("--charts", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args(arguments)
    kinds = asked.database or ["sqlite", "postgresql"]
    bad = False
    with tempfile.TemporaryDirectory() as place, _databases(kinds, Path(place)) as urls:
        for kind in kinds:
            folder = Path(place) / kind
            folder.mkdir(exist_ok=True)
            outcome = run(urls[kind], folder, count=asked.charts, kills=asked.kills, seed=asked.seed)
            kills = ", ".join(f"{count} x {what}" for what, count in sorted(outcome.kills.items()))
            yield f"{kind}: kill -9", kills
            yield f"{kind}: charts, each processed once", f"{outcome.charts} of {asked.charts}"
            yield f"{kind}: begun again, uploads repeated", f"{outcome.begun_again}, {outcome.repeated_uploads}"
            yield f"{kind}: audit entries, seconds", f"{outcome.audit_entries}, {outcome.seconds:.0f}"
            yield f"{kind}: problems", "; ".join(outcome.problems) or "none"
            bad = bad or bool(outcome.problems)
    if bad:
        raise SystemExit(1)
