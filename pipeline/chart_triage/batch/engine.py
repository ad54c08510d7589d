"""What an engine is: something that screens many charts, on this machine or on others.

An engine knows nothing of folders, tables or resuming. It is given tasks and hands back results; everything that
crosses to a worker is one of the records here, which can be pickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Annotated, NamedTuple, Protocol

from pydantic import Field

from chart_triage.batch.rows import Rows
from chart_triage.records.page import Record
from chart_triage.records.request import RequestData
from chart_triage.settings import Settings


class Place(NamedTuple):
    """Where a chart's bytes are: a file's path or an address such as "s3://bucket/key"; `member` is a file in a ZIP."""

    location: str
    member: str | None = None


class Plan(Record):
    """What is the same for all charts of a run. `site` is `Settings.for_reading`: it goes to other machines, without
    secrets, and says what one chart may take (`chart_minutes`, `chart_memory_mb`).

    `guideline` is an id, a folder or a family. `sealed`: readings that are kept are sealed with the store's key, which
    every machine has from its own environment. `highlighted`: draw the highlighted PDF. `for_store`: also make what
    the web application keeps of a chart (page images, words, letters).
    """

    guideline: str
    site: Settings = Settings()
    sealed: bool = False
    highlighted: bool = False
    for_store: bool = False


class Task(Record):
    """One distinct chart. `key` names its content together with its request; `name` is for messages."""

    key: str
    name: str
    place: Place
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    request: RequestData = RequestData()
    plan: Plan


class Failure(Record):
    """Why a chart was not screened: `kind` is one word, `reason` says what to do and quotes nothing of the chart."""

    kind: str
    reason: str


class MadeFile(NamedTuple):
    """A file of a chart's result; `kind` is its name ("determination.json", "page/3")."""

    kind: str
    content: bytes
    media_type: str


class Measured(Record):
    """What a chart cost. `seconds` by the clock; `cpu_seconds` and `peak_memory` (bytes) of its process, `worker`."""

    seconds: dict[str, float] = Field(default_factory=dict)
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    worker: str = ""


class Screened(Record):
    """What became of a task: either `rows` and `files`, or a `failure`."""

    key: str
    rows: Rows | None = None
    files: tuple[MadeFile, ...] = ()
    failure: Failure | None = None
    measured: Measured = Measured()


class Engine(AbstractContextManager["Engine"], Protocol):
    """Used in a `with` block; leaving it ends all workers, at once where an exception is on its way."""

    @property
    def workers(self) -> int:
        """How many charts are screened at a time."""
        ...

    def run(self, tasks: Iterable[Task]) -> Iterator[Screened]:
        """One result for every task, as they come, in any order.

        Tasks are taken from the iterable only as there is room for them, a few more than there are workers. A chart
        that kills its worker, hangs or asks for too much memory costs a `failure` and nothing else.
        """
        ...
