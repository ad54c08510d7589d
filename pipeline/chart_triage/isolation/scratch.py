"""A private folder for a child's temporary files: gone with the child, or swept at the next start.

Who holds a folder keeps a lock on a file in it. The kernel lets go of it however the holder ends, so that a sweep
takes away what a killed process left behind and never what is in use.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_PREFIX = "chart-triage-child-"
_LOCK, _PROCESSES, _FILES = "lock", "processes", "files"
_MAKING = 60.0  # seconds that making a folder takes at most: without a lock, it is left alone for so long
_SEMAPHORES = Path("/dev/shm")


class Scratch:
    """Readable for its owner alone. `files` is for the child; close it to have it removed."""

    def __init__(self, within: Path | None = None) -> None:
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=within))
            self.files = self.folder / _FILES
            self._lock = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                self.files.mkdir(mode=0o700)
                return
            except FileNotFoundError:  # a sweep had the lock first, and took the folder away
                os.close(self._lock)

    def used_by(self, pid: int) -> None:
        """Write down a process whose semaphores are to be removed with the folder."""
        with (self.folder / _PROCESSES).open("a") as file:
            file.write(f"{pid}\n")

    def empty(self) -> None:
        """Remove what the child has left in `files`."""
        for entry in self.files.iterdir():
            _remove(entry)

    def close(self) -> None:
        _clear(self.folder)
        with suppress(OSError):
            os.close(self._lock)


def sweep(within: Path | None = None) -> int:
    """Remove the folders of this user whose holders were killed; returns how many."""
    base = within or Path(tempfile.gettempdir())
    return sum(_swept(folder) for folder in base.glob(f"{_PREFIX}*"))


def _swept(folder: Path) -> bool:
    try:
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != os.getuid():
            return False
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return _is_bare(folder) and time.time() - found.st_mtime > _MAKING and _clear(folder)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _clear(folder)
    except OSError:  # somebody holds it
        return False
    finally:
        os.close(lock)


def _is_bare(folder: Path) -> bool:
    """A folder of ours that was not finished; one of another make holds something."""
    try:
        return not any(folder.iterdir())
    except OSError:
        return False


def _clear(folder: Path) -> bool:
    """Semaphores (loky names them by the process) and files. The lock goes last: a sweep that is cut off goes on."""
    with suppress(OSError):
        for pid in (folder / _PROCESSES).read_text().split():
            for semaphore in _SEMAPHORES.glob(f"sem.loky-{int(pid)}-*"):
                semaphore.unlink(missing_ok=True)
    _remove(folder / _FILES)
    _remove(folder)
    return not folder.exists()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
