"""How often a client may ask: a bucket for each that fills again by the minute, kept in this process alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from chart_triage.web.site import Site, site_of
from chart_triage.web.viewer import Viewer, viewer


@dataclass
class Rates:
    """`per_minute` requests for each key; `clock` counts seconds."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, key: str) -> float:
        """Takes one from the bucket of `key`: 0, or the seconds until there is one again."""
        at = self.clock()
        with self._lock:
            left, since = self._left.get(key, (float(self.per_minute), at))
            left = min(self.per_minute, left + (at - since) * self.per_minute / 60)
            if left < 1:
                self._left[key] = (left, at)
                return (1 - left) * 60 / self.per_minute
            self._left[key] = (left - 1, at)
            return 0.0


def within_rate(
    request: Request, site: Annotated[Site, Depends(site_of)], who: Annotated[Viewer, Depends(viewer)]
) -> None:
    """A dependency of every route of the API. Raises HTTPException 429."""
    rates: Rates | None = getattr(request.app.state, "rates", None)
    if rates is None:
        rates = request.app.state.rates = Rates(site.settings.api_requests_per_minute)
    wait = rates.wait(who.name)
    if wait:
        told = f"More than {rates.per_minute} requests a minute. Wait as Retry-After says."
        raise HTTPException(429, told, headers={"Retry-After": str(int(wait) + 1)})
