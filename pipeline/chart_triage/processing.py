"""One queued chart to its results: read, assess, draw, keep. Whatever kills it, the next try goes on where it was.

The reading is kept as soon as it is there, so that no page is read by OCR twice. Results are kept in one transaction
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

from chart_triage import intake, report
from chart_triage.assess import DEFAULT_GUIDELINE, AssessedChart, Assessor
from chart_triage.errors import InputError
from chart_triage.records.chart import Chart
from chart_triage.records.determination import Determination
from chart_triage.records.request import RequestData
from chart_triage.records.triage import Triage
from chart_triage.settings import Settings
from chart_triage.store import CHART_NAME, chart_from_bytes, chart_to_bytes, charts, jobs, reviews
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, Outcome
from chart_triage.store.database import Database
from chart_triage.store.jobs import Lease, LeaseLostError, Queue
from chart_triage.store.tables import ChartRow

log = logging.getLogger(__name__)

READABLE = "readable"  # the original without its password, where it had one
PAGE_DPI = 132.0
THUMB_DPI = 14.0
_MEDIA = {
    "determination.json": "application/json",
    "highlighted.pdf": "application/pdf",
    "report.html": "text/html",
    "request_letter.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "request_letter.pdf": "application/pdf",
}
_UNEXPECTED = "Something went wrong while this chart was processed ({}). Try it again; if it fails again, report it."


class Processor:
    """Takes charts from the queue and processes them, one at a time. Guidelines are loaded once."""

    def __init__(self, database: Database, blobs: Blobs, settings: Settings, *, lease: Any = jobs.LEASE) -> None:
        self._database = database
        self._blobs = blobs
        self._settings = settings
        self._queue = Queue(database, lease=lease, parked=charts.parked)
        self._lease_seconds = lease.total_seconds()
        self._assessors: dict[str, Assessor] = {}
        self._since: float | None = None

    def warm(self) -> None:
        """Load what the first chart would wait for."""
        self._assessor(DEFAULT_GUIDELINE)

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
        except InputError as error:
            self._give_up(lease, str(error), again=False)
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
            original = charts.file_of(session, lease.chart, READABLE) or charts.file_of(
                session, lease.chart, charts.ORIGINAL
            )
            reading = charts.file_of(session, lease.chart, CHART_NAME)
        assert original is not None
        source = self._blobs.get(original.blob)
        assessor = self._assessor(DEFAULT_GUIDELINE)
        chart = self._read(lease, assessor, name, source, reading, told)
        told |= {"stage": "assessing", "pages": len(chart.pages)}
        inputs = assessor.inputs(request, set_aside=review.set_aside, taken_back=review.taken_back)
        assessed = assessor.assess(chart, inputs, ocr=intake.ocr_version(chart))
        told |= {"stage": "drawing"}
        files = [*self._results(source, assessed, assessor), *self._pages(source, chart)]
        with self._database.writing() as session:
            charts.finished(session, self._queue, lease, files, outcome_of(assessed.determination))

    def _assessor(self, guideline: str) -> Assessor:
        if guideline not in self._assessors:
            self._assessors[guideline] = Assessor(guideline, self._settings)
        return self._assessors[guideline]

    def _read(
        self, lease: Lease, assessor: Assessor, name: str, source: bytes, reading: File | None, told: dict[str, Any]
    ) -> Chart:
        if reading is not None:
            try:
                return chart_from_bytes(CHART_NAME, self._blobs.get(reading.blob))
            except InputError:
                log.info("job=%s stored reading is of another version, reading again", lease.job)

        def on_page(number: int) -> None:
            told["page"] = number

        chart = assessor.read(name, source, on_page)
        kept = self._file(CHART_NAME, chart_to_bytes(chart), "application/gzip")
        with self._database.writing() as session:
            charts.keep_files(session, lease.chart, [kept])
        return chart

    def _file(self, kind: str, content: bytes, media_type: str) -> File:
        return File(kind, self._blobs.put(content), media_type, len(content))

    def _results(self, source: bytes, assessed: AssessedChart, assessor: Assessor) -> Iterator[File]:
        chart, determination = assessed
        drawn = None if chart.media_type == "text/plain" else source
        for name, content in report.contents(
            drawn, chart, determination, assessor.guideline, site=assessor.site
        ).items():
            yield self._file(name, content, _MEDIA[name])

    def _pages(self, source: bytes, chart: Chart) -> Iterator[File]:
        """A page's image, its thumbnail and its words, for the review page."""
        for page in chart.pages:
            words = [
                [round(v, 1) for v in (w.box.x0, w.box.y0, w.box.x1, w.box.y1)] + [page.text[w.start : w.end]]
                for w in page.words
            ]
            furniture = [[round(v, 1) for v in f.box.as_list()] + [f.text] for f in page.furniture]
            shown = {"width": page.width, "height": page.height, "words": words, "furniture": furniture}
            if not words:
                shown["text"] = page.text
            content = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
            yield self._file(f"words/{page.number}", content, "application/json")
        if chart.media_type == "text/plain":
            return
        numbers = range(1, len(chart.pages) + 1)
        for number, (image, thumb) in report.draw_pages(source, chart, numbers, (PAGE_DPI, THUMB_DPI)):
            yield self._file(f"page/{number}", image.data, image.media_type)
            yield self._file(f"thumb/{number}", thumb.data, thumb.media_type)


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
