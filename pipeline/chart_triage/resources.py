"""Where the data that ships with the program lies: `lexicons/` and `models/`.

In a wheel both are under `chart_triage/_data/`; in a checkout (editable install) they are at the repository's root.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """The folder that holds `lexicons/` and `models/`."""
    bundled = _PACKAGE / "_data"
    return bundled if bundled.is_dir() else _PACKAGE.parent.parent


def lexicons() -> Path:
    return data_root() / "lexicons"


def models() -> Path:
    return data_root() / "models"


def checksum(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files below `folder`, in sorted order (hidden files left out)."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
