"""Filters of the work list, saved views and webhook deliveries, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError
from chart_triage.store import charts, people, views, webhooks
from chart_triage.store.charts import File, State, Upload, WorkFilter
from chart_triage.store.database import Database
from chart_triage.store.people import Role
from chart_triage.store.tables import ChartRow, WebhookDelivery, now


def _chart(session: Session, name: str, **columns: object) -> ChartRow:
    original = File(charts.ORIGINAL, "0" * 64, "application/pdf", 1)
    row = charts.receive(session, "ann", Upload(name, original, {"member_name": f"{name} Smith"}, pages=3))
    for column, value in columns.items():
        setattr(row, column, value)
    return row


def _names(session: Session, wanted: WorkFilter) -> list[str]:
    return [row.file_name for row in charts.work(session, wanted)[0]]


def test_unprocessed_charts_come_after_those_with_a_rank(database: Database) -> None:
    with database.writing() as session:
        _chart(session, "waiting")
        _chart(session, "undated", triage_rank="9999 0 0 0.000 0.000")
        _chart(session, "dated", triage_rank="2026-11-23T10:00:00+00:00 1 1 0.000 0.000")
        assert _names(session, WorkFilter()) == ["dated", "undated", "waiting"]


def test_filters(database: Database) -> None:
    with database.writing() as session:
        late = _chart(
            session, "late", state=State.READY, due_at=now() - timedelta(hours=1), suggestion="criteria_supported"
        )
        _chart(session, "done", state=State.SIGNED_OFF, due_at=now() - timedelta(hours=1))
        _chart(session, "early", due_at=now() + timedelta(hours=1))
        assert _names(session, WorkFilter(due_before=now())) == ["late"]
        assert set(_names(session, WorkFilter(open_only=True))) == {"late", "early"}
        assert _names(session, WorkFilter(ids=(late.id, "no such"))) == ["late"]
        assert _names(session, WorkFilter(words="early smith")) == ["early"]
        assert _names(session, WorkFilter(words="signed off")) == ["done"]
        assert _names(session, WorkFilter(words="Criteria supported")) == ["late"]
        assert _names(session, WorkFilter(words="100%")) == []
        assert charts.counts(session, WorkFilter(open_only=True))[State.SIGNED_OFF] == 1


def test_progress_is_that_of_the_newest_job(database: Database) -> None:
    with database.writing() as session:
        row = _chart(session, "a")
        charts.jobs.enqueue(session, row.id, charts.PROCESS)
        told = charts.progress(session, [row.id])
    assert told == {row.id: {"tries": 0, "job": "queued"}}


def test_saved_views_are_replaced_by_name_and_bounded(database: Database) -> None:
    with database.writing() as session:
        ann = people.add_user(session, "setup", "ann", "Ann", Role.REVIEWER, None).id
        bob = people.add_user(session, "setup", "bob", "Bob", Role.INTAKE, None).id
        views.save(session, ann, "Mine", "state=open")
        views.save(session, ann, "Mine", "state=all")
        assert [v.query for v in views.views_of(session, ann)] == ["state=all"]
        views.remove(session, bob, views.views_of(session, ann)[0].id)
        assert len(views.views_of(session, ann)) == 1
        with pytest.raises(StoreError, match="needs a name"):
            views.save(session, ann, "  ", "")
        for number in range(29):
            views.save(session, ann, f"v{number}", "")
        with pytest.raises(StoreError, match="At most"):
            views.save(session, ann, "one more", "")
        assert [person.name for person in views.people_with(session, [Role.REVIEWER])] == ["Ann"]


def test_a_delivery_is_claimed_by_one_worker_at_a_time(database: Database) -> None:
    with database.writing() as session:
        webhooks.add(session, "admin", "https://receiver/hook")
        charts.parked(session, _chart(session, "a").id, "It is damaged.")
    with database.writing() as session:
        due = webhooks.claim(session)
    assert due is not None
    assert due.state == State.PARKED
    with database.writing() as session:
        assert webhooks.claim(session) is None
        webhooks.failed(session, due, "answered 500")
    with database.writing() as session:
        session.query(WebhookDelivery).one().run_after = now() - timedelta(seconds=1)
    with database.writing() as session:
        again = webhooks.claim(session)
        assert again is not None
        assert again.tries == 2
        webhooks.delivered(session, again)
    with database.writing() as session:
        assert webhooks.claim(session) is None


def test_what_was_to_be_told_goes_with_the_webhook_or_the_chart(database: Database) -> None:
    with database.writing() as session:
        hook = webhooks.add(session, "admin", "https://receiver/hook").id
        row = _chart(session, "a")
        charts.parked(session, row.id, "It is damaged.")
    with database.writing() as session:
        assert webhooks.remove(session, "admin", hook)
        assert not webhooks.remove(session, "admin", hook)
    with database.reading() as session:
        assert session.query(WebhookDelivery).count() == 0


def test_files_are_told_for_many_charts_at_once(database: Database) -> None:
    with database.writing() as session:
        one, two = _chart(session, "a"), _chart(session, "b")
        charts.keep_files(session, two.id, [File("page/1", "1" * 64, "image/png", 1)])
        found = charts.files_among(session, [one.id, two.id], ["original", "page/1"])
        assert {chart: [file.kind for file in files] for chart, files in found.items()} == {
            one.id: ["original"],
            two.id: ["original", "page/1"],
        }
