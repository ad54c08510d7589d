"""What a run is to screen: every input looked through, in an order that only the inputs decide.

A file, a folder (with all below it), a pattern, a ZIP archive, a manifest, or the address of a bucket. Nothing is left
out without a word: what cannot be a chart is told with its reason.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chart_triage.batch import archives, manifest
from chart_triage.batch.engine import Failure, Place
from chart_triage.errors import InputError
from chart_triage.records.request import RequestData

_LEFTOVERS = ("thumbs.db", "desktop.ini")  # of file managers, beside hidden files


class Found(NamedTuple):
    """Something that may be a chart: its name in messages and tables, where it is, how many bytes it has."""

    name: str
    place: Place
    size: int
    request: RequestData


class Unusable(NamedTuple):
    """An input, or a part of one, that no chart can be in."""

    name: str
    failure: Failure


Input = Found | Unusable
Lister = Callable[[str, RequestData], Iterator[Input]]
"""Lists what an address names ("s3://bucket/prefix"), by key."""


def find(inputs: Iterable[str], request: RequestData, listers: Mapping[str, Lister]) -> Iterator[Input]:
    """All charts of `inputs`, in their order; `request` is what is known of every request.

    `listers` are by scheme ("s3"). The same file named twice is found twice.
    """
    for each in inputs:
        yield from _named(each, each, request, listers)


def _named(text: str, name: str, request: RequestData, listers: Mapping[str, Lister]) -> Iterator[Input]:
    scheme, colon, _ = text.partition("://")
    path = Path(text)
    if colon:
        if scheme not in listers:
            known = ", ".join(f"{each}://" for each in sorted(listers)) or "none"
            yield _no(name, "unsupported", f"{name}: charts are not read from {scheme}:// (known: {known}).")
        else:
            yield from listers[scheme](text, request)
    elif path.is_dir():
        yield from _folder(path, name, request)
    elif path.suffix.lower() in manifest.SUFFIXES and path.is_file():
        yield from _manifest(path, request, listers)
    elif path.exists():
        yield from _file(path, name, request)
    elif glob.has_magic(text):
        yield from _pattern(text, request)
    else:
        yield _no(name, "not_found", f"{name} does not exist. Check the path.")


def _folder(folder: Path, name: str, request: RequestData) -> Iterator[Input]:
    """All files below `folder`, by path; hidden ones and links to folders are passed over."""
    any_file = False
    closed: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for each in sorted(files):
            if not each.startswith(".") and each.lower() not in _LEFTOVERS:
                any_file = True
                path = Path(place) / each
                yield from _file(path, str(path), request)
    for error in closed:
        any_file = True
        yield _no(str(error.filename), "no_access", f"{error.filename} cannot be opened: {error.strerror}.")
    if not any_file:
        yield _no(name, "empty", f"{name} holds no files that can be seen. Check the path.")


def _file(path: Path, name: str, request: RequestData) -> Iterator[Input]:
    try:
        if not path.is_file():  # a pipe or a device would never end
            yield _no(name, "not_a_file", f"{name} is not a file.")
            return
        if archives.is_archive(path):
            yield from _archive(path, name, request)
            return
        yield Found(name, Place(str(path)), path.stat().st_size, request)
    except OSError as error:
        yield _no(name, "no_access", f"{name} cannot be opened: {error.strerror}.")


def _archive(path: Path, name: str, request: RequestData) -> Iterator[Input]:
    try:
        empty = True
        for member in archives.members(path, name):
            empty = False
            shown = f"{name}/{member.name}"
            if member.refused is not None:
                yield _refused(shown, member.refused)
            else:
                yield Found(shown, Place(str(path), member.name), member.size, request)
        if empty:
            yield _no(name, "empty", f"{name} holds no files.")
    except InputError as error:
        yield _refused(name, error)


def _manifest(path: Path, request: RequestData, listers: Mapping[str, Lister]) -> Iterator[Input]:
    try:
        empty = True
        for row in manifest.read(path, request):
            empty = False
            if row.refused is not None:
                yield _refused(row.file, row.refused)
            elif "://" in row.file:
                yield from _named(row.file, row.file, row.request, listers)
            else:
                yield from _row(path.parent / row.file, row.request)
        if empty:
            yield _no(str(path), "empty", f"{path} names no charts.")
    except InputError as error:
        yield _refused(str(path), error)


def _row(path: Path, request: RequestData) -> Iterator[Input]:
    if path.is_dir():
        yield from _folder(path, str(path), request)
    elif path.exists():
        yield from _file(path, str(path), request)
    else:
        yield _no(str(path), "not_found", f"{path} does not exist. Check the manifest.")


def _pattern(text: str, request: RequestData) -> Iterator[Input]:
    matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207  a pattern may begin anywhere
    if not matches:
        yield _no(text, "not_found", f"{text} matches no file. Check the pattern.")
    for each in matches:
        yield from _row(Path(each), request)


def _refused(name: str, error: InputError) -> Unusable:
    return Unusable(name, Failure(kind=error.kind, reason=str(error)))


def _no(name: str, kind: str, reason: str) -> Unusable:
    return Unusable(name, Failure(kind=kind, reason=reason))
