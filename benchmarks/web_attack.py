"""The web application while files made to exhaust it are uploaded: do the others notice, and is any chart of theirs
touched?

    python -m benchmarks.run web_attack [--people 20] [--attackers 4] [--seconds 60] [--database sqlite|postgresql]
        [--workers 1] [--uploads 0.07]

A real `chart-triage serve` with its workers. First the people of an office are alone for half of the time: they bring
sound charts and look at their work. Then, for the whole time, attackers who are signed in upload without a pause, by
three connections each, the files of `bench hostile` and broken versions of our own fixtures. Both halves run in one
run, since machines differ: compare their figures. Afterwards: what became of every sound chart (its result is compared
with that of the same file while nobody attacked), how each hostile one ended, whether anything of the charts that were
there before was changed, and what the server left behind.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from benchmarks import postgresql
from benchmarks.attack import (
    UPLOADS,
    Attack,
    Doings,
    Person,
    Sent,
    all_of,
    attack_all,
    bring_sound,
    elsewhere,
    prepare,
    sign_in,
    sound_charts,
    working,
)
from benchmarks.kill_processing import Server
from benchmarks.web_load import Load
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.store import audit, charts
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.health import quantile
from chart_triage.store.people import Role
from chart_triage.store.tables import AuditEntry, Base, ChartRow

_REFUSED = re.compile(r"chart=([0-9a-f]{32}) (?:refused|failed): (\w+)")
_WAITING = (charts.State.WAITING, charts.State.PROCESSING)


@dataclass
class Outcome:
    """`quiet`, `attacked`: what people did in each half; `problems` is empty where nothing was lost or changed."""

    quiet: Doings = field(default_factory=Doings)
    attacked: Doings = field(default_factory=Doings)
    attack: Attack = field(default_factory=Attack)
    ready_after: dict[str, list[float]] = field(default_factory=dict)
    hostile_ends: Counter[str] = field(default_factory=Counter)
    busy: tuple[float, float] = (0.0, 0.0)
    problems: list[str] = field(default_factory=list)


class Size(NamedTuple):
    """How much of everything: see the command's options."""

    people: int
    attackers: int
    seconds: float
    patience: float = 240.0
    workers: int = 1
    uploads: float = UPLOADS


class Kept(NamedTuple):
    """What is kept of some charts: a digest of all rows and files of each, and the end of the audit trail."""

    digests: dict[str, str]
    audit_end: tuple[int, str]


def kept_of(database: Database, blobs: Blobs, ids: Iterable[str]) -> Kept:
    with database.reading() as session:
        return Kept({chart: _digest(session, blobs, chart) for chart in ids}, audit.head(session))


def _digest(session: Any, blobs: Blobs, chart: str) -> str:
    told = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        column = table.c.id if table.name == "charts" else table.c.get("chart_id")
        if column is None:
            continue
        for row in session.execute(select(table).where(column == chart).order_by(*table.primary_key.columns)):
            told.update(json.dumps([table.name, *map(str, row)]).encode())
            if "blob" in row._fields:
                told.update(hashlib.sha256(blobs.get(row.blob)).digest())
    return told.hexdigest()


def changed(before: Kept, after: Kept) -> list[str]:
    return [f"chart {chart[:8]} was changed" for chart, was in before.digests.items() if after.digests[chart] != was]


def look_at_trail(database: Database, before: Kept, sound: Mapping[str, Sent]) -> list[str]:
    """That the trail holds, and that of charts that were there nothing is told but that their own people looked."""
    with database.reading() as session:
        found = [f"audit entry {place.entry}: {place.what}" for place in audit.verify(session)]
        if not audit.holds(session, *before.audit_end):
            found.append("the audit trail was cut")
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.id > before.audit_end[0])):
            chart = entry.subject.removeprefix("chart/").partition("/")[0]
            looked = entry.action.startswith(("chart.view", "chart.readiness")) and entry.actor.startswith("reviewer")
            if chart in before.digests and chart in sound and not looked:
                found.append(f"audit: {entry.action} of a chart that was there before")
    return found


