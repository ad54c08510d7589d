"""The engine of many machines: a Dask cluster. https://distributed.dask.org

Charts that lie in files travel with their task, since workers need no common disk; those in a bucket are fetched by the
worker. A bounded number of charts and bytes is on its way at a time. When a worker is lost the scheduler gives its
charts to others; a chart on which workers are lost again and again is tried once more with nothing beside it, then
given up.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from chart_triage.batch import crew
from chart_triage.batch.crew import Cargo
from chart_triage.batch.engine import Failure, Plan, Screened, Task
from chart_triage.batch.places import content
from chart_triage.errors import EngineError, InputError, SettingsError
from chart_triage.intake import Limits
from chart_triage.storage import is_bucket

if TYPE_CHECKING:
    from distributed import Client, Future, Worker

log = logging.getLogger(__name__)

_PLUGIN = "chart-triage"
_FIRST, _ALONE = "chart", "alone"
_PATIENCE = 60.0  # seconds until scheduler and a first worker must answer
_AHEAD = 3  # charts that wait for each thread: one with its worker, the others with the scheduler
_BYTES_AHEAD = 400_000_000  # on their way at a time; one chart goes in any case
_LOOK_EVERY = 5.0  # seconds between looks for workers that came or went
_GONE = "The scheduler at {} is gone. What was done is kept: start it and its workers again, then run the same command."
_KILLED = "Workers died while they read {}, also when nothing else was read. Look at it, then run with --retry-failed."


class DaskEngine:
    """`address`: the scheduler's, "tcp://host:8786" or "tls://host:8786". `announce` is told once what was reached."""

    def __init__(self, address: str, plan: Plan, announce: Callable[[str], None] = log.info) -> None:
        if find_spec("distributed") is None:
            raise SettingsError("--engine dask needs the extra 'dask': pip install 'chart-triage[dask]'.")
        self.workers = 1
        self._address = address
        self._plan = plan
        self._announce = announce
        self._limits = Limits.of(plan.site)
        self._done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._running: dict[Future, Cargo] = {}
        self._looked = 0.0
        self._run = uuid.uuid4().hex  # results of another run, under another plan, must not be taken for ours

    def __enter__(self) -> Self:
        self._client = self._connected()
        try:
            self._prepare()
        except BaseException:
            self._client.close(timeout=5)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Charts that are in work are read to their end, and their results are dropped."""
        if self._client.status == "running":
            self._client.cancel(list(self._running), force=True)
        self._client.close(timeout=5)

    def run(self, tasks: Iterable[Task]) -> Iterator[Screened]:
        """See `Engine.run`. Raises EngineError where the scheduler is lost."""
        waiting, suspects = iter(tasks), deque[Cargo]()
        more = True
        while True:
            while more and self._has_room():
                task = next(waiting, None)
                if task is None:
                    more = False
                elif isinstance(loaded := self._loaded(task), Screened):
                    yield loaded
                else:
                    self._submit(loaded, _FIRST)
            if not self._running:
                if not suspects:
                    return
                self._submit(suspects.popleft(), _ALONE)
            future, cargo = self._next()
            outcome = self._outcome(future, cargo)
            if outcome is not None:
                yield outcome
            elif future.key.startswith(_ALONE):
                yield _failed(cargo.task, "killed_worker", _KILLED.format(cargo.task.name))
            else:
                suspects.append(cargo)

    def _connected(self) -> Client:
        import dask
        from distributed import Client

        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # it is said here, in our words
        dask.config.set({"distributed.admin.large-graph-warning-threshold": _BYTES_AHEAD})
        if _in_the_clear(self._address):
            log.warning("charts go to %s over the network in the clear; use tls:// unless it is yours", self._address)
        try:
            return Client(self._address, timeout=_PATIENCE, set_as_default=False, name=_PLUGIN)
        except (OSError, TimeoutError, ValueError) as error:
            told = (
                f"The scheduler at {self._address} does not answer ({type(error).__name__}). Check address and network."
            )
            raise EngineError(told) from None

    def _prepare(self) -> None:
        """Have every worker, also those that come later, load what it needs and show that it is of this version."""
        plugin = _plugin(self._plan, crew.versions(self._plan))
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
            self._client.register_plugin(plugin, name=_PLUGIN)
        except TimeoutError:
            raise EngineError(f"The scheduler at {self._address} has no workers. Start some, then run again.") from None
        except OSError:
            raise EngineError(_GONE.format(self._address)) from None
        except Exception as error:
            told = f"A worker of {self._address} cannot take part: {_why(error)}. Install the same chart-triage on all."
            raise EngineError(told) from None
        threads = self._client.nthreads()
        self.workers = sum(threads.values())
        shown = self._client.dashboard_link
        self._announce(f"Dask: {len(threads)} workers, {self.workers} charts at a time; dashboard {shown}")

    def _has_room(self) -> bool:
        if time.monotonic() - self._looked > _LOOK_EVERY:
            self._looked = time.monotonic()
            try:
                self.workers = sum(self._client.nthreads().values()) or 1
            except (OSError, TimeoutError):
                raise EngineError(_GONE.format(self._address)) from None
        size = sum(len(cargo.data or b"") for cargo in self._running.values())
        return len(self._running) < self.workers * (1 + _AHEAD) and size < _BYTES_AHEAD

    def _loaded(self, task: Task) -> Cargo | Screened:
        if is_bucket(task.place.location):
            return Cargo(task, None)
        try:
            return Cargo(task, content(task.place, task.name, self._limits))
        except InputError as error:
            return _failed(task, error.kind, str(error))

    def _submit(self, cargo: Cargo, why: str) -> None:
        try:
            future = self._client.submit(crew.screen, cargo, key=f"{why}-{self._run}-{cargo.task.key}", pure=False)
        except (OSError, TimeoutError, RuntimeError):
            raise EngineError(_GONE.format(self._address)) from None
        self._running[future] = cargo
        future.add_done_callback(self._done.put)

    def _next(self) -> tuple[Future, Cargo]:
        while True:
            try:
                future = self._done.get(timeout=1.0)
            except queue.Empty:
                if self._client.status not in ("running", "connecting"):
                    raise EngineError(_GONE.format(self._address)) from None
                continue
            return future, self._running.pop(future)

    def _outcome(self, future: Future, cargo: Cargo) -> Screened | None:
        """None where workers died of it, as it seems."""
        from distributed.scheduler import KilledWorker

        if future.status == "cancelled":
            raise EngineError(_GONE.format(self._address))
        try:
            made: Screened = future.result(timeout=_PATIENCE).screened
            return made
        except EngineError as error:
            raise EngineError(
                f"A worker of {self._address} cannot go on: {error} Run the same command again."
            ) from None
        except KilledWorker:
            log.warning("chart=%s workers died while they had it", cargo.task.key)
            return None
        except (OSError, TimeoutError, asyncio.CancelledError):
            raise EngineError(_GONE.format(self._address)) from None
        except Exception as error:  # of Dask itself: it did not come to our code or not back from it
            told = f"{cargo.task.name} did not come back from its worker ({type(error).__name__}). Run again with "
            return _failed(cargo.task, "fault", f"{told}--retry-failed.")


def _plugin(plan: Plan, made_by: str) -> Any:
    from distributed import WorkerPlugin

    class Prepared(WorkerPlugin):  # type: ignore[misc]
        async def setup(self, worker: Worker) -> None:
            await asyncio.to_thread(crew.CREW.prepare, plan, made_by, worker.state.nthreads)

        async def teardown(self, worker: Worker) -> None:
            await asyncio.to_thread(crew.CREW.close)

    return Prepared()


def _why(error: Exception) -> str:
    """Of our own errors the words, of others the class."""
    return str(error) if isinstance(error, EngineError | SettingsError) else type(error).__name__


def _in_the_clear(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "tls":
        return False
    try:
        return parts.hostname != "localhost" and not ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True


def _failed(task: Task, kind: str, reason: str) -> Screened:
    return Screened(key=task.key, failure=Failure(kind=kind, reason=reason))
