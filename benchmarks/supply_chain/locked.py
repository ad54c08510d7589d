"""A lock file's packages: those that are installed on some machine that the program runs on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_PACKAGE = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}")
_NEVER = "sys_platform == 'never'"  # how ./run lock leaves out what a package asks for and nothing of ours uses


class Locked(NamedTuple):
    name: str
    version: str
    marker: str
    hashes: int


def packages(lock: Path) -> list[Locked]:
    """In the order of the file. Raises ValueError for a line that is no pinned package and no hash."""
    found: list[Locked] = []
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), 1):
        if match := _PACKAGE.match(line):
            found.append(Locked(match["name"], match["version"], match["marker"] or "", 0))
        elif _HASH.match(line) and found:
            found[-1] = found[-1]._replace(hashes=found[-1].hashes + 1)
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"{lock.name}:{number}: neither a pinned package nor a hash: {line.strip()[:60]}")
    return [package for package in found if _NEVER not in package.marker]
