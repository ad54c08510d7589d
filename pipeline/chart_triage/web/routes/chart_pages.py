"""Pages of a chart for the review page: picture, thumbnail, words, and where words are found.

What a page shows is not kept by the browser. That somebody opened a page is an entry of the audit trail, one for each
person and page in a quarter of an hour; picture and words of one page are one entry.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Path, Response
from sqlalchemy.orm import Session

from chart_triage.store import audit, charts
from chart_triage.store.charts import File
from chart_triage.store.tables import now
from chart_triage.web.site import Site
from chart_triage.web.viewer import Anyone, CurrentSite, Viewer
from chart_triage.web.views.assessed import FOUND_AT_MOST, Hit, assessed, find
from chart_triage.web.visible import visible_chart

router = APIRouter(include_in_schema=False)
_PageNumber = Annotated[int, Path(ge=1, le=100_000)]
_VIEW = "chart.view_page"
_ONE_ENTRY = timedelta(minutes=15)


@router.get("/charts/{chart}/pages/{number}/image")
def image(chart: str, number: _PageNumber, site: CurrentSite, who: Anyone) -> Response:
    return _page_file(site, who, chart, number, "page")


@router.get("/charts/{chart}/pages/{number}/words")
def words(chart: str, number: _PageNumber, site: CurrentSite, who: Anyone) -> Response:
    return _page_file(site, who, chart, number, "words")


@router.get("/charts/{chart}/pages/{number}/thumb")
def thumb(chart: str, number: _PageNumber, site: CurrentSite, who: Anyone) -> Response:
    """Too small to be read: it belongs to the view of the chart, and is no entry of its own."""
    with site.database.reading() as session:
        visible_chart(session, who, chart)
        file = _file(session, chart, f"thumb/{number}")
    return _sent(site, file)


@router.post("/charts/{chart}/find")
def find_words(chart: str, site: CurrentSite, who: Anyone, q: Annotated[str, Form(max_length=100)] = "") -> Any:
    """Posted, so that no words of a chart stand in an address."""
    with site.database.reading() as session:
        visible_chart(session, who, chart)
        found = assessed(session, site.blobs, chart)
    with site.database.writing() as session:
        audit.record(session, who.name, "chart.find", f"chart/{chart}")
    if found is None:
        raise HTTPException(404)
    hits = find(found.chart, q)
    return {"hits": [_plain(hit) for hit in hits], "more": len(hits) == FOUND_AT_MOST}


def _plain(hit: Hit) -> dict[str, Any]:
    return hit._asdict() | {"boxes": [box.as_list() for box in hit.boxes]}


def _page_file(site: Site, who: Viewer, chart: str, number: int, kind: str) -> Response:
    subject = f"chart/{chart}/page/{number}"
    with site.database.reading() as session:
        visible_chart(session, who, chart)
        file = _file(session, chart, f"{kind}/{number}")
        told = audit.told_since(session, who.name, _VIEW, subject, now() - _ONE_ENTRY)
    if not told:
        with site.database.writing() as session:
            audit.record(session, who.name, _VIEW, subject)
    return _sent(site, file)


def _file(session: Session, chart: str, kind: str) -> File:
    file = charts.file_of(session, chart, kind)
    if file is None:
        raise HTTPException(404)
    return file


def _sent(site: Site, file: File) -> Response:
    return Response(site.blobs.get(file.blob), media_type=file.media_type, headers={"Cache-Control": "no-store"})
