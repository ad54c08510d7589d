"""What a chart can do to the process that reads it. Run by a child in place of the real task."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chart_triage.bad_pages import LeftOut
from chart_triage.batch.engine import Plan, Task


def warm(tell: Callable[[str], None], plan: Plan) -> None:
    tell("warm")


def screen(tell: Callable[[str], None], task: Task, data: bytes, left_out: LeftOut) -> dict[str, Any]:
    tell("begun")
    mark = Path(f"{task.place.location}.begun")
    first = not mark.exists()
    mark.touch()
    match data.decode().partition(" ")[0]:
        case "hangs":
            time.sleep(60)
        case "grows":
            held = []
            while True:
                held.append(bytearray(b"x" * 10_000_000))
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "killed" if first:
            os.kill(os.getpid(), signal.SIGKILL)
        case "slow":
            time.sleep(2)
        case "takes-worker":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        case "takes-first-worker" if first:
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        case "lies":
            return {"rows": "{}", "files": [("../../x", b"", "")], "seconds": {}}
    return {"rows": _ROWS, "files": [("determination.json", b"{}", "application/json")], "seconds": {"reading": 0.1}}


_ROWS = """{"chart": {"media_type": "text/plain", "pages": 1, "pages_native": 1, "pages_ocr": 0, "pages_unread": 0,
"pages_set_aside": 0, "page_kinds": "", "legibility": null, "suggestion": "more_information_needed", "supported": "",
"unclear_or_conflicting": "", "mri_safety_check": false, "devices": "", "expedited": null, "received": null,
"due": null, "due_time": null, "answer_due": null, "line_of_business": "not stated", "reference": null,
"member_id": null, "readiness": 0, "completeness": 1, "to_ask_for": 0, "warnings": "", "guideline": "g",
"guideline_version": "1", "chart_triage": "1", "guideline_sha256": "", "lexicons_sha256": "", "models_sha256": "",
"ocr": null}, "criteria": [{"part": "criterion", "number": "1", "label": "x", "status": "not_found", "evidence": 0,
"counter_evidence": 0, "page": null, "words": null, "section": null, "missing": ""}]}"""
