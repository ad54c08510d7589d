"""Tasks as a hostile file would make them: run in a child by the tests beside this file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loky import ProcessPoolExecutor

from chart_triage import intake
from chart_triage.errors import GuidelineError, InputError, SettingsError
from chart_triage.intake.limits import WITHOUT_LIMITS
from chart_triage.intake.page_watch import watching
from chart_triage.isolation.confinement import limit_step

Tell = Callable[[Any], None]


def pages(count: int, tell: Tell) -> dict[str, Any]:
    for number in range(1, count + 1):
        tell({"page": number})
    return {"pages": count, "name": b"\x00", "process": os.getpid()}


def handed_over(data: bytes, more: bytes, empty: bytes, tell: Tell) -> list[Any]:
    return [(type(each).__name__, len(each), each[-3:]) for each in (data, more, empty)]


def environment(tell: Tell) -> dict[str, str]:
    return dict(os.environ)


def leave_a_file(tell: Tell) -> str:
    path = Path(os.environ["TMPDIR"]) / "left.txt"
    path.write_text("Jane Doe")
    return str(path)


def sockets(tell: Tell) -> list[str]:
    """What each attempt to make a socket ends in, in this process and in one that it starts."""
    ends = [_attempt(family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)]
    script = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError as e: print(e.errno)"
    started = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return [*ends, started.stdout.strip()]


def _attempt(family: int) -> str:
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
    except OSError as error:
        return type(error).__name__
    return "made"


def refuse(which: str, tell: Tell) -> None:
    raise {
        "input": InputError("empty", "a.pdf is empty.\x1b[31m Send it again."),
        "guideline": GuidelineError(["terms.csv:3: unknown", "terms.csv:9: unknown"]),
        "settings": SettingsError("X=1: too small."),
    }[which]


def fail(tell: Tell) -> None:
    raise KeyError("Jane Doe has a glioma")


def spin(tell: Tell) -> None:
    while True:
        pass


def wait(seconds: float, tell: Tell) -> None:
    time.sleep(seconds)


def chatter(tell: Tell) -> None:
    while True:
        tell("still here")
        time.sleep(0.02)


def die(number: int, tell: Tell) -> None:
    os.kill(os.getpid(), number)


def take_memory(megabytes: int, tell: Tell) -> int:
    return len(bytearray(megabytes << 20))


def take_memory_in_children(megabytes: int, tell: Tell) -> None:
    script = f"import time; held = b'x' * ({megabytes} << 20); time.sleep(60)"
    held = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
    held[0].wait()


def keep_memory(megabytes: int, tell: Tell) -> int:
    globals()["_kept"] = b"x" * (megabytes << 20)
    return os.getpid()


def send_much(megabytes: int, tell: Tell) -> bytes:
    return bytes(megabytes << 20)


def write_much(megabytes: int, tell: Tell) -> None:
    with Path(os.environ["TMPDIR"], "much").open("wb") as file:
        for _ in range(megabytes):
            file.write(bytes(1 << 20))


def open_many(count: int, tell: Tell) -> int:
    held = []
    try:
        for _ in range(count):
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    for each in held:
        os.close(each)
    return len(held)


def say_code(tell: Tell) -> Any:
    return os.system


def children_that_hang(tell: Tell) -> None:
    """A pool as OCR has one, with both of its processes at work."""
    executor = ProcessPoolExecutor(2)
    futures = [executor.submit(time.sleep, 60) for _ in range(4)]
    tell([os.getpid(), *(executor._processes or {})])
    futures[0].result()


def stop_oneself(tell: Tell) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def read_without_limits(name: str, data: bytes, tell: Tell) -> int:
    """The number of pages."""
    return len(intake.read_chart_bytes(name, data, limits=WITHOUT_LIMITS).pages)


def read_watched(name: str, data: bytes, left_out: tuple[int, ...], tell: Tell) -> list[list[Any]]:
    """The warnings. A page may take half a second of a processor."""

    def on_page(number: int | None) -> None:
        tell(number)
        limit_step(0.5 if number else 0)

    with watching(on_page, left_out):
        chart = intake.read_chart_bytes(name, data)
    return [[warning.kind, *warning.pages] for warning in chart.warnings]
