"""What a request may carry, checked before any of it is kept: who sends it, and how much.

A form is read whole before a route's own checks run. So here, before anything of it is read: whoever uploads a chart
must be known and have no more files waiting than they may, and no body grows beyond its limit, whether its length is
told or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chart_triage.store.room import NO_ROOM
from chart_triage.web.turns import RETRY_AFTER, BusyError

log = logging.getLogger(__name__)

SMALL = 1_000_000
"""Bytes that a request may carry which brings no chart."""
UPLOADS = frozenset({"/intake/uploads", "/api/v1/charts", "/fhir/DocumentReference"})
FHIR_LARGEST = 50_000_000
"""Bytes of a chart as base64 in JSON, which is held in memory as a whole, more than once."""
PAUSE = 2.0
"""Seconds until somebody is sent away whose files wait: who does not wait as Retry-After says comes no more often."""
_FORM = 200_000  # names, dates and boundaries around a file


class _TooLargeError(Exception):
    pass


class BodyLimit:
    """`largest`: bytes of the largest file that is taken. `sender`: whose headers these are, None if nobody's who may
    upload; `is_full`: whether this sender is to be sent away for now; `has_room`: whether so many bytes can be kept."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest: int,
        sender: Callable[[Headers], str | None],
        is_full: Callable[[str], bool],
        has_room: Callable[[int], bool],
    ) -> None:
        self._app = app
        self._largest = largest
        self._sender = sender
        self._is_full = is_full
        self._has_room = has_room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        uploads = scope["path"].rstrip("/") in UPLOADS
        if uploads:
            sender, has_room = await run_in_threadpool(self._who_and_room, headers)
            if sender is None:
                await _refuse(scope, receive, send, 401, "Sign in, or send an API key: Authorization: Bearer ...")
                return
            if self._is_full(sender):
                await asyncio.sleep(PAUSE)
                await _refuse(scope, receive, send, 429, BusyError().args[0])
                return
            if not has_room:
                log.error("an upload was refused: the disk is almost full")
                await _refuse(scope, receive, send, 507, NO_ROOM)
                return
        await self._counted(scope, receive, send, self._most(scope["path"]) if uploads else SMALL, headers)

    def _who_and_room(self, headers: Headers) -> tuple[str | None, bool]:
        sender = self._sender(headers)
        return sender, sender is not None and self._has_room(min(_told_length(headers), self._largest))

    def _most(self, path: str) -> int:
        return FHIR_LARGEST if path.startswith("/fhir/") else self._largest + _FORM

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int, headers: Headers) -> None:
        if _told_length(headers) > most:
            await _refuse(scope, receive, send, 413, too_large(most))
            return
        seen, started = 0, False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _TooLargeError
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            if seen > most and not started:
                return  # what the application says of a body that it could not read to its end
            started = True
            await send(message)

        try:
            await self._app(scope, counting, sending)
        except _TooLargeError:
            if started:
                raise
        if seen > most and not started:
            await _refuse(scope, receive, send, 413, too_large(most))


def _told_length(headers: Headers) -> int:
    """Bytes of a body as its sender tells them; 0 where they are not told."""
    told = headers.get("content-length", "")
    return int(told[:18]) if told.isdecimal() else 0


def too_large(most: int) -> str:
    return f"This is more than the {most // 1_000_000} MB that are taken at a time. Split it into smaller files."


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, detail: str) -> None:
    body: dict[str, Any] = {"type": "about:blank", "status": status, "detail": detail}
    body["title"] = HTTPStatus(status).phrase
    headers = {"Connection": "close"}
    if status == 429:
        body["kind"], headers["Retry-After"] = "busy", str(RETRY_AFTER)
    await JSONResponse(body, status, headers, "application/problem+json")(scope, receive, send)
