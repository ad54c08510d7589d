from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_charts import PLAN

from chart_triage.batch import worker
from chart_triage.batch.engine import Place, Screened, Task
from chart_triage.batch.local import LocalEngine

SITE = PLAN.site.model_copy(update={"chart_minutes": 0.05, "chart_memory_mb": 600})
ONE_CHART = PLAN.model_copy(update={"site": SITE})


def tasks(folder: Path, *says: str) -> Iterator[Task]:
    for number, words in enumerate(says):
        path = folder / f"{number}.txt"
        path.write_text(f"{words} {number}", encoding="utf-8")
        yield Task(
            key=words,
            name=path.name,
            place=Place(str(path)),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            plan=ONE_CHART,
        )


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_SCREEN", "misbehaving_tasks:screen")
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.mark.usefixtures("misbehaving")
def test_a_chart_that_leads_its_worker_astray_costs_itself_only(tmp_path: Path) -> None:
    says = ("hangs", "good-1", "dies", "grows", "good-2", "killed", "lies", "good-3")
    with LocalEngine(2, ONE_CHART) as engine:
        done: dict[str, Screened] = {each.key: each for each in engine.run(tasks(tmp_path, *says))}
    kinds = {key: screened.failure.kind if screened.failure else "done" for key, screened in done.items()}
    assert kinds == {
        "hangs": "took_too_long", "dies": "crashed", "grows": "too_much_memory", "lies": "crashed",
        "killed": "done", "good-1": "done", "good-2": "done", "good-3": "done",
    }  # fmt: skip
    assert done["good-3"].measured.seconds["reading"] == 0.1


@pytest.mark.usefixtures("misbehaving")
def test_tasks_are_taken_only_as_there_is_room(tmp_path: Path) -> None:
    taken: list[str] = []

    def told() -> Iterator[Task]:
        for task in tasks(tmp_path, *(f"good-{number}" for number in range(9))):
            taken.append(task.key)
            yield task

    with LocalEngine(1, ONE_CHART) as engine:
        results = engine.run(told())
        next(results)
        assert len(taken) == 2
        assert len(list(results)) == 8


@pytest.mark.usefixtures("misbehaving")
def test_leaving_ends_charts_in_work_at_once(tmp_path: Path) -> None:
    before = threading.active_count()

    def stopped_after_one() -> None:
        with LocalEngine(2, ONE_CHART) as engine:
            next(engine.run(tasks(tmp_path, "good-1", "hangs", "hangs-2", "hangs-3")))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_after_one()
    assert threading.active_count() == before
