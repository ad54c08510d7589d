"""The one way from an address to a chart: what the viewer may not see is not there."""

from __future__ import annotations

import re

from fastapi import HTTPException
from sqlalchemy.orm import Session

from chart_triage.store.tables import ChartRow
from chart_triage.web.viewer import Viewer

_ID = re.compile(r"[0-9a-f]{32}")


def visible_chart(session: Session, who: Viewer, chart: str) -> ChartRow:
    """The chart with this id. Raises 404 where there is none, or where `who` may not see it: both look alike."""
    row = session.get(ChartRow, chart) if _ID.fullmatch(chart) else None
    if row is None or not who.sees(row):
        raise HTTPException(404)
    return row
