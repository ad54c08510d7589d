"""The workers of a process that serves an engine from afar: made and warmed once, then handed one chart after another.

Nothing that is raised or shown here says what a chart says: who runs this process writes exceptions and arguments of
a task into its log.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Final

from chart_triage import intake
from chart_triage.batch.engine import Failure, Plan, Screened, Task
from chart_triage.batch.versions import Fingerprints
from chart_triage.batch.worker import Worker
from chart_triage.errors import ChartTriageError, EngineError

_UNEXPECTED = "{} could not be screened, by a fault of this program ({}). Run again with --retry-failed, and report it."


class Cargo:
    """What travels to another machine: a task, and its chart's bytes unless the other side fetches them."""

    __slots__ = ("data", "task")

    def __init__(self, task: Task, data: bytes | None) -> None:
        self.task: Final = task
        self.data: Final = data

    def __reduce__(self) -> tuple[type[Cargo], tuple[Task, bytes | None]]:
        return Cargo, (self.task, self.data)

    def __repr__(self) -> str:
        return f"Cargo({self.task.key})"


class Yield:
    """What comes back, shown as little."""

    __slots__ = ("screened",)

    def __init__(self, screened: Screened) -> None:
        self.screened: Final = screened

    def __reduce__(self) -> tuple[type[Yield], tuple[Screened]]:
        return Yield, (self.screened,)

    def __repr__(self) -> str:
        return f"Yield({self.screened.key})"


class Crew:
    """Workers of one process, as many as it has threads. All of them have the plan of the last chart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Worker] = []

    def prepare(self, plan: Plan, made_by: str, count: int) -> None:
        """Have `count` workers ready. Raises EngineError where this machine would come to other results."""
        if versions(plan) != made_by:
            raise EngineError("another version of chart-triage, of its lexicons or models, or of a package that reads")
        ready = [self._taken(plan) for _ in range(count)]
        for worker in ready:
            worker.warm()
        with self._lock:
            self._idle += ready

    def screen(self, cargo: Cargo) -> Yield:
        try:
            worker = self._taken(cargo.task.plan)
            try:
                return Yield(worker.screen(cargo.task, cargo.data))
            finally:
                with self._lock:
                    self._idle.append(worker)
        except ChartTriageError as error:  # no process can be started here: that is wrong for every chart
            raise EngineError(str(error)) from None
        except Exception as error:  # its text could quote the chart
            reason = _UNEXPECTED.format(cargo.task.name, type(error).__name__)
            return Yield(Screened(key=cargo.task.key, failure=Failure(kind="fault", reason=reason)))

    def close(self) -> None:
        """End the workers that have nothing to do."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def _taken(self, plan: Plan) -> Worker:
        """An idle worker of this plan, else a new one in the place of one of another plan."""
        with self._lock:
            found = next((worker for worker in self._idle if worker.plan == plan), None)
            old = found or (self._idle[0] if self._idle else None)
            if old is not None:
                self._idle.remove(old)
        if found is not None:
            return found
        if old is not None:
            old.close()
        return Worker(plan)


CREW: Final = Crew()


def screen(cargo: Cargo) -> Yield:
    """Screen a chart with this process's crew."""
    return CREW.screen(cargo)


def versions(plan: Plan) -> str:
    """What results are made by here: the same on all machines of a run, or the run is not the same as on one."""
    reading = intake.reading_version(intake.Limits.of(plan.site))
    return hashlib.sha256(f"{Fingerprints(plan).of(None)} {reading}".encode()).hexdigest()
