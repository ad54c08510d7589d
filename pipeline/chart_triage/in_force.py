"""By which version of the guideline a chart is assessed: the one that an administrator decided on for the day of
service, else the one whose own dates say so."""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy.orm import Session

from chart_triage import guidelines
from chart_triage.guidelines import Version
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.store import guideline_days


@cache
def versions() -> tuple[Version, ...]:
    """The versions of the guideline that ship; read once."""
    shipped = guidelines.versions()
    family = next((v.family for v in shipped if v.id == DEFAULT_GUIDELINE), None)
    return tuple(v for v in shipped if v.id == DEFAULT_GUIDELINE or (family is not None and v.family == family))


def guideline_on(session: Session, day: date) -> str:
    """The id of the version that counts on `day`. On a day before all of them the default one does."""
    return guideline_days.on_day(session, day, [v.id for v in versions()]) or _by_its_dates(day)


def _by_its_dates(day: date) -> str:
    counting = (v.id for v in versions() if v.effective <= day and (v.until is None or day <= v.until))
    return next(counting, DEFAULT_GUIDELINE)
