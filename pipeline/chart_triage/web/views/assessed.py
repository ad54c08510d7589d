"""A processed chart as it was kept, laid out for reading: reading, determination, rows and citations.

Loading takes a few hundred milliseconds for a long chart, so the last ones stay in memory, by the names of their
files. A chart that was processed again or removed has other names, or none. Whoever asks for a chart that is being
loaded waits for it, instead of loading it once more.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from chart_triage import guidelines
from chart_triage.errors import GuidelineError
from chart_triage.records.chart import Chart
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.records.geometry import Box
from chart_triage.records.guideline import Guideline
from chart_triage.records.page import Page
from chart_triage.report.dossier import Dossier, lay_out
from chart_triage.store import CHART_NAME, chart_from_bytes, charts
from chart_triage.store.blobs import Blobs

_KEPT = 24
_one_at_a_time = tuple(threading.Lock() for _ in range(16))
"""A chart's lock is that of the first digits of its file's name: two charts seldom share one."""
_LONGEST_FIND = 100
FOUND_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Assessed:
    """`made` names the determination, so that a browser knows when there is a newer one."""

    chart: Chart
    determination: Determination
    dossier: Dossier
    made: str


class Hit(NamedTuple):
    """A place where words were found: `first` and `last` count the page's words, None where it has no boxes."""

    page: int
    start: int
    end: int
    first: int | None
    last: int | None
    boxes: tuple[Box, ...]


def assessed(session: Session, blobs: Blobs, chart: str) -> Assessed | None:
    """The newest results of a chart; None where it was never processed to its end."""
    reading = charts.file_of(session, chart, CHART_NAME)
    result = charts.file_of(session, chart, DETERMINATION_NAME)
    if reading is None or result is None:
        return None
    with _one_at_a_time[int(result.blob[:2], 16) % len(_one_at_a_time)]:
        return _load(blobs, reading.blob, result.blob)


def warm(guideline: str) -> None:
    """Load what the first review would wait for."""
    _guideline(guideline)


@lru_cache(maxsize=_KEPT)
def _load(blobs: Blobs, reading: str, result: str) -> Assessed:
    chart = chart_from_bytes(CHART_NAME, blobs.get(reading))
    determination = Determination.model_validate_json(blobs.get(result))
    guideline = _guideline(determination.guideline.id)
    if guideline is not None and guideline.version != determination.guideline.version:
        guideline = None
    return Assessed(chart, determination, lay_out(chart, determination, guideline), result[:16])


@cache
def _guideline(name: str) -> Guideline | None:
    """None where the guideline is no longer at hand: then criteria are shown without the rule of their parts."""
    try:
        return guidelines.load(name)
    except GuidelineError:
        return None


def find(chart: Chart, words: str) -> list[Hit]:
    """Places of `words` in reading order, whatever their case and line breaks; at most `FOUND_AT_MOST`."""
    wanted = words.strip()[:_LONGEST_FIND]
    if not wanted:
        return []
    pattern = re.compile(r"\s+".join(re.escape(part) for part in wanted.split()), re.IGNORECASE)
    hits: list[Hit] = []
    for page in chart.pages:
        for found in pattern.finditer(page.text):
            hits.append(_hit(page, found.start(), found.end()))
            if len(hits) == FOUND_AT_MOST:
                return hits
    return hits


def _hit(page: Page, start: int, end: int) -> Hit:
    touched = [i for i, w in enumerate(page.words) if w.start < end and w.end > start]
    boxes = tuple(page.words[i].box for i in touched)
    first, last = (touched[0], touched[-1]) if touched else (None, None)
    return Hit(page.number, start, end, first, last, boxes)
