"""What an error looks like: a page for people, problem details (RFC 9457) for programs.

Neither repeats what was sent.
"""

from __future__ import annotations

import errno
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from chart_triage.errors import ChartTriageError, InputError
from chart_triage.store.room import NO_ROOM
from chart_triage.web.body_limit import UPLOADS
from chart_triage.web.site import site_of
from chart_triage.web.turns import RETRY_AFTER, BusyError
from chart_triage.web.uploads import DuplicateError
from chart_triage.web.viewer import COOKIE, SignInNeededError, who_is

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
_GONE = "There is nothing here, or it is not yours to see."
_FHIR_CODES = {401: "login", 403: "forbidden", 404: "not-found", 409: "duplicate", 413: "too-long", 429: "throttled"}
_KIND_STATUS = {"too_large": 413, "encrypted": 423}


class Problem(BaseModel):
    """`kind` names a refusal of the file for a program; `charts` are those that came with the same bytes before."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    kind: str | None = None
    charts: list[str] | None = None


def add_to(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DuplicateError, _duplicate)
    app.add_exception_handler(BusyError, _busy)
    app.add_exception_handler(ChartTriageError, _told)
    app.add_exception_handler(OSError, _system)


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: Any = None,
    kind: str | None = None,
    charts: list[str] | None = None,
) -> JSONResponse:
    """For FHIR an OperationOutcome, else problem details."""
    if request.url.path.startswith("/fhir/"):
        issue = {"severity": "error", "code": _FHIR_CODES.get(status, "invalid"), "diagnostics": detail}
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        return JSONResponse(outcome, status, headers, "application/fhir+json")
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, kind=kind, charts=charts)
    return JSONResponse(told.model_dump(exclude_none=True), status, headers, PROBLEM)


def is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/fhir/"))


async def _sign_in(request: Request, _error: Exception) -> Any:
    if is_api(request):
        detail = "An API key is needed: Authorization: Bearer ..."
        return problem(request, 401, detail, headers={"WWW-Authenticate": "Bearer"})
    if request.headers.get("HX-Request"):
        return JSONResponse({"detail": "Signed out."}, 401, headers={"HX-Redirect": "/login"})
    return RedirectResponse("/login", status_code=303)


async def _http(request: Request, error: Exception) -> Any:
    assert isinstance(error, HTTPException)
    if is_api(request):
        return problem(request, error.status_code, error.detail or _GONE, headers=error.headers)
    told = error.detail if error.status_code != 404 else _GONE
    return await _page(request, error.status_code, told)


async def _invalid(request: Request, error: Exception) -> Any:
    assert isinstance(error, RequestValidationError)
    places = {".".join(str(part) for part in e["loc"] if part != "body"): str(e["msg"]) for e in error.errors()}
    detail = "; ".join(f"{place}: {why}" if place else why for place, why in list(places.items())[:10])
    if is_api(request):
        return problem(request, 422, detail)
    return await _page(request, 422, detail)


async def _duplicate(request: Request, error: Exception) -> Any:
    assert isinstance(error, DuplicateError)
    detail = "The same file came in before. Send keep=yes to keep it a second time."
    return problem(request, 409, detail, kind="duplicate", charts=[chart.id for chart in error.charts])


async def _busy(request: Request, error: Exception) -> Any:
    return problem(request, 429, str(error), headers={"Retry-After": str(RETRY_AFTER)}, kind="busy")


async def _system(request: Request, error: Exception) -> Any:
    """A full disk is told with the remedy; anything else is a fault of the program."""
    assert isinstance(error, OSError)
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    log.error("the disk is full")
    if is_api(request) or request.url.path in UPLOADS:
        return problem(request, 507, NO_ROOM)
    return await _page(request, 507, NO_ROOM)


async def _told(request: Request, error: Exception) -> Any:
    kind = error.kind if isinstance(error, InputError) else None
    status = _KIND_STATUS.get(kind or "", 422 if kind else 400)
    if is_api(request):
        return problem(request, status, str(error), kind=kind)
    return await _page(request, status, str(error))


async def _page(request: Request, status: int, told: str) -> Any:
    """Who is signed in keeps the way to all other pages, also on an address that leads to no route."""
    site = site_of(request)
    viewer = getattr(request.state, "viewer", None)
    if viewer is None:
        viewer = await run_in_threadpool(who_is, site, None, request.cookies.get(COOKIE))
    return site.page(request, "problem.html", status=status, told=told, viewer=viewer)
