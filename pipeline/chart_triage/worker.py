"""A worker: takes charts from the queue until it is told to stop.

It gives the chart in work back when it is stopped, so that an update costs no try, and ends itself when one chart
takes so long that something must hang; whoever supervises it starts it anew, and the chart's tries are bounded.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

from chart_triage import webhooks
from chart_triage.processing import Processor
from chart_triage.settings import Settings
from chart_triage.store import workers
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.room import Room

log = logging.getLogger(__name__)

TELL = 2.0  # seconds between looks for webhooks that are due
POLL = 0.5  # seconds between looks into an empty queue
UNTIL_ROOM = 30.0  # seconds between looks at a disk that is almost full
GRACE = 120.0  # seconds beyond a chart's time, in which the child that reads it must have been killed
HUNG = 70  # exit code of a worker that gave itself up
_BEHIND = 5  # how far a worker's share of the cores stands behind that of the pages that people wait for (nice)


class StopWorkError(BaseException):
    """Raised in the main thread amid a chart when the worker is told to stop. No fault: nothing may swallow it."""


class Worker:
    """One process's work. `name` is the worker's in the table of jobs."""

    def __init__(self, database: Database, blobs: Blobs, settings: Settings) -> None:
        self.name = workers.own_name()
        self._database = database
        self._processor = Processor(database, blobs, settings)
        self._room = Room.of(database, blobs, settings)
        self._stopping = threading.Event()
        self._limit = settings.chart_minutes * 60.0 + GRACE

    def run(self) -> None:
        """Work until SIGTERM or SIGINT. Call it in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        with self._database.writing() as session:
            freed = workers.start(session, self.name)
        log.info("worker=%s begins, jobs_taken_over=%s", self.name, freed)
        threading.Thread(target=self._show_life, daemon=True).start()
        threading.Thread(target=self._tell_others, daemon=True).start()
        try:
            self._processor.warm()
            while not self._stopping.is_set():
                if not self._room.for_work():
                    log.error("worker=%s the disk is almost full: charts wait until there is room", self.name)
                    self._stopping.wait(UNTIL_ROOM)
                elif not self._processor.run_one(self.name):
                    self._stopping.wait(POLL)
        except StopWorkError:
            pass
        finally:
            self._stopping.set()
            with self._database.writing() as session:
                workers.stop(session, self.name)
        log.info("worker=%s stopped", self.name)

    def stop(self) -> None:
        """End after the chart in work, or at once where there is none."""
        self._stopping.set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        again = self._stopping.is_set()
        self._stopping.set()
        if self._processor.busy_for() is not None and not again:
            raise StopWorkError

    def _show_life(self) -> None:
        while not self._stopping.wait(workers.SEEN_EVERY):
            busy = self._processor.busy_for()
            if busy is not None and busy > self._limit:
                log.error("worker=%s one chart takes more than %.0f s, ending", self.name, self._limit)
                os._exit(HUNG)
            try:
                with self._database.writing() as session:
                    workers.seen(session, self.name)
            except Exception as error:  # the database may be away for a while
                log.warning("worker=%s could not tell that it lives: %s", self.name, type(error).__name__)

    def _tell_others(self) -> None:
        """Webhooks, in a thread of their own: a receiver may take its time."""
        while not self._stopping.wait(TELL):
            try:
                webhooks.deliver_due(self._database)
            except Exception as error:  # the database may be away for a while
                log.warning("worker=%s could not deliver webhooks: %s", self.name, type(error).__name__)


def run(settings: Settings) -> None:
    """Open what the settings name and work until told to stop."""
    os.nice(_BEHIND)
    database = Database(settings.store_url)
    database.upgrade()
    try:
        Worker(database, Blobs(settings.store_folder, settings.store_key), settings).run()
    finally:
        database.close()
