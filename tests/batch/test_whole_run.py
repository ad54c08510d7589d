from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from small_charts import FIXTURES, PLAN, EngineHere, note, notes, run, tables

from chart_triage.batch import run as running
from chart_triage.batch.engine import Task
from chart_triage.batch.folder import FolderInUseError, RunFolder
from chart_triage.records.determination import Determination
from chart_triage.records.request import RequestData


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Two PDFs, three notes of which two are the same, and four files that are no charts."""
    folder = notes(tmp_path / "in", 2)
    for name in ("rule-out-ms.pdf", "krabbe-transplant.pdf"):
        shutil.copy(FIXTURES / name, folder)
    (folder / "copy.txt").write_text(note(0), encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 8)
    (folder / "empty.tif").write_bytes(b"")
    (folder / "program.exe").write_bytes(b"MZ" + bytes(500))
    (folder / "settings.yaml").write_text("a: b\n", encoding="utf-8")
    return folder


def test_every_chart_has_its_row_and_every_failure_its_reason(tmp_path: Path, mixed: Path) -> None:
    out = tmp_path / "out"
    counts = run(out, mixed, tmp_path / "nowhere")
    assert (counts.screened, counts.failed) == (4, 5)
    charts = {Path(row["file"]).name: row for row in rows(out / "charts.csv")}
    assert set(charts) == {"copy.txt", "note-001.txt", "rule-out-ms.pdf", "krabbe-transplant.pdf"}
    assert (charts["copy.txt"]["copies"], Path(charts["copy.txt"]["other_files"]).name) == ("1", "note-000.txt")
    krabbe = charts["krabbe-transplant.pdf"]
    assert (krabbe["triage_order"], krabbe["supported"], krabbe["due"]) == ("1", "4; 4.b", "2026-10-28")
    kept = out / "charts" / krabbe["chart"] / "determination.json"
    assert Determination.model_validate_json(kept.read_bytes()).chart.sha256 == krabbe["sha256"]
    criteria = {(row["chart"], row["number"]): row for row in rows(out / "criteria.csv")}
    row = criteria[krabbe["chart"], "4.b"]
    assert row["status"] == "supported"
    assert "krabbe" in row["words"].lower()
    failures = {Path(row["file"]).name: row["kind"] for row in rows(out / "failures.csv")}
    assert failures == {
        "broken.pdf": "damaged", "empty.tif": "empty", "program.exe": "not_a_document",
        "settings.yaml": "unsupported", "nowhere": "not_found",
    }  # fmt: skip


def test_parquet_says_what_csv_says(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out"
    run(out, FIXTURES / "krabbe-transplant.pdf")
    (row,) = parquet.read_table(out / "charts.parquet").to_pylist()
    (columns,) = rows(out / "charts.csv")
    assert list(row) == list(columns)
    told = (row["pages"], row["due"], row["mri_safety_check"], row["legibility"])
    assert told == (6, date(2026, 10, 28), False, None)
    assert parquet.read_table(out / "criteria.parquet").num_rows == len(rows(out / "criteria.csv")) == 34


def test_a_run_that_was_broken_off_ends_with_the_same_bytes(tmp_path: Path, mixed: Path) -> None:
    run(tmp_path / "whole", mixed)
    out = tmp_path / "out"

    def broken_off(task: Task) -> None:
        if len(engine.asked) == 3:
            raise KeyboardInterrupt

    engine = EngineHere(broken_off)
    with pytest.raises(KeyboardInterrupt):
        run(out, mixed, engine=engine)
    assert not (out / "charts.csv").exists()
    (out / ".batch" / "results" / "ab").mkdir(exist_ok=True)
    (out / ".batch" / "results" / "ab" / ".ab1.json.partial").write_bytes(b"{")
    rest = EngineHere()
    run(out, mixed, engine=rest)
    assert len(engine.asked) == 3
    assert not set(rest.asked) & set(engine.asked)
    assert tables(out) == tables(tmp_path / "whole")
    again = EngineHere()
    run(out, mixed, engine=again)
    assert again.asked == []
    assert tables(out) == tables(tmp_path / "whole")


def test_a_result_that_was_cut_short_counts_for_nothing(tmp_path: Path) -> None:
    out, folder = tmp_path / "out", notes(tmp_path / "in", 2)
    run(out, folder)
    whole = tables(out)
    result = next((out / ".batch" / "results").rglob("*.json"))
    result.write_bytes(result.read_bytes()[:100])
    engine = EngineHere()
    run(out, folder, engine=engine)
    assert len(engine.asked) == 1
    assert tables(out) == whole


def test_failures_are_tried_again_when_that_is_asked_for(tmp_path: Path) -> None:
    out, folder = tmp_path / "out", notes(tmp_path / "in", 2)
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 no more")
    run(out, folder)
    whole = tables(out)
    for retry, asked in ((False, []), (True, ["bad.pdf"])):
        engine = EngineHere()
        assert run(out, folder, engine=engine, retry_failed=retry).failed == 1
        assert engine.asked == asked
        assert tables(out) == whole


def test_other_versions_and_other_wishes_are_screened_anew(tmp_path: Path) -> None:
    out, folder = tmp_path / "out", notes(tmp_path / "in", 1)
    run(out, folder)
    more = EngineHere()
    run(out, folder, engine=more, plan=PLAN.model_copy(update={"highlighted": True}))
    assert more.asked == ["note-000.txt"]
    assert len(list(out.rglob("highlighted.pdf"))) == 1
    less = EngineHere()
    run(out, folder, engine=less)
    assert less.asked == []  # what is there is enough
    other = EngineHere()
    limits = PLAN.site.model_copy(update={"scanner_bmi_limit": 40.0})
    run(out, folder, engine=other, plan=PLAN.model_copy(update={"site": limits}))
    assert other.asked == ["note-000.txt"]
    assert not list(out.rglob("highlighted.pdf"))  # it would be of other settings


def test_the_same_bytes_with_other_requests_are_two_charts(tmp_path: Path) -> None:
    folder = notes(tmp_path / "in", 1)
    manifest = tmp_path / "list.csv"
    manifest.write_text(
        "file,received,line_of_business\nin/note-000.txt,2026-11-13,medicare_advantage\nin/note-000.txt,,\n"
        "in/note-000.txt,2026-11-13,nobody\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    counts = run(out, manifest, folder)
    assert (counts.screened, counts.failed) == (2, 1)
    first, last = rows(out / "charts.csv")
    assert (first["due"] > "2026-11-13", last["due"], last["copies"]) == (True, "", "0")
    assert rows(out / "failures.csv")[0]["kind"] == "settings"


def test_a_cell_is_never_a_formula(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "=1+1.txt").write_text(note(1), encoding="utf-8")
    manifest = tmp_path / "list.csv"
    manifest.write_text('file,reference\n=1+1.txt,"=HYPERLINK(1)"\n', encoding="utf-8")
    run(out, manifest)
    (row,) = rows(out / "charts.csv")
    assert row["reference"] == "'=HYPERLINK(1)"


def test_two_runs_on_one_folder_are_kept_apart_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    hold = (
        "import sys; from pathlib import Path; from chart_triage.batch.folder import RunFolder\n"
        f"with RunFolder(Path({str(out)!r})): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(FolderInUseError, match=f"process {other.pid} on "):
            run(out, notes(tmp_path / "in", 1))
        other.kill()
        other.wait()
    assert run(out, tmp_path / "in").screened == 1


def test_a_file_that_changes_while_the_run_is_on_is_told(tmp_path: Path) -> None:
    folder = notes(tmp_path / "in", 1)
    engine = EngineHere(lambda task: Path(task.place.location).write_text("other words", encoding="utf-8") and None)
    assert run(tmp_path / "out", folder, engine=engine).failed == 1
    assert rows(tmp_path / "out" / "failures.csv")[0]["kind"] == "changed"
    assert run(tmp_path / "out", folder).screened == 1


def test_no_words_of_a_chart_stand_in_the_names_of_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "Doe Jane.txt").write_text(note(1), encoding="utf-8")
    run(out, tmp_path / "Doe Jane.txt", request=RequestData(received=date(2026, 11, 13)))
    assert not [path for path in out.rglob("*") if "Doe" in path.name]


def test_the_key_of_a_chart_rests_on_bytes_and_request_alone() -> None:
    keys = {running.key_of(sha, RequestData(reference=ref)) for sha in ("a" * 64, "b" * 64) for ref in ("1", "2", "1")}
    assert len(keys) == 4


def test_the_summary_is_one_page_that_asks_nobody_for_anything_and_denies_nothing(tmp_path: Path, mixed: Path) -> None:
    out = tmp_path / "out"
    run(out, mixed)
    page = (out / "summary.html").read_text(encoding="utf-8")
    assert "krabbe-transplant.pdf" in page
    assert "broken.pdf" in page
    for word in ("http:", "https:", "<script", "src=", "denied", "deny", "necessary"):
        assert word not in page.lower(), word


def test_the_folder_can_be_a_work_list(tmp_path: Path) -> None:
    from chart_triage.triage import worklist

    run(tmp_path / "out", FIXTURES / "krabbe-transplant.pdf")
    assert not worklist.read(tmp_path / "out" / "charts").problems
    assert len(worklist.read(tmp_path / "out" / "charts").rows) == 1


def test_a_folder_that_is_not_writable_is_told(tmp_path: Path) -> None:
    from chart_triage.errors import ChartTriageError

    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ChartTriageError, match="cannot be written"), RunFolder(tmp_path / "file"):
        pass
