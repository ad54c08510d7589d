"""One worker of any engine: a child process that reads charts, and who hands them to it one after another.

The child is a supervised process with bounds of memory and time and without a network (`isolation`): a chart that
kills it, hangs or asks for too much is a failure, and the next one is read by a fresh process.
"""

from __future__ import annotations

import hashlib
import os
import threading
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from chart_triage.batch.engine import Failure, MadeFile, Measured, Screened, Task
from chart_triage.batch.places import content
from chart_triage.batch.rows import Rows
from chart_triage.chart_reader import child_limits
from chart_triage.errors import ChartTriageError, InputError, KilledError
from chart_triage.intake import Limits
from chart_triage.isolation import Child
from chart_triage.report.file_names import is_result_file
from chart_triage.settings import Settings
from chart_triage.store.chart_file import CHART_NAME

_SCREEN = "chart_triage.batch.screening:screen"
_TRIES = 2  # of a chart whose process died: it may have been killed by mistake
_ONE_THREAD = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_of_this_thread = threading.local()


def screen(task: Task) -> Screened:
    """Screen a chart with the worker of this thread, which is made with the first and kept."""
    worker: Worker | None = getattr(_of_this_thread, "worker", None)
    if worker is None:
        worker = _of_this_thread.worker = Worker(task.plan.site)
    return worker.screen(task)


class Worker:
    """Screens one chart at a time. Its process uses one core: there is a worker for each."""

    def __init__(self, site: Settings) -> None:
        os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))  # of the child that is to be started
        self.child = Child(child_limits(site))

    def screen(self, task: Task) -> Screened:
        """Whatever is wrong with the chart is in the result; nothing is raised for it."""
        began = perf_counter()
        try:
            data = content(task.place, task.name, Limits.of(task.plan.site))
            if hashlib.sha256(data).hexdigest() != task.sha256:
                raise InputError("changed", f"{task.name} changed while the run was on. Run again.")
            made = self._made(task, data)
        except InputError as error:
            made = Screened(key=task.key, failure=Failure(kind=error.kind, reason=str(error)))
        except ChartTriageError as error:
            made = Screened(key=task.key, failure=Failure(kind="settings", reason=str(error)))
        seconds = made.measured.seconds | {"all": perf_counter() - began}
        measured = Measured(seconds=seconds, peak_memory=self.child.largest.memory_bytes, worker=str(self.child.pid))
        return made.model_copy(update={"measured": measured})

    def close(self) -> None:
        """End the process, amid a chart if need be."""
        self.child.close()

    def _made(self, task: Task, data: bytes) -> Screened:
        arguments = {"task": task, "data": data}
        for tries_left in reversed(range(_TRIES)):
            try:
                return _understood(task, self.child.run(_SCREEN, arguments, about=task.name))
            except KilledError as error:
                if error.kind != "crashed" or not tries_left:
                    raise
        raise AssertionError("unreachable")


def _understood(task: Task, told: Any) -> Screened:
    """What the child said, checked: a file may have taken it over."""
    try:
        files = tuple(MadeFile(*file) for file in told["files"])
        if not all(is_result_file(file.kind, file.media_type) or file.kind == CHART_NAME for file in files):
            raise ValueError("not a file of a result")
        rows, measured = Rows.model_validate_json(told["rows"]), Measured(seconds=told["seconds"])
        return Screened(key=task.key, rows=rows, files=files, measured=measured)
    except (ValidationError, TypeError, KeyError, ValueError):
        raise InputError("crashed", f"{task.name} broke the process that read it, and was given up.") from None
