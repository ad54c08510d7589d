from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from chart_triage.errors import InputError
from chart_triage.web.looker import Looker

CHART = Path(__file__).parents[2] / "fixtures" / "charts" / "rule-out-ms.pdf"


def test_a_child_that_dies_or_hangs_costs_one_file_alone() -> None:
    looker, data = Looker(), CHART.read_bytes()
    for _ in range(2):
        readable, look = looker.look("a.pdf", data)
        assert (readable, look.pages) == (None, 5)
    with pytest.raises(InputError, match=r"a\.docx is a ZIP or Office file") as told:
        looker.look("a.docx", b"PK\x03\x04")
    assert told.value.kind == "unsupported"
    for pid in looker.pids():
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    for _ in range(2):
        assert looker.look("c.pdf", data)[1].pages == 5
    looker.close()


def test_a_file_that_hangs_keeps_nobody_waiting() -> None:
    looker, data = Looker(seconds=2.0), CHART.read_bytes()
    for _ in range(2):
        looker.look("a.pdf", data)
    told: list[str] = []

    def hangs() -> None:
        with pytest.raises(InputError, match="could not be opened") as error:
            looker.look("hangs.pdf", data)
        told.append(error.value.kind)

    stopped = looker.pids()[0]
    os.kill(stopped, signal.SIGSTOP)
    waiting = threading.Thread(target=hangs)
    waiting.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert looker.look("b.pdf", data)[1].pages == 5
    assert time.monotonic() - began < 1.5
    waiting.join()
    assert told == ["damaged"]
    assert looker.look("c.pdf", data)[1].pages == 5
    looker.close()
