"""Who is told when a chart is done. What is told is queued in the transaction that it tells of: none is lost."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError
from chart_triage.store import audit
from chart_triage.store.tables import Webhook, WebhookDelivery, now

TRIES = 10
_LEASE = timedelta(minutes=2)
_BACK_OFF = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(hours=6)


class Due(NamedTuple):
    """A delivery to be made now; `tries` counts this one."""

    delivery: int
    url: str
    secret: str
    chart: str
    state: str
    at: str
    tries: int


def add(session: Session, actor: str, url: str) -> Webhook:
    """Raises StoreError for what is no http or https address, or one that carries a password."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good or len(url) > 500 or not url.isprintable():
        raise StoreError("A webhook needs an http or https address without user and password.")
    hook = Webhook(url=url, secret=secrets.token_urlsafe(32))
    session.add(hook)
    session.flush()
    audit.record(session, actor, "webhook.add", f"webhook/{hook.id}")
    return hook


def active(session: Session) -> list[Webhook]:
    return list(session.scalars(select(Webhook).where(Webhook.active).order_by(Webhook.id)))


def get(session: Session, number: int) -> Webhook | None:
    return session.get(Webhook, number)


def deliveries(session: Session, *, limit: int = 50) -> list[WebhookDelivery]:
    """What was told last or is still to be told, the newest first."""
    return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id.desc()).limit(limit)))


def remove(session: Session, actor: str, number: int) -> bool:
    """False where there is none."""
    hook = session.get(Webhook, number)
    if hook is None:
        return False
    session.delete(hook)
    audit.record(session, actor, "webhook.remove", f"webhook/{number}")
    return True


def queue(session: Session, chart: str, state: str) -> None:
    """Have every webhook told of a chart's new state."""
    session.add_all(WebhookDelivery(webhook_id=hook.id, chart_id=chart, chart_state=state) for hook in active(session))


def claim(session: Session) -> Due | None:
    """The next delivery, kept from other workers for a while."""
    query = (
        select(WebhookDelivery)
        .where(WebhookDelivery.run_after <= now())
        .order_by(WebhookDelivery.run_after)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    delivery = session.scalar(query)
    if delivery is None:
        return None
    hook = session.get_one(Webhook, delivery.webhook_id)
    delivery.tries += 1
    delivery.run_after = now() + _LEASE
    at = f"{delivery.at:%Y-%m-%dT%H:%M:%SZ}"
    return Due(delivery.id, hook.url, hook.secret, delivery.chart_id, delivery.chart_state, at, delivery.tries)


def delivered(session: Session, due: Due) -> None:
    _settle(session, due, run_after=None, delivered_at=now(), problem=None)


def failed(session: Session, due: Due, problem: str) -> None:
    """Try again later, or give up after `TRIES`."""
    wait = min(_BACK_OFF * 2 ** (due.tries - 1), _LONGEST_WAIT)
    _settle(session, due, run_after=now() + wait if due.tries < TRIES else None, problem=problem[:200])


def _settle(session: Session, due: Due, **values: object) -> None:
    session.execute(update(WebhookDelivery).where(WebhookDelivery.id == due.delivery).values(**values))
