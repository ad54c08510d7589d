"""The first look at an upload, in a child process: a file that hangs or breaks a PDF library harms no server.

There are several children, and senders take turns (`turns`), so that files that take their time do not keep everybody
else waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import SimpleQueue

from chart_triage.chart_reader import child_limits, first_look, get_ready
from chart_triage.errors import ChartTriageError, InputError, KilledError
from chart_triage.intake.first_look import FirstLook
from chart_triage.intake.limits import Limits
from chart_triage.isolation import Child, ChildLimits
from chart_triage.settings import Settings
from chart_triage.web.turns import BusyError, Lane, Turn, Turns

_UNOPENED = "{} could not be opened. Print it to a new PDF and send that."
_QUICK = 2  # looks side by side; as many uploads stand in memory as a whole, and one of the slow lane
_SPARE = 3  # so many children more are kept ready (25 MB each), since one that was killed takes a second to start anew
# Seconds of the processor after which a look in the quick lane makes room where somebody waits, and after which it ends
# there anyhow. An ordinary file takes 0.08 at most. Not by the clock: on a busy machine everybody's files take longer.
_ROOM_AFTER_CPU = 0.15
_QUICK_CPU_SECONDS = 0.5
_ROOM_AFTER = 1.0  # by the clock, for a process that hangs
_QUICK_SECONDS = 3.0
_NEW_CHILD = 1.0  # seconds that starting a child anew counts
_BEHIND = 5  # how far a look in the slow lane stands behind the pages that people wait for (nice)


class TakesLongError(Exception):
    """A look in the quick lane took more than a moment: ask for another turn, which will be in the slow lane."""


@dataclass
class LookTurn:
    """A turn to look at one file."""

    _looker: Looker
    _turn: Turn

    def look(self, name: str, data: bytes, password: str = "") -> tuple[bytes | None, FirstLook]:
        """The file without its password (None where it has none), and what it is.

        Raises InputError as `intake.first_look` does, "damaged" for a file that the child did not survive, and
        TakesLongError.
        """
        return self._looker.look(self._turn, name, data, password)


class Looker:
    """Starts its children at `warm`, else at the first looks, and anew after one died.

    `seconds` is how long one look may take, `quick_seconds` how long in the quick lane. What a look has cost is
    counted in seconds of the processor.
    """

    def __init__(
        self, site: Settings | None = None, seconds: float = 20.0, quick_seconds: float = _QUICK_SECONDS
    ) -> None:
        site = site or Settings()
        self.limits = Limits.of(site)
        self._turns = Turns(_QUICK, make_room=self._make_room)
        self._looking: dict[Child, float] = {}
        slow = _bounded(child_limits(site), seconds)
        quick = replace(_bounded(slow, quick_seconds), cpu_seconds=min(quick_seconds, _QUICK_CPU_SECONDS))
        self._bounds: dict[Lane, ChildLimits] = {"quick": quick, "slow": slow}
        self._children: dict[Lane, tuple[Child, ...]] = {
            "quick": tuple(Child(slow) for _ in range(_QUICK + _SPARE)),
            "slow": (Child(replace(slow, behind=_BEHIND)),),
        }
        self._free: dict[Lane, SimpleQueue[Child]] = {"quick": SimpleQueue(), "slow": SimpleQueue()}
        for lane, children in self._children.items():
            for child in children:
                self._free[lane].put(child)
        self._ending = False
        self._one_starts = threading.Lock()  # all of the cores would be taken from those who look meanwhile
        self._renewing: set[threading.Thread] = set()

    def warm(self) -> None:
        """Start all children, so that nobody waits for it. Comes back at once."""
        for lane, children in self._children.items():
            for _ in children:
                self._renew(lane, self._free[lane].get())

    def is_full(self, who: str) -> bool:
        """Whether an upload of `who` would be sent away."""
        return self._turns.is_full(who)

    @contextmanager
    def turn(self, who: str) -> Iterator[LookTurn]:
        """Waits for the turn of a sender. Raises BusyError."""
        with self._turns.turn(who) as turn:
            yield LookTurn(self, turn)

    def look(self, turn: Turn, name: str, data: bytes, password: str) -> tuple[bytes | None, FirstLook]:
        """As `LookTurn.look`; tells the turn what it has cost."""
        lane = turn.lane
        child = self._free[lane].get()
        if child.pid is None:
            get_ready(child)
        if lane == "quick":
            self._looking[child] = time.monotonic()
        try:
            return first_look(child, self.limits, name, data, password, self._bounds[lane])
        except KilledError as error:
            turn.seconds = _NEW_CHILD
            if self._ending:
                raise BusyError from None
            if lane == "quick" and error.kind in ("took_too_long", "stopped"):
                raise TakesLongError from None
            raise InputError("damaged", _UNOPENED.format(name)) from None
        finally:
            self._looking.pop(child, None)
            turn.seconds += child.largest.cpu_seconds
            if child.pid is None:
                self._renew(lane, child)
            else:
                self._free[lane].put(child)

    def _make_room(self) -> None:
        """Break off the look in the quick lane that takes longest, if it takes long: it goes on in the slow lane."""
        looking = [(child.taken(), time.monotonic() - began, child) for child, began in self._looking.copy().items()]
        long = [each for each in looking if each[0] > _ROOM_AFTER_CPU or each[1] > _ROOM_AFTER]
        if long:
            max(long, key=lambda each: each[:2])[2].stop()

    def _renew(self, lane: Lane, child: Child) -> None:
        """Start a child's process in a thread of its own, and let it look again when it is ready."""

        def renew() -> None:
            try:
                with self._one_starts:
                    if not self._ending:
                        get_ready(child)
            except ChartTriageError:  # it is tried again with the next look
                pass
            finally:
                self._free[lane].put(child)
                self._renewing.discard(threading.current_thread())

        thread = threading.Thread(target=renew, daemon=True)
        self._renewing.add(thread)
        thread.start()

    def pids(self) -> list[int]:
        """Of the children that have started."""
        return [child.pid for children in self._children.values() for child in children if child.pid is not None]

    def end(self) -> None:
        """The server stops: what takes long is given up, and its senders are asked to send it again."""
        self._ending = True
        self._turns.end()
        for child in self._children["slow"]:
            child.close()

    def close(self) -> None:
        """End all children, amid a look if need be."""
        self.end()
        for children in self._children.values():
            for child in children:
                child.close()
        for thread in list(self._renewing):
            thread.join()
        for children in self._children.values():  # one may have been starting
            for child in children:
                child.close()


def _bounded(limits: ChildLimits, seconds: float) -> ChildLimits:
    return replace(limits, seconds=seconds, silent_seconds=seconds, cpu_seconds=seconds)
