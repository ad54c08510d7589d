"""The first look at an upload, in a child process: a file that hangs or breaks a PDF library harms no server.

There are two children, so that one file that takes its time does not keep everybody else waiting.
"""

from __future__ import annotations

from dataclasses import replace
from queue import SimpleQueue

from chart_triage.chart_reader import child_limits, first_look
from chart_triage.errors import InputError, KilledError
from chart_triage.intake.first_look import FirstLook
from chart_triage.intake.limits import Limits
from chart_triage.isolation import Child
from chart_triage.settings import Settings

_UNOPENED = "{} could not be opened. Print it to a new PDF and send that."
CHILDREN = 2


class Looker:
    """Starts its children at the first looks and anew after one died. `seconds` is how long one look may take."""

    def __init__(self, site: Settings | None = None, seconds: float = 20.0) -> None:
        site = site or Settings()
        self.limits = Limits.of(site)
        limits = replace(child_limits(site), seconds=seconds, silent_seconds=seconds, cpu_seconds=seconds)
        self._children = tuple(Child(limits) for _ in range(CHILDREN))
        self._free: SimpleQueue[Child] = SimpleQueue()
        for child in self._children:
            self._free.put(child)

    def look(self, name: str, data: bytes, password: str = "") -> tuple[bytes | None, FirstLook]:
        """The file without its password (None where it has none), and what it is.

        Raises InputError as `intake.first_look` does, and "damaged" for a file that the child did not survive.
        """
        child = self._free.get()
        try:
            return first_look(child, self.limits, name, data, password)
        except KilledError:
            raise InputError("damaged", _UNOPENED.format(name)) from None
        finally:
            self._free.put(child)

    def pids(self) -> list[int]:
        """Of the children that have started, in the order of their turns while nobody looks."""
        return [child.pid for child in self._children if child.pid is not None]

    def close(self) -> None:
        for child in self._children:
            child.close()
