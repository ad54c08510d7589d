"""A store replayed: unchanged under the guideline that made it, and with exactly the changes of another."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from stored_charts import CHARTS, SHIPPED

from chart_triage import intake
from chart_triage.errors import GuidelineError, InputError, SettingsError
from chart_triage.replay import Replay, Replayed, Summary, find_results, table_writer

Keep = Callable[..., Path]
STENT, MELAS = "relapsing-ms-recent-stent", "melas-cochlear-implant"
SCAN = date(2026, 12, 1)


def edited(tmp_path: Path, *replacements: tuple[str, str], name: str = "healthhelp-mrs-2027") -> Path:
    """The guideline that ships, with some of its text replaced."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / name))
    file = folder / "guideline.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in (("id: healthhelp-mrs-2026", f"id: {name}"), *replacements):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return folder


def replay(store: Path, guideline: str | Path, monkeypatch: pytest.MonkeyPatch) -> list[Replayed]:
    """Replayed without any reading."""
    monkeypatch.setattr(intake, "read_chart", lambda *_, **__: pytest.fail("a stored chart was read again"))
    return list(Replay(str(guideline)).run(find_results(store)))


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


def test_every_fixture_chart_is_judged_as_it_was(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    names = sorted(path.name.removesuffix(".expected.yaml") for path in CHARTS.glob("*.expected.yaml"))
    for name in names:
        store = keep(name, SCAN)
    before = contents(store)
    replayed = replay(store, "healthhelp-mrs-2026", monkeypatch)
    assert [one.chart for one in replayed] == names
    assert [(one.chart, one.changes, one.refused) for one in replayed if one.changes or one.refused] == []
    assert all(one.old == one.new for one in replayed)
    assert contents(store) == before


def test_a_new_version_tells_which_determinations_change(
    keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(STENT)
    store = keep(MELAS)
    finding = "finding: mitochondrial_disorder\n"
    unsure = f"{finding}    supports: []\n    unclear: [present]\n"
    strict = edited(tmp_path, (finding, unsure), ('number: "7"', 'number: "8"'))
    melas, stent = replay(store, strict, monkeypatch)
    assert [(c.part, c.at, c.old, c.new) for c in melas.changes] == [
        ("suggestion", "", "criteria_supported", "needs_clinical_review"),
        ("criterion", "6", "supported", "unclear"),
    ]
    assert stent.changes == ()  # multiple sclerosis is 8 now, and still supported
    assert stent.new is not None
    assert stent.new.criteria["8"].status == "supported"


def test_the_inputs_of_the_first_time_are_used(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stent is recent before one day of the scan and no longer before the next."""
    keep("recent", date(2026, 5, 13), "Coronary stent placed 04/01/2026.")
    store = keep("old", date(2026, 5, 14), "Coronary stent placed 04/01/2026.")
    replayed = {one.chart: one for one in replay(store, "healthhelp-mrs-2026", monkeypatch)}
    for name, status in (("recent", "present"), ("old", "not_documented")):
        assert replayed[name].changes == ()
        assert (new := replayed[name].new) is not None
        assert new.contraindications["recent_stent"].status == status


def test_changed_words_of_the_same_guideline_are_told_by_checksum(
    keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = keep(MELAS)
    fewer = edited(tmp_path, name=SHIPPED.name)
    terms = fewer / "terms.csv"
    terms.write_text(terms.read_text("utf-8").replace("cochlear_implant,", "@other_implant,"), "utf-8")
    text = (fewer / "guideline.yaml").read_text("utf-8")
    assert "cochlear_implant" in text
    with pytest.raises(GuidelineError, match="cochlear_implant"):  # a concept without words: told, nothing replayed
        replay(store, fewer, monkeypatch)
    with terms.open("a", encoding="utf-8") as file:
        file.write("cochlear_implant,implanted hearing computer,literal,,,,,invented\n")
    (replayed,) = replay(store, fewer, monkeypatch)
    assert ("contraindication", "cochlear_implant") in [(c.part, c.at) for c in replayed.changes]
    summary = Summary()
    summary.add(replayed)
    (version,) = summary.plain()["versions"]
    assert (version["name"], version["charts"]) == ("guideline_sha256", 1)


def test_a_family_takes_the_version_of_each_charts_own_day(
    keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(MELAS)
    keep(STENT, date(2027, 3, 1))
    store = keep("kearns-sayre-pacemaker", SCAN)
    edited(tmp_path, name=SHIPPED.name)
    edited(tmp_path, ("2026-01-01", "2027-01-01"))
    by_name = {one.chart: one for one in replay(store, tmp_path / "healthhelp-mrs", monkeypatch)}
    ids = {name: one.new.guideline.id for name, one in by_name.items() if one.new}
    assert ids == {"kearns-sayre-pacemaker": "healthhelp-mrs-2026", STENT: "healthhelp-mrs-2027"}
    assert "has versions by date" in by_name[MELAS].refused


@pytest.fixture
def spoilt(keep: Keep) -> Path:
    """A store in which every chart but one cannot be replayed, each for another reason."""
    for name in (STENT, MELAS, "family-melas", "rule-out-ms", "alexander-therapies"):
        store = keep(name)
    keep("kearns-sayre-pacemaker")
    (store / STENT / "chart.json.gz").unlink()
    (store / MELAS / "determination.json").unlink()
    shutil.copy(store / "kearns-sayre-pacemaker" / "chart.json.gz", store / "family-melas" / "chart.json.gz")
    kept = store / "rule-out-ms" / "determination.json"
    plain = json.loads(kept.read_text("utf-8"))
    del plain["inputs"]
    kept.write_text(json.dumps(plain), "utf-8")
    (store / "alexander-therapies" / "chart.json.gz").write_bytes(gzip.compress(b'{"format": 9}'))
    return store


def test_what_cannot_be_replayed_is_told_with_the_reason(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {one.chart: one.refused for one in replay(spoilt, "healthhelp-mrs-2026", monkeypatch)}
    expected = {
        "alexander-therapies": "stored in format 9, and this version reads format 1",
        "family-melas": "two different charts",
        "kearns-sayre-pacemaker": "",
        MELAS: "determination.json does not exist",
        STENT: "chart.json.gz does not exist",
        "rule-out-ms": "does not say what was given beside the chart",
    }
    assert refused.keys() == expected.keys()
    for name, words in expected.items():
        assert words in refused[name]
        assert bool(refused[name]) == bool(words)


def test_the_tables_hold_changes_and_refusals(spoilt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = edited(tmp_path, ("finding: mitochondrial_disorder\n", "finding: mitochondrial_disorder\n    supports: []\n"))
    summary = Summary()
    for path in (tmp_path / "changes.csv", tmp_path / "changes.json"):
        with table_writer(path, spoilt) as table:
            for one in replay(spoilt, new, monkeypatch):
                table.add(one)
                summary.add(one)
            table.end(summary)
    rows = list(csv.DictReader((tmp_path / "changes.csv").open(encoding="utf-8")))
    kearns = [row for row in rows if row["chart"] == "kearns-sayre-pacemaker"]
    assert ("criterion", "6", "supported", "not_found") in [(r["part"], r["at"], r["old"], r["new"]) for r in kearns]
    assert sum(bool(row["not_replayed"]) for row in rows) == 5
    plain = json.loads((tmp_path / "changes.json").read_text("utf-8"))
    told = {chart["chart"]: chart for chart in plain["charts"]}
    assert len(told) == 6
    assert [c["at"] for c in told["kearns-sayre-pacemaker"]["changes"]][:2] == ["", "6"]
    assert plain["summary"]["not_replayed"] == 10  # both passes were added
    assert sorted(path.name for path in tmp_path.glob("*changes*")) == ["changes.csv", "changes.json"]


def test_a_table_is_whole_or_not_there_and_never_in_the_store(keep: Keep, tmp_path: Path) -> None:
    store = keep(MELAS)
    for path, words in ((store / "x.csv", "left as it is"), (tmp_path / "x.txt", r"\.csv or \.json")):
        with pytest.raises(SettingsError, match=words):
            table_writer(path, store)
    with pytest.raises(RuntimeError), table_writer(tmp_path / "x.csv", store):
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no results"):
        find_results(tmp_path)
