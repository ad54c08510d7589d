"""One queued chart to its results: read, assess, draw, keep. Whatever kills it, the next try goes on where it was.

The work on the file itself is done in a child process (`ChartReader`); this one holds the database and the keys. The
reading is kept as soon as it is there, so that no page is read by OCR twice. Results are kept in one transaction
that also ends the job, and only by whoever still holds it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import Any

from chart_triage.chart_reader import ChartReader, Job, Listener, ResultFile, shared_reader
from chart_triage.errors import FaultError, InputError, KilledError
from chart_triage.in_force import guideline_on
from chart_triage.records.determination import Determination
from chart_triage.records.request import RequestData
from chart_triage.records.triage import Triage
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.settings import Settings
from chart_triage.store import CHART_NAME, charts, jobs, reviews
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, Outcome
from chart_triage.store.database import Database
from chart_triage.store.jobs import Lease, LeaseLostError, Queue
from chart_triage.store.tables import ChartRow

log = logging.getLogger(__name__)

READABLE = "readable"  # the original without its password, where it had one
_UNEXPECTED = "Something went wrong while this chart was processed ({}). Try it again; if it fails again, report it."


class _MadeRoomError(Exception):
    """The chart in work was put aside, since others wait."""


class Processor:
    """Takes charts from the queue and processes them, one at a time, with one `reader`: a child process of its own."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        settings: Settings,
        *,
        lease: Any = jobs.LEASE,
        reader: ChartReader | None = None,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._queue = Queue(database, lease=lease, parked=charts.parked)
        self._lease_seconds = lease.total_seconds()
        self._reader = reader or shared_reader(DEFAULT_GUIDELINE, settings)
        self._since: float | None = None

    def warm(self) -> None:
        """Load what the first chart would wait for."""
        self._reader.load()

    def busy_for(self) -> float | None:
        """Seconds since the chart in work was begun; None while there is none."""
        since = self._since
        return None if since is None else monotonic() - since

    def run_one(self, worker: str) -> bool:
        """Process the next chart; False where none waits."""
        lease = self._queue.claim(worker)
        if lease is None:
            return False
        log.info("job=%s chart=%s try=%s begun", lease.job, lease.chart, lease.tries)
        try:
            self._since = monotonic()
            with self._beating(lease) as told:
                self._process(lease, told)
            log.info("job=%s chart=%s done", lease.job, lease.chart)
        except LeaseLostError:
            log.warning("job=%s chart=%s taken over by another worker", lease.job, lease.chart)
        except FaultError as error:
            log.error("job=%s chart=%s failed: %s at %s", lease.job, lease.chart, error.cause, error.place)
            self._give_up(lease, str(error), again=True)
        except _MadeRoomError:
            self._queue.release(lease)
            log.info("job=%s chart=%s put aside after %.0f s", lease.job, lease.chart, lease.seconds() - lease.taken)
        except InputError as error:
            log.info("job=%s chart=%s refused: %s", lease.job, lease.chart, error.kind)
            self._give_up(lease, str(error), again=error.kind == "crashed")
        except Exception as error:  # a chart must never stop the worker; its text must not reach the log
            log.error("job=%s chart=%s failed: %s", lease.job, lease.chart, type(error).__name__)
            self._give_up(lease, _UNEXPECTED.format(type(error).__name__), again=True)
        except BaseException:  # told to stop: the next worker goes on, and the try does not count
            self._since = None
            self._queue.release(lease)
            log.info("job=%s chart=%s given back", lease.job, lease.chart)
            raise
        finally:
            self._since = None
        return True

    def _give_up(self, lease: Lease, problem: str, *, again: bool) -> None:
        try:
            self._queue.fail(lease, problem, again=again)
        except LeaseLostError:
            log.warning("job=%s chart=%s taken over by another worker", lease.job, lease.chart)

    @contextmanager
    def _beating(self, lease: Lease) -> Iterator[dict[str, Any]]:
        """Keeps the lease alive from a thread of its own; what is put into the dict is shown as progress."""
        told: dict[str, Any] = {"stage": "reading"}
        over = threading.Event()

        def beat() -> None:
            while not over.wait(min(1.0, self._lease_seconds / 4)):
                try:
                    self._queue.beat(lease, dict(told))
                    if self._queue.should_make_room(lease):
                        self._reader.stop()
                except LeaseLostError:
                    return
                except Exception as error:
                    log.warning("job=%s beat failed: %s", lease.job, type(error).__name__)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield told
        finally:
            over.set()
            thread.join()

    def _process(self, lease: Lease, told: dict[str, Any]) -> None:
        with self._database.writing() as session:
            charts.began(session, lease.chart)
        with self._database.reading() as session:
            row = session.get_one(ChartRow, lease.chart)
            name, request = row.file_name, RequestData.model_validate_json(json.dumps(row.request_json))
            review = reviews.review_of(session, lease.chart)
            guideline = guideline_on(session, request.day_of_service or row.created_at.astimezone().date())
            original = charts.file_of(session, lease.chart, READABLE) or charts.file_of(
                session, lease.chart, charts.ORIGINAL
            )
            reading = charts.file_of(session, lease.chart, CHART_NAME)
        assert original is not None
        job = Job(
            name,
            self._blobs.get(original.blob),
            request,
            set_aside=tuple(review.set_aside),
            taken_back=tuple(review.taken_back),
            reading=self._blobs.get(reading.blob) if reading else None,
            page_files=True,
            guideline=guideline,
        )
        files: list[File] = []

        def on_stage(stage: str, pages: int | None) -> None:
            told.update({"stage": stage} | ({"pages": pages} if pages else {}))

        def on_page(number: int) -> None:
            told["page"] = number

        def on_file(made: ResultFile) -> None:
            file = File(made.name, self._blobs.put(made.content), made.media_type, len(made.content))
            if made.name == CHART_NAME:  # at once: what comes after it may fail
                with self._database.writing() as session:
                    charts.keep_files(session, lease.chart, [file])
            else:
                files.append(file)

        try:
            determination = self._reader.assess(job, Listener(on_stage, on_page, on_file))
        except KilledError as error:
            if error.kind != "stopped":
                raise
            with self._database.writing() as session:
                charts.put_aside(session, lease.chart)
            raise _MadeRoomError from None
        with self._database.writing() as session:
            charts.finished(session, self._queue, lease, files, outcome_of(determination))


