"""Administration: which version of the guideline counts from which day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse

from chart_triage import in_force
from chart_triage.store import guideline_days
from chart_triage.web.site import Site
from chart_triage.web.viewer import Admin, CurrentSite
from chart_triage.web.views import admin as shown

router = APIRouter(include_in_schema=False, prefix="/admin/guidelines")


@router.get("")
def show(request: Request, site: CurrentSite, who: Admin) -> Any:
    return _page(request, site)


@router.post("")
def decide(
    request: Request, site: CurrentSite, who: Admin, guideline: Annotated[str, Form()], starts: Annotated[str, Form()]
) -> Any:
    """Charts of that day of service and later are assessed by it when they are processed from now on."""
    known = [version.id for version in in_force.versions()]
    try:
        day = date.fromisoformat(starts)
    except ValueError:
        return _page(request, site, 400, "Choose the day from which it counts.")
    if guideline not in known:
        return _page(request, site, 400, "Choose one of the versions that are listed.")
    with site.database.writing() as session:
        guideline_days.decide(session, who.name, guideline, day, known)
    return RedirectResponse("/admin/guidelines", status_code=303)


@router.post("/{number}/remove")
def withdraw(site: CurrentSite, who: Admin, number: int) -> Any:
    with site.database.writing() as session:
        if not guideline_days.withdraw(session, who.name, number):
            raise HTTPException(404)
    return RedirectResponse("/admin/guidelines", status_code=303)


def _page(request: Request, site: Site, status: int = 200, problem: str | None = None) -> Any:
    with site.database.reading() as session:
        counting = in_force.guideline_on(session, date.today())
        decided = shown.decided(guideline_days.decisions(session))
    return site.page(
        request, "admin/guidelines.html", status=status, problem=problem, decided=decided,
        guidelines=shown.guideline_versions(counting), today=date.today().isoformat(),
    )  # fmt: skip
