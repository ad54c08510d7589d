"""The figures of legibility.json are those that docs/ocr.md tells, and good enough to rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KEPT = json.loads((ROOT / "models" / "ocr" / "legibility.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("half", ["fit", "test"])
def test_the_docs_tell_the_figures_of_the_file(half: str) -> None:
    told = (ROOT / "docs" / "ocr.md").read_text(encoding="utf-8")
    f = KEPT["figures"][half]
    bad, good = f["illegible pages"], f["legible pages"]
    row = (
        f"| {half} | {f['pages']} | {f['rank correlation']} | {f['mean error']} "
        f"| {round(bad * f['illegible pages declared'])} of {bad} "
        f"| {round(good * f['legible pages declared illegible'])} of {good} |"
    )
    assert row in told


def test_the_estimate_ranks_unseen_pages_and_declares_illegible_ones() -> None:
    figures = KEPT["figures"]["test"]
    assert figures["rank correlation"] >= 0.8
    assert figures["illegible pages declared"] >= 0.99
    assert figures["legible pages declared illegible"] <= 0.01
