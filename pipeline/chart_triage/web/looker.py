"""The first look at an upload, in a child process: a file that hangs or breaks a PDF library harms no server."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

from chart_triage import intake
from chart_triage.errors import InputError
from chart_triage.intake.first_look import FirstLook

_UNOPENED = "{} could not be opened. Print it to a new PDF and send that."
_MEMORY = 4 << 30  # bytes of address space that the child may take


class _Asked(NamedTuple):
    name: str
    data: bytes
    password: str


class _Refused(NamedTuple):
    """An InputError, as it can be sent."""

    kind: str
    message: str


class Looker:
    """Starts its child at the first look and anew after it died. `seconds` is how long one look may take."""

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: tuple[SpawnProcess, Connection] | None = None

    def look(self, name: str, data: bytes, password: str = "") -> tuple[bytes | None, FirstLook]:
        """The file without its password (None where it has none), and what it is.

        Raises InputError as `intake.first_look` does, and "damaged" for a file that the child did not survive.
        """
        with self._lock:
            process, pipe = self._started()
            try:
                pipe.send(_Asked(name, data, password))
                answered = pipe.poll(self._seconds)
                answer = pipe.recv() if answered else None
            except (EOFError, OSError):
                answer = None
            if answer is None:
                process.kill()
                process.join()
                self._child = None
                raise InputError("damaged", _UNOPENED.format(name))
        if isinstance(answer, _Refused):
            raise InputError(answer.kind, answer.message)
        readable, look = answer
        return readable, look

    def _started(self) -> tuple[SpawnProcess, Connection]:
        if self._child is None or not self._child[0].is_alive():
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_answer, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._child = process, ours
        return self._child


def looked_at(name: str, data: bytes, password: str) -> tuple[bytes | None, FirstLook]:
    """As `Looker.look`, in this process."""
    try:
        return None, intake.first_look(name, data)
    except InputError as error:
        if error.kind != "encrypted" or not password:
            raise
    readable = intake.unlocked(name, data, password)
    return readable, intake.first_look(name, readable)


def _answer(pipe: Connection) -> None:
    """The child: answers until its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    while True:
        try:
            asked = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(looked_at(*asked))
        except InputError as error:
            pipe.send(_Refused(error.kind, str(error)))
        except Exception:  # a library's own words may hold the file's
            pipe.send(_Refused("damaged", _UNOPENED.format(asked.name)))