def result_of(database: Database, blobs: Blobs, chart: str) -> tuple[str, str]:
    """(checksum of the file that was read, everything else that the result says)."""
    with database.reading() as session:
        file = charts.file_of(session, chart, DETERMINATION_NAME)
    if file is None:
        return "", ""
    found = Determination.model_validate_json(blobs.get(file.blob))
    return found.chart.sha256, found.model_dump_json(exclude={"chart": {"sha256"}})


def look_at_sound(database: Database, blobs: Blobs, sound: Mapping[str, Sent], alone: Mapping[str, str]) -> list[str]:
    """Every one of them ready, with its own bytes, and the result that its file had when nobody attacked."""
    found = []
    with database.reading() as session:
        rows = {row.id: row for row in session.scalars(select(ChartRow).where(ChartRow.id.in_(list(sound))))}
    for chart, sent in sound.items():
        row, digest = rows.get(chart), hashlib.sha256(sent.content).hexdigest()
        if row is None or row.state != charts.State.READY:
            found.append(f"chart {chart[:8]} is {row.state if row else 'lost'}")
        elif (row.sha256, blobs.get(row.sha256)) != (digest, sent.content):
            found.append(f"chart {chart[:8]} has other bytes")
        elif (result := result_of(database, blobs, chart)) != (digest, alone[sent.source]):
            found.append(
                f"chart {chart[:8]} has {'another result' if result[0] == digest else 'the result of another'}"
            )
    return found


def left_behind(temporary: Path) -> list[str]:
    """Files in the server's folder for temporary ones, and processes that were told of it."""
    left, mark = [f"file {path.name}" for path in temporary.rglob("*")], f"={temporary}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes() and int(process.name) != os.getpid():
                left.append(f"process {process.name}")
        except OSError:  # somebody else's, or it has ended
            continue
    return left


def ends_of_hostile(database: Database, hostile: Mapping[str, str], log: Path) -> Counter[str]:
    """Ready, parked by the kind that the worker's log names, or still waiting."""
    kinds = dict(_REFUSED.findall(log.read_text(encoding="utf-8")))
    with database.reading() as session:
        states = dict(session.execute(select(ChartRow.id, ChartRow.state)).tuples().all())
    said = (states.get(chart, "lost") for chart in hostile)
    return Counter(
        f"parked: {kinds.get(chart, 'without a reason')}" if state == charts.State.PARKED else state
        for chart, state in zip(hostile, said, strict=True)
    )


def await_ready(database: Database, ids: Iterable[str], patience: float) -> None:
    wanted, ends = list(ids), time.monotonic() + patience
    while time.monotonic() < ends:
        with database.reading() as session:
            query = select(ChartRow.id).where(ChartRow.id.in_(wanted), ChartRow.state.in_(_WAITING)).limit(1)
            if session.scalar(query) is None:
                return
        time.sleep(0.5)


def waited(database: Database, ids: Iterable[str]) -> list[float]:
    """Seconds from each upload until its chart was ready; those that are not wait on."""
    with database.reading() as session:
        rows = list(session.scalars(select(ChartRow).where(ChartRow.id.in_(list(ids)))))
    return sorted(((row.ready_at or datetime.now(UTC)) - row.created_at).total_seconds() for row in rows)


def run(url: str, folder: Path, size: Size) -> Outcome:
    """Both halves, and what is there in the end. `url`: an empty database."""
    database, blobs, outcome = Database(url), Blobs(folder / "files"), Outcome()
    database.upgrade()
    office, strangers = sign_in(database, Role.REVIEWER, size.people), sign_in(database, Role.INTAKE, size.attackers)
    temporary = folder / "temporary"
    temporary.mkdir()
    server = Server(url, folder, size.workers, {"TMPDIR": str(temporary)})

    def at_work(seconds: float, doings: Doings) -> None:
        all_of(working(server.address, office, time.monotonic() + seconds, doings, ready, size.uploads))

    try:
        _first_charts(server, database, office, outcome.quiet)
        ready = list(outcome.quiet.sound)
        at_work(size.seconds / 2, outcome.quiet)
        await_ready(database, outcome.quiet.sound, size.patience)
        before, quiet_load = kept_of(database, blobs, outcome.quiet.sound), os.getloadavg()[0]
        with elsewhere() as process:
            process.submit(prepare, size.attackers).result()
            attack = process.submit(attack_all, server.address, strangers, size.seconds)
            at_work(size.seconds, outcome.attacked)
            outcome.attack = attack.result()
        outcome.busy = quiet_load, os.getloadavg()[0]
        await_ready(database, outcome.attacked.sound, size.patience)
    finally:
        server.stop()
    outcome.problems = [f"left behind: {what}" for what in left_behind(temporary)]
    _look(database, blobs, before, outcome, folder / "server.log")
    database.close()
    return outcome


