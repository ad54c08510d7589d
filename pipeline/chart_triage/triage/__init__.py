"""How soon a chart must be decided and where it stands in the work list: marks, receipt, due time, readiness.

Pure: the same chart, request and table give the same answer on any day. Whether something is overdue is told when the
work list is printed (`worklist`). The rules: docs/requests.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from chart_triage.records.chart_index import ChartIndex, PageKind
from chart_triage.records.page import Page
from chart_triage.records.request import RequestData
from chart_triage.records.triage import MarkSays, ReceivedFrom, RequestMark, Triage, Urgency
from chart_triage.triage.due_times import DueTimes, counted, due_time
from chart_triage.triage.marks import read_marks
from chart_triage.triage.received import Received, find_received

__all__ = ["judge"]


def judge(
    pages: Sequence[Page],
    index: ChartIndex | None,
    request: RequestData,
    due_times: DueTimes,
    *,
    documented: float,
    unread_pages: Collection[int] = (),
) -> Triage:
    """`documented` is the share of the nearest criterion that the records hold (`matching.documented_share`).

    Pages that are set aside count for nothing here. Without an index all pages are of the kind "other". Raises
    SettingsError for a line of business that the table does not have.
    """
    kinds = {page.number: page.kind for page in index.pages} if index else {}
    own = [page for page in pages if index is None or index.counted(page.number)]
    written = [p for p in own if (p.readable or p.number in unread_pages) and kinds.get(p.number) is not PageKind.BLANK]
    read = sum(page.number not in unread_pages for page in written)
    completeness = round(read / len(written), 4) if written else 0.0
    return Triage(
        urgency=_urgency(own, kinds, request, due_times),
        completeness=completeness,
        readiness=round(documented * completeness, 4),
    )


def _urgency(pages: Sequence[Page], kinds: Mapping[int, PageKind], request: RequestData, table: DueTimes) -> Urgency:
    marks = [mark for page in pages for mark in read_marks(page, kinds.get(page.number, PageKind.OTHER))]
    expedited, why = _decided(request, marks)
    received = _received(request, pages, kinds)
    rule = due_time(table, request.line_of_business, expedited=bool(expedited))
    told = f"{rule.within} {rule.unit.replace('_', ' ')}, {'expedited' if expedited else 'standard'}; {rule.source}"
    due = counted(rule.within, rule.unit, received.on, received.at) if received else None
    answer = counted(rule.answer_within, rule.unit, received.on, received.at) if received else None
    return Urgency(
        expedited=expedited,
        why=why,
        marks=(*marks, received.mark) if received and received.mark else tuple(marks),
        received=received.on if received else None,
        received_time=received.at if received else None,
        received_from=received.source if received else None,
        line_of_business=rule.label,
        due=due.on if due else None,
        due_time=due.at if due else None,
        answer_due=answer.on if answer else None,
        rule=told,
    )


def _decided(request: RequestData, marks: Sequence[RequestMark]) -> tuple[bool | None, str]:
    """The caller's word, else a mark for it, else one against it. With both the shorter time is counted."""
    asking = [mark for mark in marks if mark.says is MarkSays.EXPEDITED]
    ordinary = [mark for mark in marks if mark.says is MarkSays.STANDARD]
    unclear = [mark for mark in marks if mark.says is MarkSays.UNCLEAR]
    if request.expedited is not None:
        return request.expedited, "the caller says so"
    if asking:
        both = f", while page {ordinary[0].page} says '{ordinary[0].text}': please settle it" if ordinary else ""
        return True, f"'{asking[0].text}' on page {asking[0].page}{both}"
    if unclear:
        return None, f"a box beside '{unclear[0].text}' on page {unclear[0].page} could not be read for certain"
    if ordinary:
        return False, f"'{ordinary[0].text}' on page {ordinary[0].page}"
    return None, "nothing in the records asks for an expedited decision"


def _received(request: RequestData, pages: Sequence[Page], kinds: Mapping[int, PageKind]) -> Received | None:
    if request.received is not None:
        return Received(request.received, request.received_time, ReceivedFrom.CALLER)
    return find_received(pages, kinds)
