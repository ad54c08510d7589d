"""Who is at a server while it is attacked: people who bring sound charts and look at them, and people who bring files
made to exhaust. Each is signed in and uses the routes that the pages use.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count, cycle
from typing import NamedTuple

import httpx

from benchmarks.hostile import FILES
from benchmarks.kill_processing import FIXTURE
from benchmarks.mutations import Mutation, mutation, sources
from benchmarks.web_load import Load
from chart_triage.store import people
from chart_triage.store.database import Database
from chart_triage.store.people import Role, SignedIn
from chart_triage.web.viewer import COOKIE

_SOUND = ("rule-out-ms", "family-melas", "kearns-sayre-pacemaker", "krabbe-transplant", "relapsing-ms-recent-stent")
_SLOW_TO_MAKE = frozenset({"10,000 pages.pdf"})
_THINKS = (1.0, 3.0)  # seconds between two things that somebody does
UPLOADS = 0.07
"""Share of them that is an upload: a chart each half a minute."""
_AT_ONCE = 3  # files that the intake page sends at a time
_PATIENCE = 120.0  # seconds that somebody waits for an answer
_NEXT_CHART = count(1)
_MUTATIONS = 100  # of each who attacks
_VIEWS = (
    "/worklist",
    "/intake",
    "/charts/{chart}/review",
    "/charts/{chart}/pages/1/image",
    "/charts/{chart}/readiness",
)


class Sent(NamedTuple):
    """An acknowledged upload: whose, made of which file, and what its bytes were."""

    login: str
    source: str
    content: bytes


@dataclass
class Doings:
    """What the people of the office did, how long the answers took, and their acknowledged uploads by chart."""

    load: Load = field(default_factory=Load)
    sound: dict[str, Sent] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Attack:
    """Files of those who attack: `taken`, by chart, and how many were `refused` by kind."""

    taken: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


class Person:
    """Somebody signed in at a server."""

    def __init__(self, address: str, login: str, signed_in: SignedIn) -> None:
        self.login = login
        headers = {"X-CSRF-Token": signed_in.csrf}
        self._client = httpx.Client(
            base_url=address, cookies={COOKIE: signed_in.token}, headers=headers, timeout=_PATIENCE
        )

    def upload(self, name: str, content: bytes) -> tuple[int, Mapping[str, str], float]:
        """(status, what the answer says, milliseconds); the status is 0 where none came."""
        began = time.perf_counter()
        try:
            answer = self._client.post("/intake/uploads", files={"file": (name, content)}, data={"keep": "yes"})
            status, said = answer.status_code, answer.json() if "json" in answer.headers["content-type"] else {}
        except httpx.HTTPError:
            status, said = 0, {}
        return status, said, (time.perf_counter() - began) * 1000

    def look(self, view: str, chart: str) -> tuple[int, float]:
        began = time.perf_counter()
        try:
            status = self._client.get(view.format(chart=chart)).status_code
        except httpx.HTTPError:
            status = 0
        return status, (time.perf_counter() - began) * 1000

    def close(self) -> None:
        self._client.close()


def sign_in(database: Database, role: Role, count: int) -> dict[str, SignedIn]:
    """So many new people by their logins."""
    with database.writing() as session:
        users = [
            people.add_user(session, "benchmark", f"{role.value}{n}", f"Person {n}", role, None) for n in range(count)
        ]
        return {user.login: people.open_session(session, user) for user in users}


def sound_charts() -> dict[str, bytes]:
    return {name: FIXTURE.with_name(f"{name}.pdf").read_bytes() for name in _SOUND}


def work(person: Person, ends: float, doings: Doings, ready: Sequence[str], seed: int, uploads: float) -> None:
    """Somebody of the office: looks at pages and at charts that are `ready`, and now and then brings one in."""
    chance, charts = random.Random(f"work {seed}"), sound_charts()
    time.sleep(chance.uniform(0, _THINKS[1]))
    while time.monotonic() < ends:
        if chance.random() < uploads or not ready:
            bring_sound(person, doings, chance.choice(_SOUND), charts)
        else:
            view = chance.choice(_VIEWS)
            doings.load.add(view, *person.look(view, chance.choice(ready)))
        time.sleep(chance.uniform(*_THINKS))
    person.close()


def bring_sound(person: Person, doings: Doings, source: str, charts: Mapping[str, bytes]) -> None:
    """One chart, which differs from all others in a comment behind its end."""
    content = charts[source] + f"\n% copy {next(_NEXT_CHART)}\n".encode()
    status, said, milliseconds = person.upload(f"{source}.pdf", content)
    doings.load.add("upload", status, milliseconds)
    if status == 201:
        with doings.lock:
            doings.sound[said["chart"]] = Sent(person.login, source, content)


@cache
def hostile_files() -> dict[str, bytes]:
    """Files made to exhaust, but for those whose making takes long."""
    return {name: make() for name, make in FILES.items() if name not in _SLOW_TO_MAKE}


@cache
def broken_files(seed: int) -> list[Mutation]:
    fixtures = sources()
    return [mutation(seed, number, fixtures) for number in range(_MUTATIONS)]


def prepare(attackers: int) -> None:
    """Make the files of so many, so that no time goes into it later."""
    hostile_files()
    for seed in range(attackers):
        broken_files(seed)


def hostile_turns(seed: int) -> Iterator[tuple[str, bytes]]:
    """Without end, in turns: a file made to exhaust, and a mutation of a fixture. The same order for the same seed."""
    chance, files = random.Random(f"attack {seed}"), hostile_files()
    for broken in cycle(broken_files(seed)):
        name = chance.choice(sorted(files))
        yield name, files[name]
        yield broken


def attack(person: Person, ends: float, done: Attack, turns: Iterator[tuple[str, bytes]], lock: threading.Lock) -> None:
    """Bring one file after another without a pause. A person's connections share `turns`, `done` and their lock."""
    while time.monotonic() < ends:
        with lock:
            name, content = next(turns)
        status, said, _ = person.upload(name, content)
        with lock:
            if status == 201:
                done.taken[said["chart"]] = name
            else:
                done.refused[said.get("kind") or f"status {status}"] += 1
    person.close()


def attack_all(address: str, signed_in: Mapping[str, SignedIn], seconds: float) -> Attack:
    """For so long, each of these people attacks by as many connections as the intake page uses."""
    ends, attacks, threads = time.monotonic() + seconds, [], []
    for seed, (login, session) in enumerate(signed_in.items()):
        done, turns, lock = Attack(), hostile_turns(seed), threading.Lock()
        attacks.append(done)
        threads += [
            threading.Thread(target=attack, args=(Person(address, login, session), ends, done, turns, lock))
            for _ in range(_AT_ONCE)
        ]
    all_of(threads)
    everything = Attack()
    for done in attacks:
        everything.taken.update(done.taken)
        everything.refused.update(done.refused)
    return everything


@contextmanager
def elsewhere() -> Iterator[Executor]:
    """A process of its own for those who attack, so that they do not slow down the clock of the others."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        yield process


def working(
    address: str, signed_in: Mapping[str, SignedIn], ends: float, doings: Doings, ready: Sequence[str], uploads: float
) -> list[threading.Thread]:
    return [
        threading.Thread(target=work, args=(Person(address, login, session), ends, doings, ready, seed, uploads))
        for seed, (login, session) in enumerate(signed_in.items())
    ]


def all_of(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