def _first_charts(server: Server, database: Database, office: Mapping[str, Any], doings: Doings) -> None:
    """One of each sound file, ready before anything is measured."""
    login, signed_in = next(iter(office.items()))
    person, charts_ = Person(server.address, login, signed_in), sound_charts()
    while person.look("/healthz", "")[0] != 200:
        time.sleep(0.2)
    for source in charts_:
        bring_sound(person, doings, source, charts_)
    await_ready(database, doings.sound, 120)
    person.close()
    doings.load = Load()


def _look(database: Database, blobs: Blobs, before: Kept, outcome: Outcome, log: Path) -> None:
    quiet, attacked = outcome.quiet, outcome.attacked
    alone = {sent.source: result_of(database, blobs, chart)[1] for chart, sent in quiet.sound.items()}
    outcome.problems += changed(before, kept_of(database, blobs, before.digests))
    outcome.problems += look_at_trail(database, before, quiet.sound)
    outcome.problems += look_at_sound(database, blobs, quiet.sound | attacked.sound, alone)
    outcome.ready_after = {"quiet": waited(database, quiet.sound), "attacked": waited(database, attacked.sound)}
    outcome.hostile_ends = ends_of_hostile(database, outcome.attack.taken, log)


def _three(values: Sequence[float], unit: str, digits: int = 0) -> str:
    ordered = sorted(values)
    if not ordered:
        return "none"
    shown = statistics.median(ordered), quantile(ordered, 0.95) or 0, ordered[-1]
    return " / ".join(f"{value:,.{digits}f}" for value in shown) + f" {unit} of {len(ordered)}"


def rows_of(outcome: Outcome) -> Iterator[tuple[str, str]]:
    halves = {"alone": outcome.quiet, "attacked": outcome.attacked}
    for name, doings in halves.items():
        views = [time for view, times in doings.load.times.items() if view != "upload" for time in times]
        yield f"{name}: uploads of sound charts, median / 95 % / most", _three(doings.load.times["upload"], "ms")
        yield f"{name}: views, median / 95 % / most", _three(views, "ms")
        failed = "; ".join(f"{view}: {n}" for view, n in sorted(doings.load.failed.items()))
        yield f"{name}: answers that failed", failed or "none"
    for name, times in outcome.ready_after.items():
        yield f"{name}: sound charts ready after, median / 95 % / most", _three(times, "s", 1)
    refused, taken = outcome.attack.refused, outcome.attack.taken
    yield "hostile files uploaded, refused at once", f"{sum(refused.values()) + len(taken)}, {sum(refused.values())}"
    yield "refused at once", ", ".join(f"{n} {kind}" for kind, n in refused.most_common()) or "none"
    yield "the others", ", ".join(f"{n} {end}" for end, n in outcome.hostile_ends.most_common()) or "none"
    yield "load of the machine, alone / attacked", " / ".join(f"{load:.1f}" for load in outcome.busy)
    shown = Counter(re.sub(r"\b[0-9a-f]{8}\b ", "", problem) for problem in outcome.problems)
    yield "lost, changed, mixed up or left behind", "; ".join(f"{n} x {p}" for p, n in shown.items()) or "nothing"


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="web_attack")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--attackers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--patience", type=float, default=240, help="seconds for sound charts to be ready afterwards")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--uploads", type=float, default=UPLOADS, help="share of what people do that is an upload")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args(arguments)
    size = Size(asked.people, asked.attackers, asked.seconds, asked.patience, asked.workers, asked.uploads)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if asked.database == "sqlite":
            outcome = run(f"sqlite:///{folder / 'store.db'}", folder, size)
        else:
            with postgresql.server() as server, postgresql.database(server, "attacked") as url:
                outcome = run(url, folder, size)
    yield from rows_of(outcome)
    if outcome.problems:
        raise SystemExit(1)
