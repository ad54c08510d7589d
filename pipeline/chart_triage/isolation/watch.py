"""What a process and all that it has started take, from /proc, and its end when that is too much."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from chart_triage.isolation.limits import ChildLimits

_EVERY = 0.1  # seconds between two looks at what a child takes
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage(NamedTuple):
    """`memory_bytes` that these processes hold for themselves alone; `cpu_seconds` since they began."""

    memory_bytes: int
    cpu_seconds: float
    processes: int


def usage(pid: int) -> Usage:
    """Of the process `pid` and its descendants; all zero where the machine has no /proc or the process is gone."""
    memory, cpu, count = 0, 0.0, 0
    pending = [pid]
    while pending:
        each = pending.pop()
        try:
            memory += _own_memory(each)
            cpu += _cpu(each)
            pending += _children(each)
        except (OSError, ValueError, IndexError):  # it has ended meanwhile
            continue
        count += 1
    return Usage(memory, cpu, count)


def _own_memory(pid: int) -> int:
    """Resident pages without those that are backed by files or shared."""
    fields = (_PROC / str(pid) / "statm").read_bytes().split()
    return (int(fields[1]) - int(fields[2])) * _PAGE


def _cpu(pid: int) -> float:
    """Seconds of user and system time, those of children that have ended included."""
    fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    return sum(int(value) for value in fields[11:15]) / _TICKS


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in (_PROC / str(pid) / "task").iterdir():
        try:
            found += map(int, (thread / "children").read_bytes().split())
        except OSError:
            continue
    return found


class Watcher:
    """Kills a process group that takes more than it may; `exceeded` names what."""

    def __init__(self, pid: int, limits: ChildLimits) -> None:
        self._pid = pid
        self._limits = limits
        self._over = threading.Event()
        self._wake = threading.Event()
        self._began = self._last = monotonic()
        self._cpu = usage(pid).cpu_seconds
        self._stopped = False
        self.exceeded: str | None = None
        self.largest = Usage(0, 0.0, 0)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def heard(self) -> None:
        """There was a message: the process does not hang."""
        self._last = monotonic()

    def taken(self) -> float:
        """Seconds of the processor so far."""
        return max(0.0, usage(self._pid).cpu_seconds - self._cpu)

    def stop(self) -> None:
        """Kill them though they have exceeded nothing."""
        self._stopped = True
        self._wake.set()

    def over(self) -> str | None:
        """Stop watching; says what was exceeded."""
        if not self._over.is_set():
            self._over.set()
            self._wake.set()
            self._thread.join()
            self._excess(usage(self._pid))
        return self.exceeded

    def _watch(self) -> None:
        while True:
            self._wake.wait(_EVERY)
            if self._over.is_set():
                return
            self.exceeded = "stopped" if self._stopped else self._excess(usage(self._pid))
            if self.exceeded is not None:
                with suppress(ProcessLookupError):  # not reaped before this thread has ended: the number is its own
                    os.killpg(self._pid, signal.SIGKILL)
                return

    def _excess(self, now: Usage) -> str | None:
        taken, at, limits = now.cpu_seconds - self._cpu, monotonic(), self._limits
        most = max(self.largest.memory_bytes, now.memory_bytes), max(self.largest.processes, now.processes)
        self.largest = Usage(most[0], max(taken, self.largest.cpu_seconds), most[1])
        if at - self._began > limits.seconds:
            return "time"
        if at - self._last > limits.silent_seconds:
            return "silence"
        if taken > limits.cpu_seconds:
            return "cpu"
        return "memory" if now.memory_bytes > limits.memory_bytes else None
