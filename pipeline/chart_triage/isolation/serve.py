"""The child's side: `python -m chart_triage.isolation.serve PIPE LIFE`. Does one task after another until its end.

What it prints goes nowhere: libraries write a file's words to standard error. Of an unexpected exception only the
class and the line of the program are told, for the same reason.
"""

from __future__ import annotations

import errno
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from chart_triage.errors import ChartTriageError, GuidelineError, InputError
from chart_triage.isolation import confinement, plain

_PACKAGE = Path(__file__).parents[1]


def main() -> None:
    pipe, life = Connection(int(sys.argv[1])), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    confinement.die_with_parent(life)
    bounds = pipe.recv()
    confinement.limit_resources(**bounds)
    pipe.send_bytes(plain.dumps(("ready", confinement.close_network())))
    while True:
        try:
            path, arguments, cpu_seconds = _next_task(pipe)
        except EOFError:
            return
        confinement.limit_cpu(cpu_seconds)
        pipe.send_bytes(_answer(path, arguments, lambda told: pipe.send_bytes(plain.dumps(("told", told)))))


def _next_task(pipe: Connection) -> tuple[str, dict[str, Any], float]:
    """As `Process.send` writes it. Raises EOFError when the parent has ended."""
    told = pipe.recv_bytes()
    files = (pipe.recv_bytes() for _ in range(told[0]))
    task: tuple[str, dict[str, Any], float] = pickle.loads(memoryview(told)[1:], buffers=files)
    return task


def _answer(path: str, arguments: dict[str, Any], tell: Callable[[plain.Plain], None]) -> bytes:
    """The task's last message. A task is called with its arguments and `tell`, which passes on what is there so far."""
    try:
        module, _, name = path.partition(":")
        return plain.dumps(("done", getattr(import_module(module), name)(tell=tell, **arguments)))
    except ChartTriageError as error:
        return plain.dumps(("error", *_told(error)))
    except MemoryError:
        return plain.dumps(("exceeded", "memory"))
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EFBIG:
            return plain.dumps(("exceeded", "output"))
        return plain.dumps(("fault", type(error).__name__, _place(error)))


def _told(error: ChartTriageError) -> tuple[str, list[Any]]:
    """The class and what it is made of."""
    if isinstance(error, InputError):
        return "InputError", [error.kind, str(error)]
    if isinstance(error, GuidelineError):
        return "GuidelineError", [list(error.problems)]
    return type(error).__name__, [str(error)]


def _place(error: Exception) -> str:
    """The last line of this program that the error passed through, as "intake/reading.py:48"."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(_PACKAGE):
            return f"{file.relative_to(_PACKAGE)}:{frame.lineno}"
    return "elsewhere"


if __name__ == "__main__":
    main()
