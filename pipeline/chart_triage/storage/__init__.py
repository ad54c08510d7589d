"""Bytes kept by key, in a folder of this machine or in an S3-compatible bucket, whichever an address names.

What is kept is written whole or not at all. What it means (hashes, seals, ages) is the business of those who keep it.
"""

from __future__ import annotations

from pathlib import Path

from chart_triage.storage.base import BUCKET_SCHEME, Entry, Storage
from chart_triage.storage.folder import Folder
from chart_triage.storage.sealing import Seal

__all__ = ["Entry", "Seal", "Storage", "is_bucket", "opened", "parts_of"]


def is_bucket(location: str | Path) -> bool:
    """Whether `location` is the address of a bucket and not a path."""
    return isinstance(location, str) and location.startswith(BUCKET_SCHEME)


def parts_of(address: str) -> tuple[str, str]:
    """The bucket and the key in it: ("s3://charts", "new/1.pdf") for "s3://charts/new/1.pdf"."""
    name, _, key = address.removeprefix(BUCKET_SCHEME).partition("/")
    return f"{BUCKET_SCHEME}{name}", key


def opened(location: str | Path) -> Storage:
    """A folder by its path, a bucket by "s3://bucket/prefix". Nothing is made or asked yet.

    Raises StoreError where the address is none, or the package for buckets is not installed.
    """
    if isinstance(location, str) and is_bucket(location):
        from chart_triage.storage.bucket import Bucket  # an extra; 15 MB that a folder does without

        return Bucket(location)
    return Folder(Path(location))
