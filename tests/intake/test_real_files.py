"""Real and broken PDFs of other projects, where CHART_TRIAGE_EVAL_DIR names them: each ends in a chart or a message."""

from __future__ import annotations

import os
from pathlib import Path

from intake_pdfs import draw, note, outcome


def real_files(own: Path) -> list[Path]:
    folder = os.environ.get("CHART_TRIAGE_EVAL_DIR")
    return [own, *sorted((Path(folder) / "corpora" / "pdf").rglob("*.pdf"))] if folder else [own]


def test_every_file_ends_in_a_chart_or_a_message(tmp_path: Path) -> None:
    read = 0
    for path in real_files(draw(tmp_path / "own.pdf", note)):
        chart, refused_as = outcome(path)
        if chart is None:
            assert refused_as in {"encrypted", "damaged", "empty"}, path.name
            continue
        read += 1
        told = {number for warning in chart.warnings for number in warning.pages}
        for page in chart.pages:
            assert page.text or page.number in told, f"{path.name}: page {page.number} is silently empty"
            for word in page.words:
                assert page.text[word.start : word.end].split() == [page.text[word.start : word.end]], path.name
    assert read
