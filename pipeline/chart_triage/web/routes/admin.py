"""Administration: processing, people, clients of the API, guidelines, settings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse

from chart_triage.errors import StoreError
from chart_triage.store import charts, health, people
from chart_triage.store.people import Role
from chart_triage.store.tables import ChartRow, User
from chart_triage.web.site import Site
from chart_triage.web.viewer import Admin, CurrentSite
from chart_triage.web.views import admin as shown

router = APIRouter(include_in_schema=False, prefix="/admin")
CLIENT_ROLES = (Role.INTAKE, Role.REVIEWER)
Text = Annotated[str, Form(max_length=200)]


@router.get("")
def processing(request: Request, site: CurrentSite, who: Admin) -> Any:
    return site.page(request, "admin/processing.html", **_processing(site))


@router.get("/processing")
def processing_now(request: Request, site: CurrentSite, who: Admin) -> Any:
    """The changing part of the page alone."""
    return site.page(request, "admin/processing_now.html", **_processing(site))


def _processing(site: Site) -> dict[str, Any]:
    with site.database.reading() as session:
        found = health.health(session)
        return {
            "figures": shown.figures(found),
            "workers": shown.workers(found.workers, health.in_work(session)),
            "parked": shown.parked(health.parked(session)),
        }


@router.post("/parked/{chart}/again")
def process_again(site: CurrentSite, who: Admin, chart: str) -> Any:
    with site.database.writing() as session:
        row = session.get(ChartRow, chart)
        if row is None:
            raise HTTPException(404)
        charts.process_again(session, who.name, row)
    return RedirectResponse("/admin", status_code=303)


@router.get("/people")
def users(request: Request, site: CurrentSite, who: Admin) -> Any:
    return _people(request, site)


def _people(request: Request, site: Site, status: int = 200, problem: str | None = None) -> Any:
    with site.database.reading() as session:
        everybody = people.everybody(session)
    return site.page(
        request, "admin/people.html", status=status, problem=problem, people=everybody, roles=list(Role),
        shortest=people.SHORTEST_PASSWORD,
    )  # fmt: skip


@router.post("/people")
def add_user(
    request: Request, site: CurrentSite, who: Admin, login: Text, name: Text, role: Annotated[Role, Form()],
    password: Text = "",
) -> Any:  # fmt: skip
    """Without a password only an OpenID provider lets them in."""
    try:
        with site.database.writing() as session:
            people.add_user(session, who.name, login, name, role, password or None)
    except StoreError as error:
        return _people(request, site, 400, str(error))
    return RedirectResponse("/admin/people", status_code=303)


@router.post("/people/{number}")
def change_user(
    request: Request, site: CurrentSite, who: Admin, number: int, role: Annotated[Role, Form()],
    active: Annotated[bool, Form()] = False,
) -> Any:  # fmt: skip
    try:
        with site.database.writing() as session:
            people.change_user(session, who.name, _user(session.get(User, number)), role=role, active=active)
    except StoreError as error:
        return _people(request, site, 400, str(error))
    return RedirectResponse("/admin/people", status_code=303)


@router.post("/people/{number}/password")
def set_password(request: Request, site: CurrentSite, who: Admin, number: int, password: Text) -> Any:
    try:
        with site.database.writing() as session:
            people.set_password(session, who.name, _user(session.get(User, number)), password)
    except StoreError as error:
        return _people(request, site, 400, str(error))
    return RedirectResponse("/admin/people", status_code=303)


def _user(found: User | None) -> User:
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/clients")
def clients(request: Request, site: CurrentSite, who: Admin) -> Any:
    return _clients(request, site)


@router.post("/clients")
def add_client(request: Request, site: CurrentSite, who: Admin, name: Text, role: Annotated[Role, Form()]) -> Any:
    """The key is shown on this answer and never again."""
    if role not in CLIENT_ROLES or not name.strip():
        return _clients(request, site, 400, problem="A client needs a name, and the role intake or reviewer.")
    with site.database.writing() as session:
        key = people.add_api_key(session, who.name, name.strip(), role)
    return _clients(request, site, key=key)


@router.post("/clients/{number}/revoke")
def revoke_client(site: CurrentSite, who: Admin, number: int) -> Any:
    with site.database.writing() as session:
        people.revoke_api_key(session, who.name, number)
    return RedirectResponse("/admin/clients", status_code=303)


def _clients(
    request: Request, site: Site, status: int = 200, key: str | None = None, problem: str | None = None
) -> Any:
    with site.database.reading() as session:
        keys = people.api_keys(session)
    return site.page(
        request, "admin/clients.html", status=status, clients=keys, roles=CLIENT_ROLES, key=key, problem=problem
    )


@router.get("/settings")
def site_settings(request: Request, site: CurrentSite, who: Admin) -> Any:
    return site.page(request, "admin/settings.html", settings=shown.settings(site.settings))
