"""Small charts, and an engine that screens them in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from chart_triage.batch import whole_run
from chart_triage.batch.engine import Plan, Screened, Task
from chart_triage.batch.inputs import Input, find
from chart_triage.batch.progress import Progress, shown
from chart_triage.batch.whole_run import Counts
from chart_triage.batch.worker import Worker
from chart_triage.isolation.watch import Usage
from chart_triage.records.request import RequestData
from chart_triage.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures" / "charts"
PLAN = Plan(guideline="healthhelp-mrs-2026", site=Settings(ocr_processes=1))
TABLES = ("charts.csv", "criteria.csv", "failures.csv", "charts.parquet", "criteria.parquet", "summary.html")


def note(number: int) -> str:
    """A short note; no two are alike."""
    return (
        f"Progress note {number}\nDate of visit: 2026-03-{number % 28 + 1:02}\n\nGlioblastoma, treated with radiation. "
        "New enhancement on MRI is indeterminate: recurrence versus radiation necrosis.\nNo pacemaker.\n"
    )


def notes(folder: Path, count: int) -> Path:
    """A folder of so many notes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"note-{number:03}.txt").write_text(note(number), encoding="utf-8")
    return folder


class ChildHere:
    """Does in this process what a child process does."""

    pid = 1
    largest = Usage(0, 0.0, 0)

    def run(self, task: str, arguments: Mapping[str, Any], **_: Any) -> Any:
        module, _, name = task.partition(":")
        return getattr(import_module(module), name)(tell=lambda _: None, **arguments)

    def close(self) -> None:
        pass


class EngineHere:
    """One chart after another. `before` is called ahead of each and may raise; `asked` lists the names screened."""

    workers = 1

    def __init__(self, before: Callable[[Task], None] = lambda _: None) -> None:
        self._worker = Worker(PLAN)
        self._worker.child = ChildHere()  # type: ignore[assignment]
        self._before = before
        self.asked: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(self, tasks: Iterable[Task]) -> Iterator[Screened]:
        for task in tasks:
            self._before(task)
            self.asked.append(Path(task.name).name)
            yield self._worker.screen(task)


def run(
    out: Path,
    *inputs: str | Path,
    engine: EngineHere | None = None,
    request: RequestData | None = None,
    plan: Plan = PLAN,
    **options: Any,
) -> Counts:
    """A whole run into `out`."""

    def found() -> list[Input]:
        return list(find(map(str, inputs), request or RequestData(), {}))

    return whole_run.run(out, plan, found, engine or EngineHere(), Progress(shown(quiet=True)), **options)


def tables(out: Path) -> dict[str, bytes]:
    """The bytes of all that must not differ from run to run."""
    kept = {name: (out / name).read_bytes() for name in TABLES}
    return kept | {str(p.relative_to(out)): p.read_bytes() for p in sorted((out / "charts").rglob("*")) if p.is_file()}
