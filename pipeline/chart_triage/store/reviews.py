"""What reviewers did on a chart: a list of events that is only added to, and the review that they amount to.

Two people on one chart do not overwrite each other: an event names the version that its author saw, and is refused
where somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from chart_triage.errors import StoreError
from chart_triage.store import audit, webhooks
from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow, ReviewEvent, User, now


class Kind(StrEnum):
    """Kinds of events. Those of `_ON_CRITERION` are about one criterion or device."""

    ACCEPT = "accept"
    REJECT = "reject"
    OVERRIDE = "override"
    NOTE = "note"
    EVIDENCE = "evidence"
    SET_ASIDE = "set_aside"
    TAKE_BACK = "take_back"
    UNDO = "undo"
    SIGN_OFF = "sign_off"
    REOPEN = "reopen"


_ON_CRITERION = frozenset({Kind.ACCEPT, Kind.REJECT, Kind.OVERRIDE, Kind.EVIDENCE})
_NEEDS_REASON = frozenset({Kind.REJECT, Kind.OVERRIDE})
_WHILE_SIGNED_OFF = frozenset({Kind.REOPEN})
_NOT_UNDONE = frozenset({Kind.UNDO, Kind.SIGN_OFF, Kind.REOPEN})


class SignOff(StrEnum):
    """The reviewer's own determination. `OTHER_OUTCOME` is said in a clinician's own words, with a reason."""

    CRITERIA_MET = "criteria_met"
    MORE_INFORMATION_REQUESTED = "more_information_requested"
    SENT_TO_CLINICIAN = "sent_to_clinician"
    OTHER_OUTCOME = "other_outcome"


class StaleError(StoreError):
    """Somebody else changed the review since its author looked at it."""


class Decision(NamedTuple):
    """What a reviewer said of one criterion: `kind` accept, reject or override; `status` is theirs."""

    kind: str
    status: str | None
    reason: str | None
    by: str
    at: datetime


class Note(NamedTuple):
    text: str
    criterion: str | None
    by: str
    at: datetime
    version: int


@dataclass
class Review:
    """The review as it stands at `version`."""

    version: int = 0
    decisions: dict[str, Decision] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    own_evidence: list[dict[str, Any]] = field(default_factory=list)
    set_aside: set[int] = field(default_factory=set)
    taken_back: set[int] = field(default_factory=set)
    signed_off: dict[str, Any] | None = None
    last_by: str | None = None


def add(
    session: Session, chart: ChartRow, user: User, seen: int, kind: Kind, criterion: str | None, payload: dict[str, Any]
) -> int:
    """Add an event by somebody who saw version `seen`; the new version.

    Raises StaleError when `seen` is not the newest, StoreError for an event that lacks what its kind needs.
    """
    _check(chart, kind, criterion, payload)
    locked = session.execute(select(ChartRow.review_version).where(ChartRow.id == chart.id).with_for_update())
    version = locked.scalar_one()
    if version != seen:
        raise StaleError(_faster(session, chart.id, version))
    if kind is Kind.UNDO:
        _check_undo(session, chart.id, user, payload)
    chart.review_version = version + 1
    session.add(
        ReviewEvent(
            chart_id=chart.id, version=version + 1, user_id=user.id, kind=kind.value, criterion=criterion,
            payload_json=payload,
        )
    )  # fmt: skip
    if kind is Kind.SIGN_OFF:
        chart.state, chart.signed_off_at = State.SIGNED_OFF, now()
        webhooks.queue(session, chart.id, State.SIGNED_OFF)
    elif kind is Kind.REOPEN:
        chart.state, chart.signed_off_at = State.READY, None
    detail = {"criterion": criterion} if criterion else {}
    audit.record(session, user.login, f"review.{kind.value}", f"chart/{chart.id}", version=version + 1, **detail)
    return version + 1


def review_of(session: Session, chart: str) -> Review:
    """The chart's review as it stands."""
    rows = session.execute(
        select(ReviewEvent, User.name)
        .join(User, User.id == ReviewEvent.user_id)
        .where(ReviewEvent.chart_id == chart)
        .order_by(ReviewEvent.version)
    )
    return fold([(event, name) for event, name in rows.tuples()])


