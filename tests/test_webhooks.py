from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from chart_triage.errors import StoreError
from chart_triage.store import charts, webhooks
from chart_triage.store.charts import File, Upload
from chart_triage.store.database import Database
from chart_triage.store.tables import Webhook, WebhookDelivery
from chart_triage.webhooks import deliver_due


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 's.db'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def chart(database: Database) -> str:
    """A chart of which one webhook is to be told that it was parked."""
    with database.writing() as session:
        webhooks.add(session, "admin", "http://receiver/hook")
        original = File(charts.ORIGINAL, "0" * 64, "application/pdf", 1)
        number = charts.receive(session, "ann", Upload("PRIVATE, NAME.pdf", original, {"member_name": "PRIVATE"})).id
        charts.parked(session, number, "PRIVATE, NAME.pdf is damaged.")
    return number


class Receiver:
    """Answers with `statuses` in turn."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.requests: list[httpx.Request] = []

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self.statuses.pop(0)
        if status == 0:
            raise httpx.ConnectError("away")
        return httpx.Response(status)


def _soon(database: Database) -> None:
    with database.writing() as session:
        for delivery in session.query(WebhookDelivery).where(WebhookDelivery.run_after.is_not(None)):
            delivery.run_after = (delivery.run_after or delivery.at) - timedelta(hours=12)


def test_what_is_told_is_signed_and_says_nothing_of_the_chart(database: Database, chart: str) -> None:
    receiver = Receiver(200)
    assert deliver_due(database, receiver.client()) == 1
    assert deliver_due(database, receiver.client()) == 0
    request = receiver.requests[0]
    told = json.loads(request.content)
    assert told | {"at": ""} == {"event": "chart.parked", "chart": chart, "state": "parked", "at": ""}
    assert b"PRIVATE" not in request.content
    with database.reading() as session:
        secret = session.query(Webhook).one().secret
    seconds, code = (part.split("=")[1] for part in request.headers["X-Chart-Triage-Signature"].split(","))
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + request.content, hashlib.sha256).hexdigest()
    assert code == expected


@pytest.mark.usefixtures("chart")
def test_a_receiver_that_is_away_is_told_later(database: Database) -> None:
    receiver = Receiver(0, 500, 302, 204)
    for tried in range(4):
        assert deliver_due(database, receiver.client()) == 1, tried
        assert deliver_due(database, receiver.client()) == 0, "not at once again"
        _soon(database)
    assert deliver_due(database, receiver.client()) == 0
    with database.reading() as session:
        delivery = session.query(WebhookDelivery).one()
    assert delivery.delivered_at is not None
    assert delivery.tries == 4


@pytest.mark.usefixtures("chart")
def test_a_receiver_that_never_answers_is_given_up(database: Database) -> None:
    receiver = Receiver(*[500] * 50)
    for _ in range(webhooks.TRIES + 5):
        deliver_due(database, receiver.client())
        _soon(database)
    assert len(receiver.requests) == webhooks.TRIES
    with database.reading() as session:
        assert session.query(WebhookDelivery).one().problem == "answered 500"


@pytest.mark.parametrize("url", ["ftp://a/b", "javascript:alert(1)", "http://", "https://user:pw@host/", "http://[x"])
def test_addresses_that_cannot_be_told(database: Database, url: str) -> None:
    with pytest.raises(StoreError), database.writing() as session:
        webhooks.add(session, "admin", url)
