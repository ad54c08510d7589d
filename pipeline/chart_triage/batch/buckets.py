"""Charts in an S3-compatible bucket: what an address names, in the order of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from chart_triage.batch.engine import Failure, Place
from chart_triage.batch.inputs import Found, Input, Unusable
from chart_triage.errors import StoreError
from chart_triage.records.request import RequestData
from chart_triage.storage import opened, parts_of


def charts_in(address: str, request: RequestData) -> Iterator[Input]:
    """The object "s3://bucket/key", or all objects below "s3://bucket/prefix". Archives are not looked into: whoever
    reads a chart of them would fetch the whole of it."""
    bucket, key = parts_of(address)
    key = key.strip("/")
    try:
        storage = opened(bucket)
        one = storage.entry(key) if key else None
        any_object = False
        for entry in [one] if one is not None else storage.entries(key):
            if entry.key.endswith("/"):  # what consoles make for an empty folder
                continue
            any_object = True
            yield _input(bucket, entry.key, entry.size, request)
        if not any_object:
            yield _no(address, "not_found", f"{address} names nothing that is in the bucket. Check the address.")
    except StoreError as error:
        yield _no(address, "no_access", str(error))


def _input(bucket: str, key: str, size: int, request: RequestData) -> Input:
    name = f"{bucket}/{key}"
    if PurePosixPath(key).suffix.lower() == ".zip":
        return _no(name, "unsupported", f"{name} is an archive, and those in buckets are not opened. Unpack it there.")
    return Found(name, Place(name), size, request)


def _no(name: str, kind: str, reason: str) -> Unusable:
    return Unusable(name, Failure(kind=kind, reason=reason))
