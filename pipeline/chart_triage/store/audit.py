"""The audit trail: who did what to which thing, each entry chained to the one before by its hash.

Entries are written in the transaction of what they tell of. The tables refuse to change or remove them (see the
migrations); the chain shows it where somebody did so all the same. Details hold ids, numbers and states, no words of
a chart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from chart_triage.store.tables import AuditEntry, now

FIRST = "0" * 64
_LOCK = 7_639_076  # any number: PostgreSQL's advisory lock of the chain's end


class Break(NamedTuple):
    """Where the chain does not hold. `entry` is the id at which it was seen."""

    entry: int
    what: str


def record(session: Session, actor: str, action: str, subject: str, **details: Any) -> None:
    """Add an entry, in the caller's (writing) transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = session.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).first()
    number, previous = (last.id + 1, last.hash) if last else (1, FIRST)
    at = now().replace(microsecond=0)
    entry = AuditEntry(
        id=number, at=at, actor=actor, action=action, subject=subject, details_json=details, previous=previous,
        hash=_hash(number, at, actor, action, subject, details, previous),
    )  # fmt: skip
    session.add(entry)
    session.flush()


def told_since(session: Session, actor: str, action: str, subject: str, since: datetime) -> bool:
    """Whether there is such an entry from `since` on: what is looked at again and again is told once in a while."""
    same = (AuditEntry.subject == subject, AuditEntry.action == action, AuditEntry.actor == actor)
    return session.scalar(select(AuditEntry.id).where(*same, AuditEntry.at >= since).limit(1)) is not None


def verify(session: Session) -> Iterator[Break]:
    """Every place where the chain does not hold; none in a trail that nobody touched.

    The end is not seen here: that the last entries were cut off shows by the `head` that was noted elsewhere.
    """
    number, previous = 0, FIRST
    for e in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)):
        if e.id != number + 1:
            yield Break(e.id, f"entries {number + 1} to {e.id - 1} are missing")
        if e.previous != previous:
            yield Break(e.id, "the entry before it is another one than when it was written")
        if e.hash != _hash(e.id, e.at, e.actor, e.action, e.subject, e.details_json, e.previous):
            yield Break(e.id, "the entry was changed after it was written")
        number, previous = e.id, e.hash


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last entry: note them elsewhere, and a trail that was cut shows."""
    last = session.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).first()
    return (last.id, last.hash) if last else (0, FIRST)


def holds(session: Session, number: int, digest: str) -> bool:
    """Whether the entry `number` is still the one that `head` once told."""
    return number == 0 or session.scalar(select(AuditEntry.hash).where(AuditEntry.id == number)) == digest


class Wanted(NamedTuple):
    """Which entries are shown; "" matches all. `action` is how the action begins; times are UTC."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(
    session: Session, wanted: Wanted, *, limit: int | None = 100, offset: int = 0
) -> tuple[list[AuditEntry], int]:
    """One page of the trail, the newest first, and how many entries match."""
    query = select(AuditEntry)
    if wanted.actor:
        query = query.where(AuditEntry.actor == wanted.actor)
    if wanted.action:
        query = query.where(AuditEntry.action.startswith(wanted.action, autoescape=True))
    if wanted.subject:
        query = query.where(AuditEntry.subject == wanted.subject)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit).offset(offset))), total


def _hash(
    number: int, at: datetime, actor: str, action: str, subject: str, details: dict[str, Any], previous: str
) -> str:
    fields = [number, at.isoformat(), actor, action, subject, details, previous]
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
