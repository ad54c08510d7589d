"""A guideline of another modality, from a drawn PDF to the report and through its next version: folders alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from chart_triage import cli, guidelines

PAGES = (
    (
        "CARDIOLOGY CLINIC NOTE",
        "Date: 02/10/2027",
        "History of present illness:",
        "A 58-year-old woman with dyspnea. Her mother had a cardiomyopathy.",
        "Assessment:",
        "Coronary artery disease. The echocardiogram of the heart had poor windows.",
        "Cardiac sarcoidosis. A pericardial effusion was drained in January.",
    ),
    (
        "DEVICE NOTE",
        "Date: 02/10/2027",
        "Pacemaker, placed 2024. The pacemaker is MR conditional.",
        "A loop recorder is in place. Its battery was checked today and lasts for at least four more years.",
        "The next check of both devices is due in six months. She was told to call before any scan.",
        "She carries the cards of both devices with her and showed them to us at the desk.",
        "Plan:",
        "Question of viability of the heart muscle before bypass surgery.",
    ),
)  # fmt: skip
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str | Path) -> tuple[int, str]:
        """Exit code and stdout of the command."""
        with pytest.raises(SystemExit) as left:
            cli.main([str(argument) for argument in arguments])
        code = left.value.code
        assert isinstance(code, int)
        return code, capsys.readouterr().out

    return command


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    path = tmp_path / "heart.pdf"
    canvas = Canvas(str(path), pagesize=(612, 792), invariant=1)
    for lines in PAGES:
        for number, line in enumerate(lines):
            canvas.drawString(72, 720 - 18 * number, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture
def editions(cardiac: Path) -> tuple[Path, Path]:
    """The guideline of 2027, and that of 2028: one criterion more, numbers shifted, new concepts and a new list."""
    old = cardiac / "guideline.yaml"
    old.write_text(old.read_text().replace("title:", "family: cardiac-mri\ntitle:"))
    folder = Path(shutil.copytree(cardiac, cardiac.parent / "cardiac-mri-2028"))
    new = folder / "guideline.yaml"
    text = new.read_text()
    for before, after in (
        ("id: cardiac-mri-2027", "id: cardiac-mri-2028"),
        ('"2027"', '"2028"'),
        ("2027-01-01", "2028-01-01"),
        ("concepts:\n", "concepts:\n  sarcoidosis: {label: Sarcoidosis, kind: disease, is_a: [cardiomyopathy]}\n"),
        (
            "others:\n",
            "others:\n  - {kind: other_effusion, label: Effusion, statuses: [present, historical_resolved]}\n",
        ),
        ("number: B", "number: D"),
        (
            "  - number: C\n",
            "  - {number: B, label: Sarcoidosis, finding: sarcoidosis, missing: a biopsy}\n  - number: C\n",
        ),
        ("within: sentence", "within: document"),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    new.write_text(text)
    with (folder / "terms.csv").open("a") as terms:
        terms.write(
            "sarcoidosis,sarcoidosis,literal,,,,invented\n@other_effusion,pericardial effusion,literal,,,,invented\n"
        )
    return cardiac, folder


def statuses(determination: dict[str, Any]) -> dict[str, str]:
    return {number: result["status"] for number, result in determination["criteria"].items()}


def test_from_the_file_to_the_report(run: Run, chart: Path, editions: tuple[Path, Path], tmp_path: Path) -> None:
    code, _ = run("assess", chart, "--guideline", editions[0], "--out", tmp_path / "out")
    assert code == 0
    folder = tmp_path / "out" / "heart"
    determination = json.loads((folder / "determination.json").read_text("utf-8"))
    assert determination["guideline"]["id"] == "cardiac-mri-2027"
    assert statuses(determination) == {
        "A": "supported", "A.1": "not_found", "A.2": "supported", "B": "unclear", "C": "not_found",
    }  # fmt: skip
    assert determination["concepts"]["cardiomyopathy"]["status"] == "family"
    assert determination["contraindications"]["pacemaker"]["status"] == "present_mr_conditional"
    assert determination["flags"] == ["mri_safety_check"]
    (other,) = determination["others"]
    assert (other["kind"], other["label"], other["evidence"][0]["text"]) == (
        "other_implant", "Another implant", "loop recorder",
    )  # fmt: skip
    with pikepdf.open(folder / "highlighted.pdf") as marked:
        assert any("/Annots" in page for page in marked.pages)
    report = (folder / "report.html").read_text("utf-8")
    for words in ("After a poor echocardiogram", "Another implant", "Coronary artery disease"):
        assert words in report
    assert "spectroscopy" not in report


def test_its_next_version_is_compared_replayed_and_chosen_by_the_day(
    run: Run, chart: Path, editions: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = editions
    family = old.parent / "cardiac-mri"
    assert [guidelines.check(folder) for folder in editions] == [[], []]
    code, _ = run("assess", chart, "--guideline", family, "--scan-date", "2027-12-31", "--out", tmp_path / "out")
    assert code == 0

    code, printed = run("guideline", "diff", old, new, "--json")
    differences = [(d["part"], d["at"], d["what"], d["field"]) for d in json.loads(printed)["differences"]]
    assert code == 0
    assert [d for d in differences if d[0] == "criterion"] == [
        ("criterion", "B", "added", ""),
        ("criterion", "D", "moved", ""),
        ("criterion", "D", "changed", "within"),
    ]
    assert {("concept", "sarcoidosis", "added", ""), ("other", "other_effusion", "added", "")} <= set(differences)
    assert {("term", "sarcoidosis", "added", ""), ("about", "effective", "changed", "")} <= set(differences)

    code, printed = run("guideline", "replay", tmp_path / "out", new, "--out", tmp_path / "changes.json")
    assert code == 0
    (changed,) = json.loads((tmp_path / "changes.json").read_text("utf-8"))["charts"]
    assert [(c["at"], c["new_at"], c["old"], c["new"]) for c in changed["changes"]] == [
        ("A.1", "A.1", "not_found", "supported"),  # sarcoidosis is one of the cardiomyopathies now
        ("B", "D", "unclear", "supported"),  # its words may stand apart
        ("", "B", None, "supported"),
    ]
    assert "1 chart: 1 changed" in printed

    code, _ = run("assess", chart, "--guideline", family, "--scan-date", "2028-01-01", "--out", tmp_path / "next")
    determination = json.loads((tmp_path / "next" / "heart" / "determination.json").read_text("utf-8"))
    assert determination["guideline"] == {"id": "cardiac-mri-2028", "version": "2028", "effective": "2028-01-01"}
    assert [other["kind"] for other in determination["others"]] == ["other_effusion", "other_implant"]
