"""Who is asking, and what they may see and do. Every route depends on one of these.

- intake: uploads charts and sees those that they (or, for a client, their key) brought in
- reviewer: sees and reviews every chart
- clinician: a reviewer who may also record an adverse outcome, which is a human's words alone
- admin: sees every chart; people, guidelines, settings, the audit trail
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, NamedTuple

from fastapi import Depends, Form, Header, HTTPException, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from chart_triage.store import people
from chart_triage.store.charts import WorkFilter
from chart_triage.store.people import Role
from chart_triage.store.tables import ChartRow
from chart_triage.web.site import Site, site_of

COOKIE = "chart_triage_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REVIEWERS = frozenset({Role.REVIEWER, Role.CLINICIAN, Role.ADMIN})


class Viewer(NamedTuple):
    """A person (`user`) or a client of the API (`client`); `name` is what the audit trail calls them."""

    name: str
    shown_as: str
    role: Role
    user: int | None
    client: int | None
    csrf: str

    @property
    def reviews(self) -> bool:
        return self.role in REVIEWERS

    def sees(self, chart: ChartRow) -> bool:
        if self.reviews:
            return True
        if self.client is not None:
            return chart.created_by_client == self.client
        return chart.created_by == self.user


def own(who: Viewer) -> WorkFilter:
    """The charts that somebody may see: all for those who review, else what they brought in."""
    if who.reviews:
        return WorkFilter()
    return WorkFilter(created_by=who.user, created_by_client=who.client)


class SignInNeededError(Exception):
    """Nobody is signed in; pages lead to the sign-in, the API answers 401."""


def viewer(request: Request, authorization: Annotated[str | None, Header()] = None) -> Viewer:
    """Who is asking, by cookie or by API key. Raises SignInNeededError."""
    found = who_is(site_of(request), authorization, request.cookies.get(COOKIE))
    if found is None:
        raise SignInNeededError
    request.state.viewer = found
    return found


def who_is(site: Site, authorization: str | None, cookie: str | None) -> Viewer | None:
    """Whose API key or whose session's cookie this is; None where it is nobody's."""
    if authorization is not None and authorization.startswith("Bearer "):
        return _client(site, authorization.removeprefix("Bearer "))
    return _person(site, cookie)


def sender(site: Site, headers: Headers) -> str | None:
    """Whom a request's headers name, before its body is read; None where it is nobody."""
    cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
    found = who_is(site, headers.get("authorization"), cookie)
    return found.name if found else None


def _client(site: Site, key: str) -> Viewer | None:
    with site.database.reading() as session:
        row = people.client_of(session, key)
        return Viewer(f"api:{row.name}", row.name, Role(row.role), None, row.id, "") if row else None


def _person(site: Site, token: str | None) -> Viewer | None:
    if not token:
        return None
    with site.database.reading() as session:
        found = people.session_of(session, token)
        if found is None:
            return None
        user, signed_in = found
        stale = people.needs_touch(signed_in)
        person = Viewer(user.login, user.name, Role(user.role), user.id, None, signed_in.csrf)
    if stale:
        with site.database.writing() as session:
            people.touch(session, token)
    return person


def _checked(
    request: Request,
    who: Annotated[Viewer, Depends(viewer)],
    x_csrf_token: Annotated[str | None, Header()] = None,
    csrf: Annotated[str | None, Form()] = None,
) -> Viewer:
    """Whoever changes something by cookie must show the token that only our own pages know."""
    _check_token(request, who, x_csrf_token or csrf or "")
    return who


def _checked_without_form(
    request: Request,
    who: Annotated[Viewer, Depends(viewer)],
    x_csrf_token: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Viewer:
    """For routes that take JSON: a form's field cannot stand beside it."""
    _check_token(request, who, x_csrf_token or "")
    return who


def _check_token(request: Request, who: Viewer, shown: str) -> None:
    by_cookie = request.method not in _SAFE and who.client is None
    if by_cookie and not secrets.compare_digest(shown.encode(), who.csrf.encode()):
        raise HTTPException(403, "This page is out of date. Load it again and repeat what you did.")


def needs(*roles: Role, checked: Callable[..., Viewer] = _checked) -> Callable[..., Viewer]:
    """A dependency: somebody signed in with one of `roles` (none named: any)."""

    def check(who: Viewer = Depends(checked)) -> Viewer:  # noqa: B008  # an annotation cannot name `checked`
        if roles and who.role not in roles:
            raise HTTPException(403, "Your role does not allow this. Ask an administrator.")
        return who

    return check


Anyone = Annotated[Viewer, Depends(needs())]
Reviewer = Annotated[Viewer, Depends(needs(Role.REVIEWER, Role.CLINICIAN, Role.ADMIN))]
Admin = Annotated[Viewer, Depends(needs(Role.ADMIN))]
Client = Annotated[Viewer, Depends(needs(checked=_checked_without_form))]
AdminClient = Annotated[Viewer, Depends(needs(Role.ADMIN, checked=_checked_without_form))]
CurrentSite = Annotated[Site, Depends(site_of)]
