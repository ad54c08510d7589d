"""What a storage can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

BUCKET_SCHEME = "s3://"


class Entry(NamedTuple):
    """`written`: when it was written last, in seconds since 1970, by the clock of whoever keeps it."""

    key: str
    size: int
    written: float


class Storage(Protocol):
    """Keys are relative paths of plain names ("ab/abcdef"). No name begins with a dot."""

    def read(self, key: str) -> bytes | None:
        """The bytes of `key`; None where there are none."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """On return `content` is kept for good; a reader sees the bytes before or after, never a part."""
        ...

    def renew(self, key: str) -> bool:
        """Make `written` recent without writing the bytes; False where they have to be written (again)."""
        ...

    def remove(self, key: str) -> None:
        """Nothing happens where it is not there."""
        ...

    def entry(self, key: str) -> Entry | None:
        """What is known of `key` without reading it; None where it is not there."""
        ...

    def entries(self, under: str = "") -> Iterator[Entry]:
        """All that is kept under the folder `under` ("ab", not "ab/"), in the order of the keys."""
        ...

    def sweep(self, before: float) -> int:
        """Remove what killed programs left half-written `before` (seconds since 1970); how many."""
        ...

    @property
    def folder(self) -> Path | None:
        """Where it lies on this machine; None where it does not."""
        ...

    def check(self) -> None:
        """Raises StoreError, with the remedy, where nothing can be written."""
        ...
