"""What the program is delivered with: hashes, licences, the bill of materials."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from benchmarks.supply_chain import __main__ as supply_chain
from benchmarks.supply_chain import licences
from benchmarks.supply_chain.locked import Locked, packages

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_version_and_a_hash(name: str) -> None:
    locked = packages(ROOT / name)
    assert len(locked) > 100
    assert not [package.name for package in locked if package.hashes == 0]


def test_every_delivered_package_has_an_allowed_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert supply_chain.main(["licences"]) == 0, capsys.readouterr().err
    assert " 0 problems" in capsys.readouterr().out


def test_what_the_wheel_asks_for_is_free_of_the_gpl_all_the_way_down() -> None:
    """As pip would resolve it, without our overrides."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting, seen = [_name(line) for line in project["dependencies"]], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            asked = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # of another platform, or the lock leaves it out
            continue
        waiting += [_name(line) for line in asked if "extra ==" not in line]
    assert len(seen) > 60
    about = [Locked(name, "", "", 1) for name in seen if _is_installed(name)]
    assert not [each for each in licences.judge(about, licences.read_rules()) if "not allowed" in each.problem]


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return found[0].lower().replace("_", "-")


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR BSD-3-Clause", True),
        ("MIT AND GPL-2.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("GNU General Public License v2 or later (GPLv2+)", False),
    ],
)
def test_of_alternatives_one_must_be_allowed_and_of_a_sum_all(licence: str, allowed: bool) -> None:
    assert licences._is_allowed(licence, licences.read_rules().allowed) is allowed


def test_every_exception_has_a_reason_and_is_used() -> None:
    rules = licences.read_rules()
    rows = licences.TABLE.read_text(encoding="utf-8").splitlines()[1:]
    assert not [row for row in rows if not row.rpartition(",")[2].strip()]
    assert set(rules.packages) <= {package.name for package in packages(ROOT / "requirements.lock")}


def test_the_bill_of_materials_lists_what_is_locked(tmp_path: Path) -> None:
    assert supply_chain.main(["sbom", str(tmp_path / "sbom.json")]) == 0
    made = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert made["bomFormat"] == "CycloneDX"
    assert {c["name"] for c in made["components"]} == {p.name for p in packages(ROOT / "requirements.lock")}
    assert made["metadata"]["component"]["name"] == "chart-triage"


def test_a_database_that_cannot_be_asked_is_no_clean_bill(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supply_chain, "LOCK", Path("no-such.lock"))
    assert supply_chain.main(["audit"]) == supply_chain.NOT_KNOWN
    assert "Nothing is known" in capsys.readouterr().err


def test_packages_are_installed_from_wheels_and_by_hash() -> None:
    script = (ROOT / "run").read_text(encoding="utf-8")
    installs = [line for line in script.replace("\\\n", " ").splitlines() if "pip install" in line and " -r " in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in installs)
