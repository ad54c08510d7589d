from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from chart_triage.errors import StoreError
from chart_triage.store import people
from chart_triage.store.database import Database
from chart_triage.store.people import Role
from chart_triage.store.tables import ApiKey, LoginSession, User

PASSWORD = "correct horse battery"


@pytest.fixture
def ann(database: Database) -> int:
    with database.writing() as session:
        return people.add_user(session, "setup", " Ann@Example.org ", "Ann", Role.ADMIN, PASSWORD).id


def sign_in(database: Database, login: str, password: str) -> people.SignedIn | None:
    with database.writing() as session:
        return people.sign_in(session, login, password, "10.0.0.1")


def test_the_right_password_signs_in_and_out(database: Database, ann: int) -> None:
    signed_in = sign_in(database, "ann@example.org", PASSWORD)
    assert signed_in is not None
    with database.reading() as session:
        found = people.session_of(session, signed_in.token)
        assert found is not None
        assert found[0].id == ann
    with database.writing() as session:
        people.sign_out(session, "ann", signed_in.token)
    with database.reading() as session:
        assert people.session_of(session, signed_in.token) is None


@pytest.mark.parametrize(("login", "password"), [("ann@example.org", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_login_or_password_does_not(database: Database, ann: int, login: str, password: str) -> None:
    assert sign_in(database, login, password) is None


def test_too_many_failures_are_throttled(database: Database, ann: int) -> None:
    for _ in range(5):
        sign_in(database, "ann@example.org", "wrong")
    with database.reading() as session:
        assert people.throttled(session, "ann@example.org", "10.0.0.1")
        assert not people.throttled(session, "ann@example.org", "10.0.0.2")


def test_an_idle_or_old_sign_in_ends(database: Database, ann: int) -> None:
    signed_in = sign_in(database, "ann@example.org", PASSWORD)
    assert signed_in is not None
    with database.writing() as session:
        row = session.scalar(select(LoginSession))
        assert row is not None
        row.seen_at -= timedelta(minutes=61)
    with database.reading() as session:
        assert people.session_of(session, signed_in.token) is None


def test_no_secret_is_kept(database: Database, ann: int) -> None:
    signed_in = sign_in(database, "ann@example.org", PASSWORD)
    assert signed_in is not None
    with database.writing() as session:
        key = people.add_api_key(session, "ann", "gateway", Role.INTAKE)
    with database.reading() as session:
        kept = [
            *session.scalars(select(User.password_hash)),
            *session.scalars(select(LoginSession.token_hash)),
            *session.scalars(select(ApiKey.key_hash)),
        ]
        assert len(kept) == 3
        assert not any(secret in str(value) for value in kept for secret in (PASSWORD, signed_in.token, key))
        client = people.client_of(session, key)
        assert client is not None
        number = client.id
    with database.writing() as session:
        people.revoke_api_key(session, "ann", number)
    with database.reading() as session:
        assert people.client_of(session, key) is None


def test_the_last_administrator_stays(database: Database, ann: int) -> None:
    with database.writing() as session:
        user = session.get(User, ann)
        assert user is not None
        with pytest.raises(StoreError, match="last administrator"):
            people.change_user(session, "ann", user, role=Role.INTAKE, active=True)


def test_short_passwords_and_taken_logins_are_refused(database: Database, ann: int) -> None:
    with database.writing() as session:
        with pytest.raises(StoreError, match="at least 12"):
            people.add_user(session, "ann", "bob", "Bob", Role.INTAKE, "short")
        with pytest.raises(StoreError, match="is taken"):
            people.add_user(session, "ann", "ann@example.org", "Ann", Role.INTAKE, PASSWORD)


def test_somebody_made_inactive_is_out_at_once(database: Database, ann: int) -> None:
    with database.writing() as session:
        bob = people.add_user(session, "ann", "bob", "Bob", Role.REVIEWER, PASSWORD)
    signed_in = sign_in(database, "bob", PASSWORD)
    assert signed_in is not None
    with database.writing() as session:
        user = session.get(User, bob.id)
        assert user is not None
        people.change_user(session, "ann", user, role=Role.REVIEWER, active=False)
    with database.reading() as session:
        assert people.session_of(session, signed_in.token) is None
    assert sign_in(database, "bob", PASSWORD) is None
