"""Signing in by an OpenID provider. What must come back is kept in the browser, for ten minutes."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse

from chart_triage.errors import ChartTriageError, SignInError
from chart_triage.store import people
from chart_triage.web import oidc
from chart_triage.web.routes import login
from chart_triage.web.site import Site
from chart_triage.web.viewer import CurrentSite

router = APIRouter(include_in_schema=False)
COOKIE = "chart_triage_oidc"
_MINUTES = 10


@router.get("/oidc/start")
def start(request: Request, site: CurrentSite) -> Any:
    _offered(site)
    try:
        url, begun = oidc.begin(site.settings)
    except SignInError as error:
        return login.page(request, site, 502, str(error))
    response = RedirectResponse(url, status_code=303)
    response.set_cookie(
        COOKIE, ".".join(begun), max_age=_MINUTES * 60, httponly=True, samesite="lax", secure=site.settings.tls,
        path="/oidc",
    )  # fmt: skip
    return response


@router.get(oidc.CALLBACK)
def finish(request: Request, site: CurrentSite, state: str = "", code: str = "", error: str = "") -> Any:
    _offered(site)
    try:
        person = oidc.finish(site.settings, _begun(request, state, code, error), code)
        with site.database.writing() as session:
            user = people.known_by_provider(session, *person)
            signed_in = people.open_session(session, user)
    except ChartTriageError as problem:
        with site.database.writing() as session:
            people.note_refused(session, str(problem))
        response = login.page(request, site, 403, str(problem))
    else:
        response = login.with_cookie(site, signed_in.token, "/")
    response.delete_cookie(COOKIE, path="/oidc")
    return response


def _begun(request: Request, state: str, code: str, error: str) -> oidc.Begun:
    """What `start` left in this browser, if this is its answer."""
    kept = request.cookies.get(COOKIE, "").split(".")
    if len(kept) != len(oidc.Begun._fields):
        raise SignInError("The sign-in took too long, or was begun in another browser. Try again.")
    begun = oidc.Begun(*kept)
    if not secrets.compare_digest(begun.state.encode(), state.encode()):
        raise SignInError("This is not the answer to the sign-in that was begun here. Try again.")
    if error or not code:
        raise SignInError("The provider did not sign you in. Try again.")
    return begun


def _offered(site: Site) -> None:
    if site.settings.oidc_issuer is None:
        raise HTTPException(404)
