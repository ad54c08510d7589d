"""Requests with their charts: received once, processed once in effect, listed in triage order, removed when due."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, text
from sqlalchemy.orm import Session

from chart_triage.store import audit, jobs, webhooks
from chart_triage.store.jobs import Lease, Queue
from chart_triage.store.tables import Artefact, ChartRow, Job, now

PROCESS = "process"
ORIGINAL = "original"
EXPEDITED_PRIORITY = 10
NORMAL_PRIORITY = 100
_UNRANKED = "99999"  # sorts after every rank in every collation


class State:
    """Where a chart stands."""

    WAITING = "waiting"
    PROCESSING = "processing"
    READY = "ready"
    PARKED = "parked"
    SIGNED_OFF = "signed_off"


class File(NamedTuple):
    """A kept file (`blob` in `Blobs`) and what it is to its chart."""

    kind: str
    blob: str
    media_type: str
    size: int


class Upload(NamedTuple):
    """What came in. `request` is RequestData as plain values.

    `pages` is None where counting would mean reading. `readable` is the original without its password, where it had
    one; the password itself is never kept.
    """

    name: str
    original: File
    request: dict[str, Any]
    user: int | None = None
    client: int | None = None
    pages: int | None = None
    readable: File | None = None


class Outcome(NamedTuple):
    """What processing found, as the work list shows it."""

    pages: int
    suggestion: str
    summary: dict[str, Any]
    expedited: bool
    due_at: datetime | None
    triage_rank: str
    search_text: str
    safety_flag: bool


def receive(session: Session, actor: str, upload: Upload) -> ChartRow:
    """Keep a chart and queue its work, in one transaction: what was acknowledged is processed."""
    chart = _kept(session, actor, upload)
    jobs.enqueue(session, chart.id, PROCESS, priority=_priority(chart.expedited), asked_by=actor)
    return chart


def bring_in(session: Session, actor: str, upload: Upload, files: Iterable[File], outcome: Outcome) -> ChartRow | None:
    """Keep a chart that was processed elsewhere, ready for review. None where its bytes are there already."""
    if claim_content(session, upload.original.blob):
        return None
    chart = _kept(session, actor, upload)
    _show(session, actor, chart, files, outcome)
    return chart


def _kept(session: Session, actor: str, upload: Upload) -> ChartRow:
    expedited = bool(upload.request.get("expedited"))
    chart = ChartRow(
        id=uuid.uuid4().hex, sha256=upload.original.blob, file_name=upload.name, media_type=upload.original.media_type,
        size=upload.original.size, state=State.WAITING, request_json=upload.request, expedited=expedited,
        created_by=upload.user, created_by_client=upload.client, pages=upload.pages,
        search_text=_told(upload.request),
    )  # fmt: skip
    session.add(chart)
    session.flush()
    keep_files(session, chart.id, [upload.original, *([upload.readable] if upload.readable else [])])
    audit.record(session, actor, "chart.receive", f"chart/{chart.id}", sha256=chart.sha256, size=chart.size)
    return chart


def same_content(session: Session, sha256: str) -> list[ChartRow]:
    """Charts that came with the same bytes before, the newest first."""
    query = select(ChartRow).where(ChartRow.sha256 == sha256).order_by(ChartRow.created_at.desc())
    return list(session.scalars(query))


def claim_content(session: Session, sha256: str) -> list[ChartRow]:
    """`same_content` for who is about to receive these bytes, in the transaction that does: until it ends, nobody else
    receives them. A client that repeats an upload which is still being answered would else bring it in twice."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": int(sha256[:15], 16)})
    return same_content(session, sha256)


def keep_files(session: Session, chart: str, files: Iterable[File]) -> None:
    """Note the chart's files; one of the same kind is replaced."""
    for file in files:
        row = session.scalar(select(Artefact).where(Artefact.chart_id == chart, Artefact.kind == file.kind))
        if row is None:
            row = Artefact(chart_id=chart, kind=file.kind)
            session.add(row)
        row.blob, row.media_type, row.size = file.blob, file.media_type, file.size


def file_of(session: Session, chart: str, kind: str) -> File | None:
    row = session.scalar(select(Artefact).where(Artefact.chart_id == chart, Artefact.kind == kind))
    return File(row.kind, row.blob, row.media_type, row.size) if row else None


