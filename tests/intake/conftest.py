"""Makes the scripts of `fixtures/` importable, and this folder's helpers from the folders below."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures"))

from chart_triage.intake import read_chart
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.records.chart import Chart


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Chart]:
    """`read_chart` of a file's bytes, in this process; the same bytes are read once in a session."""
    folder = tmp_path_factory.mktemp("scans")

    @cache
    def read(data: bytes, name: str = "fax.tif") -> Chart:
        path = folder / name
        path.write_bytes(data)
        return read_chart(path, ocr=OcrOptions(processes=1))

    return read
