"""The review page: what is shown, and what a reviewer does there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError
from chart_triage.store import audit, charts, reviews
from chart_triage.store.people import Role
from chart_triage.store.reviews import Kind, Review, SignOff, StaleError
from chart_triage.store.tables import ChartRow, User
from chart_triage.web.result_zip import RESULTS
from chart_triage.web.site import Site
from chart_triage.web.viewer import Anyone, CurrentSite, Reviewer, Viewer
from chart_triage.web.views import review as views
from chart_triage.web.views.admin import audit_row
from chart_triage.web.views.assessed import Assessed, assessed
from chart_triage.web.views.review_rows import statuses
from chart_triage.web.views.steps import Step, payload, step
from chart_triage.web.visible import visible_chart

router = APIRouter(include_in_schema=False)
_CLINICIANS_ONLY = "An outcome of your own is for a clinician to record. Send the chart to one."
_HISTORY = 500
_BEFORE_ASSESSED = "This chart has not been assessed yet."


@router.get("/charts/{chart}")
def start(chart: str, site: CurrentSite, who: Anyone) -> Any:
    """A chart's own address: its review, or for who does not review its readiness."""
    with site.database.reading() as session:
        visible_chart(session, who, chart)
    return RedirectResponse(f"/charts/{chart}/{'review' if who.reviews else 'readiness'}", status_code=303)


@router.get("/charts/{chart}/review")
def show(request: Request, chart: str, site: CurrentSite, who: Anyone) -> Any:
    row, found, review, kinds = _seen(site, who, chart)
    with site.database.writing() as session:
        audit.record(session, who.name, "chart.view", f"chart/{chart}", version=review.version)
    if found is None:
        return site.page(request, "review_waiting.html", chart=row)
    view, drawn = views.review_view(row, found, review, kinds), views.drawn(found, review)
    return site.page(request, "review.html", view=view, pages=found.chart.pages, drawn=drawn, images=drawn["images"],
                     opens_at=views.opens_at(view), reasons=views.REASONS,
                     choices={kind: statuses(kind) for kind in ("criterion", "safety")}, problem="")  # fmt: skip


@router.get("/charts/{chart}/history")
def history(request: Request, chart: str, site: CurrentSite, who: Reviewer) -> Any:
    """What was done to the chart and who looked at it, from the audit trail; looking at this is an entry too."""
    with site.database.writing() as session:
        row = visible_chart(session, who, chart)
        audit.record(session, who.name, "chart.history", f"chart/{chart}")
        found, total = audit.entries(session, audit.Wanted(subject=f"chart/{chart}"), limit=_HISTORY)
        rows = [audit_row(entry) for entry in found]
    return site.page(request, "history.html", chart=row, rows=rows, total=total)


@router.get("/charts/{chart}/review/evidence")
def evidence(chart: str, site: CurrentSite, who: Anyone) -> Any:
    """Places on the pages, without their words, as they stand now: what came with the page may have changed since."""
    _, found, review, _ = _seen(site, who, chart)
    if found is None:
        raise HTTPException(404, _BEFORE_ASSESSED)
    return views.drawn(found, review)


@router.get("/charts/{chart}/review/panel")
def panel(request: Request, chart: str, site: CurrentSite, who: Anyone) -> Any:
    """The rows beside the pages as they stand now, for a page that is open: while the chart is assessed again."""
    return _panel(request, site, who, chart)


@router.post("/charts/{chart}/review")
def act(request: Request, chart: str, site: CurrentSite, who: Reviewer, did: Annotated[Step, Depends(step)]) -> Any:
    """One step of a review. 409 where somebody else was faster: the answer then shows what they did."""
    if who.user is None:
        raise HTTPException(403, "A review is done by a person, not by a client of the API.")
    if did.kind is Kind.SIGN_OFF and did.outcome == SignOff.OTHER_OUTCOME and who.role is not Role.CLINICIAN:
        return _panel(request, site, who, chart, 403, _CLINICIANS_ONLY)
    _, found, *_ = _seen(site, who, chart)
    if found is None:
        raise HTTPException(404, _BEFORE_ASSESSED)
    try:
        with site.database.writing() as session:
            _do(session, visible_chart(session, who, chart), session.get_one(User, who.user), did, found)
    except StaleError as error:
        return _panel(request, site, who, chart, 409, str(error))
    except StoreError as error:
        return _panel(request, site, who, chart, 400, str(error))
    return _panel(request, site, who, chart)


def _seen(site: Site, who: Viewer, chart: str) -> tuple[ChartRow, Assessed | None, Review, set[str]]:
    """The chart, its results, its review and the kinds of its result files. In a reading transaction: the results of a
    long chart take a while to load, and nobody waits for that."""
    with site.database.reading() as session:
        row = visible_chart(session, who, chart)
        kinds = {file.kind for file in charts.files_among(session, [chart], RESULTS).get(chart, ())}
        return row, assessed(session, site.blobs, chart), reviews.review_of(session, chart), kinds


def _do(session: Session, row: ChartRow, user: User, did: Step, found: Assessed) -> None:
    """Keep the step; a page that counts anew or no more sends the chart to be assessed again from its reading."""
    before = reviews.review_of(session, row.id)
    kept = payload(did, found)
    if did.kind is Kind.UNDO:
        kept = {"version": reviews.last_step(session, row.id, user.id)}
    reviews.add(session, row, user, did.seen, did.kind, did.criterion, kept)
    after = reviews.review_of(session, row.id)
    if (before.set_aside, before.taken_back) != (after.set_aside, after.taken_back):
        charts.process_again(session, user.login, row)


def _panel(request: Request, site: Site, who: Viewer, chart: str, status: int = 200, problem: str = "") -> Any:
    row, found, review, kinds = _seen(site, who, chart)
    if found is None:
        raise HTTPException(404, _BEFORE_ASSESSED)
    return site.page(
        request, "review_panel.html", status=status, view=views.review_view(row, found, review, kinds), problem=problem
    )
