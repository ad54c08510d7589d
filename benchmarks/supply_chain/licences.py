"""Which licence each locked package has, by its own metadata, and whether it is allowed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from license_expression import OR, ExpressionError, LicenseSymbol, get_spdx_licensing

from benchmarks.supply_chain.locked import Locked

TABLE = Path(__file__).with_name("licences.csv")
_SPDX = get_spdx_licensing()


class Rules(NamedTuple):
    """`allowed`: SPDX ids; `called`: other names -> SPDX; `packages`: exceptions, package -> SPDX."""

    allowed: frozenset[str]
    called: dict[str, str]
    packages: dict[str, str]


class Judged(NamedTuple):
    package: Locked
    licence: str
    problem: str


def read_rules(table: Path = TABLE) -> Rules:
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_kind = {
        kind: {row["name"]: row["licence"] for row in rows if row["kind"] == kind}
        for kind in ("allowed", "called", "package")
    }
    return Rules(frozenset(by_kind["allowed"]), by_kind["called"], by_kind["package"])


def judge(packages: list[Locked], rules: Rules) -> Iterator[Judged]:
    """`problem` is empty where all is well."""
    for package in packages:
        if package.hashes == 0:
            yield Judged(package, "", "has no hash in the lock")
        elif package.name in rules.packages:
            yield Judged(package, rules.packages[package.name], "")
        else:
            licence = _stated(package.name, rules)
            if licence is None:
                told = "states no licence that licences.csv knows; look it up and add a row with the reason"
                yield Judged(package, "unknown", told)
            else:
                allowed = _is_allowed(licence, rules.allowed)
                yield Judged(package, licence, "" if allowed else "has a licence that is not allowed")


def _stated(name: str, rules: Rules) -> str | None:
    """The metadata's licence as SPDX: the expression, else a known classifier, else a known licence field."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    field = (about.get("License") or "").strip().splitlines()[:1]
    gnu = [c for c in (*classifiers, *field) if "GPL" in c or "General Public" in c]
    if gnu:  # never overruled by a second, milder classifier
        return gnu[0]
    return next((rules.called[called] for called in (*classifiers, *field) if called in rules.called), None)


def _is_allowed(licence: str, allowed: frozenset[str]) -> bool:
    """Of alternatives one must be allowed, of what holds together all."""
    try:
        parsed = _SPDX.parse(licence)
    except ExpressionError:
        return False

    def holds(node: object) -> bool:
        if isinstance(node, LicenseSymbol):
            return node.key in allowed
        parts = [holds(part) for part in node.args]  # type: ignore[attr-defined]
        return any(parts) if isinstance(node, OR) else all(parts)

    return parsed is not None and holds(parsed)
