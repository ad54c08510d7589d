"""Tells other systems that a chart is done: its id and state, signed, and nothing of what it says.

A receiver checks `X-Chart-Triage-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of "SECONDS.BODY" with the
webhook's secret, and that SECONDS is recent. A delivery may come twice; `X-Chart-Triage-Delivery` names it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time

import httpx

from chart_triage.store import webhooks
from chart_triage.store.database import Database
from chart_triage.store.tables import now
from chart_triage.store.webhooks import Due

log = logging.getLogger(__name__)
_SECONDS = 10.0


def deliver_due(database: Database, client: httpx.Client | None = None, *, at_most: int = 20) -> int:
    """Make the deliveries that are due; how many were tried. For a worker between two charts."""
    with client or httpx.Client(timeout=_SECONDS, follow_redirects=False) as used:
        for done in range(at_most):
            with database.writing() as session:
                due = webhooks.claim(session)
            if due is None:
                return done
            problem = _send(used, due)
            with database.writing() as session:
                if problem is None:
                    webhooks.delivered(session, due)
                else:
                    log.warning("webhook delivery=%s try=%s failed: %s", due.delivery, due.tries, problem)
                    webhooks.failed(session, due, problem)
    return at_most


def try_out(url: str, secret: str, client: httpx.Client | None = None) -> str | None:
    """Tell an address now that this is a trial; None where it was taken, else what went wrong."""
    with client or httpx.Client(timeout=_SECONDS, follow_redirects=False) as used:
        return _post(used, url, secret, "trial", {"event": "trial", "at": f"{now():%Y-%m-%dT%H:%M:%SZ}"})


def signature(secret: str, seconds: int, body: bytes) -> str:
    """
    >>> signature("s", 1, b"{}")[:12]
    't=1,v1=b2536'
    """
    code = hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={code}"


def _send(client: httpx.Client, due: Due) -> str | None:
    """None once it was taken, else what went wrong."""
    told = {"event": f"chart.{due.state}", "chart": due.chart, "state": due.state, "at": due.at}
    return _post(client, due.url, due.secret, str(due.delivery), told)


def _post(client: httpx.Client, url: str, secret: str, delivery: str, told: dict[str, str]) -> str | None:
    body = json.dumps(told).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Chart-Triage-Delivery": delivery,
        "X-Chart-Triage-Signature": signature(secret, int(time.time()), body),
    }
    try:
        answer = client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
    return None if answer.is_success else f"answered {answer.status_code}"
