"""The quality page and its tables as CSV, for everybody who reviews."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request

from chart_triage.store import audit
from chart_triage.store.quality import Quality, quality
from chart_triage.store.tables import now
from chart_triage.web import csv_answer
from chart_triage.web.site import Site
from chart_triage.web.viewer import CurrentSite, Reviewer
from chart_triage.web.views import quality as shown

router = APIRouter(include_in_schema=False)
PERIODS = (28, 91, 364)
Days = Annotated[int, Query(ge=7, le=3660)]


@router.get("/quality")
def show(request: Request, site: CurrentSite, who: Reviewer, days: Days = 91) -> Any:
    found = _figures(site, days)
    with site.database.writing() as session:
        audit.record(session, who.name, "quality.view", "quality", days=days)
    return site.page(
        request, "quality.html", tables=shown.tables(found), long=shown.criteria_by_week(found), days=days,
        periods=PERIODS, empty=not any(week.received or week.signed_off for week in found.weeks),
    )  # fmt: skip


@router.get("/quality/{table}.csv")
def export(site: CurrentSite, who: Reviewer, table: str, days: Days = 91) -> Any:
    found = shown.csv_tables(_figures(site, days)).get(table)
    if found is None:
        raise HTTPException(404)
    with site.database.writing() as session:
        audit.record(session, who.name, "quality.export", f"quality/{found.key}", days=days)
    return csv_answer.answer(f"quality-{found.key}", found.head, found.rows)


def _figures(site: Site, days: int) -> Quality:
    with site.database.reading() as session:
        return quality(session, now() - timedelta(days=days))
