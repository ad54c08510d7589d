"""One child process: its start, its pipe, its end."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from chart_triage.errors import ChartTriageError
from chart_triage.isolation import plain
from chart_triage.isolation.limits import MEGABYTE, ChildLimits
from chart_triage.isolation.plain import Plain
from chart_triage.isolation.scratch import Scratch

log = logging.getLogger(__name__)

_NOT_STARTED = "The process that reads charts cannot be started. Check that the machine has memory left."
_SECRET = ("_KEY", "_TOKEN", "_SECRET", "_STORE_URL", "_PASSWORD")
_MEMORY = "MALLOC_"  # how the parent gives memory back: Dask's way costs a process that reads faxes a sixth of its time
_ENDS = {-signal.SIGXCPU: "cpu", -signal.SIGPROF: "step"}  # how the kernel ends what takes too much


class BrokenOffError(Exception):
    """Nothing more comes from the child; `why` where that is known."""

    def __init__(self, why: str | None = None) -> None:
        self.why = why


class Process:
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
        except OSError:
            os.close(held)
            self.scratch.close()
            raise ChartTriageError(_NOT_STARTED) from None
        finally:
            theirs.close()
            os.close(life)
        self.pid = self._popen.pid
        self.scratch.used_by(self.pid)
        self._ended: str | None = None
        self._finalizer = weakref.finalize(self, _end, self._popen, self.pipe, held, self.scratch)
        self._begin(limits)

    def _begin(self, limits: ChildLimits) -> None:
        bounds = {name: getattr(limits, name) for name in ("memory_bytes", "file_bytes", "open_files", "behind")}
        try:
            self.pipe.send(bounds)
            ready = understood(self.pipe.recv_bytes(MEGABYTE)) if self.pipe.poll(limits.silent_seconds) else None
        except (EOFError, OSError):
            ready = None
        match ready:
            case ("ready", "filtered" | "unshared" as network):
                log.debug("child=%s network=%s", self.pid, network)
            case ("ready", "open"):
                log.warning("child=%s: this machine permits no way to close the network to it", self.pid)
            case _:
                self.end()
                raise ChartTriageError(_NOT_STARTED)

    def send(self, task: str, arguments: Mapping[str, Any], cpu_seconds: float) -> None:
        """What `serve` awaits: the count of files and the task, pickled; then the files as they are.

        Pickling a chart of 200 MB would take as much memory again, and keep all other threads waiting meanwhile.
        """
        files: list[pickle.PickleBuffer] = []
        apart = {name: pickle.PickleBuffer(v) if isinstance(v, bytes) else v for name, v in arguments.items()}
        told = pickle.dumps((task, apart, cpu_seconds), protocol=5, buffer_callback=files.append)
        try:
            self.pipe.send_bytes(bytes([len(files)]) + told)
            for file in files:
                self.pipe.send_bytes(file)
        except OSError:
            raise BrokenOffError from None

    def receive(self, at_most: int) -> bytes:
        """The next message, of so many bytes."""
        try:
            return self.pipe.recv_bytes(max(at_most, 0))
        except EOFError:
            raise BrokenOffError from None
        except OSError as error:  # without a number: the message is too long
            raise BrokenOffError("output" if error.errno is None else None) from None

    def is_alive(self) -> bool:
        """Without reaping it: until `end`, nobody else can have its number."""
        return self._ended is None and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def end(self) -> str:
        """Kill it and all that it started, remove what it left; says how it ended."""
        self._finalizer()
        if self._ended is None:
            self._ended = _ENDS.get(self._popen.returncode, "crash")
        return self._ended


def _end(popen: subprocess.Popen[bytes], pipe: Connection, held: int, scratch: Scratch) -> None:
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, signal.SIGKILL)
    popen.wait()
    pipe.close()
    os.close(held)
    scratch.close()


def _environment(scratch: Scratch) -> dict[str, str]:
    """This process's, without secrets, and with the child's own folder for temporary files."""
    kept = {name: v for name, v in os.environ.items() if not name.endswith(_SECRET) and not name.startswith(_MEMORY)}
    folder = str(scratch.files)
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"TMPDIR": folder, "TMP": folder, "TEMP": folder, "PYTHONPATH": path, "MALLOC_ARENA_MAX": "4"}


def understood(received: bytes) -> Plain:
    try:
        return plain.loads(received)
    except ValueError:
        return None
