"""Administration: who is told of charts that are done; tried out, and what was told last."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse

from chart_triage import webhooks as telling
from chart_triage.errors import StoreError
from chart_triage.store import audit, webhooks
from chart_triage.web.site import Site
from chart_triage.web.viewer import Admin, CurrentSite
from chart_triage.web.views import admin as shown

router = APIRouter(include_in_schema=False, prefix="/admin/webhooks")


@router.get("")
def show(request: Request, site: CurrentSite, who: Admin) -> Any:
    return _page(request, site)


@router.post("")
def add(request: Request, site: CurrentSite, who: Admin, url: Annotated[str, Form(max_length=600)]) -> Any:
    """The secret is shown on this answer and never again."""
    try:
        with site.database.writing() as session:
            hook = webhooks.add(session, who.name, url.strip())
    except StoreError as error:
        return _page(request, site, 400, problem=str(error))
    return _page(request, site, secret=hook.secret)


@router.post("/{number}/try")
def try_out(request: Request, site: CurrentSite, who: Admin, number: int) -> Any:
    """Sends a signed trial that names no chart, and says what the receiver answered."""
    with site.database.writing() as session:
        hook = webhooks.get(session, number)
        if hook is None:
            raise HTTPException(404)
        audit.record(session, who.name, "webhook.try", f"webhook/{number}")
    problem = telling.try_out(hook.url, hook.secret)
    if problem is not None:
        return _page(request, site, problem=f"The trial was not taken: {problem}.")
    return _page(request, site, done="The trial was taken.")


@router.post("/{number}/remove")
def remove(site: CurrentSite, who: Admin, number: int) -> Any:
    with site.database.writing() as session:
        if not webhooks.remove(session, who.name, number):
            raise HTTPException(404)
    return RedirectResponse("/admin/webhooks", status_code=303)


def _page(
    request: Request, site: Site, status: int = 200, *, problem: str | None = None, done: str | None = None,
    secret: str | None = None,
) -> Any:  # fmt: skip
    with site.database.reading() as session:
        hooks = webhooks.active(session)
        told = shown.deliveries(webhooks.deliveries(session), hooks)
    return site.page(
        request, "admin/webhooks.html", status=status, hooks=hooks, deliveries=told, problem=problem, done=done,
        secret=secret,
    )  # fmt: skip
