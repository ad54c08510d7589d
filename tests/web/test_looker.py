from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from chart_triage.errors import InputError
from chart_triage.intake.first_look import FirstLook
from chart_triage.web.looker import Looker, TakesLongError
from chart_triage.web.turns import BusyError

CHILDREN = 6  # two and three to spare in the quick lane, one in the slow one
CHART = Path(__file__).parents[2] / "fixtures" / "charts" / "rule-out-ms.pdf"


def look(looker: Looker, who: str, name: str, data: bytes) -> tuple[bytes | None, FirstLook]:
    with looker.turn(who) as turn:
        return turn.look(name, data)


def started(looker: Looker, count: int) -> list[int]:
    looker.warm()
    ends = time.monotonic() + 20
    while len(pids := looker.pids()) < count or looker._renewing:
        assert time.monotonic() < ends
        time.sleep(0.05)
    return pids


def test_a_child_that_dies_costs_one_file_alone() -> None:
    looker, data = Looker(), CHART.read_bytes()
    assert look(looker, "ann", "a.pdf", data)[1].pages == 5
    with pytest.raises(InputError, match=r"a\.docx is a ZIP or Office file") as told:
        look(looker, "ann", "a.docx", b"PK\x03\x04")
    assert told.value.kind == "unsupported"
    for pid in started(looker, CHILDREN):
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    for _ in range(CHILDREN):
        assert look(looker, "ann", "c.pdf", data)[1].pages == 5
    looker.close()
    assert looker.pids() == []


def test_who_brings_files_that_hang_keeps_nobody_else_waiting() -> None:
    """Killed after a moment, looked at with patience in the slow lane, refused there; meanwhile others are quick."""
    looker, data = Looker(seconds=3.0, quick_seconds=0.5), CHART.read_bytes()
    for pid in started(looker, CHILDREN):
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TakesLongError):
        look(looker, "mallory", "hangs.pdf", data)
    told: list[str] = []

    def hangs() -> None:
        with pytest.raises(InputError, match="could not be opened") as error:
            look(looker, "mallory", "hangs.pdf", data)
        told.append(error.value.kind)

    waiting = threading.Thread(target=hangs)
    waiting.start()
    for pid in looker.pids():
        if pid not in {child.pid for child in looker._children["slow"]}:
            os.kill(pid, signal.SIGCONT)
    began = time.monotonic()
    assert look(looker, "bob", "b.pdf", data)[1].pages == 5
    assert time.monotonic() - began < 2.0
    assert told == [], "the other file is still being looked at"
    waiting.join()
    assert told == ["damaged"]
    assert look(looker, "mallory", "c.pdf", data)[1].pages == 5, "nobody is shut out"
    looker.close()


def test_a_server_that_stops_waits_for_no_file_that_hangs() -> None:
    looker, data = Looker(quick_seconds=0.3), CHART.read_bytes()
    for pid in started(looker, CHILDREN):
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TakesLongError):
        look(looker, "mallory", "hangs.pdf", data)
    ending = threading.Timer(0.3, looker.end)
    ending.start()
    with pytest.raises(BusyError):
        look(looker, "mallory", "hangs.pdf", data)
    ending.join()
    with pytest.raises(BusyError):
        look(looker, "mallory", "hangs.pdf", data)
    looker.close()


def test_a_look_that_takes_its_time_makes_room_for_who_waits() -> None:
    """Both places of the quick lane are taken, and nobody would be through within the time of a test."""
    looker, data = Looker(quick_seconds=60.0), CHART.read_bytes()
    pids = started(looker, CHILDREN)
    free = [looker._free["quick"].get() for _ in range(CHILDREN - 1)]
    for child in free:
        looker._free["quick"].put(child)
    for child in free[:2]:  # those that are given out first
        assert child.pid in pids
        os.kill(child.pid or 0, signal.SIGSTOP)
    gave_way: list[str] = []

    def hangs(who: str) -> None:
        with pytest.raises(TakesLongError):
            look(looker, who, "hangs.pdf", data)
        gave_way.append(who)

    threads = [threading.Thread(target=hangs, args=(who,)) for who in ("mallory", "trudy")]
    for thread in threads:
        thread.start()
    while len(looker._looking) < 2:
        time.sleep(0.01)
    began = time.monotonic()
    assert look(looker, "ann", "a.pdf", data)[1].pages == 5
    assert time.monotonic() - began < 3.0
    looker._make_room()
    for thread in threads:
        thread.join(10)
    assert sorted(gave_way) == ["mallory", "trudy"]
    looker.close()


def test_on_a_busy_machine_nobody_is_taken_for_one_who_brings_files_that_take_long() -> None:
    """Two ordinary looks stand still for a while, which costs no processor time, and somebody waits for them."""
    looker, data = Looker(), CHART.read_bytes()
    pids = started(looker, CHILDREN)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    pages: dict[str, int | None] = {}

    def brings(who: str) -> None:
        pages[who] = look(looker, who, f"{who}.pdf", data)[1].pages

    threads = [threading.Thread(target=brings, args=(who,)) for who in ("ann", "bob", "carol")]
    for thread in threads:
        thread.start()
    time.sleep(0.6)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    for thread in threads:
        thread.join(10)
    assert pages == {"ann": 5, "bob": 5, "carol": 5}
    assert {looker._turns.cost(who) for who in pages} == {0.0}
    looker.close()
