"""Answers for many items at once, by number, or noted beside "YES NO"; choices of templates that nobody made."""

from __future__ import annotations

import pytest

from chart_triage.language.form_answers import Answer
from chart_triage.language.forms import answer_at


def answer(text: str, item: str) -> Answer | None:
    start = text.index(item)
    found = answer_at(text, start, start + len(item))
    return found.answer if found is not None else None


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        ("Items 1 to 3 (pacemaker, ICD, shunt): all answered NO.", "ICD", Answer.NO),
        ("Pacemaker / ICD / shunt: No to all", "Pacemaker", Answer.NO),
        ("ANSWERS 1-3 = No except 2 = Yes\n1 pacemaker\n2 defibrillator\n3 shunt", "defibrillator", Answer.YES),
        ("ANSWERS 1-3 = No except 2 = Yes\n1 pacemaker\n2 defibrillator\n3 shunt", "pacemaker", Answer.NO),
        ("1. pacemaker 2. ICD\nPatient circled: 2 only. Others no.", "pacemaker", Answer.NO),
        ("1. pacemaker 2. ICD\nPatient circled: 2 only. Others no.", "ICD", Answer.YES),
        ("Pacemaker  YES  NO  [NO circled]", "Pacemaker", Answer.NO),
        ("Pacemaker  YES  NO  [YES circled, then crossed out; NO circled]", "Pacemaker", Answer.NO),
        ("Pacemaker  YES  NO  [YES circled, NO circled]", "Pacemaker", Answer.UNSURE),
        ("Pacemaker Y / N", "Pacemaker", Answer.BLANK),
        ("Implants: [select one: pacemaker / ICD / none]", "ICD", Answer.BLANK),
        ("Quality: <diagnostic / non-diagnostic>", "non-diagnostic", Answer.BLANK),
        ("Pacemaker type >> choose", "Pacemaker", Answer.BLANK),
        ("Device [pacemaker] interrogated", "pacemaker", None),
        ("He has a pacemaker, seen by cardiology, and all of us agree: no scan.", "pacemaker", None),
    ],
)
def test_the_layout_of_the_form_answers(text: str, item: str, expected: Answer | None) -> None:
    assert answer(text, item) is expected
