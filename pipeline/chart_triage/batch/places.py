"""A chart's bytes from where they are."""

from __future__ import annotations

import zipfile
import zlib
from functools import lru_cache
from pathlib import Path

from chart_triage import intake
from chart_triage.batch.engine import Place
from chart_triage.errors import InputError, StoreError
from chart_triage.storage import Storage, is_bucket, opened, parts_of


def content(place: Place, name: str, limits: intake.Limits) -> bytes:
    """The bytes at `place`, never more than intake reads of one file; messages call it `name`.

    Raises InputError: not_found, no_access, too_large, changed (while it was read), damaged (of an
    archive).
    """
    if is_bucket(place.location):
        return _object(place.location, name, limits)
    path = Path(place.location)
    try:
        if place.member is not None:
            return _member(path, place.member, name, limits)
        if not path.exists():
            raise FileNotFoundError
        return intake.read_bytes(path, limits)
    except FileNotFoundError:
        raise InputError("not_found", f"{name} is not there any more. Check the path, then run again.") from None
    except OSError as error:
        raise InputError("no_access", f"{name} cannot be opened: {error.strerror or 'no reason given'}.") from None


def _object(location: str, name: str, limits: intake.Limits) -> bytes:
    bucket, key = parts_of(location)
    try:
        entry = _opened(bucket).entry(key)
        if entry is not None:
            limits.check_bytes(name, entry.size)
        data = _opened(bucket).read(key)
    except StoreError as error:
        raise InputError("no_access", f"{name}: {error}") from None
    if data is None:
        raise InputError("not_found", f"{name} is not there any more. Check the path, then run again.")
    return data


@lru_cache(16)
def _opened(bucket: str) -> Storage:
    return opened(bucket)


def _member(archive: Path, member: str, name: str, limits: intake.Limits) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(member) as file:
            data = file.read(limits.max_bytes + 1)  # whatever its header says
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError):
        raise InputError("damaged", f"{name} cannot be unpacked. Pack it again, or send it without a ZIP.") from None
    limits.check_bytes(name, len(data))
    return data
