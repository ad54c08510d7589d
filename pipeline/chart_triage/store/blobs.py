"""Files by their content: originals, page images and results, written whole or not at all, encrypted with a key.

A file's name is the SHA-256 of its bytes; the same bytes are kept once. They lie in a folder or in a bucket.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from chart_triage.errors import StoreError
from chart_triage.storage import Seal, opened

_NAME = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """All files of a store. `location`: a folder, or "s3://bucket/prefix". `key`: 32 bytes in base64, or None to keep
    files as they are."""

    def __init__(self, location: Path | str, key: str | None = None) -> None:
        self._storage = opened(location)
        self._seal = Seal(key)

    @property
    def folder(self) -> Path | None:
        """Where they lie on this machine; None for a bucket."""
        return self._storage.folder

    def put(self, content: bytes) -> str:
        """Keep `content`; its name. On return it is kept for good, and counts as put now: a purge leaves it to us."""
        name = hashlib.sha256(content).hexdigest()
        if not self._storage.renew(_place(name)):
            self._storage.write(_place(name), self._seal.close(name, content))
        return name

    def get(self, name: str) -> bytes:
        """The bytes of `name`. Raises StoreError where they are gone, damaged or sealed with another key."""
        kept = self._storage.read(_place(name))
        if kept is None:
            raise StoreError(f"The file {name[:12]} is not in the store. Restore it from a backup.")
        content = self._seal.open(name, kept)
        if hashlib.sha256(content).hexdigest() != name:
            raise StoreError(f"The file {name[:12]} is damaged. Restore it from a backup.")
        return content

    def remove(self, name: str) -> None:
        self._storage.remove(_place(name))

    def kept_at(self, name: str) -> float | None:
        """When the file was put last, in seconds since 1970; None where it is not there."""
        entry = self._storage.entry(_place(name))
        return None if entry is None else entry.written

    def put_sealed(self, name: str, kept: bytes) -> None:
        """Keep a file as `sealed` gave it, as a restore does. Raises StoreError where it is not what its name says."""
        content = self._seal.open(name, kept)
        if not self._seal.cannot_open(kept) and hashlib.sha256(content).hexdigest() != name:
            raise StoreError(f"The file {name[:12]} is damaged.")
        self._storage.write(_place(name), kept)

    def sealed(self, name: str) -> bytes | None:
        """The bytes of `name` as they lie there; None where it is not there."""
        return self._storage.read(_place(name))

    def names(self) -> Iterator[str]:
        """The names of all files that are kept."""
        for entry in self._storage.entries():
            name = entry.key.rpartition("/")[2]
            if _NAME.fullmatch(name) and entry.key == _place(name):
                yield name

    def sweep(self, before: float) -> int:
        """Remove drafts that a killed program left behind `before` (seconds since 1970); how many."""
        return self._storage.sweep(before)

    def check(self) -> None:
        """Raises StoreError where nothing can be written."""
        self._storage.check()


def _place(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of a kept file")
    return f"{name[:2]}/{name}"
