"""A folder of this machine, or one that several machines share."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chart_triage.errors import StoreError
from chart_triage.storage.base import Entry


class Folder:
    """Files and folders made here are for their owner alone (0600, 0700): charts lie in them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def folder(self) -> Path:
        return self._path

    def read(self, key: str) -> bytes | None:
        try:
            return (self._path / key).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, key: str, content: bytes) -> None:
        """As `Storage.write`: it is on the disk then, as is the entry of its folder. Raises OSError (a full disk)."""
        path = self._path / key
        _make(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with open(draft, "wb", opener=_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync(path.parent)

    def renew(self, key: str) -> bool:
        path = self._path / key
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        _sync(path.parent)  # whoever wrote it may not have come so far
        return True

    def remove(self, key: str) -> None:
        (self._path / key).unlink(missing_ok=True)

    def entry(self, key: str) -> Entry | None:
        try:
            status = (self._path / key).stat()
        except FileNotFoundError:
            return None
        return Entry(key, status.st_size, status.st_mtime)

    def entries(self, under: str = "") -> Iterator[Entry]:
        for path in sorted((self._path / under).rglob("*")):
            if path.name.startswith("."):
                continue
            found = self.entry(path.relative_to(self._path).as_posix()) if path.is_file() else None
            if found is not None:  # else it was removed meanwhile
                yield found

    def sweep(self, before: float) -> int:
        drafts = [p for p in self._path.rglob(".*") if p.is_file() and p.stat().st_mtime < before]
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    def check(self) -> None:
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=self._path):
                pass
        except OSError as error:
            told = f"Nothing can be written to the folder of files ({error.strerror}). Check its rights and its disk."
            raise StoreError(told) from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make(folder: Path) -> None:
    """The folder and those above it, each with its entry on the disk."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        _make(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
