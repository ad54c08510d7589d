"""Answers underlined or struck out on faxes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from chart_triage.intake import read_chart

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "fixtures"))

import fax
from screening_forms import draw_form


@pytest.mark.parametrize(
    ("shape", "least"),
    [("underlined answers", 0.9), ("struck-out answers", 0.7), ("initials on lines", 0.8), ("question above", 0.9)],
)
def test_rows_of_a_fax_are_read_and_no_yes_becomes_a_no(tmp_path: Path, shape: str, least: float) -> None:
    form = draw_form(shape, 1)
    path = tmp_path / "form.tif"
    path.write_bytes(fax.encode(list(fax.fax_pages(form.pdf, fax.LEVELS["fine"], 1)), ".tif"))
    (page,) = read_chart(path).pages
    read = {squeezed(row.question): row for row in page.form_rows}
    right = 0
    for true in form.rows:
        row = next((row for question, row in read.items() if squeezed(true.question) in question), None)
        answer = row.answer.value if row is not None else "unanswered"
        right += answer == true.answer
        assert not (true.answer == "yes" and answer == "no"), true.question
    assert right >= least * len(form.rows)


def squeezed(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())
