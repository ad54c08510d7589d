"""The tables. Times are UTC. No column but those named `*_json`, names and file names holds words of a chart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Dialect, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy import DateTime as _DateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite keeps it without its zone."""

    impl = _DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times need a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcTime, dict[str, Any]: JSON, list[Any]: JSON}


_Key = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself for INTEGER alone


class User(Base):
    """A person. `role` is intake, reviewer, clinician or admin. Without `password_hash` only OIDC lets them in."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    oidc_subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class LoginSession(Base):
    """A signed-in browser. The cookie's secret itself is not kept."""

    __tablename__ = "login_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class LoginFailure(Base):
    """A failed sign-in, for throttling; `key` is a hash of login and address."""

    __tablename__ = "login_failures"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(default=now)


class ApiKey(Base):
    """A client of the API; the secret itself is not kept."""

    __tablename__ = "api_keys"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]


class ChartRow(Base):
    """A request with its chart. `state`: waiting, processing, ready, parked, signed_off.

    `review_version` counts what reviewers changed: who saves names the version that they saw. `search_text` holds
    the names and numbers of the request and of the chart's patient.
    """

    __tablename__ = "charts"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), index=True)
    request_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pages: Mapped[int | None]
    suggestion: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str] = mapped_column(String(600), default="")
    safety_flag: Mapped[bool] = mapped_column(default=False)
    summary_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expedited: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None]
    triage_rank: Mapped[str | None] = mapped_column(String(60), index=True)
    problem: Mapped[str | None] = mapped_column(Text)
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_by_client: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    ready_at: Mapped[datetime | None]
    signed_off_at: Mapped[datetime | None]
    review_version: Mapped[int] = mapped_column(default=0)


class Artefact(Base):
    """A file that belongs to a chart: `kind` "original", "chart", "determination", "highlighted_pdf", "page/3" ..."""

    __tablename__ = "artefacts"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    chart_id: Mapped[str] = mapped_column(ForeignKey("charts.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    blob: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (UniqueConstraint("chart_id", "kind"),)


class Job(Base):
    """Work to be done on a chart. `state`: queued, running, done, parked.

    `fence` grows with every claim: only who holds the newest may finish the job. `asked_by` is who waits for it, as the
    audit trail calls them; `seconds` of a worker it has taken so far, in all tries.
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    chart_id: Mapped[str] = mapped_column(ForeignKey("charts.id", ondelete="CASCADE"), index=True)
    task: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="queued")
    priority: Mapped[int] = mapped_column(default=100)
    tries: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(100))
    asked_by: Mapped[str] = mapped_column(String(200), default="")
    begun_at: Mapped[datetime | None] = mapped_column(index=True)
    seconds: Mapped[float] = mapped_column(default=0.0)
    run_after: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None]
    progress_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("jobs_runnable", "state", "priority", "id"),)


class WorkerRow(Base):
    """A worker that was seen; who stops in order takes its row away. `name` is HOST:PID."""

    __tablename__ = "workers"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class ReviewEvent(Base):
    """One thing that a reviewer did on a chart, in order of `version`; an undo is an event of its own."""

    __tablename__ = "review_events"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    chart_id: Mapped[str] = mapped_column(ForeignKey("charts.id", ondelete="CASCADE"))
    version: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(30))
    criterion: Mapped[str | None] = mapped_column(String(60))
    payload_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (UniqueConstraint("chart_id", "version"),)


class AuditEntry(Base):
    """One link of the audit trail: `hash` covers all other fields and the hash before it. Never changed or removed."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(_Key, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    details_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SiteSetting(Base):
    """What an administrator set in the program, by key."""

    __tablename__ = "site_settings"
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime] = mapped_column(default=now)


class SavedView(Base):
    """A person's named filter of the work list."""

    __tablename__ = "saved_views"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(String(500))


class Webhook(Base):
    """Where to tell that a chart is done; `secret` signs what is sent."""

    __tablename__ = "webhooks"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True)


class WebhookDelivery(Base):
    """One chart's state to be told to one webhook; tried again until it was taken, or too often."""

    __tablename__ = "webhook_deliveries"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    chart_id: Mapped[str] = mapped_column(ForeignKey("charts.id", ondelete="CASCADE"))
    chart_state: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime | None] = mapped_column(default=now, index=True)
    delivered_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(200))


class GuidelineInForce(Base):
    """Which version of a guideline is in force from `starts` on, as an administrator decided."""

    __tablename__ = "guidelines_in_force"
    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    guideline: Mapped[str] = mapped_column(String(100))
    starts: Mapped[date]
