"""A run from its inputs to its tables: the one place where the parts of this room meet."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from chart_triage.batch import summary, tables
from chart_triage.batch.engine import Engine, Plan, Screened, Task
from chart_triage.batch.folder import RunFolder, write_whole
from chart_triage.batch.inputs import Found, Input
from chart_triage.batch.progress import Progress
from chart_triage.batch.run import Run
from chart_triage.batch.timings import Timings
from chart_triage.settings import Settings


class Counts(NamedTuple):
    """How a run ended. `into_store` is None where no store was asked for."""

    screened: int
    failed: int
    parquet: bool
    into_store: int | None = None
    in_store_before: int = 0


def run(
    out: Path,
    plan: Plan,
    find: Callable[[], list[Input]],
    engine: Engine,
    progress: Progress,
    *,
    store: Settings | None = None,
    retry_failed: bool = False,
) -> Counts:
    """Screen what `find` finds and write everything into `out`; `engine` is started and ended here.

    Raises:
        FolderInUseError: another run is at work on `out`.
        GuidelineError: the guideline has mistakes.
        StoreError: the store cannot be used.
        ChartTriageError: `out` cannot be written to.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(RunFolder(out))
        stack.callback(progress.end)
        taker = None
        if store is not None:
            from chart_triage.batch.into_store import IntoStore

            taker = stack.enter_context(closing(IntoStore(store)))
        timings = stack.enter_context(Timings(out))
        screening = Run(folder, plan, _Watchers(progress, timings), taker, retry_failed=retry_failed)
        inputs = find()
        with engine:
            entries = screening.screen(inputs, engine)
        collected = tables.collect(folder, entries)
        page = summary.Summary()
        tables.write(folder, collected, page.add)
        write_whole(out / summary.NAME, page.html(collected.failures).encode())
        stored = (taker.taken, taker.there) if taker is not None else (None, 0)
        return Counts(len(collected.charts), len(collected.failures), tables.has_parquet(), *stored)


class _Watchers:
    def __init__(self, progress: Progress, timings: Timings) -> None:
        self._progress = progress
        self._timings = timings

    def begun(self, charts: int, size: int) -> None:
        self._progress.begun(charts, size)

    def passed(self, found: Found, *, failed: bool) -> None:
        self._progress.passed(found, failed=failed)

    def done(self, task: Task, size: int, screened: Screened) -> None:
        self._timings.add(screened)
        self._progress.done(task, size, screened)