def files_among(session: Session, ids: Iterable[str], kinds: Iterable[str]) -> dict[str, list[File]]:
    """The files of `kinds` of each of the charts, in the order of `kinds`."""
    order = {kind: place for place, kind in enumerate(kinds)}
    query = select(Artefact).where(Artefact.chart_id.in_(list(ids)), Artefact.kind.in_(list(order)))
    found: dict[str, list[File]] = {}
    for row in sorted(session.scalars(query), key=lambda row: order[row.kind]):
        found.setdefault(row.chart_id, []).append(File(row.kind, row.blob, row.media_type, row.size))
    return found


def kinds_of(session: Session, chart: str) -> set[str]:
    """The kinds of files that the chart has."""
    return set(session.scalars(select(Artefact.kind).where(Artefact.chart_id == chart)))


def began(session: Session, chart: str) -> None:
    row = session.get(ChartRow, chart)
    if row is not None and row.state in (State.WAITING, State.PARKED):
        row.state, row.problem = State.PROCESSING, None


def put_aside(session: Session, chart: str) -> None:
    """It waits again."""
    row = session.get(ChartRow, chart)
    if row is not None and row.state == State.PROCESSING:
        row.state = State.WAITING


def finished(session: Session, queue: Queue, lease: Lease, files: Iterable[File], outcome: Outcome) -> None:
    """Keep results and end the job, together. Raises LeaseLostError: then nothing of it is kept."""
    queue.finish(session, lease)
    _show(session, "worker", session.get_one(ChartRow, lease.chart), files, outcome)


def _show(session: Session, actor: str, row: ChartRow, files: Iterable[File], outcome: Outcome) -> None:
    """Keep results; whoever has not signed off sees them."""
    keep_files(session, row.id, files)
    row.pages, row.suggestion, row.summary_json = outcome.pages, outcome.suggestion, outcome.summary
    row.expedited, row.due_at, row.triage_rank = outcome.expedited, outcome.due_at, outcome.triage_rank
    row.search_text, row.safety_flag = outcome.search_text[:600], outcome.safety_flag
    row.problem, row.ready_at = None, now()
    if row.state != State.SIGNED_OFF:
        row.state = State.READY
        webhooks.queue(session, row.id, State.READY)
    audit.record(session, actor, "chart.ready", f"chart/{row.id}", suggestion=outcome.suggestion)


def parked(session: Session, chart: str, problem: str) -> None:
    """Note that a chart could not be processed, and why (no words of the chart)."""
    row = session.get_one(ChartRow, chart)
    row.problem = problem
    if row.state != State.SIGNED_OFF:
        row.state = State.PARKED
    webhooks.queue(session, chart, State.PARKED)
    audit.record(session, "worker", "chart.parked", f"chart/{chart}")


def process_again(session: Session, actor: str, chart: ChartRow, request: Mapping[str, Any] | None = None) -> None:
    """Queue a chart anew, with other request data if given, in the turn of `actor`. A job that still waits or runs is
    not doubled."""
    if request is not None:
        chart.request_json, chart.expedited = dict(request), bool(request.get("expedited"))
        chart.search_text = _told(request)
    if not jobs.retry(session, chart.id, asked_by=actor):
        open_jobs = select(func.count()).where(Job.chart_id == chart.id, Job.state == "queued")
        if not session.scalar(open_jobs):
            jobs.enqueue(session, chart.id, PROCESS, priority=_priority(chart.expedited), asked_by=actor)
    if chart.state != State.SIGNED_OFF:
        chart.state, chart.problem = State.WAITING, None
    audit.record(session, actor, "chart.process_again", f"chart/{chart.id}")


class WorkFilter(NamedTuple):
    """Which charts the work list shows. `words` are looked for in names, ids, file names and states; "" matches all.

    `open_only` leaves out what is signed off; `due_before` keeps what is not signed off and due by then; `ids` keeps
    the charts that are named.
    """

    words: str = ""
    state: str = ""
    open_only: bool = False
    suggestion: str = ""
    due_before: datetime | None = None
    ids: tuple[str, ...] | None = None
    assigned: int | None = None
    unassigned: bool = False
    expedited: bool = False
    safety: bool = False
    created_by: int | None = None
    created_by_client: int | None = None


