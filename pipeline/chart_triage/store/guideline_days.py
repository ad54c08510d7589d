"""From which day on a site goes by which version of a guideline, where an administrator decided it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from chart_triage.store import audit
from chart_triage.store.tables import GuidelineInForce


def decisions(session: Session) -> list[GuidelineInForce]:
    """All of them, the latest day first."""
    return list(session.scalars(select(GuidelineInForce).order_by(GuidelineInForce.starts.desc(), GuidelineInForce.id)))


def on_day(session: Session, day: date, versions: Collection[str]) -> str | None:
    """Which of `versions` (ids) counts on `day`; None where nobody decided it."""
    query = select(GuidelineInForce.guideline).where(
        GuidelineInForce.starts <= day, GuidelineInForce.guideline.in_(list(versions))
    )
    return session.scalar(query.order_by(GuidelineInForce.starts.desc()).limit(1))


def decide(session: Session, actor: str, guideline: str, starts: date, versions: Collection[str]) -> None:
    """Go by `guideline`, one of its family's `versions`, from the day `starts` on. A decision on the same day is
    replaced."""
    same_day = select(GuidelineInForce).where(
        GuidelineInForce.starts == starts, GuidelineInForce.guideline.in_(list(versions))
    )
    row = session.scalar(same_day)
    if row is None:
        row = GuidelineInForce(starts=starts)
        session.add(row)
    row.guideline = guideline
    session.flush()
    audit.record(session, actor, "guideline.decide", f"guideline/{guideline}", starts=starts.isoformat())


def withdraw(session: Session, actor: str, number: int) -> bool:
    """False where there is no such decision."""
    row = session.get(GuidelineInForce, number)
    if row is None:
        return False
    session.delete(row)
    audit.record(session, actor, "guideline.withdraw", f"guideline/{row.guideline}", starts=row.starts.isoformat())
    return True
