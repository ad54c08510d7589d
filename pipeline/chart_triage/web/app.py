"""Puts the application together: routes, static files, headers, and what an error looks like."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from chart_triage import __version__
from chart_triage.web import problems, static_files
from chart_triage.web.body_limit import BodyLimit
from chart_triage.web.metrics import Metrics
from chart_triage.web.observing import Observing
from chart_triage.web.routes import (
    account,
    admin,
    api,
    audit,
    chart_pages,
    fhir,
    files,
    guidelines,
    health,
    intake,
    login,
    oidc,
    quality,
    review,
    webhooks,
    worklist,
)
from chart_triage.web.security import SecurityHeaders
from chart_triage.web.site import Site
from chart_triage.web.viewer import sender

_ROUTERS = (
    health.router,
    login.router,
    oidc.router,
    account.router,
    intake.router,
    files.router,
    worklist.router,
    review.router,
    chart_pages.router,
    admin.router,
    guidelines.router,
    webhooks.router,
    audit.router,
    quality.router,
    api.router,
    fhir.router,
)


def create_app(site: Site) -> FastAPI:
    app = FastAPI(title="chart-triage", version=__version__, docs_url=None, redoc_url=None)
    app.state.site = site
    app.mount(static_files.ADDRESS, static_files.KeptStaticFiles(), name="static")
    for router in _ROUTERS:
        app.include_router(router)
    app.state.metrics = Metrics(site.database, site.room)
    app.add_middleware(
        BodyLimit,
        largest=site.looker.limits.max_bytes,
        sender=partial(sender, site),
        is_full=site.looker.is_full,
        has_room=site.room.for_upload,
    )
    app.add_middleware(SecurityHeaders, tls=site.settings.tls)
    app.add_middleware(Observing, metrics=app.state.metrics)
    problems.add_to(app)
    return app
