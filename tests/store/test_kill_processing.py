"""What was acknowledged is processed once, through kill -9 of web and worker: the small form of the benchmark."""

from __future__ import annotations

from pathlib import Path

from benchmarks.kill_processing import run


def test_nothing_is_lost_or_doubled_by_kill_9(database_url: str, tmp_path: Path) -> None:
    outcome = run(database_url, tmp_path, count=10, kills=3, seed=3)
    assert outcome.problems == []
    assert outcome.charts == 10
    assert sum(outcome.kills.values()) == 3
