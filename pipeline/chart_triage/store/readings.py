"""Readings of charts, kept by the content of the file and the version of everything that reads it.

With them a chart is judged by another guideline or lexicon without being read again:

    VERSION/ab/abcdef...     a chart as `chart_to_bytes` makes it; VERSION is the start of a hash
    VERSION/version          what the hash was made of, in words

They are handed over as bytes and not looked into here: who holds the keys of the cache hands them to the process that
reads charts and takes them from it, and what a hostile chart makes of that process stays with that chart. Losing a
reading costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from chart_triage import intake
from chart_triage.errors import InputError, StoreError
from chart_triage.records.chart import Chart
from chart_triage.settings import Settings
from chart_triage.storage import Entry, Seal, Storage, opened
from chart_triage.store.chart_file import CHART_NAME, FORMAT, chart_from_bytes, chart_to_bytes

log = logging.getLogger(__name__)

_VERSION = "version"
_DRAFTS = 3600.0  # seconds after which a draft is nobody's


class Readings:
    """Those that this version of the program can use for `site`, in `storage`, closed with `seal`."""

    def __init__(self, storage: Storage, seal: Seal, site: Settings) -> None:
        self._storage, self._seal = storage, seal
        self._version = _version(site)
        self._folder = current_folder(site)
        self._begun = False
        self._complained = False

    @classmethod
    def of(cls, site: Settings) -> Readings | None:
        """Those of the site's cache, sealed with the store's key where there is one; None where none are kept."""
        if site.reading_cache is None:
            return None
        return cls(opened(site.reading_cache), Seal(site.store_key), site)

    def get(self, sha256: str) -> bytes | None:
        """The reading of the file with this checksum, for `kept_chart`; None where there is none that can be opened."""
        at = self._at(sha256)
        try:
            kept = self._storage.read(at)
            return None if kept is None or self._seal.cannot_open(kept) else self._seal.open(at, kept)
        except (OSError, StoreError) as error:
            self._complain("read", error)
            return None

    def put(self, sha256: str, reading: bytes) -> None:
        """Keep what `worth_keeping` gave, where that is possible."""
        at = self._at(sha256)
        try:
            if not self._begun:
                self._storage.write(f"{self._folder}/{_VERSION}", self._version.encode())
                self._begun = True
            self._storage.write(at, self._seal.close(at, reading))
        except (OSError, StoreError) as error:
            self._complain("written", error)

    def _at(self, sha256: str) -> str:
        return f"{self._folder}/{sha256[:2]}/{sha256}"

    def _complain(self, what: str, error: Exception) -> None:
        if not self._complained:
            log.warning("readings cannot be %s: %s", what, type(error).__name__)
        self._complained = True


def kept_chart(sha256: str, reading: bytes | None) -> Chart | None:
    """The chart of a reading. None where there is none, or it is damaged or of another file: it is to be read then."""
    try:
        chart = None if reading is None else chart_from_bytes(CHART_NAME, reading)
    except InputError:
        return None
    return chart if chart is not None and chart.sha256 == sha256 else None


def worth_keeping(chart: Chart) -> bytes | None:
    """The reading of a chart; None where another try could read more of it."""
    return chart_to_bytes(chart) if intake.is_final(chart) else None


class Kept(NamedTuple):
    """Readings of one version (told in words). `oldest`, `newest`: seconds since 1970."""

    folder: str
    version: str
    readings: int
    size: int
    oldest: float
    newest: float


class Removed(NamedTuple):
    readings: int
    size: int


def survey(storage: Storage) -> list[Kept]:
    """What is kept of each version, the newest first."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in _readings(storage):
        found[_folder(entry)].append(entry)
    return sorted((_kept(storage, *each) for each in found.items()), key=lambda kept: -kept.newest)


def _kept(storage: Storage, folder: str, entries: list[Entry]) -> Kept:
    told = storage.read(f"{folder}/{_VERSION}") or b"unknown"
    times = [entry.written for entry in entries]
    size = sum(entry.size for entry in entries)
    return Kept(folder, told.decode(errors="replace"), len(entries), size, min(times), max(times))


def prune(
    storage: Storage,
    site: Settings,
    now: float,
    *,
    older_than: float | None = None,
    at_most: int | None = None,
    old_versions: bool = False,
) -> Removed:
    """Remove what was written more than `older_than` seconds before `now`, readings of other versions of the program,
    then the oldest until no more than `at_most` bytes are left; also drafts of killed programs."""
    storage.sweep(now - _DRAFTS)
    current = current_folder(site)
    doomed: list[Entry] = []
    left: list[Entry] = []
    for entry in sorted(_readings(storage), key=lambda entry: entry.written):
        is_old = older_than is not None and entry.written < now - older_than
        (doomed if is_old or (old_versions and _folder(entry) != current) else left).append(entry)
    over = 0 if at_most is None else sum(entry.size for entry in left) - at_most
    for entry in left:
        if over <= 0:
            break
        doomed.append(entry)
        over -= entry.size
    for entry in doomed:
        storage.remove(entry.key)
    for folder in {_folder(entry) for entry in doomed} - {_folder(entry) for entry in _readings(storage)}:
        storage.remove(f"{folder}/{_VERSION}")
    return Removed(len(doomed), sum(entry.size for entry in doomed))


def current_folder(site: Settings) -> str:
    """The folder of the version that this program uses for `site`: its limits count, too."""
    return hashlib.sha256(_version(site).encode()).hexdigest()[:16]


def _version(site: Settings) -> str:
    return f"format {FORMAT}; {intake.reading_version(intake.Limits.of(site))}"


def _readings(storage: Storage) -> Iterator[Entry]:
    """Entries that lie as `Readings` puts them: a folder that was named by mistake loses nothing else."""
    for entry in storage.entries():
        parts = entry.key.split("/")
        if len(parts) == 3 and len(parts[0]) == 16 and len(parts[2]) == 64 and parts[2].startswith(parts[1]):
            yield entry


def _folder(entry: Entry) -> str:
    return entry.key.partition("/")[0]
