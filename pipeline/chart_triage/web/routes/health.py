"""Whether the process lives, whether it can do its work, and figures for who watches it."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response

from chart_triage.errors import StoreError
from chart_triage.store import workers
from chart_triage.web.metrics import Metrics
from chart_triage.web.site import Site
from chart_triage.web.viewer import CurrentSite

router = APIRouter(include_in_schema=False)
_LOCAL = frozenset({"127.0.0.1", "::1"})


@router.get("/healthz")
def alive() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
def ready(site: CurrentSite, response: Response) -> dict[str, Any]:
    """503 where the database does not answer, nothing can be written or taken in, or no worker was seen of late."""
    checks = {"database": _database(site), "files": _files(site)}
    checks["worker"] = _worker(site) if checks["database"] == "ok" else "unknown"
    if set(checks.values()) != {"ok"}:
        response.status_code = 503
        return {"status": "not ready", "checks": checks}
    return {"status": "ok", "checks": checks}


@router.get("/metrics")
def metrics(request: Request, site: CurrentSite, authorization: Annotated[str | None, Header()] = None) -> Response:
    """For Prometheus: with the site's token, or without one from this machine alone."""
    token = site.settings.metrics_token
    if token is not None:
        if not secrets.compare_digest((authorization or "").encode(), f"Bearer {token}".encode()):
            raise HTTPException(404)
    elif request.client is None or request.client.host not in _LOCAL:
        raise HTTPException(404)
    figures: Metrics = request.app.state.metrics
    return Response(figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _database(site: Site) -> str:
    try:
        site.check()
    except StoreError:
        return "does not answer"
    return "ok"


def _files(site: Site) -> str:
    try:
        site.blobs.check()
    except StoreError:
        return "cannot be written"
    return "ok" if site.room.for_upload(0) else "the disk is almost full"


def _worker(site: Site) -> str:
    with site.database.reading() as session:
        return "ok" if workers.alive(session) else f"none seen in the last {workers.ALIVE.seconds} s"