def work(session: Session, wanted: WorkFilter, *, limit: int = 50, offset: int = 0) -> tuple[list[ChartRow], int]:
    """One page of the work list in triage order, and how many charts match."""
    query = _matching(wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rank = func.coalesce(ChartRow.triage_rank, _UNRANKED), ChartRow.created_at, ChartRow.id
    return list(session.scalars(query.order_by(*rank).limit(limit).offset(offset))), total


def newest(session: Session, wanted: WorkFilter, *, since: datetime, limit: int) -> list[ChartRow]:
    """Charts that came in after `since`, the newest first."""
    query = _matching(wanted).where(ChartRow.created_at > since).order_by(ChartRow.created_at.desc(), ChartRow.id)
    return list(session.scalars(query.limit(limit)))


def counts(session: Session, wanted: WorkFilter) -> dict[str, int]:
    """Charts by state, of those that match `wanted` but for the state."""
    query = _matching(wanted._replace(state="", open_only=False)).subquery()
    rows = session.execute(select(query.c.state, func.count()).group_by(query.c.state))
    return dict(rows.tuples().all())


def _matching(wanted: WorkFilter) -> Select[ChartRow]:
    query = select(ChartRow)
    if wanted.state:
        query = query.where(ChartRow.state == wanted.state)
    if wanted.words:
        query = query.where(_says(wanted.words.strip()))
    if wanted.open_only:
        query = query.where(ChartRow.state != State.SIGNED_OFF)
    if wanted.suggestion:
        query = query.where(ChartRow.suggestion == wanted.suggestion)
    if wanted.due_before is not None:
        query = query.where(ChartRow.due_at < wanted.due_before, ChartRow.state != State.SIGNED_OFF)
    if wanted.ids is not None:
        query = query.where(ChartRow.id.in_(wanted.ids))
    if wanted.assigned is not None:
        query = query.where(ChartRow.assigned_to == wanted.assigned)
    if wanted.unassigned:
        query = query.where(ChartRow.assigned_to.is_(None))
    if wanted.expedited:
        query = query.where(ChartRow.expedited)
    if wanted.safety:
        query = query.where(ChartRow.safety_flag)
    if wanted.created_by is not None:
        query = query.where(ChartRow.created_by == wanted.created_by)
    if wanted.created_by_client is not None:
        query = query.where(ChartRow.created_by_client == wanted.created_by_client)
    return query


def _says(words: str) -> ColumnElement[bool]:
    """Names and ids as they are; states as people write them ("signed off")."""
    like, state = f"%{_escaped(words)}%", f"%{_escaped(words.replace(' ', '_'))}%"
    named = (column.ilike(like, escape="\\") for column in (ChartRow.file_name, ChartRow.search_text, ChartRow.id))
    stated = (column.ilike(state, escape="\\") for column in (ChartRow.state, ChartRow.suggestion))
    return or_(*named, *stated)


def _told(request: Mapping[str, Any]) -> str:
    """Names and numbers of a request, for the search; processing adds those that are printed in the chart."""
    told = (request.get(key) for key in ("member_name", "member_id", "mrn", "reference"))
    return " ".join(dict.fromkeys(word for word in told if word))[:600]


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def progress(session: Session, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """How far the newest job of each chart is: what its worker told last; "tries" counts how often it was begun."""
    newest = select(func.max(Job.id)).where(Job.chart_id.in_(list(ids))).group_by(Job.chart_id)
    rows = session.scalars(select(Job).where(Job.id.in_(newest)))
    return {job.chart_id: {**job.progress_json, "tries": job.tries, "job": job.state} for job in rows}


def assign(session: Session, actor: str, chart: ChartRow, user: int | None) -> None:
    chart.assigned_to = user
    audit.record(session, actor, "chart.assign", f"chart/{chart.id}", user=user)


def remove(session: Session, actor: str, chart: ChartRow) -> list[str]:
    """Remove a chart with all that is kept of it; the names of the files that nothing uses any more.

    The audit trail keeps that it was there, not what it said. Remove the files after the transaction.
    """
    blobs = set(session.scalars(select(Artefact.blob).where(Artefact.chart_id == chart.id)))
    session.execute(delete(ChartRow).where(ChartRow.id == chart.id))
    still_used = set(session.scalars(select(Artefact.blob).where(Artefact.blob.in_(blobs))))
    audit.record(session, actor, "chart.remove", f"chart/{chart.id}", sha256=chart.sha256)
    return sorted(blobs - still_used)


def older_than(session: Session, day: datetime) -> list[ChartRow]:
    """Signed-off charts that came in before `day`: what retention removes."""
    query = select(ChartRow).where(ChartRow.created_at < day, ChartRow.state == State.SIGNED_OFF)
    return list(session.scalars(query.order_by(ChartRow.created_at)))


def _priority(expedited: bool) -> int:
    return EXPEDITED_PRIORITY if expedited else NORMAL_PRIORITY
