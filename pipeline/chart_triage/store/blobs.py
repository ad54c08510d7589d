"""Files by their content: originals, page images and results, written whole or not at all, encrypted with a key.

A file's name is the SHA-256 of its bytes; the same bytes are kept once. With a key each file is sealed by AES-256-GCM,
its name as the associated data, so that one sealed file cannot stand in for another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chart_triage.errors import StoreError

_SEALED = b"CTS1"
_NONCE = 12
_NAME = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """A folder of files. `key`: 32 bytes in base64, or None to keep files as they are."""

    def __init__(self, folder: Path, key: str | None = None) -> None:
        self._folder = folder
        self._cipher = _cipher(key)

    def put(self, content: bytes) -> str:
        """Keep `content`; its name. On return it is on the disk, as is the entry of its folder."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if self._renewed(path):
            return name
        self._write(path, self._seal(name, content))
        return name

    def get(self, name: str) -> bytes:
        """The bytes of `name`. Raises StoreError where they are gone, damaged or sealed with another key."""
        try:
            kept = self._path(name).read_bytes()
        except FileNotFoundError:
            raise StoreError(f"The file {name[:12]} is not in the store. Restore it from a backup.") from None
        content = self._open(name, kept)
        if hashlib.sha256(content).hexdigest() != name:
            raise StoreError(f"The file {name[:12]} is damaged. Restore it from a backup.")
        return content

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def kept_at(self, name: str) -> float | None:
        """When the file was put last, in seconds since 1970; None where it is not there."""
        try:
            return self._path(name).stat().st_mtime
        except FileNotFoundError:
            return None

    def put_sealed(self, name: str, kept: bytes) -> None:
        """Keep a file as `sealed` gave it, as a restore does. Raises StoreError where it is not what its name says."""
        content = self._open(name, kept)
        if not (self._cipher is None and kept.startswith(_SEALED)) and hashlib.sha256(content).hexdigest() != name:
            raise StoreError(f"The file {name[:12]} is damaged.")
        self._write(self._path(name), kept)

    def sealed(self, name: str) -> bytes | None:
        """The bytes of `name` as they lie on the disk; None where it is not there."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def names(self) -> Iterator[str]:
        """The names of all files that are kept."""
        for path in sorted(self._folder.glob("??/*")):
            if _NAME.fullmatch(path.name):
                yield path.name

    def sweep(self, before: float) -> int:
        """Remove drafts that a killed program left behind `before` (seconds since 1970); how many."""
        drafts = [p for p in self._folder.glob("??/.*") if p.is_file() and p.stat().st_mtime < before]
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    def check(self) -> None:
        """Raises StoreError where nothing can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        except OSError as error:
            told = f"Nothing can be written to the folder of files ({error.strerror}). Check its rights and its disk."
            raise StoreError(told) from None

    def _renewed(self, path: Path) -> bool:
        """Whether the file is there; it then counts as put now, so that a purge leaves it to who puts it."""
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        _sync_folder(path.parent)  # whoever wrote it may not have come so far
        return True

    def _write(self, path: Path, kept: bytes) -> None:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(self._folder)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with draft.open("wb") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not the name of a kept file")
        return self._folder / name[:2] / name

    def _seal(self, name: str, content: bytes) -> bytes:
        if self._cipher is None:
            return content
        nonce = secrets.token_bytes(_NONCE)
        return _SEALED + nonce + self._cipher.encrypt(nonce, content, name.encode())

    def _open(self, name: str, kept: bytes) -> bytes:
        if self._cipher is None or not kept.startswith(_SEALED):
            return kept
        start = len(_SEALED)
        try:
            return self._cipher.decrypt(kept[start : start + _NONCE], kept[start + _NONCE :], name.encode())
        except InvalidTag:
            raise StoreError(f"The file {name[:12]} was sealed with another key, or is damaged.") from None


def _cipher(key: str | None) -> AESGCM | None:
    if key is None:
        return None
    try:
        raw = base64.b64decode(key, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != 32:
        raise StoreError("The key of the store must be 32 bytes in base64, as `openssl rand -base64 32` makes them.")
    return AESGCM(raw)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
