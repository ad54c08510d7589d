"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from fastapi import APIRouter, Response

from chart_triage.errors import StoreError
from chart_triage.web.viewer import CurrentSite

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
def ready(site: CurrentSite, response: Response) -> dict[str, str]:
    try:
        site.check()
    except StoreError as error:
        response.status_code = 503
        return {"status": "not ready", "reason": str(error)}
    return {"status": "ok"}
