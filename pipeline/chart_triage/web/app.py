"""Puts the application together: routes, static files, headers, and what an error looks like."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from chart_triage import __version__
from chart_triage.errors import ChartTriageError
from chart_triage.intake.limits import DEFAULT_LIMITS
from chart_triage.web.body_limit import BodyLimit
from chart_triage.web.routes import chart_pages, files, health, intake, login, review, worklist
from chart_triage.web.security import SecurityHeaders
from chart_triage.web.site import HERE, Site, site_of
from chart_triage.web.viewer import SignInNeededError, known

_ROUTERS = (
    health.router,
    login.router,
    intake.router,
    files.router,
    worklist.router,
    review.router,
    chart_pages.router,
)


def create_app(site: Site) -> FastAPI:
    app = FastAPI(title="chart-triage", version=__version__, docs_url=None, redoc_url=None)
    app.state.site = site
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in _ROUTERS:
        app.include_router(router)
    app.add_middleware(BodyLimit, largest=DEFAULT_LIMITS.max_bytes, known=partial(known, site))
    app.add_middleware(SecurityHeaders, tls=site.settings.tls)
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(HTTPException, _problem)
    app.add_exception_handler(ChartTriageError, _told)
    return app


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/fhir/"))


async def _sign_in(request: Request, _error: Exception) -> Any:
    if _is_api(request):
        return JSONResponse({"detail": "An API key is needed: Authorization: Bearer ..."}, 401)
    if request.headers.get("HX-Request"):
        return JSONResponse({"detail": "Signed out."}, 401, headers={"HX-Redirect": "/login"})
    return RedirectResponse("/login", status_code=303)


async def _problem(request: Request, error: Exception) -> Any:
    assert isinstance(error, HTTPException)
    if _is_api(request):
        return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
    told = error.detail if error.status_code != 404 else "There is nothing here, or it is not yours to see."
    return site_of(request).page(request, "problem.html", status=error.status_code, told=told)


async def _told(request: Request, error: Exception) -> Any:
    if _is_api(request):
        return JSONResponse({"detail": str(error)}, 400)
    return site_of(request).page(request, "problem.html", status=400, told=str(error))
