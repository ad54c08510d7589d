"""Charts that were read once are not read again: by `batch`, and by the reader of the other commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from small_charts import PLAN, ChildHere, EngineHere, note, notes, run, tables

from chart_triage import intake, report
from chart_triage.batch.buckets import charts_in
from chart_triage.batch.engine import Place
from chart_triage.batch.inputs import Found, Unusable
from chart_triage.batch.places import content
from chart_triage.batch.worker import Worker
from chart_triage.chart_reader import ChartReader, Job, Listener
from chart_triage.errors import InputError
from chart_triage.records.request import RequestData
from chart_triage.settings import Settings
from chart_triage.storage import opened
from chart_triage.store import CHART_NAME

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were really read."""
    names: list[str] = []
    really = intake.read_chart_bytes

    def counted(name: str, data: bytes, **options: Any) -> Any:
        names.append(name)
        return really(name, data, **options)

    monkeypatch.setattr(intake, "read_chart_bytes", counted)
    return names


def engine(site: Settings, *, sealed: bool = False) -> EngineHere:
    made = EngineHere()
    made._worker = Worker(PLAN.model_copy(update={"site": site, "sealed": sealed}))
    made._worker.child = ChildHere()  # type: ignore[assignment]
    return made


def files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*/??/*") if path.is_file()]


def test_a_second_run_takes_its_readings_from_the_first(tmp_path: Path, read: list[str]) -> None:
    folder, site = notes(tmp_path / "notes", 2), Settings(ocr_processes=1, reading_cache=tmp_path / "readings")
    run(tmp_path / "first", folder, engine=engine(site))
    assert len(read) == len(files(tmp_path / "readings")) == 2
    assert run(tmp_path / "second", folder, engine=engine(site)).screened == 2
    assert len(read) == 2
    assert tables(tmp_path / "second") == tables(tmp_path / "first")


def test_a_reading_that_was_damaged_is_made_anew(tmp_path: Path, read: list[str]) -> None:
    folder, site = notes(tmp_path / "notes", 1), Settings(ocr_processes=1, reading_cache=tmp_path / "readings")
    run(tmp_path / "first", folder, engine=engine(site))
    (kept,) = files(tmp_path / "readings")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-20])
    run(tmp_path / "second", folder, engine=engine(site))
    assert len(read) == 2
    assert kept.read_bytes() == whole


def test_where_the_run_has_a_key_a_machine_without_one_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, site = notes(tmp_path / "notes", 1), Settings(ocr_processes=1, reading_cache=tmp_path / "readings")
    run(tmp_path / "first", folder, engine=engine(site, sealed=True))
    assert not files(tmp_path / "readings")
    monkeypatch.setenv("CHART_TRIAGE_STORE_KEY", KEY)
    run(tmp_path / "second", folder, engine=engine(site, sealed=True))
    (kept,) = files(tmp_path / "readings")
    assert kept.read_bytes().startswith(b"CTS1")


class TellingChild(ChildHere):
    """Also passes on what a task tells."""

    def run(self, task: str, arguments: Mapping[str, Any], **options: Any) -> Any:
        module, _, name = task.partition(":")
        hear: Callable[[Any], None] = options["on_told"]
        return getattr(import_module(module), name)(tell=hear, **arguments)


def test_the_reader_of_the_other_commands_keeps_and_uses_them(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "contents", lambda *_, **__: {"determination.json": report.to_json(_[2])})
    site = Settings(ocr_processes=1, reading_cache=tmp_path / "readings", store_key=KEY)
    told = []
    for _ in range(2):
        reader = ChartReader(PLAN.guideline, site)
        reader.child = TellingChild()  # type: ignore[assignment]
        made: dict[str, bytes] = {}
        listener = Listener(on_file=lambda file, made=made: made.update({file.name: file.content}))  # type: ignore[misc]
        reader.assess(Job("a.txt", note(1).encode()), listener)
        told.append(made)
    assert len(read) == 1
    assert told[0] == told[1]
    assert CHART_NAME in told[1]
    assert len(files(tmp_path / "readings")) == 1


def test_charts_of_a_bucket_are_listed_and_fetched(bucket: str) -> None:
    storage = opened(bucket)
    for key in ("new/b.txt", "new/a.pdf", "new/old.zip", "newer/c.txt"):
        storage.write(key, key.encode())
    listed = list(charts_in(f"{bucket}/new", RequestData(reference="R-1")))
    assert [each.name.rpartition("/")[2] for each in listed] == ["a.pdf", "b.txt", "old.zip"]
    assert [type(each) for each in listed] == [Found, Found, Unusable]
    first = listed[0]
    assert isinstance(first, Found)
    assert (first.size, first.request.reference) == (9, "R-1")
    assert content(first.place, first.name, intake.Limits()) == b"new/a.pdf"
    (one,) = charts_in(f"{bucket}/newer/c.txt", RequestData())
    assert isinstance(one, Found)
    (none,) = charts_in(f"{bucket}/nothing", RequestData())
    assert isinstance(none, Unusable)
    assert none.failure.kind == "not_found"
    with pytest.raises(InputError, match="not there any more"):
        content(Place(f"{bucket}/gone.pdf"), "gone.pdf", intake.Limits())
    with pytest.raises(InputError, match="at most 3 are read"):
        content(first.place, first.name, intake.Limits(max_bytes=3))
