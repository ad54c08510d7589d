"""Screened charts into the web application's store: ready for review, in its work list's order, each content once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from chart_triage import processing
from chart_triage.batch.engine import MadeFile, Screened, Task
from chart_triage.batch.places import content
from chart_triage.errors import ChartTriageError, InputError, StoreError
from chart_triage.intake import Limits
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.settings import Settings
from chart_triage.store import charts
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, Upload
from chart_triage.store.database import Database

_ACTOR = "batch"


class IntoStore:
    """`taken` charts are new, `there` were already in the store by their content; those stay as they are."""

    def __init__(self, site: Settings) -> None:
        self._database = Database(site.store_url)
        self._database.upgrade()
        self._blobs = Blobs(site.store_folder, site.store_key)
        self.taken = self.there = 0

    def take(self, task: Task, screened: Screened) -> None:
        """Raises StoreError where the store cannot be used, InputError where this chart cannot be taken."""
        assert screened.rows is not None
        with _reached(), self._database.reading() as session:
            if charts.same_content(session, task.sha256):
                self.there += 1
                return
        made = {file.kind: file for file in screened.files}
        try:
            determination = Determination.model_validate_json(made[DETERMINATION_NAME].content)
        except (KeyError, ValidationError):  # not what a worker makes
            raise InputError("crashed", f"{task.name} broke the process that read it, and was given up.") from None
        files = [self._file(file) for file in screened.files]
        data = content(task.place, task.name, Limits.of(task.plan.site))
        original = self._file(MadeFile(charts.ORIGINAL, data, screened.rows.chart.media_type))
        request = task.request.model_dump(mode="json", exclude_none=True)
        upload = Upload(task.name.rpartition("/")[2], original, request, pages=screened.rows.chart.pages)
        with _reached(), self._database.writing() as session:
            new = charts.bring_in(session, _ACTOR, upload, files, processing.outcome_of(determination))
        self.taken += new is not None
        self.there += new is None

    def close(self) -> None:
        self._database.close()

    def _file(self, made: MadeFile) -> File:
        with _reached():
            return File(made.kind, self._blobs.put(made.content), made.media_type, len(made.content))


@contextmanager
def _reached() -> Iterator[None]:
    """A store that goes away amid a run ends it: what is kept by then stays."""
    try:
        yield
    except ChartTriageError:
        raise
    except Exception as error:  # of the database's or the disk's library; its words may quote a row
        raise StoreError(
            f"The store cannot be used any more ({type(error).__name__}). See to it, then run the same command again."
        ) from error
