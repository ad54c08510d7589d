"""The parent's side of a child process: give it a task, hear what it says, kill it when it takes too much.

    child = Child(ChildLimits(seconds=60))
    pages = child.run("chart_triage.chart_tasks:first_look", {"name": name, "data": data}, about=name)
    child.close()

The process is started with the first task and kept for the next ones. It is a fresh interpreter, no fork: the parent's
threads, memory and open files are not in it, and of its environment nothing that is secret.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from chart_triage.errors import (
    ChartTriageError,
    FaultError,
    GuidelineError,
    InputError,
    KilledError,
    SettingsError,
    StoreError,
)
from chart_triage.isolation import plain
from chart_triage.isolation.limits import MEGABYTE, ChildLimits
from chart_triage.isolation.plain import Plain
from chart_triage.isolation.scratch import Scratch, sweep
from chart_triage.isolation.watch import Usage, usage

log = logging.getLogger(__name__)

_EVERY = 0.1  # seconds between two looks at what a child takes
_LONGEST_MESSAGE = 2_000  # characters of a refusal
_SECRET = ("_KEY", "_TOKEN", "_SECRET", "_STORE_URL", "_PASSWORD")
_ERRORS: dict[str, type[ChartTriageError]] = {
    each.__name__: each for each in (ChartTriageError, InputError, GuidelineError, SettingsError, StoreError)
}
_REMEDY = "Print it to a new PDF, or split it into smaller files, and send that."
_swept = threading.Event()


class _BrokenOffError(Exception):
    """Nothing more comes from the child; `why` where that is known."""

    def __init__(self, why: str | None = None) -> None:
        self.why = why


class Child:
    """One process at a time; `run` may be called from several threads, which then wait for each other."""

    def __init__(self, limits: ChildLimits | None = None) -> None:
        self.limits = limits or ChildLimits()
        self._lock = threading.Lock()
        self._process: _Process | None = None
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
        on_told: Callable[[Plain], None] | None = None,
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
            bounds = limits or self.limits
            process = self._started()
            watcher = _Watcher(process.pid, bounds)
            try:
                process.send((task, dict(arguments), bounds.cpu_seconds))
                return self._heard(process, watcher, bounds, about, on_told)
            except _BrokenOffError as broken:
                why = watcher.over() or broken.why or process.end()
                self._end()
                raise _killed(about, why, bounds) from None
            except ChartTriageError:
                raise
            except BaseException:  # the parent was told to stop, or cannot use what it heard
                watcher.over()
                self._end()
                raise
            finally:
                watcher.over()
                self.largest = watcher.largest
                self._tidy(bounds)

    def close(self) -> None:
        """End the process, amid a task if need be, and remove its folder."""
        self._end()

    def _heard(
        self,
        process: _Process,
        watcher: _Watcher,
        bounds: ChildLimits,
        about: str,
        on_told: Callable[[Plain], None] | None,
    ) -> Plain:
        """What the task results in, having passed on all that it told before."""
        left = bounds.message_bytes
        while True:
            received = process.receive(left)
            watcher.heard()
            left -= len(received)
            match _understood(received):
                case ("told", told):
                    if on_told is not None:
                        on_told(told)
                        watcher.heard()
                case ("done", result):
                    return result
                case ("error", str(name), list(made_of)):
                    raise _rebuilt(name, made_of)
                case ("exceeded", "memory" | "output" as what):
                    raise _BrokenOffError(what)
                case ("fault", str(kind), str(place)):
                    raise FaultError(_clean(about), _clean(kind), _clean(place))
                case _:  # not what `serve` says: it was taken over
                    raise _BrokenOffError("crash")

    def _started(self) -> _Process:
        if self._process is not None and not self._process.is_alive():
            self._end()
        if self._process is None:
            if not _swept.is_set():
                _swept.set()
                if count := sweep():
                    log.info("temporary folders left by killed processes removed: %s", count)
            self._process = _Process(self.limits)
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


class _Process:
    """The process itself, its pipe, and the folder for its temporary files. Raises ChartTriageError if none starts."""

    def __init__(self, limits: ChildLimits) -> None:
        self.scratch = Scratch()
        self.tasks = 0
        self.pipe, theirs = Pipe()
        life, held = os.pipe()  # it closes when this process ends, however it ends
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-m", "chart_triage.isolation.serve", str(theirs.fileno()), str(life)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), life),
                env=_environment(self.scratch),
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(life)
        self.pid = self._popen.pid
        self.scratch.used_by(self.pid)
        self._ended: str | None = None
        self._finalizer = weakref.finalize(self, _end, self._popen, self.pipe, held, self.scratch)
        self._begin(limits)

    def _begin(self, limits: ChildLimits) -> None:
        bounds = {name: getattr(limits, name) for name in ("memory_bytes", "file_bytes", "open_files")}
        try:
            self.pipe.send(bounds)
            ready = _understood(self.pipe.recv_bytes(MEGABYTE)) if self.pipe.poll(limits.silent_seconds) else None
        except (EOFError, OSError):
            ready = None
        match ready:
            case ("ready", "filtered" | "unshared" as network):
                log.debug("child=%s network=%s", self.pid, network)
            case ("ready", "open"):
                log.warning("child=%s: this machine permits no way to close the network to it", self.pid)
            case _:
                self.end()
                raise ChartTriageError(
                    "The process that reads charts cannot be started. Check that the machine has memory left."
                )

    def send(self, message: Any) -> None:
        try:
            self.pipe.send(message)
        except OSError:
            raise _BrokenOffError from None

    def receive(self, at_most: int) -> bytes:
        """The next message, of so many bytes."""
        try:
            return self.pipe.recv_bytes(max(at_most, 0))
        except EOFError:
            raise _BrokenOffError from None
        except OSError as error:  # without a number: the message is too long
            raise _BrokenOffError("output" if error.errno is None else None) from None

    def is_alive(self) -> bool:
        """Without reaping it: until `end`, nobody else can have its number."""
        return self._ended is None and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def end(self) -> str:
        """Kill it and all that it started, remove what it left; says how it ended."""
        self._finalizer()
        if self._ended is None:
            self._ended = "cpu" if self._popen.returncode == -signal.SIGXCPU else "crash"
        return self._ended


def _end(popen: subprocess.Popen[bytes], pipe: Connection, held: int, scratch: Scratch) -> None:
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, signal.SIGKILL)
    popen.wait()
    pipe.close()
    os.close(held)
    scratch.close()


class _Watcher:
    """Kills a process group that takes more than it may; `exceeded` names what."""

    def __init__(self, pid: int, limits: ChildLimits) -> None:
        self._pid = pid
        self._limits = limits
        self._over = threading.Event()
        self._began = self._last = monotonic()
        self._cpu = usage(pid).cpu_seconds
        self.exceeded: str | None = None
        self.largest = Usage(0, 0.0, 0)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def heard(self) -> None:
        """There was a message: the process does not hang."""
        self._last = monotonic()

    def over(self) -> str | None:
        """Stop watching; says what was exceeded."""
        if not self._over.is_set():
            self._over.set()
            self._thread.join()
            self._excess(usage(self._pid))
        return self.exceeded

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self.exceeded = self.exceeded or self._excess(usage(self._pid))
            if self.exceeded is not None:
                os.killpg(self._pid, signal.SIGKILL)  # not reaped yet: the number is still its own
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


def _environment(scratch: Scratch) -> dict[str, str]:
    """This process's, without secrets, and with the child's own folder for temporary files."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith(_SECRET)}
    folder = str(scratch.files)
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"TMPDIR": folder, "TMP": folder, "TEMP": folder, "PYTHONPATH": path, "MALLOC_ARENA_MAX": "4"}


