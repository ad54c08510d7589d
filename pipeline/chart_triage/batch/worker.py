"""One worker of any engine: a child process that reads charts, and who hands them to it one after another.

The child is a supervised process with bounds of memory and time and without a network (`isolation`): a chart that
kills it, hangs or asks for too much is a failure, and the next one is read by a fresh process.
"""

from __future__ import annotations

import hashlib
import logging
import os
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from chart_triage import settings
from chart_triage.bad_pages import BadPages
from chart_triage.batch.engine import Failure, MadeFile, Measured, Plan, Screened, Task
from chart_triage.batch.places import content
from chart_triage.batch.rows import Rows
from chart_triage.chart_reader import child_limits
from chart_triage.errors import InputError, KilledError, SettingsError
from chart_triage.intake import Limits
from chart_triage.isolation import Child
from chart_triage.report.file_names import is_result_file
from chart_triage.store.chart_file import CHART_NAME
from chart_triage.store.readings import Readings

log = logging.getLogger(__name__)

_SCREEN = "chart_triage.batch.screening:screen"
_WARM = "chart_triage.batch.screening:warm"
_TRIES = 2  # of a chart whose process died: it may have been killed by mistake
_ONE_THREAD = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Worker:
    """Screens one chart at a time. Its process uses one core: there is a worker for each."""

    def __init__(self, plan: Plan) -> None:
        os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))  # of the child that is to be started
        self.plan = plan
        self.child = Child(child_limits(plan.site))
        self._readings = _readings(plan)

    def warm(self) -> None:
        """Load what the first chart would wait for. Raises SettingsError and GuidelineError."""
        self.child.run(_WARM, {"plan": self.plan}, about="The guideline")

    def screen(self, task: Task, data: bytes | None = None) -> Screened:
        """`data` are the chart's bytes where they came with the task, else they are fetched from where it is.

        Whatever is wrong with the chart is in the result.

        Raises ChartTriageError where no process can be started: that is wrong for every chart.
        """
        began = perf_counter()
        try:
            if data is None:
                data = content(task.place, task.name, Limits.of(task.plan.site))
            if hashlib.sha256(data).hexdigest() != task.sha256:
                raise InputError("changed", f"{task.name} changed while the run was on. Run again.")
            made = self._made(task, data)
        except InputError as error:
            made = Screened(key=task.key, failure=Failure(kind=error.kind, reason=str(error)))
        except SettingsError as error:
            made = Screened(key=task.key, failure=Failure(kind="settings", reason=str(error)))
        seconds = made.measured.seconds | {"all": perf_counter() - began}
        largest = self.child.largest
        measured = Measured(
            seconds=seconds,
            cpu_seconds=largest.cpu_seconds,
            peak_memory=largest.memory_bytes,
            worker=str(self.child.pid or ""),
        )
        return made.model_copy(update={"measured": measured})

    def close(self) -> None:
        """End the process, amid a chart if need be."""
        self.child.close()

    def _made(self, task: Task, data: bytes) -> Screened:
        arguments: dict[str, Any] = {"task": task, "data": data}
        if self._readings is not None:
            arguments |= {"reading": self._readings.get(task.sha256), "keep_reading": True}
        pages, tries_left = BadPages(), _TRIES
        while True:
            arguments["left_out"] = pages.left_out
            try:
                told = self.child.run(_SCREEN, arguments, about=task.name, on_told=pages.hear)
                made = _understood(task, told)
                if self._readings is not None and isinstance(reading := told.get("reading"), bytes):
                    self._readings.put(task.sha256, reading)
                return made
            except KilledError as error:
                if pages.leave_out():
                    continue
                tries_left -= 1
                if error.kind != "crashed" or not tries_left:
                    raise


def _readings(plan: Plan) -> Readings | None:
    """Where readings are kept, with this machine's own key: no key goes over the network."""
    key = settings.load().store_key
    if plan.sealed and key is None and plan.site.reading_cache is not None:
        log.warning("CHART_TRIAGE_STORE_KEY is not set here: no readings are kept, since those of the run are sealed")
        return None
    return Readings.of(plan.site.model_copy(update={"store_key": key}))


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
