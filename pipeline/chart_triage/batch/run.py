"""One run: each distinct chart once, results kept as they come, and at the end what is known of all of them.

Whatever ends a run, nothing that it kept is lost, and the next run on the folder goes on with the charts that are
missing. The tables are made from the kept results in the order of the inputs, so that they do not tell how many runs
it took.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from chart_triage.batch.engine import Engine, Failure, Plan, Screened, Task
from chart_triage.batch.folder import Result, RunFolder
from chart_triage.batch.inputs import Found, Input, Unusable
from chart_triage.batch.places import content
from chart_triage.batch.versions import Fingerprints
from chart_triage.errors import InputError
from chart_triage.intake import Limits
from chart_triage.records.request import RequestData

_KEY_DIGITS = 20


class Entry(NamedTuple):
    """One input in the end: the key of its chart, or why it has none."""

    name: str
    key: str = ""
    failure: Failure | None = None


class Watcher(Protocol):
    """Is told how a run goes."""

    def begun(self, charts: int, size: int) -> None:
        """So many inputs may be charts; together they have so many bytes."""

    def passed(self, found: Found, *, failed: bool) -> None:
        """A chart that is done already, or that is the same as another."""

    def done(self, task: Task, size: int, screened: Screened) -> None:
        """A chart was screened just now, and its result is kept."""


class Taker(Protocol):
    """Takes results elsewhere before they count as kept: the web application's store."""

    def take(self, task: Task, screened: Screened) -> None:
        """Raises InputError where this chart cannot be taken."""


class Run:
    """`taker`: where results go beside the folder. `retry_failed`: charts that failed before are tried again."""

    def __init__(
        self,
        folder: RunFolder,
        plan: Plan,
        watcher: Watcher,
        taker: Taker | None = None,
        *,
        retry_failed: bool = False,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._watcher = watcher
        self._taker = taker
        self._retry_failed = retry_failed
        self._fingerprints = Fingerprints(plan)
        self._limits = Limits.of(plan.site)
        self._extras = tuple(
            name for name, asked in (("highlighted", plan.highlighted), ("store", plan.for_store)) if asked
        )
        self._seen: dict[str, bool] = {}  # key -> whether its kept result is a failure, as far as it is known
        self._sizes: dict[str, int] = {}

    def screen(self, inputs: Sequence[Input], engine: Engine) -> list[Entry]:
        """Screens what is missing; one entry for each input, in their order.

        Large files first, so that the last minutes of a run are not one long chart on one core.
        """
        self._fingerprints.of(None)  # a guideline with mistakes is told before anything is begun
        found = [each for each in inputs if isinstance(each, Found)]
        self._watcher.begun(len(found), sum(each.size for each in found))
        entries: dict[int, Entry] = {}
        order = sorted(range(len(inputs)), key=lambda at: (-_size(inputs[at]), at))
        running: dict[str, Task] = {}
        for screened in engine.run(self._tasks(inputs, order, entries, running)):
            self._keep(running.pop(screened.key), screened)
        return [entries[at] for at in range(len(inputs))]

    def _tasks(
        self, inputs: Sequence[Input], order: Iterable[int], entries: dict[int, Entry], running: dict[str, Task]
    ) -> Iterator[Task]:
        """The charts that are to be screened, each once; notes in `entries` what every input is."""
        for at in order:
            each = inputs[at]
            if isinstance(each, Unusable):
                entries[at] = Entry(each.name, failure=each.failure)
                continue
            try:
                sha256 = hashlib.sha256(content(each.place, each.name, self._limits)).hexdigest()
            except InputError as error:
                entries[at] = Entry(each.name, failure=Failure(kind=error.kind, reason=str(error)))
                self._watcher.passed(each, failed=True)
                continue
            key = key_of(sha256, each.request)
            entries[at] = Entry(each.name, key)
            if key not in self._seen and self._missing(key, each.request):
                self._seen[key] = False
                self._sizes[key] = each.size
                running[key] = Task(
                    key=key, name=each.name, place=each.place, sha256=sha256, request=each.request, plan=self._plan
                )
                yield running[key]
            else:
                self._watcher.passed(each, failed=self._seen[key])

    def _missing(self, key: str, request: RequestData) -> bool:
        """Whether the chart is to be screened: no result, one of other versions, or a failure to be tried again."""
        kept = self._folder.result(key)
        if kept is None or kept.made_by != self._fingerprints.of(request.day_of_service):
            return True
        if kept.failure is not None and self._retry_failed:
            return True
        self._seen[key] = kept.failure is not None
        return kept.failure is None and not set(self._extras) <= set(kept.extras)

    def _keep(self, task: Task, screened: Screened) -> None:
        if self._taker is not None and screened.failure is None:
            try:
                self._taker.take(task, screened)
            except InputError as error:
                screened = Screened(key=task.key, failure=Failure(kind=error.kind, reason=str(error)))
        files = [file for file in screened.files if file.kind in self._kinds()]
        self._folder.keep(
            Result(
                key=task.key,
                sha256=task.sha256,
                made_by=self._fingerprints.of(task.request.day_of_service),
                extras=self._extras,
                rows=screened.rows,
                failure=screened.failure,
            ),
            files,
        )
        self._seen[task.key] = screened.failure is not None
        self._watcher.done(task, self._sizes.pop(task.key), screened)

    def _kinds(self) -> tuple[str, ...]:
        """The files that stand in the folder; what is made for the store alone stands there."""
        return ("determination.json", *(("highlighted.pdf",) if self._plan.highlighted else ()))


def key_of(sha256: str, request: RequestData) -> str:
    """Names a chart by its bytes and what is known of its request. Safe as the name of a folder."""
    told = request.model_dump_json(exclude_none=True)
    return hashlib.sha256(f"{sha256} {told}".encode()).hexdigest()[:_KEY_DIGITS]


def _size(each: Input) -> int:
    return each.size if isinstance(each, Found) else 0
