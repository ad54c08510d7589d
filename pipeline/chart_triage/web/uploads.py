"""A file that somebody hands in: looked at, refused with the reason and the remedy, or kept and queued.

Nothing is written before the file has passed. A password opens the file once and is forgotten.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from chart_triage.intake.first_look import FirstLook
from chart_triage.processing import READABLE
from chart_triage.store import charts
from chart_triage.store.charts import File, Upload
from chart_triage.store.tables import ChartRow
from chart_triage.web.looker import TakesLongError
from chart_triage.web.request_form import request_data
from chart_triage.web.site import Site
from chart_triage.web.viewer import Viewer

_NAMELESS = "chart"
_LONGEST_NAME = 150


@dataclass(frozen=True)
class Received:
    chart: str
    name: str
    pages: int | None


class DuplicateError(Exception):
    """The same bytes came in before. `charts` are those that the viewer may see, the newest first."""

    def __init__(self, seen: list[ChartRow]) -> None:
        super().__init__("the same file came in before")
        self.charts = seen


def take(
    site: Site, who: Viewer, name: str, file: IO[bytes], given: Mapping[str, Any], *, password: str = "",
    keep_duplicate: bool = False,
) -> Received:  # fmt: skip
    """Keep a file and queue its work. `given` are the fields of the request's form.

    Raises InputError as `first_look` does, with the kind "request" for form fields, DuplicateError and BusyError.
    """
    name = shown_name(name)
    request = request_data(site, given)
    try:
        upload = _looked_at(site, who, name, file, request, password, keep_duplicate)
    except TakesLongError:  # the next turn is in the slow lane, where nothing takes too long but what is refused
        file.seek(0)
        upload = _looked_at(site, who, name, file, request, password, keep_duplicate)
    with site.database.writing() as session:  # once more: somebody else may have brought the same in meanwhile
        same = [] if keep_duplicate else charts.claim_content(session, upload.original.blob)
        chart = None if same else charts.receive(session, who.name, upload)
    if chart is None:
        raise _duplicate(who, same)
    return Received(chart.id, name, upload.pages)


def _looked_at(
    site: Site, who: Viewer, name: str, file: IO[bytes], request: dict[str, Any], password: str, keep_duplicate: bool
) -> Upload:
    """The upload with its files kept. Without a turn nothing of it stands in memory."""
    with site.looker.turn(who.name) as turn:
        data = file.read(site.looker.limits.max_bytes + 1)
        readable, look = turn.look(name, data, password)
        if not keep_duplicate:
            with site.database.reading() as session:  # before anything is written
                if same := charts.same_content(session, hashlib.sha256(data).hexdigest()):
                    raise _duplicate(who, same)
        original = _kept(site, charts.ORIGINAL, data, look)
        opened = _kept(site, READABLE, readable, look) if readable is not None else None
    return Upload(name, original, request, who.user, who.client, look.pages, opened)


def _duplicate(who: Viewer, same: list[ChartRow]) -> DuplicateError:
    return DuplicateError([chart for chart in same if who.sees(chart)])


def _kept(site: Site, kind: str, content: bytes, look: FirstLook) -> File:
    return File(kind, site.blobs.put(content), look.media_type, len(content))


def shown_name(name: str) -> str:
    """A file's own name without folders and control characters, shortened before its ending.

    >>> shown_name("C:\\\\faxes\\\\a.pdf"), shown_name("x" * 200 + ".tif")[-6:]
    ('a.pdf', 'xx.tif')
    """
    plain = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", re.split(r"[\\/]", name)[-1]).strip() or _NAMELESS
    plain = plain.encode("utf-8", "replace").decode()
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= _LONGEST_NAME or not dot or len(ending) > 10:
        return plain[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
