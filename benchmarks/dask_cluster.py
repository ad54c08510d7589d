"""A Dask scheduler and workers as real processes on this machine, for tests and benchmarks; nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil

from benchmarks.postgresql import free_port

_PATIENCE = 120.0  # seconds until the scheduler must answer
# As docs/scale.md starts a cluster: idle workers take charts from busy ones at once, and nobody looks at call stacks.
_TUNED = {
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING_INTERVAL": "50ms",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
_SILENT = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "warning", "DASK_LOGGING__DISTRIBUTED": "warning"}


def installed() -> bool:
    return find_spec("distributed") is not None


class Cluster:
    """`preload`: modules that each worker imports first. `log`: where all of them write."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None, preload: Sequence[str] = ()) -> None:
        self.log = folder / "cluster.log"
        self._folder = folder
        self._environ = dict(os.environ) | _SILENT | _TUNED | dict(environ or {})
        self._preload = [word for module in preload for word in ("--preload", module)]
        self._port = free_port()
        self._scheduler: subprocess.Popen[bytes] | None = None
        self._workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._port}"

    def start_scheduler(self) -> None:
        where = ("--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard")
        self._scheduler = self._start("dask_scheduler", *where)
        ends = time.monotonic() + _PATIENCE
        while not _listens(self._scheduler.pid, self._port):
            if time.monotonic() > ends or self._scheduler.poll() is not None:
                raise RuntimeError(f"the scheduler did not come up, see {self.log}")
            time.sleep(0.05)

    def start_worker(self) -> None:
        """One more worker of one thread, under a nanny that starts it anew when it dies."""
        options = ("--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--death-timeout", "60")
        where = ("--local-directory", str(self._folder), *self._preload)
        self._workers.append(self._start("dask_worker", self.address, *options, *where))

    def kill_worker(self) -> bool:
        """kill -9 of a worker that has a chart in work, not of its nanny; False where there is none."""
        for nanny in self._workers:
            for process in _below(nanny.pid):
                if _reads(process):
                    os.kill(process.pid, signal.SIGKILL)
                    return True
        return False

    def kill_scheduler(self) -> None:
        assert self._scheduler is not None
        self._scheduler.kill()
        self._scheduler.wait()

    def stop_workers(self) -> None:
        for nanny in self._workers:
            below = _below(nanny.pid)
            nanny.kill()
            for process in below:
                process.kill()
            nanny.wait()
        self._workers = []

    def stop(self) -> None:
        self.stop_workers()
        if self._scheduler is not None:
            self.kill_scheduler()

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
            return subprocess.Popen(command, env=self._environ, stdout=log, stderr=log, cwd=self._folder)


def _below(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _reads(process: psutil.Process) -> bool:
    """Whether it is the parent of a process that reads charts."""
    try:
        return any("chart_triage.isolation.serve" in child.cmdline() for child in process.children())
    except psutil.NoSuchProcess:
        return False


def _listens(pid: int, port: int) -> bool:
    try:
        return any(each.laddr.port == port for each in psutil.Process(pid).net_connections(kind="tcp"))
    except psutil.NoSuchProcess:
        return False


@contextmanager
def cluster(workers: int, environ: Mapping[str, str] | None = None, preload: Sequence[str] = ()) -> Iterator[Cluster]:
    """A scheduler and so many workers."""
    with tempfile.TemporaryDirectory(prefix="dask-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder), environ, preload)
        try:
            made.start_scheduler()
            for _ in range(workers):
                made.start_worker()
            yield made
        finally:
            made.stop()
