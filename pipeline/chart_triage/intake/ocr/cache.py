"""Readings of pages kept in a folder, by the content of the page and the version of everything that reads it."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from chart_triage.intake.ocr.page import version
from chart_triage.intake.ocr.reading import PageReading


class PageCache:
    """A folder that only its owner may read: it holds what charts say. Damaged entries count as missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    def get(self, key: str) -> PageReading | None:
        """The reading kept for the page with this fingerprint, or None."""
        try:
            return _codec().validate_json(gzip.decompress(self._path(key).read_bytes()))
        except (OSError, EOFError, zlib.error, ValidationError):
            return None

    def put(self, key: str, reading: PageReading) -> None:
        """Keeps a reading; whole or not at all. A full or read-only disk costs nothing but the entry."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                file.write(gzip.compress(_codec().dump_json(reading), mtime=0))
            os.replace(file.name, path)  # noqa: PTH105

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(f"{key} {version()}".encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.json.gz"


@cache
def _codec() -> TypeAdapter[PageReading]:
    return TypeAdapter(PageReading)
