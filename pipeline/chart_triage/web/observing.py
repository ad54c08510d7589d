"""Gives every request an id, tells the log how it was answered, and counts it. Paths are told as their route, without
what was searched for."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chart_triage.logs import request_id
from chart_triage.web.metrics import Metrics

log = logging.getLogger("chart_triage.requests")
HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UNASKED = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds: counted, not told


class Observing:
    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(number)
        began, status = time.perf_counter(), 500

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        finally:
            self._tell(scope, status, time.perf_counter() - began)
            request_id.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.observe(scope["method"], route, status, seconds)
        if route not in _UNASKED and not route.startswith("/static"):
            log.info("%s %s status=%s ms=%.0f", scope["method"], route, status, seconds * 1000)


def _route(scope: Scope) -> str:
    """The route's pattern, "/charts/{chart}"; paths that nobody asks for in earnest are one."""
    route = getattr(scope.get("route"), "path", None)
    if isinstance(route, str):
        return route
    return "/static" if scope["path"].startswith("/static/") else "none"
