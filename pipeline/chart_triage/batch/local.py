"""The engine of one machine: a worker for each core, each with a chart of its own.

Reading by OCR and the language stages of different charts run side by side; no chart is spread over cores, so that
nothing waits and no core has two things to do at a time.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from chart_triage.batch.engine import Plan, Screened, Task
from chart_triage.batch.worker import Worker

_AHEAD = 1  # tasks that wait for each worker, so that none waits for the next file to be looked up


class LocalEngine:
    """`workers` processes, which may take what the plan's site grants. Used in a `with` block, which ends them."""

    def __init__(self, workers: int, plan: Plan) -> None:
        self.workers = workers
        self._workers = [Worker(plan) for _ in range(workers)]
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Screened | BaseException] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(worker,), daemon=True) for worker in self._workers]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for _ in self._threads:
            self._tasks.put(None)
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            thread.join()
        for worker in self._workers:  # a thread may have begun another task meanwhile
            worker.close()

    def run(self, tasks: Iterable[Task]) -> Iterator[Screened]:
        """See `Engine.run`."""
        waiting, in_flight = iter(tasks), 0
        while True:
            while in_flight < self.workers * (1 + _AHEAD) and (task := next(waiting, None)) is not None:
                self._tasks.put(task)
                in_flight += 1
            if not in_flight:
                return
            done = self._done.get()
            if isinstance(done, BaseException):
                raise done
            in_flight -= 1
            yield done

    def _work(self, worker: Worker) -> None:
        while (task := self._tasks.get()) is not None and not self._closing.is_set():
            try:
                self._done.put(worker.screen(task))
            except BaseException as error:  # a fault of this program: the run ends with it
                self._done.put(error)
                return
