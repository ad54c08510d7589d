"""Keeps the server's processes running: starts them, starts those that die anew, stops all of them in order.

The processes hold the other end of a pipe as their standard input; when the supervisor is killed it closes, and they
stop by themselves, so that nothing is left behind.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger(__name__)

GRACE = 25.0  # seconds that the processes have to stop in
_SETTLED = 20.0  # one that lived so long is started anew at once
_LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """A process to be kept running. `files`: descriptors that it inherits."""

    name: str
    command: Sequence[str]
    files: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    again_at: float = 0.0
    quick_deaths: int = 0


@dataclass
class Supervisor:
    children: Sequence[Child]
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until SIGTERM or SIGINT. Call it in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            while not self._stopping.is_set():
                for child in self.children:
                    self._look_after(child)
                self._stopping.wait(0.1)
        finally:
            self._stop_all()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _look_after(self, child: Child) -> None:
        at = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            child.quick_deaths = 0 if at - child.started > _SETTLED else child.quick_deaths + 1
            pause = min(_LONGEST_PAUSE, 0.5 * 2 ** (child.quick_deaths - 1)) if child.quick_deaths else 0.0
            log.warning("child=%s pid=%s ended code=%s, again in %.1f s", child.name, child.process.pid, code, pause)
            child.process, child.again_at = None, at + pause
        if at >= child.again_at:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        child.process = subprocess.Popen(
            child.command, stdin=subprocess.PIPE, pass_fds=child.files, start_new_session=True
        )
        log.info("child=%s pid=%s started", child.name, child.process.pid)

    def _stop_all(self) -> None:
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        ends = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("pid=%s did not stop within %.0f s, killed", process.pid, GRACE)
                process.kill()
                process.wait()


def stop_with_supervisor() -> None:
    """In a child: ask oneself to stop when the supervisor is gone."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
