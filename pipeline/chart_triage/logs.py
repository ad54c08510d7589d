"""What any process of this program says on stderr: ids, counts, times and places in the code, never words of a chart.

A server writes one JSON object a line, a command one short line. Of an exception its class and the places in the code
are told, of a library's record or warning its origin: their messages may quote what was read. Libraries that are
known to quote are also told to be quiet, so that a program which imports this one and logs everything is safe as well.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import threading
import traceback
import warnings
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

QUOTING = (
    "PIL",  # values of TIFF and PNG tags, at debug
    "PyRuSH",  # every token
    "alembic",
    "fontTools",
    "httpcore",  # addresses and headers
    "httpx",
    "loky",
    "medspacy",
    "pdfminer",  # every token of a page, at debug
    "pdfplumber",
    "pikepdf",  # objects of a damaged file
    "pypdfium2",
    "python_multipart",  # parts of a form as they arrive, at debug
    "reportlab",
    "spacy",
    "sqlalchemy",  # statements with their values, at info
)
"""Loggers of libraries that handle charts and whose messages may hold words of them."""

_OWN = ("chart_triage", "uvicorn")
_WARNINGS = "chart_triage.warnings"
_MOST_PLACES = 12


class JsonLines(logging.Formatter):
    """`process` names the kind of process: web, worker, supervisor."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "pid": record.process,
            "logger": record.name,
            "message": _message(record),
        }
        if (request := request_id.get()) is not None:
            line["request"] = request
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


class ShortLines(logging.Formatter):
    """For a person at the keyboard: `warning chart_triage.warnings: UserWarning at words.py:12`."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{record.levelname.lower()} {record.name}: {_message(record)}"
        if record.exc_info and record.exc_info[0] is not None:
            line += f" ({record.exc_info[0].__name__} at {', '.join(places(record.exc_info[2])[-3:])})"
        return line


def set_up(process: str, level: str = "info") -> None:
    """Send all logs and warnings of this server process to stderr; ours from `level` on, others' from warnings on."""
    _set_up(JsonLines(process), level)


def set_up_command() -> None:
    """The same for a command that a person gives: warnings and worse, one short line each."""
    _set_up(ShortLines(), "warning")


def tame() -> None:
    """Silence the libraries that quote what they read, whatever the program around this one logs."""
    for name in QUOTING:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
    if (loguru := sys.modules.get("loguru")) is not None:
        for name in ("PyRuSH", "medspacy"):
            loguru.logger.disable(name)


def fault(error: BaseException) -> str:
    """What may be told of an exception that nobody expected: its class, and where it came from.

    >>> try:
    ...     {}["Doe, Jane"]
    ... except KeyError as error:
    ...     fault(error).partition(" ")[0]
    'KeyError'
    """
    return f"{type(error).__name__} at {' < '.join(reversed(places(error.__traceback__)[-4:]))}"


def places(trace: TracebackType | None) -> list[str]:
    """`file.py:line function`, the innermost last."""
    return [
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-_MOST_PLACES:]
    ]


def _set_up(formatter: logging.Formatter, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _OWN:
        logging.getLogger(name).setLevel(level.upper())
    tame()
    warnings.showwarning = _warn
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump holds every page that was in memory


def _message(record: logging.LogRecord) -> str:
    """The message of our own records, without an exception's; of another library only where it comes from."""
    if record.name.partition(".")[0] not in _OWN:
        return f"a message of this library, not shown: {record.filename}:{record.lineno} {record.funcName}"
    if record.exc_info and record.exc_info[0] is not None:
        return str(record.msg).splitlines()[0]
    return record.getMessage()


def _warn(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None,
    line: str | None = None,
) -> None:  # fmt: skip
    logging.getLogger(_WARNINGS).warning("%s at %s:%s", category.__name__, PurePath(filename).name, lineno)


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logging.getLogger("chart_triage").critical("ended by %s", fault(error))


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        logging.getLogger("chart_triage").error("a thread ended by %s", fault(told.exc_value))


def _unraisable(told: sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        logging.getLogger("chart_triage").error("ignored %s", fault(told.exc_value))
