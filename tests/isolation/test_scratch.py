"""The folder of a child's temporary files."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from chart_triage.isolation import scratch
from chart_triage.isolation.scratch import Scratch, sweep


def test_a_sweep_between_making_a_folder_and_locking_it_costs_that_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers that start at once: found by torture with two jobs."""
    lock, swept = fcntl.flock, []

    def locked(file: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not swept:
            swept.append(True)
            assert sweep(tmp_path) == 1
        lock(file, how)

    monkeypatch.setattr(scratch.fcntl, "flock", locked)
    made = Scratch(tmp_path)
    assert swept
    assert made.files.is_dir()
    assert list(tmp_path.iterdir()) == [made.folder]
    assert sweep(tmp_path) == 0
    made.close()
    assert list(tmp_path.iterdir()) == []
