"""Where the data that ships with the program lies: `lexicons/` and `models/`, and models that other packages bring.

In a wheel the two folders are under `chart_triage/_data/`; in a checkout (editable install) they are at the root of the
repository. Models of other packages are found without a network and checked before use.
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from chart_triage.errors import SettingsError

DEFAULT_GUIDELINE = "healthhelp-mrs-2026"

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


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A file of a Python package. `package` None: it lies below the environment's own folder (`data_files`)."""

    distribution: str
    package: str | None
    path: str
    sha256: str
    version: str


@cache
def model_path(model: PackagedModel) -> Path:
    """The model's file. Raises `SettingsError` where the package is missing or brings another file."""
    for root in _roots(model):
        path = root / model.path
        if path.is_file():
            break
    else:
        raise SettingsError(
            f"The model {model.version} is missing. Install it with: pip install --no-deps {model.distribution} "
            "(at the version of requirements.lock)."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != model.sha256:
        raise SettingsError(
            f"The model {model.version} is not the file that this version was measured with. Reinstall the package "
            f"{model.distribution} at the version of requirements.lock."
        )
    return path


def _roots(model: PackagedModel) -> list[Path]:
    if model.package is None:
        return [Path(sysconfig.get_path("data")), Path(sys.prefix), Path(sys.base_prefix)]
    spec = find_spec(model.package)  # does not import it
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec is not None else []
