"""Reads and assesses charts in a child process with limits: a file may break the child, and costs nothing but itself.

This process never opens a chart: it hands over bytes and takes back files of results. It loads no language model and
no PDF library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, cast, get_args

from pydantic import ValidationError

from chart_triage.bad_pages import BadPages
from chart_triage.errors import KilledError
from chart_triage.intake.first_look import FirstLook
from chart_triage.intake.limits import Limits
from chart_triage.intake.sniffing import MediaType
from chart_triage.isolation import Child, ChildLimits
from chart_triage.isolation.limits import MEGABYTE
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.records.request import RequestData
from chart_triage.report.file_names import is_result_file
from chart_triage.settings import Settings
from chart_triage.store.chart_file import CHART_NAME
from chart_triage.store.readings import Readings

NOTHING_TOLD = RequestData()
_MEDIA_TYPES = frozenset(get_args(MediaType))
_TASKS = "chart_triage.chart_tasks"


class Loaded(NamedTuple):
    """The guideline that counts."""

    id: str
    version: str
    family: str | None


class ResultFile(NamedTuple):
    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Job:
    """A chart to be read: `name` is for messages, `reading` what a former run has kept (`store.CHART_NAME`).

    `page_files`: the images and words of all pages are wanted, too; `deidentified`: a copy without identifiers.
    `guideline`: the id of the one to assess by, where it is not the reader's.
    """

    name: str
    data: bytes
    request: RequestData = NOTHING_TOLD
    password: str | None = None
    set_aside: tuple[int, ...] = ()
    taken_back: tuple[int, ...] = ()
    reading: bytes | None = None
    page_files: bool = False
    deidentified: bool = False
    guideline: str | None = None


@dataclass(slots=True)
class Listener:
    """Is told what happens to a chart: stages ("reading", "assessing", "drawing") with the count of pages once it is
    known, pages read, and each file of the result as soon as it is made. An exception that it raises ends the task."""

    on_stage: Callable[[str, int | None], None] = field(default=lambda stage, pages: None)
    on_page: Callable[[int], None] = field(default=lambda number: None)
    on_file: Callable[[ResultFile], None] = field(default=lambda file: None)

    def hear(self, told: Any) -> None:
        match told:
            case ("stage", str(stage), int() | None as pages):
                self.on_stage(stage, pages)
            case ("page", int(number)):
                self.on_page(number)
            case ("file", str(name), bytes(content), str(media_type)) if _is_known(name, media_type):
                self.on_file(ResultFile(name, content, media_type))
            case _:
                raise _overtaken("The file")


def _is_known(name: str, media_type: str) -> bool:
    return (name, media_type) == (CHART_NAME, "application/gzip") or is_result_file(name, media_type)


def _overtaken(name: str) -> KilledError:
    """For a child that tells what no task tells."""
    return KilledError("crashed", f"{name} broke the process that read it. Print it to a new PDF and send that.")


def get_ready(child: Child) -> None:
    """Start a child for first looks, and load what the first one would wait for. Raises ChartTriageError."""
    child.run("chart_triage.intake.first_look:get_ready", {}, about="The first look")


def child_limits(site: Settings) -> ChildLimits:
    """What a site grants the reading of one chart."""
    return ChildLimits(
        seconds=site.chart_minutes * 60,
        silent_seconds=site.chart_stuck_seconds,
        cpu_seconds=site.chart_cpu_minutes * 60,
        memory_bytes=site.chart_memory_mb * MEGABYTE,
        message_bytes=site.chart_results_mb * MEGABYTE,
    )


def first_look(
    child: Child, limits: Limits, name: str, data: bytes, password: str, bounds: ChildLimits | None = None
) -> tuple[bytes | None, FirstLook]:
    """The file without its password (None where it has none), and what it is. Raises InputError as `assess` does.

    `bounds`: of this look, where they are not the child's.
    """
    arguments = {"name": name, "data": data, "password": password, "limits": limits}
    match child.run("chart_triage.intake.first_look:look", arguments, about=name, limits=bounds):
        case (bytes() | None as readable, str(media_type), int() | None as pages) if media_type in _MEDIA_TYPES:
            return readable, FirstLook(cast(MediaType, media_type), pages)
    raise _overtaken(name)


@cache
def _shared(guideline: str, site: Settings) -> ChartReader:
    return ChartReader(guideline, site)


def shared_reader(guideline: str, site: Settings) -> ChartReader:
    """The one reader of this process for a guideline and what of the settings concerns the reading."""
    return _shared(guideline, site.for_reading())


class ChartReader:
    """One child, which serves one chart after another; readings are kept on this side.

    Its guideline is an id, a folder, or a family of which the version in force on the day `on` is taken.
    """

    def __init__(self, guideline: str | Path, site: Settings, *, on: date | None = None) -> None:
        self.site = site
        self._loaded = {"guideline": str(guideline), "site": site.for_reading(), "on": on}
        self.child = Child(child_limits(site))
        self.memory_bytes = 0
        """The most that the processes held which read the last chart."""
        self._readings = Readings.of(site)

    def load(self) -> Loaded:
        """Start the child and load what the first chart would wait for. Raises GuidelineError and SettingsError."""
        return Loaded(**self.child.run(f"{_TASKS}:load", self._loaded, about="The guideline"))

    def assess(self, job: Job, listener: Listener | None = None) -> Determination:
        """Read a chart, assess it and make the files of the result.

        Raises:
            InputError: the file cannot be read as a chart; KilledError, if it takes more than it may.
            SettingsError: the line of business is not in the table of due times.
        """
        told = listener or Listener()
        made: dict[str, bytes] = {}
        readings, sha256 = self._readings if job.password is None else None, hashlib.sha256(job.data).hexdigest()
        kept = readings.get(sha256) if readings and job.reading is None else None

        pages, began, self.memory_bytes = BadPages(), monotonic(), 0

        def hear(message: Any) -> None:
            if pages.hear(message):
                return
            match message:
                case ("final",) if CHART_NAME in made:
                    if readings:
                        readings.put(sha256, made[CHART_NAME])
                    return
                case ("file", str(name), bytes(content), _) if name in (CHART_NAME, DETERMINATION_NAME):
                    made[name] = content
            told.hear(message)

        loaded = self._loaded | ({"guideline": job.guideline, "on": None} if job.guideline else {})
        arguments = _arguments(job) | ({} if kept is None else {"reading": kept})
        while True:
            arguments["left_out"] = pages.left_out
            try:
                self.child.run(f"{_TASKS}:assess", loaded | arguments, about=job.name, on_told=hear)
                break
            except KilledError:
                if monotonic() - began > self.child.limits.seconds or not pages.leave_out():
                    raise
                if CHART_NAME in made:
                    arguments["reading"] = made[CHART_NAME]
            finally:
                self.memory_bytes = max(self.memory_bytes, self.child.largest.memory_bytes)
        if kept is not None and CHART_NAME not in made:
            told.on_file(ResultFile(CHART_NAME, kept, "application/gzip"))
        try:
            return Determination.model_validate_json(made[DETERMINATION_NAME])
        except (KeyError, ValidationError):
            self.child.close()
            raise _overtaken(job.name) from None

    def stop(self) -> None:
        """Break off the chart in work: its `assess` raises KilledError "stopped"."""
        self.child.stop()

    def close(self) -> None:
        self.child.close()


def _arguments(job: Job) -> dict[str, Any]:
    return {
        "name": job.name,
        "data": job.data,
        "password": job.password,
        "request": job.request,
        "set_aside": tuple(job.set_aside),
        "taken_back": tuple(job.taken_back),
        "reading": job.reading,
        "page_files": job.page_files,
        "deidentified": job.deidentified,
    }
