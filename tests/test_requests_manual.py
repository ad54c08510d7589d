"""docs/requests.md says all that can be said: reasons, values of the letter, roles and lines of business."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from chart_triage.records.letter import LetterData, LetterItem
from chart_triage.records.request import RequestReason
from chart_triage.settings import Settings
from chart_triage.triage import due_times
from chart_triage.triage.phrases import Role, table

MANUAL = (Path(__file__).parents[1] / "docs" / "requests.md").read_text(encoding="utf-8")
EXPLAINED = set(re.findall(r"`(\w+)`", MANUAL))


def test_every_reason_value_and_role_is_explained() -> None:
    named = {*RequestReason, *LetterData.model_fields, *LetterItem.model_fields, *get_args(Role)}
    named |= {phrase.where for phrase in table() if phrase.where}
    assert named - EXPLAINED == set()


def test_every_setting_of_it_is_named() -> None:
    settings = [name for name in Settings.model_fields if name.startswith("site_") or name == "due_times"]
    assert len(settings) == 5
    assert [name for name in settings if f"CHART_TRIAGE_{name.upper()}" not in MANUAL] == []


def test_the_table_of_due_times_is_the_one_that_ships() -> None:
    times = due_times.load()
    lines = {line for line, _ in times}
    assert lines - EXPLAINED == set()
    assert {(times[line, "standard"].within, times[line, "expedited"].within) for line in lines} == {(7, 72)}
    assert "| 7 calendar days | 72 hours |" in MANUAL
