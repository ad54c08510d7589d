"""Signing in and out with a local password."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from chart_triage.store import people
from chart_triage.web.site import Site
from chart_triage.web.viewer import COOKIE, Anyone, CurrentSite

router = APIRouter(include_in_schema=False)
_WRONG = "Login or password is not right."
_TOO_MANY = "Too many tries. Wait a quarter of an hour, or ask an administrator for a new password."


@router.get("/login")
def show(request: Request, site: CurrentSite) -> Any:
    return page(request, site)


def page(request: Request, site: Site, status: int = 200, problem: str | None = None) -> Any:
    """The form, with a button for the OpenID provider where the site has one."""
    offered = site.settings.oidc_name if site.settings.oidc_issuer else None
    return site.page(request, "login.html", status=status, problem=problem, oidc=offered)


@router.post("/login")
def sign_in(
    request: Request, site: CurrentSite, login: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
) -> Any:
    address = request.client.host if request.client else ""
    with site.database.reading() as session:
        if people.throttled(session, login, address):
            return page(request, site, 429, _TOO_MANY)
    with site.database.writing() as session:
        signed_in = people.sign_in(session, login, password, address)
    if signed_in is None:
        return page(request, site, 401, _WRONG)
    return with_cookie(site, signed_in.token, "/")


def with_cookie(site: Site, token: str, to: str) -> RedirectResponse:
    """Lead on to the path `to` with the session's cookie set."""
    response = RedirectResponse(to, status_code=303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=site.settings.tls, path="/")
    return response


@router.post("/logout")
def sign_out(request: Request, site: CurrentSite, who: Anyone) -> Any:
    with site.database.writing() as session:
        people.sign_out(session, who.name, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response
