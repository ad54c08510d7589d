"""Many page images to readings, on several cores, with few pages in memory; each distinct page is read once."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import cast

import numpy as np
from loky import ProcessPoolExecutor

from chart_triage.errors import SettingsError
from chart_triage.intake.images import PageImage
from chart_triage.intake.ocr.page import read_image
from chart_triage.intake.ocr.reading import Lost, Outcome, PageReading

_AHEAD = 2  # pages waiting, beyond one for each process
_IDLE = 60.0  # seconds until a process without work ends
_LEAST_PAGES = 4  # fewer are read before further processes have started


_Promise = Callable[[], Outcome]


def fingerprint(image: PageImage) -> str:
    """SHA-256 of what decides a page's reading, its number aside."""
    digest = hashlib.sha256(f"{image.pixels.shape} {image.dpi_x} {image.dpi_y} ".encode())
    digest.update(np.ascontiguousarray(image.pixels).data)
    return digest.hexdigest()


def read_images(images: Iterable[PageImage], processes: int) -> Iterator[tuple[int, Outcome]]:
    """(page number, outcome) of each image, in their order; `images` are taken a few at a time, as needed.

    `processes`: how many may read at a time; 1 reads in this process.
    """
    rest = iter(images)
    first = list(islice(rest, _LEAST_PAGES))
    workers = _Pool(processes) if processes > 1 and len(first) == _LEAST_PAGES else _InProcess()
    promised: dict[str, _Promise] = {}
    known: dict[str, Outcome] = {}
    waiting: deque[tuple[int, str]] = deque()

    def next_outcome() -> tuple[int, Outcome]:
        number, key = waiting.popleft()
        if key not in known:
            known[key] = promised.pop(key)()
        return number, known[key]

    try:
        for image in chain(first, rest):
            key = fingerprint(image)
            if key not in known and key not in promised:
                promised[key] = workers.read(image)
            waiting.append((image.number, key))
            while len(waiting) > workers.ahead:
                yield next_outcome()
        while waiting:
            yield next_outcome()
    finally:
        workers.close()


class _InProcess:
    ahead = 0

    def read(self, image: PageImage) -> _Promise:
        return lambda: _attempt(read_image, image)

    def close(self) -> None:
        pass


class _Pool:
    """Processes of their own: a page that kills one costs nothing but itself.

    When a process dies, the pages that were with the pool are read again, each in a process of its own; the one that
    kills that too is lost.
    """

    def __init__(self, processes: int) -> None:
        self.ahead = processes + _AHEAD
        self._processes = processes
        self._executor = _executor(processes)

    def read(self, image: PageImage) -> _Promise:
        try:
            future = self._executor.submit(_attempt, read_image, image)
        except BrokenProcessPool:
            self._executor = _executor(self._processes)
            future = self._executor.submit(_attempt, read_image, image)

        def outcome() -> Outcome:
            try:
                return cast(Outcome, future.result())
            except BrokenProcessPool:
                return _alone(image)

        return outcome

    def close(self) -> None:
        self._executor.shutdown(wait=False, kill_workers=True)


def _alone(image: PageImage) -> Outcome:
    with _executor(1) as executor:
        try:
            return cast(Outcome, executor.submit(_attempt, read_image, image).result())
        except BrokenProcessPool:
            return Lost()


def _attempt(read: Callable[[PageImage], PageReading], image: PageImage) -> Outcome:
    """The reading, or that there is none: whatever goes wrong on one page must not cost the chart its others."""
    try:
        return read(image)
    except SettingsError:  # a model is missing: that is wrong for every page
        raise
    except Exception:
        return Lost()


def _executor(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, timeout=_IDLE)
