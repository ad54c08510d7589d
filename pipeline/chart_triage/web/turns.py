"""Whose upload is looked at next: nobody who brings files that take long keeps the others waiting.

Ordinary files take some milliseconds to look at, and a file made to exhaust takes all that it is given. There are two
lanes. Whoever has lately cost much time beyond that of ordinary files waits in the slow lane, with others of that kind,
and the quick one stays free. In each lane whoever has cost least comes next, and each has one look at a time. Nothing
is remembered for long, and nobody is shut out: a file that takes its time is looked at in the slow lane all the same.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

Lane = Literal["quick", "slow"]

_ORDINARY = 0.1  # seconds of the processor that count as nothing: 2,000 pages take 0.06, 20,000 form fields 0.25
_SLOW_FROM = 0.4  # seconds beyond that which lead to the slow lane
_MOST = 8.0  # and which are remembered at most: after five half-lives, 25 minutes, they count no more
_HALF_LIFE = 300.0
_AT_ONCE = 8  # uploads of one sender that wait; the intake page sends three at a time
_SLOW_WAITING = 6  # uploads that wait in the slow lane: each holds one of the 40 threads that answer everybody
_LOOK_AGAIN = 0.05  # seconds after which whoever waits asks for room, and looks whether it is in the other lane by now


class BusyError(Exception):
    """Too many uploads of this sender wait already, or too many that take long. Send it again in a while."""

    def __init__(self) -> None:
        super().__init__("Other files are still being looked at. Send this one again in a moment.")


RETRY_AFTER = 10  # seconds


@dataclass
class Turn:
    """A place in a lane; `seconds` of the processor are what the look has cost, for whoever holds the turn to tell."""

    lane: Lane
    seconds: float = 0.0


@dataclass
class Turns:
    """`quick`, `slow`: how many are looked at side by side in each lane; `make_room` is called while somebody waits for
    others in the quick one; `clock` counts seconds."""

    quick: int
    make_room: Callable[[], None] = lambda: None
    slow: int = 1
    clock: Callable[[], float] = time.monotonic
    _cost: dict[str, tuple[float, float]] = field(default_factory=dict)
    _waiting: dict[int, str] = field(default_factory=dict)
    _in_turn: dict[str, Lane] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _ending: bool = False

    @contextmanager
    def turn(self, who: str) -> Iterator[Turn]:
        """Waits until it is the turn of `who`. Raises BusyError where that would take too long."""
        turn = Turn(self._await(who))
        try:
            yield turn
        finally:
            with self._changed:
                del self._in_turn[who]
                self._charge(who, turn.seconds)
                self._changed.notify_all()

    def end(self) -> None:
        """The server stops: whoever waits in the slow lane is sent away."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def is_full(self, who: str) -> bool:
        """Whether an upload of `who` would be sent away, as far as can be told before it is read."""
        with self._changed:
            if list(self._waiting.values()).count(who) >= _AT_ONCE:
                return True
            before = [number for number in self._line("slow") if self.cost(self._waiting[number]) <= self.cost(who)]
            return self.lane(who) == "slow" and len(before) >= _SLOW_WAITING

    def _await(self, who: str) -> Lane:
        with self._changed:
            number = next(self._numbers)
            self._waiting[number] = who
            try:
                while (lane := self._lane_now(number, who)) is None:
                    if not self._changed.wait(_LOOK_AGAIN) and self.lane(who) == "quick" and who not in self._in_turn:
                        self.make_room()
            finally:
                del self._waiting[number]
                self._changed.notify_all()
            self._in_turn[who] = lane
            return lane

    def _lane_now(self, number: int, who: str) -> Lane | None:
        """The lane in which it is the turn of `who` now."""
        lane = self.lane(who)
        own = [n for n, other in self._waiting.items() if other == who]
        line = self._line(lane)
        if own.index(number) >= _AT_ONCE or (lane == "slow" and (line.index(number) >= _SLOW_WAITING or self._ending)):
            raise BusyError
        may = [n for n in line if self._waiting[n] not in self._in_turn]
        free = (self.quick if lane == "quick" else self.slow) - list(self._in_turn.values()).count(lane)
        return lane if number in may[:free] else None

    def _line(self, lane: Lane) -> list[int]:
        """Who waits in a lane, the next one first."""
        waiting = ((self.cost(who), number) for number, who in self._waiting.items() if self.lane(who) == lane)
        return [number for _, number in sorted(waiting)]

    def lane(self, who: str) -> Lane:
        return "slow" if self.cost(who) >= _SLOW_FROM else "quick"

    def cost(self, who: str) -> float:
        """Seconds beyond the ordinary that looks at this sender's files took, halved with every half-life since."""
        seconds, since = self._cost.get(who, (0.0, 0.0))
        return round(seconds * math.exp2((since - self.clock()) / _HALF_LIFE), 3)

    def _charge(self, who: str, seconds: float) -> None:
        cost = self.cost(who) + max(0.0, seconds - _ORDINARY)
        if cost:
            self._cost[who] = min(cost, _MOST), self.clock()
        else:
            self._cost.pop(who, None)
