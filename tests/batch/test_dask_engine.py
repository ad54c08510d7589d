"""The Dask engine on a real scheduler with real workers, on this machine."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from benchmarks import dask_cluster
from benchmarks.dask_cluster import Cluster
from small_charts import PLAN, notes, run, tables

from chart_triage.batch import crew
from chart_triage.batch.buckets import charts_in
from chart_triage.batch.dask_engine import DaskEngine
from chart_triage.batch.engine import Place, Task
from chart_triage.batch.inputs import find
from chart_triage.batch.progress import Progress, shown
from chart_triage.batch.whole_run import run as whole_run
from chart_triage.errors import EngineError, SettingsError
from chart_triage.records.request import RequestData
from chart_triage.settings import Settings
from chart_triage.storage import opened
from chart_triage.store.readings import survey

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module", autouse=True)
def _dask_is_there() -> None:
    if not dask_cluster.installed():
        if os.environ.get("CI"):
            pytest.fail("CI needs the extra 'dev' with dask")
        pytest.skip("distributed is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two workers that do what the charts say. One death is enough to suspect a chart."""
    environ = {
        "PYTHONPATH": os.pathsep.join(map(str, (HERE, ROOT / "pipeline"))),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }
    with dask_cluster.cluster(2, environ, preload=["misbehaving_worker"]) as made:
        yield made


def tasks(folder: Path, *says: str) -> Iterator[Task]:
    for number, words in enumerate(says):
        path = folder / f"{number}.txt"
        path.write_text(f"{words} {number} of MRS PRIVATE", encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        yield Task(key=words, name=path.name, place=Place(str(path)), sha256=sha256, plan=PLAN)


def test_charts_travel_and_one_that_takes_its_worker_down_is_given_up(cluster: Cluster, tmp_path: Path) -> None:
    told: list[str] = []
    says = ("good-1", "takes-worker", "dies", "lies", "good-2", "takes-first-worker", "good-3", "good-4")
    with DaskEngine(cluster.address, PLAN, told.append) as engine:
        done = {each.key: each for each in engine.run(tasks(tmp_path, *says))}
    kinds = {key: screened.failure.kind if screened.failure else "done" for key, screened in done.items()}
    assert kinds == {
        "takes-worker": "killed_worker", "dies": "crashed", "lies": "crashed", "takes-first-worker": "done",
        "good-1": "done", "good-2": "done", "good-3": "done", "good-4": "done",
    }  # fmt: skip
    assert "charts at a time; dashboard http://" in told[0]
    log = cluster.log.read_text()
    assert "workers died while trying to run it" in log
    assert "PRIVATE" not in log, "no words of a chart in any log"


def test_a_bounded_number_of_charts_is_on_its_way(cluster: Cluster, tmp_path: Path) -> None:
    taken: list[str] = []

    def counted() -> Iterator[Task]:
        for task in tasks(tmp_path, *(f"good-{number}" for number in range(20))):
            taken.append(task.key)
            yield task

    with DaskEngine(cluster.address, PLAN, lambda _: None) as engine:
        results = engine.run(counted())
        next(results)
        assert len(taken) <= 8
        assert len(list(results)) == 19


def test_machines_that_would_come_to_other_results_take_no_part(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "versions", lambda plan: "another")
    with (
        pytest.raises(EngineError, match=r"cannot take part: another version .* Install the same chart-triage"),
        DaskEngine(cluster.address, PLAN, lambda _: None),
    ):
        pass


def test_when_the_scheduler_dies_the_run_ends_with_what_to_do(cluster: Cluster, tmp_path: Path) -> None:
    """The last one that uses the cluster."""
    with DaskEngine(cluster.address, PLAN, lambda _: None) as engine:
        results = engine.run(tasks(tmp_path, "good-1", *(f"slow {number}" for number in range(5))))
        assert next(results).failure is None
        threading.Timer(0.2, cluster.kill_scheduler).start()
        began = time.monotonic()
        with pytest.raises(EngineError, match=r"is gone\. What was done is kept"):
            list(results)
    assert time.monotonic() - began < 60


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chart_triage.batch.dask_engine._PATIENCE", 1.0)
    with (
        pytest.raises(EngineError, match="does not answer"),
        DaskEngine("tcp://127.0.0.1:9", PLAN, lambda _: None),
    ):
        pass


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chart_triage.batch.dask_engine.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'chart-triage\[dask\]'"):
        DaskEngine("tcp://127.0.0.1:9", PLAN)


def test_the_tables_are_those_of_one_machine_and_the_bucket_is_read_by_workers(tmp_path: Path, bucket: str) -> None:
    folder = notes(tmp_path / "notes", 3)
    for path in folder.iterdir():
        opened(bucket).write(path.name, path.read_bytes())
    plan = PLAN.model_copy(update={"site": Settings(ocr_processes=1, reading_cache=bucket + "-readings")})
    with dask_cluster.cluster(1, {"PYTHONPATH": str(ROOT / "pipeline")}) as made:
        for out, source in (("far", str(folder)), ("bucket", bucket)):
            engine = DaskEngine(made.address, plan, lambda _: None)
            listed = find([source], RequestData(), {"s3": charts_in})
            counts = whole_run(tmp_path / out, plan, partial(list, listed), engine, Progress(shown(quiet=True)))
            assert (counts.screened, counts.failed) == (3, 0)
    run(tmp_path / "near", folder)
    near, far, from_bucket = (tables(tmp_path / out) for out in ("near", "far", "bucket"))
    assert far == near
    assert {n: c for n, c in from_bucket.items() if n.startswith("charts/")} == {
        n: c for n, c in near.items() if n.startswith("charts/")
    }
    assert [kept.readings for kept in survey(opened(bucket + "-readings"))] == [3]