def _understood(received: bytes) -> Plain:
    try:
        return plain.loads(received)
    except ValueError:
        return None


def _rebuilt(name: str, made_of: list[Any]) -> ChartTriageError:
    """The child's error, in its own class; a child that was taken over can choose its words, and no more."""
    match name, made_of:
        case "InputError", [str(kind), str(text)]:
            return InputError(_clean(kind), _clean(text))
        case "GuidelineError", [list(problems)]:
            return GuidelineError([_clean(str(problem)) for problem in problems])
        case _, [str(text)] if name in _ERRORS and name not in ("InputError", "GuidelineError"):
            return _ERRORS[name](_clean(text))
    return ChartTriageError("The process that reads charts gave no reason.")


def _clean(text: str) -> str:
    """Printable, and no longer than a message is."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text[:_LONGEST_MESSAGE])


def _killed(about: str, why: str, limits: ChildLimits) -> KilledError:
    kind, told = {
        "time": ("took_too_long", f"was not done within {_duration(limits.seconds)} and was given up"),
        "silence": ("took_too_long", f"got stuck for {_duration(limits.silent_seconds)} and was given up"),
        "cpu": ("took_too_long", f"took more than {_duration(limits.cpu_seconds)} of computing and was given up"),
        "memory": ("too_much_memory", f"needs more than {limits.memory_bytes // MEGABYTE:,} MB of memory to be read"),
        "output": ("too_much_output", f"unfolds to more than {limits.message_bytes // MEGABYTE:,} MB of results"),
    }.get(why, ("crashed", "broke the process that read it, and was given up"))
    return KilledError(kind, f"{_clean(about)} {told}. {_REMEDY}")


def _duration(seconds: float) -> str:
    return f"{seconds:,.0f} seconds" if seconds < 120 else f"{seconds / 60:,.0f} minutes"
