"""The parent's side of a child process: give it a task, hear what it says, kill it when it takes too much.

    child = Child(ChildLimits(seconds=60))
    pages = child.run("chart_triage.chart_tasks:first_look", {"name": name, "data": data}, about=name)
    child.close()

The process is started with the first task and kept for the next ones. It is a fresh interpreter, no fork: the parent's
threads, memory and open files are not in it, and of its environment nothing that is secret.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from chart_triage.errors import FaultError
from chart_triage.isolation.limits import ChildLimits
from chart_triage.isolation.plain import Plain
from chart_triage.isolation.process import BrokenOffError, Process, understood
from chart_triage.isolation.refusals import clean, killed, rebuilt
from chart_triage.isolation.scratch import sweep
from chart_triage.isolation.watch import Usage, Watcher, usage

log = logging.getLogger(__name__)

_NEAR = 0.7  # of the memory granted: a process that dies with so much has died of it
_swept = threading.Event()


class Child:
    """One process at a time; `run` may be called from several threads, which then wait for each other."""

    def __init__(self, limits: ChildLimits | None = None) -> None:
        self.limits = limits or ChildLimits()
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._watcher: Watcher | None = None
        self.largest = Usage(0, 0.0, 0)
        """The most memory and processes, and the processor time, of the last task."""

    @property
    def pid(self) -> int | None:
        """Of the process that waits for the next task; None before the first."""
        process = self._process
        return None if process is None else process.pid

    def run(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        about: str,
        on_told: Callable[[Plain], object] | None = None,
        limits: ChildLimits | None = None,
    ) -> Plain:
        """The result of a task, which is plain data: see `plain`.

        `task` is "module:function"; the function is called with `arguments`, which must be picklable, and `tell`, by
        which it passes on what is there before its end: each is handed to `on_told`. `about` is what messages call the
        file. `limits` of this task count instead of the child's for all but files and address space.

        Raises:
            KilledError: it took more than it may, or died.
            FaultError: it ended in an exception that nobody expected.
            ChartTriageError: what it raised itself, in its own class.
        """
        with self._lock:
            bounds, self.largest = limits or self.limits, Usage(0, 0.0, 0)
            process = self._started()
            watcher = self._watcher = Watcher(process.pid, bounds)
            try:
                process.send(task, arguments, bounds.cpu_seconds)
                last = _last_message(process, watcher, bounds, on_told)
            except BrokenOffError as broken:
                why = watcher.over() or broken.why or process.end()
                if why == "crash" and watcher.largest.memory_bytes > _NEAR * bounds.memory_bytes:
                    why = "memory"  # libraries end the process where no more is to be had
                self._end()
                raise killed(about, why, bounds) from None
            except BaseException:  # the parent was told to stop, or cannot use what it heard: the task is in work
                watcher.over()
                self._end()
                raise
            finally:
                watcher.over()
                self._watcher, self.largest = None, watcher.largest
                self._tidy(bounds)
        return _result(last, about)

    def taken(self) -> float:
        """Seconds of the processor that the task in work has taken so far; 0 where there is none."""
        watcher = self._watcher
        return 0.0 if watcher is None else watcher.taken()

    def stop(self) -> None:
        """Break off the task in work, if there is one: its `run` raises KilledError "stopped"."""
        watcher = self._watcher
        if watcher is not None:
            watcher.stop()

    def close(self) -> None:
        """End the process, amid a task if need be, and remove its folder."""
        self._end()

    def _started(self) -> Process:
        if self._process is not None and not self._process.is_alive():
            self._end()
        if self._process is None:
            if not _swept.is_set():
                _swept.set()
                if count := sweep():
                    log.info("temporary folders left by killed processes removed: %s", count)
            self._process = Process(self.limits)
        return self._process

    def _tidy(self, bounds: ChildLimits) -> None:
        """Leave nothing of one file for the next; replace a process that has done much or keeps much."""
        process = self._process
        if process is None:
            return
        process.tasks += 1
        process.scratch.empty()
        if process.tasks >= bounds.tasks or usage(process.pid).memory_bytes > bounds.kept_memory_bytes:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


def _last_message(
    process: Process, watcher: Watcher, bounds: ChildLimits, on_told: Callable[[Plain], object] | None
) -> tuple[Plain, ...]:
    """With which the task has ended; all that it tells before is passed on. The process waits for the next task then.

    Raises BrokenOffError where it does not.
    """
    left = bounds.message_bytes
    while True:
        received = process.receive(left)
        watcher.heard()
        left -= len(received)
        match understood(received):
            case ("told", told):
                if on_told is not None:
                    on_told(told)
                    watcher.heard()
            case ("exceeded", "memory" | "output" as what):
                raise BrokenOffError(what)
            case ("done", result):
                return "done", result
            case ("error", str(name), list(made_of)):
                return "error", name, made_of
            case ("fault", str(kind), str(place)):
                return "fault", kind, place
            case _:  # not what `serve` says: it was taken over
                raise BrokenOffError("crash")


def _result(last: tuple[Plain, ...], about: str) -> Plain:
    match last:
        case ("error", name, made_of):
            raise rebuilt(name, made_of)
        case ("fault", kind, place):
            raise FaultError(clean(about), clean(kind), clean(place))
    return last[1]
