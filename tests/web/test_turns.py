"""Whose upload comes next, with a clock of our own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from chart_triage.web.turns import BusyError, Turns


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(clock: Clock) -> Turns:
    return Turns(2, clock=clock)


def look(turns: Turns, who: str, seconds: float) -> str:
    with turns.turn(who) as turn:
        turn.seconds = seconds
        return turn.lane


class Queue:
    """Uploads that wait, each in a thread; `came` are the senders in the order of their turns."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._threads: list[threading.Thread] = []
        self.came: list[str] = []
        self.refused: list[str] = []

    def join(self, who: str) -> None:
        before = len(self._turns._waiting) + len(self.refused)
        thread = threading.Thread(target=self._wait, args=(who,))
        self._threads.append(thread)
        thread.start()
        while len(self._turns._waiting) + len(self.refused) == before:
            time.sleep(0.005)

    def _wait(self, who: str) -> None:
        try:
            with self._turns.turn(who) as turn:
                self.came.append(who)
                turn.seconds = 0.01
                time.sleep(0.02)
        except BusyError:
            self.refused.append(who)

    def over(self) -> None:
        for thread in self._threads:
            thread.join(20)


@pytest.fixture
def queue(turns: Turns) -> Iterator[Queue]:
    made = Queue(turns)
    yield made
    made.over()


def test_ordinary_files_cost_nothing_however_many(turns: Turns) -> None:
    assert {look(turns, "ann", 0.09) for _ in range(500)} == {"quick"}
    assert turns.cost("ann") == 0


def test_who_costs_much_time_goes_to_the_slow_lane_and_comes_back(turns: Turns, clock: Clock) -> None:
    assert look(turns, "mallory", 0.4) == "quick"
    assert look(turns, "mallory", 0.4) == "quick"
    assert look(turns, "mallory", 60) == "slow"
    assert look(turns, "ann", 0.01) == "quick"
    clock.at += 600
    assert turns.lane("mallory") == "slow"
    clock.at += 900
    assert turns.lane("mallory") == "quick", "nobody is shut out for good"


def test_a_sender_has_one_look_at_a_time_and_another_gets_the_second_place(turns: Turns, queue: Queue) -> None:
    with turns.turn("mallory"):
        queue.join("mallory")
        look(turns, "ann", 0.01)
        assert queue.came == []
    queue.over()
    assert queue.came == ["mallory"]


def test_who_has_cost_least_comes_next_and_else_who_came_first(turns: Turns, queue: Queue) -> None:
    look(turns, "mallory", 0.4)
    with ExitStack() as held:
        for who in ("x", "y"):
            held.enter_context(turns.turn(who))
        for who in ("mallory", "ann", "bob"):
            queue.join(who)
        assert queue.came == []
        held.pop_all().__exit__(None, None, None)
    queue.over()
    assert queue.came[-1] == "mallory"
    assert set(queue.came[:2]) == {"ann", "bob"}


def test_what_waits_in_the_slow_lane_holds_few_threads(turns: Turns, queue: Queue) -> None:
    for who in ("m0", "m1", "m2", "m3"):
        look(turns, who, 3)
    look(turns, "large", 1.5)
    with turns.turn("m0") as turn:
        assert turn.lane == "slow"
        for who in ("m1", "m1", "m2", "m2", "m3"):
            queue.join(who)
        assert not turns.is_full("m3")
        queue.join("m3")
        assert [turns.is_full(who) for who in ("m3", "large", "ann")] == [True, False, False]
        with pytest.raises(BusyError):
            look(turns, "m3", 0)
        queue.join("large")
        while not queue.refused:
            time.sleep(0.005)
        assert look(turns, "ann", 0.01) == "quick"
    queue.over()
    assert queue.came[0] == "large", "who has cost less comes before those who have cost more"
    assert len(queue.refused) == 1


def test_one_sender_cannot_take_all_threads(turns: Turns, queue: Queue) -> None:
    with turns.turn("mallory"):
        for _ in range(8):
            queue.join("mallory")
        assert turns.is_full("mallory")
        with pytest.raises(BusyError):
            look(turns, "mallory", 0)


def test_at_the_end_nobody_waits_in_the_slow_lane(turns: Turns, queue: Queue) -> None:
    look(turns, "mallory", 3)
    look(turns, "trudy", 3)
    with turns.turn("mallory"):
        queue.join("trudy")
        turns.end()
        queue.over()
    assert queue.refused == ["trudy"]
