from __future__ import annotations

from typing import Any

import pytest

from chart_triage.errors import StoreError
from chart_triage.store import charts, people, reviews
from chart_triage.store.charts import File, State, Upload
from chart_triage.store.database import Database
from chart_triage.store.people import Role
from chart_triage.store.reviews import Kind, Review
from chart_triage.store.tables import ChartRow, User


@pytest.fixture
def chart(database: Database) -> str:
    with database.writing() as session:
        for login in ("ann", "bob"):
            people.add_user(session, "setup", login, login.title(), Role.REVIEWER, None)
        row = charts.receive(session, "ann", Upload("a.pdf", File("original", "a" * 64, "x", 1), {}))
        row.state = State.READY
        return row.id


def act(
    database: Database, chart: str, login: str, seen: int, kind: Kind, on: str | None = None, **payload: Any
) -> int:
    with database.writing() as session:
        user = session.query(User).filter_by(login=login).one()
        return reviews.add(session, session.get_one(ChartRow, chart), user, seen, kind, on, payload)


def review(database: Database, chart: str) -> Review:
    with database.reading() as session:
        return reviews.review_of(session, chart)


def test_the_last_decision_on_a_criterion_counts(database: Database, chart: str) -> None:
    act(database, chart, "ann", 0, Kind.ACCEPT, "1.b")
    act(database, chart, "bob", 1, Kind.OVERRIDE, "1.b", status="unclear", reason="page 3 speaks of the jaw")
    decision = review(database, chart).decisions["1.b"]
    assert (decision.kind, decision.status, decision.by) == ("override", "unclear", "Bob")


def test_two_reviewers_do_not_overwrite_each_other(database: Database, chart: str) -> None:
    act(database, chart, "ann", 0, Kind.ACCEPT, "1.b")
    with pytest.raises(reviews.StaleError, match="Ann changed this review"):
        act(database, chart, "bob", 0, Kind.REJECT, "1.b", reason="no")
    assert review(database, chart).decisions["1.b"].kind == "accept"


def test_undo_takes_back_ones_own_last_step(database: Database, chart: str) -> None:
    act(database, chart, "ann", 0, Kind.ACCEPT, "1.b")
    act(database, chart, "ann", 1, Kind.REJECT, "1.b", reason="another organ")
    act(database, chart, "ann", 2, Kind.UNDO, version=2)
    assert review(database, chart).decisions["1.b"].kind == "accept"
    with pytest.raises(StoreError, match="Only who did it"):
        act(database, chart, "bob", 3, Kind.UNDO, version=1)


@pytest.mark.parametrize(
    ("kind", "on", "payload", "told"),
    [
        (Kind.ACCEPT, None, {}, "which criterion"),
        (Kind.REJECT, "1.b", {"reason": " "}, "Give a reason"),
        (Kind.SIGN_OFF, None, {"outcome": "other_outcome", "words": "x"}, "own words and a reason"),
    ],
)
def test_events_that_lack_something_are_refused(
    database: Database, chart: str, kind: Kind, on: str | None, payload: dict[str, Any], told: str
) -> None:
    with pytest.raises(StoreError, match=told):
        act(database, chart, "ann", 0, kind, on, **payload)
    assert review(database, chart).version == 0


def test_a_signed_off_chart_is_closed_until_it_is_reopened(database: Database, chart: str) -> None:
    act(database, chart, "ann", 0, Kind.SIGN_OFF, outcome="criteria_met")
    with pytest.raises(StoreError, match="signed off"):
        act(database, chart, "ann", 1, Kind.ACCEPT, "1.b")
    act(database, chart, "ann", 1, Kind.REOPEN)
    act(database, chart, "ann", 2, Kind.ACCEPT, "1.b")
    standing = review(database, chart)
    assert standing.signed_off is None
    assert standing.decisions["1.b"].by == "Ann"


def test_pages_are_set_aside_and_taken_back(database: Database, chart: str) -> None:
    act(database, chart, "ann", 0, Kind.SET_ASIDE, page=3)
    act(database, chart, "ann", 1, Kind.TAKE_BACK, page=4)
    standing = review(database, chart)
    assert (standing.set_aside, standing.taken_back) == ({3}, {4})
    act(database, chart, "ann", 2, Kind.TAKE_BACK, page=3)
    assert review(database, chart).set_aside == set()


def test_notes_and_own_evidence_stay_with_their_author(database: Database, chart: str) -> None:
    act(database, chart, "ann", 0, Kind.NOTE, text="ask for the MRI")
    act(database, chart, "bob", 1, Kind.EVIDENCE, "1.b", page=2, text="words", boxes=[[1, 2, 3, 4]])
    standing = review(database, chart)
    assert [(n.text, n.by) for n in standing.notes] == [("ask for the MRI", "Ann")]
    assert standing.own_evidence[0]["by"] == "Bob"
