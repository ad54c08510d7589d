from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from chart_triage import resources
from chart_triage.guidelines import load
from chart_triage.records.guideline import Guideline


@pytest.fixture(scope="session")
def mrs(tmp_path_factory: pytest.TempPathFactory) -> Guideline:
    """The tree that ships, with one row of terms per concept: what is tested here does not depend on words."""
    folder = tmp_path_factory.mktemp("guidelines") / "healthhelp-mrs-2026"
    folder.mkdir()
    shutil.copy(resources.lexicons() / folder.name / "guideline.yaml", folder)
    tree = yaml.safe_load((folder / "guideline.yaml").read_text())
    groups = [*tree["groups"], *(other["kind"] for other in tree["others"])]
    rows = [f"{key},{key},literal,,,,test" for key in [*tree["concepts"], *(f"@{group}" for group in groups)]]
    (folder / "terms.csv").write_text("\n".join(["key,term,kind,needs,unless,facet,source", *rows]))
    return load(Path(folder))
