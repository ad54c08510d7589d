"""The work list: what is due first, by whom; bulk actions, saved views, CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from chart_triage.store import audit, charts, views
from chart_triage.store.charts import WorkFilter
from chart_triage.store.tables import ChartRow
from chart_triage.web import result_zip
from chart_triage.web.list_filter import PAGE, ListFilter, person_number
from chart_triage.web.site import Site
from chart_triage.web.viewer import REVIEWERS, Anyone, CurrentSite, Reviewer, Viewer, own
from chart_triage.web.views.words import STATES, SUGGESTIONS
from chart_triage.web.views.worklist import as_csv, digest_of, row_of

router = APIRouter(include_in_schema=False)
MOST_EXPORTED = 5_000
MOST_ZIPPED = 100
_Filter = Annotated[ListFilter, Depends()]
_Charts = Annotated[list[str], Form(default_factory=list, max_length=1000)]


@router.get("/worklist")
def show(request: Request, site: CurrentSite, who: Anyone, view: int | None = None) -> Any:
    chosen = ListFilter.of(request.query_params)
    with site.database.reading() as session:
        mine = views.views_of(session, who.user) if who.user else []
    for saved in mine:
        if saved.id == view:
            chosen = ListFilter.from_query(saved.query)
    return _page(request, site, who, chosen, view)


@router.post("/worklist")
def search(request: Request, site: CurrentSite, who: Anyone, chosen: _Filter) -> Any:
    return _page(request, site, who, chosen, None)


@router.post("/worklist/rows")
def rows(request: Request, site: CurrentSite, who: Anyone, chosen: _Filter, digest: Annotated[str, Form()] = "") -> Any:
    """The list alone; 204 where it still is what `digest` saw."""
    shown = _listed(site, who, chosen)
    if digest and digest == shown["digest"]:
        return Response(status_code=204)
    if not digest:
        _note_view(site, who, shown["total"])
    return site.page(request, "worklist_rows.html", chosen=chosen, **shown)


@router.post("/worklist/assign")
def assign(
    site: CurrentSite,
    who: Reviewer,
    chart: _Charts,
    user: Annotated[str, Form()] = "",
    take: Annotated[str, Form()] = "",
) -> Any:
    """Give charts to somebody ("" nobody, "me"); `take` is one chart that the viewer takes alone."""
    wanted, to = ([take], "me") if take else (chart, user)
    with site.database.writing() as session:
        named = {person.id for person in views.people_with(session, REVIEWERS)}
        receiver = who.user if to == "me" else person_number(to)
        if receiver is not None and receiver not in named:
            raise HTTPException(422, "Charts can be given to active reviewers only.")
        for row in _visible_rows(session, who, wanted):
            charts.assign(session, who.name, row, receiver)
    return RedirectResponse("/worklist", status_code=303)


@router.post("/worklist/export")
def export(site: CurrentSite, who: Anyone, chosen: _Filter, chart: _Charts) -> Any:
    """The charts that are named, else all that match the filter, as CSV."""
    with site.database.writing() as session:
        wanted = chosen.wanted(who)
        if chart:
            wanted = own(who)._replace(ids=tuple(chart))
        found, _ = charts.work(session, wanted, limit=MOST_EXPORTED)
        audit.record(session, who.name, "worklist.export", "worklist", charts=[row.id for row in found])
        people = views.names(session)
    headers = {"Content-Disposition": 'attachment; filename="worklist.csv"', "Cache-Control": "no-store"}
    return Response(as_csv(found, people), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/worklist/results")
def export_results(site: CurrentSite, who: Anyone, chart: _Charts) -> Any:
    """The results of the charts that are named, as one ZIP file; each of them is an entry of the audit trail."""
    if not 0 < len(chart) <= MOST_ZIPPED:
        raise HTTPException(422, f"Choose 1 to {MOST_ZIPPED} charts.")
    with site.database.writing() as session:
        found, _ = charts.work(session, own(who)._replace(ids=tuple(chart)), limit=len(chart))
        files = charts.files_among(session, [row.id for row in found], result_zip.RESULTS)
        if not files:
            raise HTTPException(404, "None of these charts has results yet.")
        for row in found:
            if row.id in files:
                audit.record(session, who.name, "chart.export", f"chart/{row.id}", kind="results.zip")
        people = views.names(session)
    return result_zip.answer("results.zip", site.blobs, found, files, people)


@router.post("/worklist/views")
def save_view(site: CurrentSite, who: Anyone, chosen: _Filter, view_name: Annotated[str, Form()] = "") -> Any:
    if who.user is None:
        raise HTTPException(403, "Views are kept for people.")
    with site.database.writing() as session:
        number = views.save(session, who.user, view_name, chosen.query).id
    return RedirectResponse(f"/worklist?view={number}", status_code=303)


@router.post("/worklist/views/{number}/remove")
def remove_view(site: CurrentSite, who: Anyone, number: int) -> Any:
    with site.database.writing() as session:
        views.remove(session, who.user or 0, number)
    return RedirectResponse("/worklist", status_code=303)


def _page(request: Request, site: Site, who: Viewer, chosen: ListFilter, view: int | None) -> Any:
    shown = _listed(site, who, chosen)
    _note_view(site, who, shown["total"])
    with site.database.reading() as session:
        people = views.people_with(session, REVIEWERS)
        mine = views.views_of(session, who.user) if who.user else []
    return site.page(
        request, "worklist.html", chosen=chosen, people=people, views=mine, view=view, states=STATES,
        suggestions=SUGGESTIONS, **shown,
    )  # fmt: skip


def _listed(site: Site, who: Viewer, chosen: ListFilter) -> dict[str, Any]:
    wanted, number = chosen.wanted(who), chosen.number
    with site.database.reading() as session:
        found, total = charts.work(session, wanted, limit=PAGE, offset=(number - 1) * PAGE)
        counts = charts.counts(session, wanted)
        people = views.names(session)
    listed = [row_of(chart, people, viewer=who.user, reviews=who.reviews) for chart in found]
    counts = {state: counts.get(state, 0) for state in STATES}
    return {
        "rows": listed, "total": total, "counts": counts, "digest": digest_of(listed, counts, total),
        "number": number, "last": max(1, -(-total // PAGE)),
    }  # fmt: skip


def _note_view(site: Site, who: Viewer, total: int) -> None:
    with site.database.writing() as session:
        audit.record(session, who.name, "worklist.view", "worklist", charts=total)


def _visible_rows(session: Session, who: Viewer, ids: Sequence[str]) -> list[ChartRow]:
    found, _ = charts.work(session, WorkFilter(ids=tuple(ids)), limit=len(ids))
    return [row for row in found if who.sees(row)]
