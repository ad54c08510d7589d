"""Removes what has been kept long enough, and files that nothing uses any more."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from chart_triage.store import charts
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.tables import Artefact, ChartRow

GRACE = 3600.0  # seconds: a file is put before the transaction that names it, so a fresh one is nobody's for a moment


class Purged(NamedTuple):
    charts: int
    files: int


def due(database: Database, before: datetime) -> list[str]:
    """Ids of the signed-off charts that came in before `before`."""
    with database.reading() as session:
        return [row.id for row in charts.older_than(session, before)]


def purge(database: Database, blobs: Blobs, actor: str, before: datetime, *, grace: float = GRACE) -> Purged:
    """Remove the charts that are `due` with all that is kept of them, and every file that nothing uses.

    A chart goes in a transaction of its own, so that a purge that is stopped has done part of its work and no half of
    any. The audit trail keeps that they were there.
    """
    removed = 0
    for chart in due(database, before):
        with database.writing() as session:
            row = session.get(ChartRow, chart)
            if row is not None and row.state == charts.State.SIGNED_OFF:
                charts.remove(session, actor, row)
                removed += 1
    return Purged(removed, sweep(database, blobs, blobs.names(), grace=grace))


def sweep(database: Database, blobs: Blobs, names: Iterable[str], *, grace: float = GRACE) -> int:
    """Remove those of `names` that no chart uses and that were not put within `grace` seconds; how many."""
    before = time.time() - grace
    with database.reading() as session:
        used = set(session.scalars(select(Artefact.blob).distinct()))
    removed = 0
    for name in names:
        kept_at = blobs.kept_at(name) if name not in used else None
        if kept_at is not None and kept_at < before:
            blobs.remove(name)
            removed += 1
    return removed + blobs.sweep(before)
