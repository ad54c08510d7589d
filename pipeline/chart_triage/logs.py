"""Logs of the server: one JSON object a line on stderr, with ids, counts and times, never words of a chart.

Of an exception its class and the places in the code are told, not its message: a message may quote what it read.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_OWN = ("chart_triage", "uvicorn")


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
            "message": record.getMessage(),
        }
        if (request := request_id.get()) is not None:
            line["request"] = request
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
            line["message"] = str(record.msg).splitlines()[0]
        return json.dumps(line, ensure_ascii=False)


def set_up(process: str) -> None:
    """Send all logs and warnings of this process to stderr; of other libraries from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(process))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _OWN:
        logging.getLogger(name).setLevel(logging.INFO)
