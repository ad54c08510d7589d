"""Who may use the program: people with passwords or from an OIDC provider, their sign-ins, and clients with API keys.

Secrets are kept as hashes alone: passwords by Argon2id, random tokens by SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError
from chart_triage.store import audit
from chart_triage.store.tables import ApiKey, LoginFailure, LoginSession, User, now

SHORTEST_PASSWORD = 12
_SESSION = timedelta(hours=12)
_IDLE = timedelta(minutes=60)
_SEEN_EVERY = timedelta(minutes=1)
_THROTTLE_WINDOW = timedelta(minutes=15)
_FAILURES_ALLOWED = 5
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))


class Role(StrEnum):
    """What somebody may do."""

    INTAKE = "intake"
    REVIEWER = "reviewer"
    CLINICIAN = "clinician"
    ADMIN = "admin"


class SignedIn(NamedTuple):
    """`token` goes into the cookie and is kept nowhere else."""

    token: str
    csrf: str
    user: User


def add_user(
    session: Session, actor: str, login: str, name: str, role: Role, password: str | None, subject: str | None = None
) -> User:
    """A new person. Raises StoreError for a login that is taken or a password that is too short."""
    login = login.strip().lower()
    if not login or not name.strip():
        raise StoreError("A user needs a login and a name.")
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise StoreError(f"The login '{login}' is taken.")
    user = User(
        login=login, name=name.strip(), role=role.value, oidc_subject=subject,
        password_hash=_password_hash(password) if password is not None else None,
    )  # fmt: skip
    session.add(user)
    session.flush()
    audit.record(session, actor, "user.add", f"user/{user.id}", role=role.value)
    return user


def anybody(session: Session) -> bool:
    """Whether there is any user."""
    return session.scalar(select(User.id).limit(1)) is not None


def everybody(session: Session) -> list[User]:
    """All users by login."""
    return list(session.scalars(select(User).order_by(User.login)))


def by_login(session: Session, login: str) -> User:
    """Raises StoreError where nobody has this login."""
    user = session.scalar(select(User).where(User.login == login.strip().lower()))
    if user is None:
        raise StoreError(f"Nobody has the login '{login}'. See: chart-triage user list")
    return user


def password_is(user: User, password: str) -> bool:
    """Whether it is the user's password."""
    try:
        return user.password_hash is not None and _hasher.verify(user.password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def sign_out_everywhere(session: Session, actor: str, user: User) -> int:
    """End all sign-ins of a person; how many there were."""
    ended = session.execute(
        delete(LoginSession).where(LoginSession.user_id == user.id).returning(LoginSession.token_hash)
    )
    count = len(ended.all())
    audit.record(session, actor, "logout.everywhere", f"user/{user.id}", sessions=count)
    return count


def set_password(session: Session, actor: str, user: User, password: str) -> None:
    """Change a password and end all sign-ins of that person."""
    user.password_hash = _password_hash(password)
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    audit.record(session, actor, "user.password", f"user/{user.id}")


def change_user(session: Session, actor: str, user: User, *, role: Role, active: bool) -> None:
    """Change what somebody may do. Raises StoreError rather than leave nobody who administers."""
    if user.role == Role.ADMIN and user.active and (role is not Role.ADMIN or not active):
        others = select(func.count()).where(User.role == Role.ADMIN.value, User.active, User.id != user.id)
        if not session.scalar(others):
            raise StoreError("The last administrator cannot be removed. Name another one first.")
    user.role, user.active = role.value, active
    if not active:
        session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    audit.record(session, actor, "user.change", f"user/{user.id}", role=role.value, active=active)


def throttled(session: Session, login: str, address: str) -> bool:
    """Whether there were too many failed sign-ins for this login from this address of late."""
    since = now() - _THROTTLE_WINDOW
    failures = select(func.count()).where(LoginFailure.key == _throttle_key(login, address), LoginFailure.at > since)
    return (session.scalar(failures) or 0) >= _FAILURES_ALLOWED


def sign_in(session: Session, login: str, password: str, address: str) -> SignedIn | None:
    """Check a password; None where login or password is wrong, or the person is not active. Both cost the same time."""
    user = session.scalar(select(User).where(User.login == login.strip().lower()))
    kept = user.password_hash if user and user.password_hash and user.active else _NOBODY
    try:
        _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        user = None
    if user is None or kept == _NOBODY:
        note_failure(session, login, address)
        return None
    if _hasher.check_needs_rehash(kept):
        user.password_hash = _hasher.hash(password)
    session.execute(delete(LoginFailure).where(LoginFailure.key == _throttle_key(login, address)))
    return open_session(session, user)


def note_failure(session: Session, login: str, address: str) -> None:
    """Count a wrong password, for throttling."""
    key = _throttle_key(login, address)
    session.execute(delete(LoginFailure).where(LoginFailure.at < now() - _THROTTLE_WINDOW))
    session.add(LoginFailure(key=key))
    audit.record(session, "nobody", "login.failed", "login", key=key[:12])


def sessions_of(session: Session, user: User) -> list[LoginSession]:
    """A person's sign-ins that are still good, the newest first."""
    good = (LoginSession.expires_at > now(), LoginSession.seen_at > now() - _IDLE)
    query = select(LoginSession).where(LoginSession.user_id == user.id, *good)
    return list(session.scalars(query.order_by(LoginSession.created_at.desc())))


def known_by_provider(session: Session, subject: str, login: str, name: str, role: Role) -> User:
    """The person whom an OpenID provider calls `subject`, with the role that it says; added where they are new.

    A user who was added without a password is taken for theirs at the first sign-in. Raises StoreError where the login
    belongs to somebody with a password, and where the person is not active: a provider does not change that.
    """
    user = session.scalar(select(User).where(User.oidc_subject == subject))
    if user is None:
        user = session.scalar(select(User).where(User.login == login.strip().lower()))
        if user is None:
            return add_user(session, "oidc", login, name, role, None, subject)
        if user.password_hash is not None or user.oidc_subject is not None:
            raise StoreError("Somebody else has your login here. Ask an administrator.")
        user.oidc_subject = subject
    if not user.active:
        raise StoreError("You may not sign in here any more. Ask an administrator.")
    if user.role != role:
        change_user(session, "oidc", user, role=role, active=True)
    return user


def note_refused(session: Session, why: str) -> None:
    """Note that a provider's sign-in was refused. `why` is of our own words."""
    audit.record(session, "nobody", "login.failed", "oidc", why=why)


def open_session(session: Session, user: User) -> SignedIn:
    """Sign somebody in whose identity is proven."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))
    session.add(LoginSession(token_hash=_hash(token), user_id=user.id, csrf=csrf, expires_at=now() + _SESSION))
    audit.record(session, user.login, "login", f"user/{user.id}")
    return SignedIn(token, csrf, user)


def session_of(session: Session, token: str) -> tuple[User, LoginSession] | None:
    """Who holds this token, if their sign-in is still good."""
    found = session.get(LoginSession, _hash(token))
    if found is None or found.expires_at < now() or found.seen_at < now() - _IDLE:
        return None
    user = session.get(User, found.user_id)
    return (user, found) if user and user.active else None


def needs_touch(signed_in: LoginSession) -> bool:
    return signed_in.seen_at < now() - _SEEN_EVERY


def touch(session: Session, token: str) -> None:
    """Note that the person is still there."""
    found = session.get(LoginSession, _hash(token))
    if found is not None:
        found.seen_at = now()


def sign_out(session: Session, actor: str, token: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.token_hash == _hash(token)))
    audit.record(session, actor, "logout", "login")


def add_api_key(session: Session, actor: str, name: str, role: Role) -> str:
    """A new client; its key, which is shown once and kept nowhere."""
    key = f"ct_{secrets.token_urlsafe(32)}"
    row = ApiKey(name=name, key_hash=_hash(key), role=role.value)
    session.add(row)
    session.flush()
    audit.record(session, actor, "api_key.add", f"api_key/{row.id}", role=role.value)
    return key


def client_of(session: Session, key: str) -> ApiKey | None:
    return session.scalar(select(ApiKey).where(ApiKey.key_hash == _hash(key), ApiKey.revoked_at.is_(None)))


def api_keys(session: Session) -> list[ApiKey]:
    """All clients, the newest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.id.desc())))


def revoke_api_key(session: Session, actor: str, number: int) -> None:
    row = session.get(ApiKey, number)
    if row is not None and row.revoked_at is None:
        row.revoked_at = now()
        audit.record(session, actor, "api_key.revoke", f"api_key/{number}")


def _password_hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise StoreError(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    return _hasher.hash(password)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _throttle_key(login: str, address: str) -> str:
    return _hash(f"{login.strip().lower()}\0{address}")
