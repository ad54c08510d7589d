"""Texts to read for time: real notes where CHART_TRIAGE_EVAL_DIR is set, else the repository's own."""

from __future__ import annotations

import os
from pathlib import Path

from chart_triage.evaluation import gold

ROOT = Path(__file__).resolve().parents[1]


def notes() -> tuple[str, list[str]]:
    """Where the texts come from, and the texts."""
    folder = os.environ.get("CHART_TRIAGE_EVAL_DIR")
    if folder:
        return "eval/real-dev.jsonl", [g.text for g in gold.real_notes(Path(folder) / "eval" / "real-dev.jsonl")]
    heldout = gold.heldout_notes(ROOT / "tests" / "language" / "heldout" / "notes.jsonl")
    return "tests/language/heldout/notes.jsonl", [g.text for g in heldout]


def long_note(texts: list[str], length: int) -> str:
    """The texts one after the other, again and again, cut at `length` characters."""
    whole = "\n\n".join(texts) + "\n\n"
    return (whole * (length // len(whole) + 1))[:length]
