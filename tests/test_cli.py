"""The real command, run as a user runs it: what it prints, what it writes, with which exit code it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pikepdf
import pytest

ROOT = Path(__file__).resolve().parents[1]
CHARTS = ROOT / "fixtures" / "charts"
GUIDELINE = ROOT / "lexicons" / "healthhelp-mrs-2026"
NOTE = {"id": "n1", "text": "Known Quillfeather glioma; recurrence versus radiation necrosis. Pacemaker: no."}
Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = (sys.executable, "-m", "chart_triage.cli")
NAME = "Quillfeather"  # a word that must never come back on stderr


@pytest.fixture(scope="session")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compiled modules are kept for the calls that follow, as an installation keeps them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CHART_TRIAGE"))}
    return kept | {"PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("compiled"))}


@pytest.fixture(scope="session")
def run(environ: dict[str, str]) -> Run:
    def command(*arguments: str | Path, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """The real command in a process of its own. One that does not end within a minute fails."""
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin, env=environ | settings, capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip

    return command


def lines(notes: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(note) + "\n" for note in notes)


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines on stderr; none of them a traceback or a warning of a library."""
    found = done.stderr.splitlines()
    assert not [line for line in found if "Traceback" in line or "Warning" in line]
    return found


@pytest.fixture(scope="module")
def annotated(run: Run) -> list[dict[str, Any]]:
    notes = [
        NOTE,
        {"id": "n2", "text": "Coronary stent placed three weeks ago.", "note_date": "2026-05-13"},
        {"id": "n3", "text": ""},
        {"id": 4, "text": "No fever, but cough.", "targets": [{"start": 14, "end": 19}, {"start": 3, "end": 8}]},
    ]
    done = run("annotate", stdin=lines(notes))
    assert done.returncode == 0
    assert told(done) == []
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_note_gives_one_line_in_the_order_of_the_input(annotated: list[dict[str, Any]]) -> None:
    assert [a["id"] for a in annotated] == ["n1", "n2", "n3", "4"]


def test_evidence_quotes_the_given_text(annotated: list[dict[str, Any]]) -> None:
    concepts = annotated[0]["concepts"]
    assert concepts["brain_tumor"]["status"] == "present"
    assert concepts["pacemaker"]["status"] == "absent"
    quotes = [e for concept in concepts.values() for e in (*concept["evidence"], *concept["counter_evidence"])]
    assert quotes
    assert all(NOTE["text"][e["start"] : e["end"]] == e["text"] for e in quotes)
    assert annotated[0]["criteria"]["1.b"]["status"] == "supported"


def test_the_date_of_the_note_is_counted_from(annotated: list[dict[str, Any]]) -> None:
    stent = annotated[1]["contraindications"]["recent_stent"]
    assert stent["status"] == "present"
    assert "21 days" in stent["evidence"][0]["reason"]
    assert annotated[1]["flags"] == ["mri_safety_check"]


def test_an_empty_note_has_no_concept_and_every_criterion_is_open(annotated: list[dict[str, Any]]) -> None:
    assert annotated[2]["concepts"] == {}
    assert {c["status"] for c in annotated[2]["criteria"].values()} == {"not_found"}
    assert {"1", "1.c.vii", "4.h", "7"} <= annotated[2]["criteria"].keys()


def test_targets_come_back_in_their_order_with_axes_and_cues(annotated: list[dict[str, Any]]) -> None:
    cough, fever = annotated[3]["targets"]
    assert (cough["start"], cough["axes"]) == (14, [])
    assert (fever["start"], fever["axes"], fever["status"]) == (3, ["negated"], "absent")
    assert fever["cues"][0]["text"] == "No"