def last_step(session: Session, chart: str, user: int) -> int:
    """The version of this person's newest event that can still be undone. Raises StoreError where there is none."""
    events = session.scalars(
        select(ReviewEvent).where(ReviewEvent.chart_id == chart).order_by(ReviewEvent.version.desc())
    ).all()
    undone = {event.payload_json.get("version") for event in events if event.kind == Kind.UNDO}
    for event in events:
        if event.user_id == user and event.kind not in _NOT_UNDONE and event.version not in undone:
            return event.version
    raise StoreError("There is nothing of yours to undo.")


def fold(events: Iterable[tuple[ReviewEvent, str]]) -> Review:
    """What a list of (event, its author's name), in order of their versions, amounts to."""
    listed = list(events)
    undone = {e.payload_json.get("version") for e, _ in listed if e.kind == Kind.UNDO}
    review = Review()
    for event, name in listed:
        review.version, review.last_by = event.version, name
        if event.version not in undone:
            _apply(review, event, name)
    return review


def _apply(review: Review, event: ReviewEvent, name: str) -> None:
    payload = event.payload_json
    match event.kind:
        case Kind.ACCEPT | Kind.REJECT | Kind.OVERRIDE if event.criterion:
            review.decisions[event.criterion] = Decision(
                event.kind, payload.get("status"), payload.get("reason"), name, event.at
            )
        case Kind.NOTE:
            review.notes.append(Note(payload["text"], event.criterion, name, event.at, event.version))
        case Kind.EVIDENCE:
            shown = payload | {"criterion": event.criterion, "by": name, "version": event.version}
            review.own_evidence.append(shown)
        case Kind.SET_ASIDE:
            review.set_aside.add(payload["page"])
            review.taken_back.discard(payload["page"])
        case Kind.TAKE_BACK:
            review.taken_back.add(payload["page"])
            review.set_aside.discard(payload["page"])
        case Kind.SIGN_OFF:
            review.signed_off = payload | {"by": name, "at": event.at}
        case Kind.REOPEN:
            review.signed_off = None


def _check(chart: ChartRow, kind: Kind, criterion: str | None, payload: dict[str, Any]) -> None:
    if kind in _ON_CRITERION and not criterion:
        raise StoreError("Say which criterion this is about.")
    if kind in _NEEDS_REASON and not str(payload.get("reason") or "").strip():
        raise StoreError("Give a reason.")
    if chart.state == State.SIGNED_OFF and kind not in _WHILE_SIGNED_OFF:
        raise StoreError("The chart is signed off. Reopen it to change the review.")
    if chart.state not in (State.READY, State.SIGNED_OFF):
        raise StoreError("The chart is not ready for review yet.")
    if kind is Kind.SIGN_OFF:
        outcome = SignOff(payload["outcome"])
        words, reason = str(payload.get("words") or "").strip(), str(payload.get("reason") or "").strip()
        if outcome is SignOff.OTHER_OUTCOME and not (words and reason):
            raise StoreError("An outcome of your own needs your own words and a reason.")


def _check_undo(session: Session, chart: str, user: User, payload: dict[str, Any]) -> None:
    undone = session.scalar(
        select(ReviewEvent).where(ReviewEvent.chart_id == chart, ReviewEvent.version == payload.get("version"))
    )
    if undone is None or undone.kind in _NOT_UNDONE:
        raise StoreError("There is nothing to undo.")
    if undone.user_id != user.id:
        raise StoreError("Only who did it can undo it; add a decision of your own instead.")


def _faster(session: Session, chart: str, version: int) -> str:
    who = session.scalar(
        select(User.name).join(ReviewEvent, ReviewEvent.user_id == User.id)
        .where(ReviewEvent.chart_id == chart, ReviewEvent.version == version)
    )  # fmt: skip
    told = "changed this review while you looked at it. Their change is shown now; please repeat yours."
    return f"{who or 'Somebody'} {told}"
