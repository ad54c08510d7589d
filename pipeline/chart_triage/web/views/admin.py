"""Pages of the administration: how processing does, settings, guidelines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chart_triage import guidelines, in_force
from chart_triage.settings import Settings
from chart_triage.store.database import without_password
from chart_triage.store.health import Health, InWork, quantile
from chart_triage.store.tables import AuditEntry, GuidelineInForce, Job, Webhook, WebhookDelivery, WorkerRow, now

_LONG = 900.0  # seconds in the queue that somebody should know of
_SECRETS = frozenset({"store_key", "metrics_token", "oidc_client_secret"})


class Figure(NamedTuple):
    """A number with its name; `tone` is a class of the style sheet."""

    name: str
    value: str
    tone: str = ""


class Setting(NamedTuple):
    variable: str
    value: str
    usual: bool


class GuidelineShown(NamedTuple):
    """`days`: those of the guideline itself; `counts`: whether charts of today are assessed by it."""

    id: str
    title: str
    version: str
    days: str
    counts: bool


class DecidedShown(NamedTuple):
    """`here` is False where the version does not ship any more."""

    number: int
    guideline: str
    starts: str
    here: bool


class WorkerShown(NamedTuple):
    name: str
    since: str
    seen: str
    doing: str


class ParkedShown(NamedTuple):
    chart: str
    since: str
    tries: int
    problem: str


class DeliveryShown(NamedTuple):
    chart: str
    state: str
    since: str
    url: str
    tries: int
    result: str
    tone: str


def figures(found: Health) -> tuple[Figure, ...]:
    """What somebody who has half a minute wants to know."""
    waited = (now() - found.waiting_since).total_seconds() if found.waiting_since else 0.0
    median, slow = quantile(found.seconds, 0.5), quantile(found.seconds, 0.95)
    parked = found.jobs.get("parked", 0)
    return (
        Figure("Workers", str(len(found.workers)), "" if found.workers else "bad"),
        Figure("Charts waiting", str(found.jobs.get("queued", 0))),
        Figure("In work", str(found.jobs.get("running", 0))),
        Figure("Oldest waits", _span(waited) if found.waiting_since else "none", "warn" if waited > _LONG else ""),
        Figure("Parked", str(parked), "warn" if parked else ""),
        Figure("Done in the last hour", str(len(found.seconds))),
        Figure("Receipt to results, median", _span(median) if median is not None else "-"),
        Figure("Receipt to results, 95th percentile", _span(slow) if slow is not None else "-"),
    )


def workers(found: list[WorkerRow], in_work: list[InWork]) -> list[WorkerShown]:
    doing = {job.worker: job for job in in_work}
    return [
        WorkerShown(row.name, _ago(row.started_at), _ago(row.seen_at), _doing(doing.get(row.name))) for row in found
    ]


def parked(jobs: list[Job]) -> list[ParkedShown]:
    return [
        ParkedShown(job.chart_id, _ago(job.created_at), job.tries, job.problem or "No reason was kept.") for job in jobs
    ]


def deliveries(rows: Iterable[WebhookDelivery], hooks: Iterable[Webhook]) -> list[DeliveryShown]:
    urls = {hook.id: hook.url for hook in hooks}
    return [
        DeliveryShown(
            row.chart_id, row.chart_state, _ago(row.at), urls.get(row.webhook_id, "removed"), row.tries, *_told(row)
        )
        for row in rows
    ]


def audit_row(entry: AuditEntry) -> tuple[str, ...]:
    """Number, time, who, action, subject, details."""
    details = ", ".join(
        f"{key}: {value if isinstance(value, str) else json.dumps(value)}" for key, value in entry.details_json.items()
    )
    return str(entry.id), f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.actor, entry.action, entry.subject, details


def settings(site: Settings) -> list[Setting]:
    """Every setting by its variable; of a secret only whether it is set."""
    return [
        Setting(f"CHART_TRIAGE_{name.upper()}", _value(name, getattr(site, name)), getattr(site, name) == field.default)
        for name, field in type(site).model_fields.items()
    ]


def guideline_versions(counting: str) -> list[GuidelineShown]:
    """All versions that ship; `counting` is the one that charts of today are assessed by."""
    return [
        GuidelineShown(v.id, v.title, v.version, guidelines.days_in_force(v), v.id == counting)
        for v in in_force.versions()
    ]


def decided(rows: Iterable[GuidelineInForce]) -> list[DecidedShown]:
    known = {v.id for v in in_force.versions()}
    return [DecidedShown(row.id, row.guideline, row.starts.isoformat(), row.guideline in known) for row in rows]


def _value(name: str, value: object) -> str:
    if value is None:
        return "not set"
    if name in _SECRETS:
        return "set, not shown"
    if name == "store_url":
        return without_password(str(value))
    return str(value)


def _told(row: WebhookDelivery) -> tuple[str, str]:
    """How a delivery went, and the tone of its mark."""
    if row.delivered_at is not None:
        return "taken", "good"
    if row.run_after is None:
        return f"given up: {row.problem}", "bad"
    return (f"again soon: {row.problem}", "warn") if row.problem else ("waits", "plain")


def _doing(job: InWork | None) -> str:
    if job is None:
        return "waits for work"
    page = f", page {job.page}" if job.page and job.stage == "reading" else ""
    return f"chart {job.chart[:8]}: {job.stage}{page}"


def _ago(at: datetime) -> str:
    return f"{_span((now() - at).total_seconds())} ago"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"
