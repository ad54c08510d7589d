"""The files appear whole or not at all, and the letter only while something is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_charts import tumour_chart

from chart_triage.errors import ChartTriageError, InputError
from chart_triage.guidelines import load
from chart_triage.report import highlighted_pdf, html_report, to_json, write_all


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_writes_the_three_files_and_nothing_else(tmp_path: Path) -> None:
    source, chart, determination = tumour_chart()
    folder = tmp_path / "new" / "chart"
    written = write_all(folder, source, chart, determination)
    assert [path.name for path in written] == ["determination.json", "highlighted.pdf", "report.html"]
    assert names(folder) == sorted(path.name for path in written)
    assert [path.read_bytes() for path in written] == [
        to_json(determination),
        highlighted_pdf(source, chart, determination),
        html_report(source, chart, determination).encode(),
    ]


def test_it_replaces_the_files_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old")
    write_all(tmp_path, *tumour_chart())
    assert (tmp_path / "report.html").read_text() != "old"


def test_a_source_that_does_not_fit_leaves_no_trace(tmp_path: Path) -> None:
    source, chart, determination = tumour_chart()
    with pytest.raises(InputError):
        write_all(tmp_path / "chart", source + b" ", chart, determination)
    assert names(tmp_path) == []


def test_a_failure_while_writing_leaves_earlier_files_whole_and_no_partial_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(tmp_path, *tumour_chart())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    opened: list[str] = []
    real = Path.open

    def full_disk(self: Path, *args: object, **kwargs: object) -> object:
        if self.parent == tmp_path:
            opened.append(self.name)
            if len(opened) == 3:
                raise OSError(28, "No space left on device")
        return real(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full_disk)
    with pytest.raises(ChartTriageError, match="No space left on device"):
        write_all(tmp_path, *tumour_chart())
    monkeypatch.undo()
    assert len(opened) == 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_is_a_file_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(ChartTriageError, match="Choose another folder"):
        write_all(tmp_path / "taken", *tumour_chart())
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_letter_comes_and_goes_with_what_is_asked_for(tmp_path: Path) -> None:
    source, chart, determination = tumour_chart()
    guideline = load("healthhelp-mrs-2026")
    assert determination.requests
    letters = ["request_letter.docx", "request_letter.pdf"]
    written = write_all(tmp_path, source, chart, determination, guideline)
    assert [path.name for path in written[3:]] == letters
    assert set(letters) <= set(names(tmp_path))
    write_all(tmp_path, source, chart, determination.model_copy(update={"requests": ()}), guideline)
    assert names(tmp_path) == ["determination.json", "highlighted.pdf", "report.html"]
