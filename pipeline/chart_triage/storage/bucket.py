"""An S3-compatible bucket, by obstore.

Credentials, region and endpoint come from the usual environment variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION, AWS_ENDPOINT_URL) or from the machine's role. A put is atomic by nature; it is never cut into parts, so that
a killed program leaves nothing half-written.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chart_triage.errors import StoreError
from chart_triage.storage.base import BUCKET_SCHEME, Entry

if TYPE_CHECKING:
    from obstore.store import S3Store

_FRESH = 900.0  # seconds: what was written so lately needs no renewal (retention.GRACE is four times that)
_RETRIES = 5
_RETRY_FOR = timedelta(seconds=60)
_CHECK = "writable"


class Bucket:
    """`address`: "s3://bucket" or "s3://bucket/prefix". Can be pickled; may be used by several threads."""

    def __init__(self, address: str, environ: Mapping[str, str] = os.environ) -> None:
        name, prefix = _parts(address)
        if find_spec("obstore") is None:
            raise StoreError(f"{address} needs the package for buckets: pip install 'chart-triage[s3]'.")
        from obstore.store import S3Store

        self._store: S3Store = S3Store(
            name,
            prefix=prefix or None,
            client_options={"allow_http": plain_http_is_fine(environ), "connect_timeout": "5s", "timeout": "300s"},
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_FOR},
        )
        self._name = name

    @property
    def folder(self) -> None:
        return None

    def read(self, key: str) -> bytes | None:
        import obstore

        with self._told("read"):
            try:
                return obstore.get(self._store, key).bytes().to_bytes()
            except FileNotFoundError:
                return None

    def write(self, key: str, content: bytes) -> None:
        import obstore

        with self._told("written"):
            obstore.put(self._store, key, content, use_multipart=False)

    def renew(self, key: str) -> bool:
        """A bucket has no way to touch an object: an older one is written again, with the same content."""
        found = self.entry(key)
        return found is not None and time.time() - found.written < _FRESH

    def remove(self, key: str) -> None:
        import obstore

        with self._told("removed"):
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                return

    def entry(self, key: str) -> Entry | None:
        import obstore

        with self._told("read"):
            try:
                found = obstore.head(self._store, key)
            except FileNotFoundError:
                return None
        return Entry(key, found["size"], found["last_modified"].timestamp())

    def entries(self, under: str = "") -> Iterator[Entry]:
        import obstore

        chunks = iter(obstore.list(self._store, under or None))
        while True:
            with self._told("listed"):
                chunk = next(chunks, None)
            if chunk is None:
                return
            for found in chunk:
                if found["path"].rpartition("/")[2].startswith("."):
                    continue
                yield Entry(found["path"], found["size"], found["last_modified"].timestamp())

    def sweep(self, before: float) -> int:
        """Nothing is ever half-written."""
        return 0

    def check(self) -> None:
        import obstore

        with self._told("written"):
            obstore.put(self._store, f".{_CHECK}", b"", use_multipart=False)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """The library's messages hold addresses, keys and answers of the server: none of them is passed on."""
        from obstore import exceptions

        try:
            yield
        except FileNotFoundError:
            why = "there is no such bucket"
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError):
            why = "access is refused: check the credentials and the bucket's policy"
        except (exceptions.BaseError, OSError) as error:
            why = f"{type(error).__name__}: check the endpoint, the region and the network"
        else:
            return
        raise StoreError(f"The bucket {self._name} cannot be {what}; {why}.") from None


def _parts(address: str) -> tuple[str, str]:
    name, _, prefix = address.removeprefix(BUCKET_SCHEME).partition("/")
    if not address.startswith(BUCKET_SCHEME) or not name:
        raise StoreError(f"{address} is not the address of a bucket. Write {BUCKET_SCHEME}bucket/prefix.")
    return name, prefix.strip("/")


def plain_http_is_fine(environ: Mapping[str, str]) -> bool:
    """Charts go over TLS: without it only to this machine, or where AWS_ALLOW_HTTP says so."""
    if environ.get("AWS_ALLOW_HTTP", "").lower() == "true":
        return True
    endpoint = (
        environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or environ.get("AWS_ENDPOINT") or ""
    )
    host = urlsplit(endpoint).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
