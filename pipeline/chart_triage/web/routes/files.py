"""A chart's files for people: the original and the results, each download noted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response

from chart_triage.store import audit, charts, views
from chart_triage.store.charts import File
from chart_triage.web import result_zip
from chart_triage.web.result_zip import RESULTS
from chart_triage.web.site import Site
from chart_triage.web.viewer import Anyone, CurrentSite, Viewer
from chart_triage.web.visible import visible_chart

router = APIRouter(include_in_schema=False)
EXPORTS = (*RESULTS, charts.ORIGINAL)


@router.get("/charts/{chart_id}/files/{kind}")
def download(site: CurrentSite, who: Anyone, chart_id: str, kind: str) -> Any:
    return export(site, who, chart_id, kind)


@router.get("/charts/{chart_id}/results.zip")
def download_all(site: CurrentSite, who: Anyone, chart_id: str) -> Any:
    """All results of a chart in one file."""
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        found = charts.files_among(session, [chart_id], RESULTS)
        if not found:
            raise HTTPException(404, "The chart has no results yet.")
        people = views.names(session)
        audit.record(session, who.name, "chart.export", f"chart/{chart_id}", kind="results.zip")
    return result_zip.answer(f"{chart_id[:8]}-results.zip", site.blobs, [chart], found, people)


def export(site: Site, who: Viewer, chart_id: str, kind: str) -> Response:
    """One of EXPORTS as a download, which no browser opens with the rights of our pages. Raises HTTPException 404."""
    if kind not in EXPORTS:
        raise HTTPException(404, "There is no such file.")
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        file = charts.file_of(session, chart_id, kind)
        if file is None:
            raise HTTPException(404, "The chart has no such file, or not yet.")
        audit.record(session, who.name, "chart.export", f"chart/{chart_id}", kind=kind)
    name = chart.file_name if kind == charts.ORIGINAL else f"{chart_id[:8]}-{kind}"
    return _attachment(file, site.blobs.get(file.blob), name)


def _attachment(file: File, content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=file.media_type, headers=headers)
