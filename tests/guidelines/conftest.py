from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CARDIAC = Path(__file__).parent / "cardiac-mri-2027"


@pytest.fixture
def cardiac(tmp_path: Path) -> Path:
    """A copy, to be spoilt, of an invented guideline that is in order."""
    return Path(shutil.copytree(CARDIAC, tmp_path / CARDIAC.name))
