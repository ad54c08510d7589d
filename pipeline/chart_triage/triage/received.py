"""When the request came in, as far as the pages tell: the fax machine's line, else a date stamp."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import NamedTuple

from chart_triage.records.chart_index import PageKind
from chart_triage.records.page import Page
from chart_triage.records.triage import MarkSays, ReceivedFrom, RequestMark
from chart_triage.triage.phrases import finder
from chart_triage.triage.printed_dates import find_dates, time_after

_NO_STAMP = {
    PageKind.LABORATORY,
    PageKind.OPERATIVE_OR_PATHOLOGY_REPORT,
    PageKind.MEDICATION_LIST,
    PageKind.CONSENT_OR_EDUCATION,
    PageKind.GUIDELINE_OR_POLICY,
}
_BETWEEN = re.compile(
    r"[\s:.#*|\-–—]*(?:(?:by|on|via|at|date|fax|mail|stamp|time)\b[\s:.#*|\-–—]*){0,3}", re.IGNORECASE
)
_BEGINS = re.compile(r"(?:^|\n|\t| {2,}|[*|#\[(])[ *|#\[(]*$")
_REACH = 40  # characters from the stamp's word to its date


class Received(NamedTuple):
    """`at` is None where only the day is printed; `mark` cites a stamp."""

    on: date
    at: time | None
    source: ReceivedFrom
    mark: RequestMark | None = None


def find_received(pages: Iterable[Page], kinds: Mapping[int, PageKind]) -> Received | None:
    """The latest transmission: its banner stands on all of its pages, older banners were faxed along."""
    pages = tuple(pages)
    sent = Counter(page.fax.sent for page in pages if page.fax and page.fax.sent)
    if sent:
        often = [day for day, count in sent.items() if count > 1] or list(sent)  # one page may be misread
        return Received(date.fromisoformat(max(often)), None, ReceivedFrom.FAX_BANNER)
    stamps = [s for page in pages if kinds.get(page.number, PageKind.OTHER) not in _NO_STAMP for s in _stamps(page)]
    return max(stamps, key=lambda stamp: (stamp.on, stamp.at or time.min), default=None)


def _stamps(page: Page) -> Iterable[Received]:
    text = page.text
    for word in finder("received").finditer(text):
        line = text[text.rfind("\n", 0, word.start()) + 1 : (text.find("\n", word.end()) + 1 or len(text) + 1) - 1]
        if finder("never_received").search(line) or not _BEGINS.search(text[: word.start()]):
            continue
        between = _BETWEEN.match(text, word.end())
        first = next(find_dates(text[word.end() : word.end() + _REACH]), None)
        if first and between and word.end() + first.start <= between.end():
            end = word.end() + first.end
            yield Received(first.day, time_after(text, end), ReceivedFrom.STAMP, _cite(page, word.start(), end))


def _cite(page: Page, start: int, end: int) -> RequestMark:
    boxes = tuple((w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in page.words_in(start, end))
    words = " ".join(page.text[start:end].split())
    return RequestMark(says=MarkSays.RECEIVED, text=words, page=page.number, boxes=boxes)
