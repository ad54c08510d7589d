from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from chart_triage.errors import InputError
from chart_triage.web.looker import Looker

CHART = Path(__file__).parents[2] / "fixtures" / "charts" / "rule-out-ms.pdf"


def test_a_child_that_dies_or_hangs_costs_one_file_alone() -> None:
    looker, data = Looker(), CHART.read_bytes()
    readable, look = looker.look("a.pdf", data)
    assert (readable, look.pages) == (None, 5)
    with pytest.raises(InputError, match=r"a\.docx is a ZIP or Office file") as told:
        looker.look("a.docx", b"PK\x03\x04")
    assert told.value.kind == "unsupported"
    child, _ = looker._started()
    os.kill(child.pid or 0, signal.SIGSTOP)
    looker._seconds = 0.2
    with pytest.raises(InputError, match="could not be opened"):
        looker.look("hangs.pdf", data)
    looker._seconds = 60.0
    assert looker.look("b.pdf", data)[1].pages == 5
    child, _ = looker._started()
    child.kill()
    child.join()
    assert looker.look("c.pdf", data)[1].pages == 5
