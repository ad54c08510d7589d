"""Runs the application under uvicorn, on a socket that whoever starts it may have opened."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import threading
from types import FrameType

import uvicorn

from chart_triage.errors import SettingsError
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.settings import Settings
from chart_triage.web.app import create_app
from chart_triage.web.site import Site
from chart_triage.web.views import assessed

_GRACE = 15  # seconds for answers that are being sent when the server is told to stop
_BACKLOG = 2048
_COLLECT = (20_000, 20, 20)  # charts that are kept in memory are many objects without cycles


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on, also while a server process is started anew."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sends at once only where it is TCP
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        told = f"Nothing can listen on {host} port {port}: {error.strerror}. Choose another with --port or --host."
        raise SettingsError(told) from None
    opened.listen(_BACKLOG)
    return opened


def run(settings: Settings, opened: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT. Addresses that a reverse proxy on this machine tells are believed."""
    site = Site.open(settings)
    config = uvicorn.Config(
        create_app(site), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE
    )
    site.warm()
    assessed.warm(DEFAULT_GUIDELINE)
    _settle_memory()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn sends itself the signal anew when it has ended
    try:
        _Server(config, site).run(sockets=[opened])
    finally:
        site.close()


class _Server(uvicorn.Server):
    """Ends looks at uploads that take long as soon as it is told to stop: they would outlast the grace."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        threading.Thread(target=self._site.looker.end, daemon=True).start()


def _settle_memory() -> None:
    """What was loaded so far stays: the collector need not look through it again and again. A full look through some
    million objects stops all answers for 0.2 to 0.4 s (docs/performance.md)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