def outcome_of(determination: Determination) -> Outcome:
    """What the work list shows of a determination."""
    pages = determination.chart.pages
    triage, request, index = determination.triage, determination.inputs.request, determination.index
    assert triage is not None
    assert index is not None
    urgency = triage.urgency
    due_at = _instant(urgency.due, urgency.due_time or time(23, 59)) if urgency.due else None
    patient = index.patient
    summary = {
        "supported": [number for number, c in determination.criteria.items() if c.status == "supported"],
        "devices": [
            key for key, c in determination.contraindications.items() if c.status not in ("absent", "not_documented")
        ],
        "unread": list(index.unread),
        "kinds": dict(Counter(page.kind for page in pages)),
        "set_aside": [page.number for page in index.pages if page.set_aside],
        "warnings": [w.kind for w in determination.warnings],
        "requests": [item.text for item in determination.requests],
        "readiness": triage.readiness,
        "completeness": triage.completeness,
        "patient": patient.name if patient else None,
        "why_expedited": urgency.why,
    }
    known = (request.member_name, request.member_id, request.mrn, request.reference)
    printed = (patient.name, *patient.numbers, *patient.member_numbers) if patient else ()
    return Outcome(
        pages=len(pages),
        suggestion=determination.suggestion.value,
        summary=summary,
        expedited=bool(urgency.expedited),
        due_at=due_at,
        triage_rank=_rank(due_at, determination, triage),
        search_text=" ".join(dict.fromkeys(word for word in (*known, *printed) if word)),
        safety_flag=bool(determination.flags),
    )


def _instant(day: date, at: time) -> datetime:
    """A local time of the site, which is that of the machine, in UTC."""
    return datetime.combine(day, at).astimezone(UTC)


def _rank(due_at: datetime | None, determination: Determination, triage: Triage) -> str:
    """Sorts as text: due first, then expedited, safety flags, ready to decide, complete. Without a due day: last."""
    parts = (
        due_at.isoformat() if due_at else "9999",
        "0" if triage.urgency.expedited else "1",
        "0" if determination.flags else "1",
        f"{1 - triage.readiness:.3f}",
        f"{1 - triage.completeness:.3f}",
    )
    return " ".join(parts)
