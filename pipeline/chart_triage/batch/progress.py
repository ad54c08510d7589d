"""How a run goes: pages a second, time left, failures. A bar on a terminal, else a line now and then, or nothing."""

from __future__ import annotations

import sys
from collections import Counter
from time import monotonic
from typing import IO, Protocol

from chart_triage.batch.engine import Screened, Task
from chart_triage.batch.inputs import Found

_A_CHART = 50_000  # bytes that would take as long as what every chart takes beside reading
_LINE_EVERY = 30.0  # seconds


class Show(Protocol):
    """Where progress is shown."""

    def update(self, line: str, share: float) -> None: ...

    def failure(self, line: str) -> None: ...

    def end(self) -> None: ...


class Progress:
    """Counts a run and tells `show`. All figures are of this run; `passed` charts were done before, or are copies."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._began = monotonic()
        self._all = self._weight = self._passed_weight = self._done_weight = 0
        self.passed_count = self.done_count = self.failed_count = self.pages = 0
        self.seconds: Counter[str] = Counter()

    def begun(self, charts: int, size: int) -> None:
        self._all, self._weight = charts, size + charts * _A_CHART
        self._update()

    def passed(self, found: Found, *, failed: bool) -> None:
        self.passed_count += 1
        self._passed_weight += found.size + _A_CHART
        self._update()

    def done(self, task: Task, size: int, screened: Screened) -> None:
        self._done_weight += size + _A_CHART
        if screened.failure is not None:
            self.failed_count += 1
            self._show.failure(f"failed: {screened.failure.reason}")
        else:
            assert screened.rows is not None
            self.done_count += 1
            self.pages += screened.rows.chart.pages
        self.seconds.update(screened.measured.seconds)
        self._update()

    def end(self) -> None:
        self._show.end()

    def line(self) -> str:
        """Such as `120 of 300 charts, 1,430 pages, 12.3 pages/s, about 4 min left, 2 failed`."""
        finished = self.passed_count + self.done_count + self.failed_count
        took = monotonic() - self._began
        parts = [f"{finished:,} of {self._all:,} charts", f"{self.pages:,} pages"]
        if self.pages:
            parts.append(f"{self.pages / took:.1f} pages/s")
        left = self._weight - self._passed_weight - self._done_weight
        if self._done_weight and left > 0:
            parts.append(f"about {_duration(left * took / self._done_weight)} left")
        if self.failed_count:
            parts.append(f"{self.failed_count:,} failed")
        return ", ".join(parts)

    def _update(self) -> None:
        finished = self._passed_weight + self._done_weight
        self._show.update(self.line(), finished / self._weight if self._weight else 1.0)


def shown(*, quiet: bool, stream: IO[str] | None = None) -> Show:
    """By what `stream` (default: stderr) is."""
    stream = stream or sys.stderr
    if quiet:
        return _Nothing()
    return _Bar() if stream.isatty() else _Lines(stream)


class _Nothing:
    def update(self, line: str, share: float) -> None:
        pass

    def failure(self, line: str) -> None:
        pass

    def end(self) -> None:
        pass


class _Lines:
    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._last = monotonic()

    def update(self, line: str, share: float) -> None:
        if monotonic() - self._last >= _LINE_EVERY:
            self._last = monotonic()
            self._say(f"{share:.0%}: {line}")

    def failure(self, line: str) -> None:
        self._say(line)

    def end(self) -> None:
        pass

    def _say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


class _Bar:
    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn
        from rich.progress import Progress as Bars

        columns = (BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.description}", markup=False))
        self._bars = Bars(*columns, console=Console(stderr=True))
        self._bar = self._bars.add_task("looking through the inputs", total=1.0)
        self._bars.start()

    def update(self, line: str, share: float) -> None:
        self._bars.update(self._bar, description=line, completed=share)

    def failure(self, line: str) -> None:
        self._bars.console.print(line, markup=False, highlight=False)

    def end(self) -> None:
        self._bars.stop()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
