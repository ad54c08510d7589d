"""Content sealed by AES-256-GCM, its name as the associated data: one sealed file cannot stand in for another."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chart_triage.errors import StoreError

_SEALED = b"CTS1"
_NONCE = 12


class Seal:
    """`key`: 32 bytes in base64; None leaves content as it is. What was kept before a key was set stays readable.

    Raises StoreError for a key that is none.
    """

    def __init__(self, key: str | None) -> None:
        self._key = key
        self._cipher = _cipher(key)

    def __reduce__(self) -> tuple[type[Seal], tuple[str | None]]:
        """For processes of this machine; a cipher cannot be sent, its key can."""
        return Seal, (self._key,)

    def close(self, name: str, content: bytes) -> bytes:
        """What is kept as `name`."""
        if self._cipher is None:
            return content
        nonce = secrets.token_bytes(_NONCE)
        return _SEALED + nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, name: str, kept: bytes) -> bytes:
        """The content. Raises StoreError where it was sealed with another key, as another name, or is damaged."""
        if self._cipher is None or not kept.startswith(_SEALED):
            return kept
        start = len(_SEALED)
        try:
            return self._cipher.decrypt(kept[start : start + _NONCE], kept[start + _NONCE :], name.encode())
        except InvalidTag:
            raise StoreError(f"The file {name[:12]} was sealed with another key, or is damaged.") from None

    def cannot_open(self, kept: bytes) -> bool:
        """Whether `kept` is sealed and there is no key here."""
        return self._cipher is None and kept.startswith(_SEALED)


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
