"""All that the language stage read in one text."""

from __future__ import annotations

from datetime import date

from chart_triage.records.implant import Implant
from chart_triage.records.mention import Mention, TargetAssertion
from chart_triage.records.page import Record


class Reading(Record):
    """`note_date` is the day that relative dates were counted from; `implants` are the patient's, each once.

    `outdated` are the concepts with a window (a recent stent) that the text dates before it.
    """

    mentions: tuple[Mention, ...] = ()
    implants: tuple[Implant, ...] = ()
    targets: tuple[TargetAssertion, ...] = ()
    note_date: date | None = None
    outdated: tuple[str, ...] = ()
