"""Makes the scripts of `fixtures/` importable, and this folder's helpers from the folders below."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures"))

from chart_triage.intake import read_chart
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.records.chart import Chart


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Chart]:
    """`read_chart` of a file's bytes, in this process. Readings are kept for the session: pixels are read once."""
    folder = tmp_path_factory.mktemp("scans")
    options = OcrOptions(processes=1, cache_folder=folder / "readings")

    def read(data: bytes, name: str = "fax.tif") -> Chart:
        path = folder / name
        path.write_bytes(data)
        return read_chart(path, ocr=options)

    return read
