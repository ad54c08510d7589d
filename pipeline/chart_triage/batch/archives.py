"""What is in a ZIP archive, without unpacking it and without believing it.

An archive is listed only where its list of files is small enough to be read and its files do not overlap; a file in
it only where it can be read within bounds. Names are shown, and nothing is ever written under them.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chart_triage.errors import InputError

_LIST_BYTES = 64_000_000  # of the archive's own list of files: some 500,000 names
_EXPANDS = 300  # times; deflate packs a page of text 3 to 20 times, a white page of a scan some 200 times
_SMALL = 5_000_000  # bytes; so much is read however well it was packed
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_TAIL = 70_000  # bytes: the end record, its longest comment, and the records of a long archive before it


class Member(NamedTuple):
    """A file of an archive; `refused` says why it cannot be read, None where it can."""

    name: str
    size: int
    refused: InputError | None = None


def is_archive(path: Path) -> bool:
    """Whether the file begins as a ZIP does and is named so: Office files are ZIPs, too."""
    if path.suffix.lower() != ".zip":
        return False
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def members(path: Path, name: str) -> Iterator[Member]:
    """The files of the archive in order of their names. Messages call it `name`.

    Raises InputError (damaged, too_large) where the archive as a whole cannot be used.
    """
    try:
        if _list_size(path) > _LIST_BYTES:
            raise InputError("too_large", f"{name} lists more files than are read of one archive. Split it.")
        with zipfile.ZipFile(path) as archive:
            files = [info for info in archive.infolist() if not info.is_dir() and not _hidden(info.filename)]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise InputError("damaged", f"{name} is damaged or no ZIP archive. Pack it again.") from None
    except OSError as error:
        raise InputError("no_access", f"{name} cannot be opened: {error.strerror or 'no reason given'}.") from None
    if sum(info.compress_size for info in files) > path.stat().st_size:
        raise InputError("damaged", f"{name}: its files overlap, as in archives made to do harm. Pack it again.")
    seen: set[str] = set()
    for info in sorted(files, key=lambda each: (each.filename, each.header_offset)):
        shown = f"{name}/{info.filename}"
        refused = _refusal(info, shown, twice=info.filename in seen)
        seen.add(info.filename)
        yield Member(info.filename, info.file_size, refused)


def _refusal(info: zipfile.ZipInfo, shown: str, *, twice: bool) -> InputError | None:
    if twice:
        return InputError("damaged", f"{shown} is in the archive twice; the first is read. Pack it again.")
    if ".." in PurePosixPath(info.filename.replace("\\", "/")).parts or info.filename.startswith(("/", "\\")):
        return InputError("unsupported", f"{shown}: its path leads out of the archive. Pack it again.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return InputError("unsupported", f"{shown} is a link. Pack the file itself.")
    if info.flag_bits & 1:
        return InputError("encrypted", f"{shown} is locked with a password. Pack it without one.")
    if info.compress_type not in _METHODS:
        return InputError("unsupported", f"{shown} is packed in a way that is not read. Use plain ZIP (deflate).")
    if info.filename.lower().endswith(".zip"):
        return InputError("unsupported", f"{shown} is an archive within an archive. Unpack the outer one.")
    if info.file_size > _SMALL and info.file_size > _EXPANDS * max(1, info.compress_size):
        return InputError("too_large", f"{shown} grows more than {_EXPANDS} times when unpacked. Send it unpacked.")
    return None


def _hidden(filename: str) -> bool:
    """What Finder and Explorer leave behind."""
    parts = PurePosixPath(filename.replace("\\", "/")).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1].startswith(".") and parts[-1] != "..")


def _list_size(path: Path) -> int:
    """Bytes of the archive's list of files, by its end record (APPNOTE.TXT 4.3.14 to 4.3.16)."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 16:
        raise zipfile.BadZipFile
    size: int = struct.unpack_from("<L", tail, at + 12)[0]
    at_64 = tail.rfind(_END_64)
    if at_64 >= 0 and len(tail) >= at_64 + 48:
        size = max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", tail, at_64 + 40)[0])
    return size
