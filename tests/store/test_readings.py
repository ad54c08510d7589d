"""Readings of charts that are kept: used again for the same file and version, and for nothing else."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import chart_triage
from chart_triage import intake
from chart_triage.cli import cli
from chart_triage.intake import scanned, versions
from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.settings import Settings
from chart_triage.store import readings as kept_readings
from chart_triage.store.readings import Readings, kept_chart, worth_keeping

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
TEXT = b"Indication: recurrent glioblastoma. No pacemaker."


@pytest.fixture(params=["folder", "bucket"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "cache") if request.param == "folder" else request.getfixturevalue("bucket")


def of(location: str | Path, key: str | None = None) -> Readings:
    found = Readings.of(Settings.model_validate({"reading_cache": location, "store_key": key}))
    assert found is not None
    return found


def read(data: bytes = TEXT) -> Chart:
    return intake.read_chart_bytes("a.txt", data)


def keep(readings: Readings, chart: Chart) -> None:
    reading = worth_keeping(chart)
    assert reading is not None
    readings.put(chart.sha256, reading)


def back(readings: Readings, chart: Chart) -> Chart | None:
    return kept_chart(chart.sha256, readings.get(chart.sha256))


def entry(folder: Path) -> Path:
    (found,) = (path for path in folder.glob("*/??/*") if path.is_file())
    return found


def test_a_reading_that_was_put_comes_back_equal(location: str) -> None:
    chart = read()
    assert back(of(location), chart) is None
    keep(of(location), chart)
    assert back(of(location), chart) == chart


@pytest.mark.parametrize("why", ["format", "code", "lexicons"])
def test_another_version_of_what_reads_does_not_find_it(
    why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = read()
    keep(of(tmp_path), chart)
    versions.reading_version.cache_clear()
    match why:
        case "format":
            monkeypatch.setattr(kept_readings, "FORMAT", 99)
        case "code":
            monkeypatch.setattr(versions, "_CODE", ("intake/*.py",))
        case "lexicons":
            monkeypatch.setattr(versions, "LEXICON_FILES", ("record_words.csv",))
    assert back(of(tmp_path), chart) is None
    versions.reading_version.cache_clear()
    monkeypatch.undo()
    assert back(of(tmp_path), chart) == chart


def test_every_lexicon_file_that_intake_names_is_in_the_version() -> None:
    folder = Path(chart_triage.__file__).parent / "intake"
    sources = [path for path in folder.rglob("*.py") if path.name != "versions.py"]
    named = {name for path in sources for name in re.findall(r'"([\w-]+\.(?:csv|yaml))"', path.read_text())}
    assert named == set(versions.LEXICON_FILES)


@pytest.mark.parametrize(
    "damage",
    [lambda kept: b"", lambda kept: kept[:-9], lambda kept: b"no gzip", lambda kept: kept[:40] + b"\xff" * 20],
    ids=["empty", "cut off", "other content", "overwritten"],
)
@pytest.mark.parametrize("key", [None, KEY])
def test_a_damaged_reading_counts_as_missing_and_is_written_anew(
    tmp_path: Path, key: str | None, damage: Callable[[bytes], bytes]
) -> None:
    chart = read()
    keep(of(tmp_path, key), chart)
    path = entry(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert back(of(tmp_path, key), chart) is None
    keep(of(tmp_path, key), chart)
    assert back(of(tmp_path, key), chart) == chart


def test_a_reading_cannot_stand_in_for_another(tmp_path: Path) -> None:
    one, other = read(), read(b"Another chart.")
    keep(of(tmp_path), one)
    path = entry(tmp_path)
    target = path.parents[1] / other.sha256[:2] / other.sha256
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(path.read_bytes())
    assert back(of(tmp_path), other) is None


def test_readings_are_sealed_with_the_key_and_for_their_owner_alone(tmp_path: Path) -> None:
    chart, folder = read(), tmp_path / "cache"
    keep(of(folder, KEY), chart)
    assert entry(folder).read_bytes().startswith(b"CTS1")
    assert back(of(folder, KEY), chart) == chart
    assert back(of(folder), chart) is None
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {0o700, 0o600}


def test_a_chart_that_another_try_may_read_is_not_kept() -> None:
    kind, detail = scanned._FAILED
    chart = read().model_copy(update={"warnings": (ChartWarning(kind=kind, pages=(1,), detail=detail),)})
    assert worth_keeping(read()) is not None
    assert worth_keeping(chart) is None


def test_where_nothing_can_be_written_nothing_is_lost_but_the_reading(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    readings, chart = of(tmp_path / "cache"), read()
    keep(readings, chart)
    assert back(readings, chart) is None


def test_the_command_shows_and_prunes(location: str) -> None:
    environ = {"CHART_TRIAGE_READING_CACHE": location}
    for number in range(3):
        keep(of(location), read(b"Chart %d. Indication: glioma." % number))

    def told(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["cache", *arguments], env=environ, catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    shown = told("show")
    assert "in use: 3 readings" in shown
    assert "pypdfium2" in shown, "it says which versions made them"
    assert "Indication" not in shown
    assert told("prune", "--older-than", "1").startswith("0 readings")
    assert told("prune", "--old-versions").startswith("0 readings")
    assert told("prune", "--at-most", "0.0008").startswith("1 readings")
    assert told("prune", "--older-than", "0").startswith("2 readings")
    assert told("show").startswith("0 readings")


def test_readings_of_old_versions_are_pruned_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"CHART_TRIAGE_READING_CACHE": str(tmp_path)}
    chart = read()
    keep(of(tmp_path), chart)
    with monkeypatch.context() as patched:
        patched.setattr(kept_readings, "FORMAT", 99)
        keep(of(tmp_path), chart)
    (tmp_path / "something else").write_bytes(b"not ours")
    done = CliRunner().invoke(cli, ["cache", "prune", "--old-versions"], env=environ)
    assert done.output.startswith("1 readings")
    assert back(of(tmp_path), chart) == chart
    assert (tmp_path / "something else").exists()
    assert len(list(tmp_path.rglob("version"))) == 1


def test_prune_wants_to_know_what_and_where(tmp_path: Path) -> None:
    environ = {"CHART_TRIAGE_READING_CACHE": str(tmp_path)}
    assert "Say what is to go" in CliRunner().invoke(cli, ["cache", "prune"], env=environ).output
    done = CliRunner().invoke(cli, ["cache", "show"], env={"CHART_TRIAGE_READING_CACHE": None})
    assert "CHART_TRIAGE_READING_CACHE is not set" in str(done.exception)
