"""One's own account: password, and the end of all sign-ins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse

from chart_triage.errors import StoreError
from chart_triage.store import people
from chart_triage.store.tables import User
from chart_triage.web.routes.login import with_cookie
from chart_triage.web.site import Site
from chart_triage.web.viewer import COOKIE, Anyone, CurrentSite, Viewer

router = APIRouter(include_in_schema=False)


@router.get("/account")
def show(request: Request, site: CurrentSite, who: Anyone) -> Any:
    return _page(request, site, who)


@router.post("/account/password")
def change_password(
    request: Request,
    site: CurrentSite,
    who: Anyone,
    current: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Any:
    """The other sign-ins of the person end; this browser stays signed in."""
    person = _person(who)
    with site.database.reading() as session:
        if people.throttled(session, who.name, f"account/{person}"):
            return _page(request, site, who, 429, "Too many tries. Wait a quarter of an hour.")
    if new != again:
        return _page(request, site, who, 400, "The two new passwords are not the same.")
    try:
        with site.database.writing() as session:
            user = session.get_one(User, person)
            if not people.password_is(user, current):
                people.note_failure(session, who.name, f"account/{person}")
                problem = "The current password is not right."
            else:
                people.set_password(session, who.name, user, new)
                signed_in = people.open_session(session, user)
                problem = None
    except StoreError as error:
        return _page(request, site, who, 400, str(error))
    if problem is not None:
        return _page(request, site, who, 400, problem)
    return with_cookie(site, signed_in.token, "/account?changed=1")


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(site: CurrentSite, who: Anyone) -> Any:
    with site.database.writing() as session:
        people.sign_out_everywhere(session, who.name, session.get_one(User, _person(who)))
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


def _page(request: Request, site: Site, who: Viewer, status: int = 200, problem: str | None = None) -> Any:
    with site.database.reading() as session:
        user = session.get_one(User, _person(who))
        local = user.password_hash is not None
        sessions = people.sessions_of(session, user)
    done = "Your password is changed. Your other sign-ins have ended." if request.query_params.get("changed") else None
    return site.page(
        request, "account.html", status=status, problem=problem, done=done, local=local, sessions=sessions,
        shortest=people.SHORTEST_PASSWORD, login=who.name,
    )  # fmt: skip


def _person(who: Viewer) -> int:
    if who.user is None:
        raise HTTPException(403, "This is for people, not for clients of the API.")
    return who.user
