"""The intake page: files in, their progress, what each is ready for."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse

from chart_triage.errors import InputError
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.store import audit, charts
from chart_triage.store.charts import State, WorkFilter
from chart_triage.store.tables import now
from chart_triage.web.request_form import RequestForm, lines_of_business, request_data
from chart_triage.web.uploads import DuplicateError, take
from chart_triage.web.viewer import Anyone, CurrentSite, Viewer
from chart_triage.web.views.progress import progress_of
from chart_triage.web.views.readiness import readiness_of
from chart_triage.web.views.words import STATES, when
from chart_triage.web.visible import visible_chart

router = APIRouter(include_in_schema=False)
_RECENT = timedelta(hours=24)
_MOST_RECENT = 30
_MOST_ASKED = 200
_CAME_BEFORE = "The same file came in before. Leave it out, or keep it a second time."
_STATUS = {"encrypted": 423, "too_large": 413}


def _brought(who: Viewer) -> WorkFilter:
    """The charts that this viewer brought in."""
    return WorkFilter(created_by=who.user, created_by_client=who.client)


@router.get("/")
def start(who: Anyone) -> Any:
    return RedirectResponse("/worklist" if who.reviews else "/intake", status_code=303)


@router.get("/intake")
def show(request: Request, site: CurrentSite, who: Anyone) -> Any:
    with site.database.reading() as session:
        recent = charts.newest(session, _brought(who), since=now() - _RECENT, limit=_MOST_RECENT)
        told = charts.progress(session, [chart.id for chart in recent])
    rows = [(chart, progress_of(chart, told.get(chart.id, {}))) for chart in recent]
    largest = site.looker.limits.max_bytes
    return site.page(request, "intake.html", rows=rows, lines=lines_of_business(site), largest=largest)


@router.post("/intake/uploads")
def upload(
    site: CurrentSite,
    who: Anyone,
    file: UploadFile,
    form: Annotated[RequestForm, Depends()],
    password: Annotated[str, Form()] = "",
    keep: Annotated[str, Form()] = "",
) -> Any:
    """Keeps one file and answers with its chart, or with what stands against it and what can be done."""
    try:
        kept = take(
            site, who, file.filename or "", file.file, asdict(form), password=password, keep_duplicate=keep == "yes"
        )
    except InputError as error:
        return JSONResponse({"kind": error.kind, "detail": str(error)}, _STATUS.get(error.kind, 422))
    except DuplicateError as error:
        before = [{"chart": c.id, "came": when(c.created_at), "state": STATES[c.state].words} for c in error.charts]
        return JSONResponse({"kind": "duplicate", "detail": _CAME_BEFORE, "charts": before}, 409)
    return JSONResponse({"chart": kept.chart, "name": kept.name}, 201)


@router.get("/intake/progress")
def progress(site: CurrentSite, who: Anyone, chart: Annotated[list[str], Query(max_length=_MOST_ASKED)]) -> Any:
    """How far each of the named charts is; what is not the viewer's to see is left out."""
    with site.database.reading() as session:
        rows, _ = charts.work(session, WorkFilter(ids=tuple(chart)), limit=_MOST_ASKED)
        seen = [row for row in rows if who.sees(row)]
        told = charts.progress(session, [row.id for row in seen])
    shown = [progress_of(row, told.get(row.id, {}))._asdict() for row in seen]
    return JSONResponse(shown, headers={"Cache-Control": "no-store"})


@router.get("/charts/{chart_id}/readiness")
def readiness(request: Request, site: CurrentSite, who: Anyone, chart_id: str) -> Any:
    """The card of a chart that is done: a page, or for a page's script a piece of one."""
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        file = charts.file_of(session, chart_id, DETERMINATION_NAME)
        if file is None or chart.state not in (State.READY, State.SIGNED_OFF):
            raise HTTPException(404, "The chart is not ready yet.")
        kinds = charts.kinds_of(session, chart_id)
        audit.record(session, who.name, "chart.readiness", f"chart/{chart_id}")
    found = Determination.model_validate_json(site.blobs.get(file.blob))
    card = readiness_of(chart, found, kinds, reviews=who.reviews)
    piece = bool(request.headers.get("HX-Request"))
    return site.page(request, "readiness.html" if piece else "readiness_page.html", card=card, title=chart.file_name)


@router.get("/charts/{chart_id}/request")
def show_request(request: Request, site: CurrentSite, who: Anyone, chart_id: str) -> Any:
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        audit.record(session, who.name, "chart.request", f"chart/{chart_id}")
    return site.page(
        request, "request.html", chart=chart, given=chart.request_json, lines=lines_of_business(site), problem=None
    )


@router.post("/charts/{chart_id}/request")
def change_request(
    request: Request, site: CurrentSite, who: Anyone, chart_id: str, form: Annotated[RequestForm, Depends()]
) -> Any:
    """Other request data: the chart is assessed anew from what was read."""
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        try:
            data = request_data(site, asdict(form))
        except InputError as error:
            shown = {"chart": chart, "given": asdict(form), "lines": lines_of_business(site), "problem": str(error)}
            return site.page(request, "request.html", status=422, **shown)
        if chart.state == State.SIGNED_OFF:
            raise HTTPException(409, "The chart is signed off. Reopen it to change its request data.")
        charts.process_again(session, who.name, chart, data)
    return RedirectResponse("/intake", status_code=303)


@router.post("/charts/{chart_id}/again")
def again(site: CurrentSite, who: Anyone, chart_id: str, back: Annotated[str, Form()] = "intake") -> Any:
    """Try a parked chart once more."""
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        if chart.state != State.PARKED:
            raise HTTPException(409, "Only a parked chart can be tried again.")
        charts.process_again(session, who.name, chart)
    return RedirectResponse("/worklist" if back == "worklist" else "/intake", status_code=303)
