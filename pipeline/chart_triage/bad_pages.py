"""Pages on which a process has ended: the next one does without them, and the chart's other pages are read.

In the child `watched` tells which page a library has, and has the process ended that takes too long over it. In the
parent `BadPages` hears it, and knows after the process's end which page it was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from chart_triage.intake.page_watch import watching
from chart_triage.isolation.confinement import limit_step

Step = Literal["reading", "drawing"]
_FILE = 3  # times as long as a page may take: damaged files of 200 MB are mended within some seconds
_MAX_LEFT_OUT = 3  # a file with more of such pages is refused


class LeftOut(NamedTuple):
    """Numbers (1-based) of the pages that are not to be opened in a step."""

    reading: tuple[int, ...] = ()
    drawing: tuple[int, ...] = ()


NOTHING_LEFT_OUT = LeftOut()


def watched(
    tell: Callable[[Any], None], step: Step, left_out: LeftOut, cpu_seconds: float
) -> AbstractContextManager[None]:
    """Tells ("in_hand", step, number) of a page, or 0 of the file, while a library has it, and ("in_hand", step, None)
    afterwards. A page that takes more than `cpu_seconds` ends this process."""

    def on_page(number: int | None) -> None:
        tell(("in_hand", step, number))
        limit_step(cpu_seconds * {None: 0, 0: _FILE}.get(number, 1))

    return watching(on_page, getattr(left_out, step))


@dataclass(slots=True)
class BadPages:
    """Of one chart, over all processes that have tried it."""

    left_out: LeftOut = NOTHING_LEFT_OUT
    _in_hand: tuple[Step, int] | None = field(default=None, init=False)

    def hear(self, told: Any) -> bool:
        """Whether `told` is of a page in hand."""
        match told:
            case ("in_hand", "reading" | "drawing" as step, int(number)) if number:
                self._in_hand = step, number
            case ("in_hand", "reading" | "drawing", int() | None):
                self._in_hand = None
            case _:
                return False
        return True

    def leave_out(self) -> bool:
        """Do without the page that was in hand when the process ended; False where none was, or there are too many."""
        last, self._in_hand = self._in_hand, None
        if last is None or sum(map(len, self.left_out)) >= _MAX_LEFT_OUT:
            return False
        step, number = last
        known: tuple[int, ...] = getattr(self.left_out, step)
        if number in known:
            return False
        self.left_out = self.left_out._replace(**{step: (*known, number)})
        return True
