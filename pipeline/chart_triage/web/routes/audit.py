"""The audit trail for administrators: filtered, verified, taken away as CSV. Looking at it is an entry too."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request

from chart_triage.store import audit
from chart_triage.store.audit import Wanted
from chart_triage.web import csv_answer
from chart_triage.web.viewer import Admin, CurrentSite
from chart_triage.web.views.admin import audit_row

router = APIRouter(include_in_schema=False)
_PAGE = 100
_NUMBER = re.compile(r"[0-9]{1,18}")  # of an entry
_HEAD = ("number", "time (UTC)", "who", "action", "subject", "details")


def _wanted(actor: str = "", action: str = "", subject: str = "", first: str = "", last: str = "") -> Wanted:
    """The filter of the page's form; a day that is none counts as not given."""
    until = _day(last)
    return Wanted(
        actor.strip(), action.strip(), subject.strip(), _day(first), until + timedelta(days=1) if until else None
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return None


Filter = Annotated[Wanted, Depends(_wanted)]


@router.get("/admin/audit")
def show(
    request: Request, site: CurrentSite, who: Admin, wanted: Filter, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Any:
    with site.database.reading() as session:
        found, total = audit.entries(session, wanted, limit=_PAGE, offset=(page - 1) * _PAGE)
        rows = [audit_row(entry) for entry in found]
    with site.database.writing() as session:
        audit.record(session, who.name, "audit.view", "audit", page=page)
    asked = {name: request.query_params.get(name, "") for name in ("actor", "action", "subject", "first", "last")}
    given = urlencode({name: value for name, value in asked.items() if value})
    pages = max(1, -(-total // _PAGE))
    return site.page(
        request, "admin/audit.html", head=_HEAD, rows=rows, total=total, asked=asked, given=given, page=page,
        pages=pages,
    )  # fmt: skip


@router.post("/admin/audit/verify")
def verify(request: Request, site: CurrentSite, who: Admin, head: Annotated[str, Form()] = "") -> Any:
    """Reads the whole trail. `head`: its end as noted before, NUMBER:HASH, or nothing."""
    number, _, digest = head.strip().partition(":")
    with site.database.reading() as session:
        breaks = list(audit.verify(session))
        end = audit.head(session)
        cut = bool(head.strip()) and not (_NUMBER.fullmatch(number) and audit.holds(session, int(number), digest))
    with site.database.writing() as session:
        audit.record(session, who.name, "audit.verify", "audit", breaks=len(breaks) + cut)
    return site.page(request, "admin/verified.html", breaks=breaks[:100], count=len(breaks), end=end, cut=cut)


@router.get("/admin/audit.csv")
def export(site: CurrentSite, who: Admin, wanted: Filter) -> Any:
    with site.database.writing() as session:
        audit.record(session, who.name, "audit.export", "audit")
    with site.database.reading() as session:
        found, _ = audit.entries(session, wanted, limit=None)
        rows = [audit_row(entry) for entry in found]
    return csv_answer.answer("audit", _HEAD, rows)
