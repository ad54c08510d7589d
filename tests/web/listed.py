"""Charts in the states that the work list shows, made without processing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chart_triage.store import charts, people
from chart_triage.store.charts import File, State, Upload
from chart_triage.store.tables import ChartRow, User, now
from chart_triage.web.site import Site


def user_id(site: Site, login: str) -> int:
    with site.database.reading() as session:
        return session.query(User.id).where(User.login == login).scalar()


def chart(site: Site, name: str, *, by: str | None = "intake", client: int | None = None, **fields: Any) -> str:
    """A chart's id. `fields` are columns; `hours` until it is due (negative: overdue); `request` its data."""
    request, hours = fields.pop("request", {}), fields.pop("hours", None)
    content = name.encode()
    original = File(charts.ORIGINAL, site.blobs.put(content), "application/pdf", len(content))
    user = user_id(site, by) if by else None
    with site.database.writing() as session:
        row = charts.receive(session, by or "api", Upload(name, original, request, user, client))
        if hours is not None:
            row.due_at = now() + timedelta(hours=hours)
            row.triage_rank = row.due_at.isoformat()
        for column, value in fields.items():
            setattr(row, column, value)
        return row.id


def ready(site: Site, name: str, **fields: Any) -> str:
    summary = {"supported": ["4.b"], "patient": "OSGOODBY, PHINEAS"} | fields.pop("summary", {})
    given = {"state": State.READY, "suggestion": "criteria_supported", "pages": 6, "summary_json": summary} | fields
    return chart(site, name, **given)


def row(site: Site, number: str) -> ChartRow:
    with site.database.reading() as session:
        return session.get_one(ChartRow, number)


def api_key(site: Site, role: people.Role) -> tuple[str, int]:
    """A client's key and its number."""
    with site.database.writing() as session:
        key = people.add_api_key(session, "setup", f"client-{role.value}", role)
        found = people.client_of(session, key)
        assert found is not None
        return key, found.id