def test_bad_lines_are_told_by_number_without_their_text_and_the_others_are_read(run: Run) -> None:
    bad = [
        f'{{"id": "x", "text": "{NAME}"',
        json.dumps([NAME]),
        json.dumps({"id": "x"}),
        json.dumps({"text": NAME}),
        json.dumps({"id": "x", "text": 5}),
        json.dumps({"id": "x", "text": NAME, "note_date": "yesterday"}),
        json.dumps({"id": "x", "text": NAME, "targets": [{"start": 5, "end": 500}]}),
        json.dumps({"id": "x", "text": NAME, "targets": [7]}),
        json.dumps({"id": "x", "text": NAME, "targets": 7}),
        json.dumps({"id": "x", "text": NAME, "targets": [{"start": True, "end": 2}]}),
        json.dumps({"id": "x", "text": NAME, "note_date": 20260314}),
    ]
    done = run("annotate", stdin="\n".join([json.dumps(NOTE), *bad, "", json.dumps(NOTE | {"id": "last"})]))
    assert done.returncode == 3
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["n1", "last"]
    assert [line.split(":")[0] for line in told(done)] == [f"line {n}" for n in range(2, len(bad) + 2)]
    assert NAME not in done.stderr


def test_a_reply_comes_while_the_input_is_still_open(environ: dict[str, str]) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": environ, "encoding": "utf-8"}
    with subprocess.Popen([*COMMAND, "annotate"], **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for id_ in ("first", "second"):
            process.stdin.write(json.dumps(NOTE | {"id": id_}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == id_
        process.stdin.close()
    assert process.returncode == 0


def test_annotate_reads_and_writes_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines([NOTE]), encoding="utf-8")
    done = run("annotate", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["id"] == "n1"


def test_the_same_notes_give_the_same_bytes(run: Run) -> None:
    notes = lines([NOTE, {"id": "n2", "text": "Possible Leigh syndrome; no ICD."}])
    assert run("annotate", stdin=notes).stdout == run("annotate", stdin=notes).stdout


@pytest.fixture(scope="module")
def assessed(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a PDF and of a text chart with the same name, from one call."""
    folder = tmp_path_factory.mktemp("assess")
    text = folder / "glioblastoma-recurrence-or-necrosis.txt"
    text.write_text(f"{NAME}, M.\nHPI: Known glioblastoma. Recurrence versus radiation necrosis.\n", encoding="utf-8")
    done = run("assess", CHARTS / "glioblastoma-recurrence-or-necrosis.pdf", text, "--out", folder / "out")
    assert done.returncode == 0
    assert told(done) == []
    assert "highlighted.pdf" in done.stdout
    assert NAME not in done.stdout
    return folder / "out"


def results(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_pdf_gives_a_determination_a_marked_copy_and_a_report(assessed: Path) -> None:
    folder = assessed / "glioblastoma-recurrence-or-necrosis"
    assert results(folder) == ["chart.json.gz", "determination.json", "highlighted.pdf", "report.html"]
    determination = json.loads((folder / "determination.json").read_text(encoding="utf-8"))
    assert determination["criteria"]["1.b"]["status"] == "supported"
    assert determination["criteria"]["1.b"]["evidence"][0]["boxes"]
    with pikepdf.open(folder / "highlighted.pdf") as marked:
        assert any("/Annots" in page for page in marked.pages)
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_second_chart_of_the_same_name_gets_a_folder_of_its_own(assessed: Path) -> None:
    folder = assessed / "glioblastoma-recurrence-or-necrosis-2"
    determination = json.loads((folder / "determination.json").read_text(encoding="utf-8"))
    assert determination["criteria"]["1.b"]["status"] == "supported"
    assert "report.html" in results(folder)


def test_a_determination_agrees_with_the_schema_that_the_command_prints(run: Run, assessed: Path) -> None:
    done = run("schema")
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found = sorted(assessed.rglob("determination.json"))
    assert len(found) == 2
    for path in found:
        validator.validate(json.loads(path.read_text(encoding="utf-8")))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"criteria": {}})


@pytest.mark.parametrize(("day", "status"), [("2026-05-13", "present"), ("2026-05-14", "not_documented")])
def test_json_on_stdout_is_the_determination_and_the_planned_day_of_the_scan_counts(
    run: Run, tmp_path: Path, day: str, status: str
) -> None:
    chart = tmp_path / "chart.txt"
    chart.write_text("Coronary stent placed 04/01/2026.", encoding="utf-8")
    done = run("assess", chart, "--scan-date", day, "--out", tmp_path / "out", "--json")
    determination = json.loads(done.stdout)
    assert determination == json.loads((tmp_path / "out" / "chart" / "determination.json").read_text("utf-8"))
    assert determination["contraindications"]["recent_stent"]["status"] == status


@pytest.fixture(scope="module")
def requested(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two charts with what the caller knows of their request: one lacks a statement, one is marked as urgent."""
    folder = tmp_path_factory.mktemp("requested")
    (folder / "open.txt").write_text(f"{NAME}, M.\nHPI: Temporal lobe epilepsy since 2019.\n", encoding="utf-8")
    (folder / "stat.txt").write_text("ORDER\n[x] STAT  [ ] Routine\nDiagnosis: multiple sclerosis.\n", encoding="utf-8")
    done = run(
        "assess", folder / "open.txt", folder / "stat.txt", "--out", folder / "out", "--received", "2026-11-13T09:14",
        "--line-of-business", "medicare_advantage", "--reference", "R-9", "--member-id", "M-77",
        CHART_TRIAGE_SITE_FAX="713-555-0101",
    )  # fmt: skip
    assert (done.returncode, told(done)) == (0, [])
    assert "to ask for: a note that says if brain surgery is planned" in done.stdout
    assert "request_letter.docx" in done.stdout
    assert NAME not in done.stdout
    return folder / "out"


def test_a_letter_asks_for_what_is_missing_and_only_where_something_is(requested: Path) -> None:
    assert results(requested / "open") == [
        "chart.json.gz",
        "determination.json",
        "highlighted.pdf",
        "report.html",
        "request_letter.docx",
        "request_letter.pdf",
    ]
    assert results(requested / "stat") == ["chart.json.gz", "determination.json", "highlighted.pdf", "report.html"]
    determination = json.loads((requested / "open" / "determination.json").read_text(encoding="utf-8"))
    assert [item["criteria"] for item in determination["requests"]] == [["2"]]
    assert determination["inputs"]["request"]["reference"] == "R-9"


def test_the_work_list_orders_by_due_date(run: Run, requested: Path, tmp_path: Path) -> None:
    done = run("worklist", requested, "--as-of", "2026-11-17", "--csv", tmp_path / "list.csv")
    assert (done.returncode, told(done)) == (0, [])
    head, first, second = done.stdout.splitlines()
    assert head.split()[:3] == ["CHART", "DUE", "STATE"]
    assert re.match(r"stat +2026-11-16 +overdue by 1 day +yes", first)
    assert re.match(r"open +2026-11-20 +in 3 days +not stated", second)
    assert (tmp_path / "list.csv").read_text(encoding="utf-8").splitlines()[1].startswith("stat,2026-11-16,09:14,")


def test_the_callers_word_and_a_line_of_business_that_is_not_known(run: Run, requested: Path, tmp_path: Path) -> None:
    chart = tmp_path / "chart.txt"
    chart.write_text("ORDER\nPriority: STAT\nMultiple sclerosis.", encoding="utf-8")
    done = run("assess", chart, "--standard", "--received", "2026-11-13", "--out", tmp_path / "out", "--json")
    urgency = json.loads(done.stdout)["triage"]["urgency"]
    assert (urgency["expedited"], urgency["due"]) == (False, "2026-11-20")
    done = run("assess", chart, "--line-of-business", "medicar", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "unknown line of business 'medicar'" in "".join(told(done))


def no_charts(folder: Path) -> list[Path]:
    """Files that cannot be read as a chart, each for another reason."""
    whole = (CHARTS / "glioblastoma-recurrence-or-necrosis.pdf").read_bytes()
    made = {
        "empty.pdf": b"",
        "no-pdf.pdf": b"PK\x03\x04" + bytes(200),
        "header-only.pdf": b"%PDF-1.7\n",
        "cut-off.pdf": whole[:60],
        "no-header.pdf": b"Multiple sclerosis.",
        "blank.txt": b"  \n\n ",
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    with pikepdf.open(CHARTS / "glioblastoma-recurrence-or-necrosis.pdf") as chart:
        chart.save(folder / "encrypted.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    (folder / "a-folder.pdf").mkdir()
    return [folder / name for name in (*made, "encrypted.pdf", "a-folder.pdf", "missing.pdf")]


def test_what_is_no_chart_is_refused_in_one_line_and_the_others_are_assessed(run: Run, tmp_path: Path) -> None:
    bad = no_charts(tmp_path)
    good = tmp_path / "good.txt"
    good.write_text(f"{NAME}: multiple sclerosis.", encoding="utf-8")
    done = run("assess", *bad, good, "--out", tmp_path / "out")
    assert done.returncode == 3
    for line, path in zip(told(done), bad, strict=True):
        assert line.count(path.name) == 1
        assert line.endswith(".")
    assert NAME not in done.stderr
    assert results(tmp_path / "out") == ["good"]
    assert "determination.json" in results(tmp_path / "out" / "good")


def test_the_shipped_guideline_has_no_problems(run: Run) -> None:
    done = run("guideline", "check", GUIDELINE)
    assert (done.returncode, told(done)) == (0, []), done.stdout
    assert "no problems" in done.stdout


def test_a_mistake_in_a_guideline_is_told_with_file_and_line(run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(GUIDELINE, tmp_path / GUIDELINE.name))
    header, *rows = (folder / "terms.csv").read_text(encoding="utf-8").splitlines()
    wrong = "krabe,globoid cell,literal".ljust(len("krabe,globoid cell,literal") + header.count(",") - 2, ",") + "test"
    (folder / "terms.csv").write_text("\n".join([header, *rows, wrong]) + "\n", encoding="utf-8")
    for done in (run("guideline", "check", folder), run("annotate", "--guideline", folder, stdin=lines([NOTE]))):
        assert done.returncode == 4
        assert re.search(rf"terms\.csv:{len(rows) + 2}: .*krabe.*krabbe", done.stdout + "\n".join(told(done)))


def test_the_guideline_is_shown_with_its_printed_numbers(run: Run) -> None:
    done = run("guideline", "show")
    assert done.returncode == 0
    for number in ("1.a", "1.c.vii", "4.h", "7"):
        assert re.search(rf"(?m)^\s*{re.escape(number)}\b", done.stdout), number


def test_guidelines_are_listed_with_the_days_on_which_they_count(run: Run) -> None:
    done = run("guideline", "list")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith("healthhelp-mrs-2026  family healthhelp-mrs, version 2026, from 2026-01-01")


def test_two_versions_are_compared_by_number(run: Run, tmp_path: Path) -> None:
    newer = Path(shutil.copytree(GUIDELINE, tmp_path / "healthhelp-mrs-2027"))
    file = newer / "guideline.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in (("id: healthhelp-mrs-2026", "id: healthhelp-mrs-2027"), ("days: 42", "days: 56")):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    done = run("guideline", "diff", "healthhelp-mrs-2026", newer)
    assert (done.returncode, told(done)) == (0, [])
    assert "~ recent_stent  window.days: 42 -> 56" in done.stdout
    assert done.stdout.endswith("\n2 differences\n")
    done = run("guideline", "diff", "healthhelp-mrs-2026", newer, "--json", "--exit-code")
    assert done.returncode == 5
    assert [(d["at"], d["old"], d["new"]) for d in json.loads(done.stdout)["differences"]] == [
        ("recent_stent", 42, 56),
        ("id", "healthhelp-mrs-2026", "healthhelp-mrs-2027"),
    ]
    assert run("guideline", "diff", newer, newer, "--exit-code").returncode == 0
    file.write_text(text.replace("days: 56", "days: soon"), encoding="utf-8")
    done = run("guideline", "diff", "healthhelp-mrs-2026", newer)
    assert done.returncode == 4
    assert re.match(r".*healthhelp-mrs-2027/guideline\.yaml:\d+: `days`", told(done)[0])


def test_a_store_is_replayed_under_a_changed_guideline(run: Run, assessed: Path, tmp_path: Path) -> None:
    done = run("guideline", "replay", assessed, "healthhelp-mrs-2026", "--exit-code")
    assert (done.returncode, told(done)) == (0, [])
    assert done.stdout.splitlines() == [
        "2 charts: 0 changed, 2 unchanged, 0 could not be replayed",
        "  guideline, lexicons, models and code are those of the stored results",
    ]
    other = Path(shutil.copytree(GUIDELINE, tmp_path / GUIDELINE.name))
    file = other / "guideline.yaml"
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r"( +)- finding: tumor_recurrence_vs_necrosis\n", r"\g<0>\1  supports: []\n", text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    store = Path(shutil.copytree(assessed, tmp_path / "store"))
    (store / "glioblastoma-recurrence-or-necrosis-2" / "chart.json.gz").write_bytes(b"")
    done = run("guideline", "replay", store, other, "--out", tmp_path / "changes.csv", "--exit-code")
    assert (done.returncode, told(done)) == (3, [])
    assert "  1.b: supported -> not_found  (" in done.stdout
    assert re.search(r"necrosis-2: not replayed\. \S+chart\.json\.gz is damaged", done.stdout)
    assert "\n2 charts: 1 changed, 0 unchanged, 1 could not be replayed\n" in done.stdout
    assert "guideline_sha256: " in done.stdout
    assert "criterion,1.b,1.b," in (tmp_path / "changes.csv").read_text(encoding="utf-8")
    assert run("guideline", "replay", assessed, other, "--exit-code").returncode == 5
    assert run("guideline", "replay", assessed, other).returncode == 0


def test_a_family_is_assessed_by_the_version_of_the_day_and_says_which(run: Run, tmp_path: Path) -> None:
    chart = tmp_path / "chart.txt"
    chart.write_text("Multiple sclerosis.", encoding="utf-8")
    out = ("--out", tmp_path / "out")
    done = run("assess", chart, "--guideline", "healthhelp-mrs", "--scan-date", "2026-05-13", *out)
    assert done.returncode == 0
    assert told(done) == ["On 2026-05-13 version 2026 counts: healthhelp-mrs-2026"]
    determination = json.loads((tmp_path / "out" / "chart" / "determination.json").read_text("utf-8"))
    assert determination["guideline"]["id"] == "healthhelp-mrs-2026"
    assert determination["inputs"]["request"]["planned_scan"] == "2026-05-13"
    for day, word in (((), "has versions by date"), (("--scan-date", "2025-12-31"), "in force on 2025-12-31")):
        done = run("assess", chart, "--guideline", "healthhelp-mrs", *day, *out)
        assert done.returncode == 2
        assert word in "\n".join(told(done))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["guideline", "show", "cardiac"], "cardiac"),
        (["annotate", "--guideline", "cardiac"], "cardiac"),
        (["assess"], "FILES"),
        (["assess", "x.pdf", "--scan-date", "soon"], "soon"),
        (["triage"], "triage"),
        (["assess", "x.pdf", "--received", "yesterday"], "yesterday"),
        (["worklist", "no-such-folder"], "no-such-folder"),
    ],
)
def test_a_slip_on_the_command_line_is_told_without_a_traceback(run: Run, arguments: list[str], word: str) -> None:
    done = run(*arguments)
    assert done.returncode not in (0, 1)
    assert word in "\n".join(told(done))


def test_a_bad_setting_is_told_with_its_name(run: Run) -> None:
    done = run("annotate", stdin=lines([NOTE]), CHART_TRIAGE_SCANNER_WEIGHT_LIMIT_KG="heavy")
    assert done.returncode == 2
    (line,) = told(done)
    assert "CHART_TRIAGE_SCANNER_WEIGHT_LIMIT_KG" in line


@pytest.mark.parametrize(
    "command",
    ["assess", "worklist", "annotate", "guideline", "schema", "evaluate", "train-senses", "train-page-kinds"],
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    assert re.search(rf"(?m)^\s+{command}\s+[A-Z]", run("--help").stdout)
    assert run(command, "--help").returncode == 0


def test_it_is_ready_within_seconds(run: Run) -> None:
    """Loose, since other work may share the machine: benchmarks/chart.py measures the real figure."""
    start = time.perf_counter()
    assert run("annotate", stdin=lines([NOTE])).returncode == 0
    assert time.perf_counter() - start < 15
