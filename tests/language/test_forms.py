"""Answers on forms, in the shapes in which screening forms are printed, filled in and typed up."""

from __future__ import annotations

import pytest

from chart_triage.language.form_answers import Answer
from chart_triage.language.forms import answer_at

YES, NO, UNSURE, BLANK = Answer.YES, Answer.NO, Answer.UNSURE, Answer.BLANK
SHAPES = [
    ("Pacemaker: Yes", YES),
    ("Pacemaker: N", NO),
    ("Pacemaker: Y", YES),
    ("PACEMAKER : NO", NO),
    ("Pacemaker? No", NO),
    ("Pacemaker - none", NO),
    ("Pacemaker: denies", NO),
    ("Pacemaker: negative", NO),
    ("Pacemaker .......... No", NO),
    ("Pacemaker\tYes", YES),
    ("Pacemaker\tNo", NO),
    ("Pacemaker | No |", NO),
    ("Pacemaker      No", NO),
    ("Pacemaker: unknown", UNSURE),
    ("Pacemaker: unable to obtain", UNSURE),
    ("Pacemaker: Yes?", UNSURE),
    ("Pacemaker: ____", BLANK),
    ("Pacemaker: Yes / No", BLANK),
    ("Pacemaker: Y/N", BLANK),
    ("Pacemaker: ***", BLANK),
    ("Pacemaker: {YES/NO:63}", BLANK),
    ("Pacemaker: see MRI safety form", BLANK),
    ("Pacemaker ........ __ Yes  ✓ No", NO),
    ("Pacemaker ........ ✓ Yes  __ No", YES),
    ("Pacemaker ........ ✓ No, awaiting records", UNSURE),
    ("Implants (circle): none(circled)   pacemaker   stent", NO),
    ("Implants (circle): pacemaker(circled)   ICD   stent", YES),
    ("Pacemaker/ICD  no/no", NO),
    ("Pacemaker/ICD: yes/yes", YES),
    ("'Do you have a pacemaker?' Response: NO.", NO),
    ("Do you have a pacemaker? Patient said yes", YES),
    ("Device: pacemaker\nFitted: N", NO),
    ("Pacemaker [x] Yes [ ] No", YES),
    ("Pacemaker [ ] Yes [x] No", NO),
    ("Pacemaker: [X]Yes [ ]No", YES),
    ("Pacemaker ( ) Yes (x) No", NO),
    ("Pacemaker ☒ Yes ☐ No", YES),
    ("Pacemaker ☐ Yes ☒ No", NO),
    ("Pacemaker ☐ Yes ☑ No ☐ Unknown", NO),
    ("Pacemaker ☐ Yes ☐ No ☒ Unknown", UNSURE),
    ("Pacemaker Yes ☒ No ☐", YES),
    ("Pacemaker Yes ☐ No ☒", NO),
    ("Pacemaker ☐ Yes ☐ No", BLANK),
    ("Pacemaker ☒ Yes ☒ No", UNSURE),
    ("Yes ☐ No ☒ Pacemaker", NO),
    ("☐ Yes ☒ No  Pacemaker", NO),
    ("☒ Pacemaker", YES),
    ("[x] Pacemaker", YES),
    ("[X] Pacemaker [ ] ICD", YES),
    ("[ ] Pacemaker [x] ICD", NO),
    ("☐ Pacemaker  ☐ ICD", BLANK),
    ("Pacemaker ⍰ Yes ☐ No", UNSURE),
    ("Pacemaker ⍰ Y ⍰ N", UNSURE),
    ("⍰ Pacemaker ☒ ICD", UNSURE),
    ("Pacemaker () Yes (x] No", NO),
    ("Pacemaker [x) Yes () No", YES),
    ("Pacemaker\tYes () No ()", BLANK),
    ("Pacemaker (Y) / N", YES),
    ("Pacemaker Y / (N)", NO),
    ("Pacemaker: YES", YES),
    ("Pacemaker, defibrillator or leads: No", NO),
    ("Pacemaker (any kind): No", NO),
    ("Do you have a pacemaker? NO", NO),
    ("Pacemaker:\nNo", NO),
    ("Pacemaker?\n  Yes", YES),
    ("Pacemaker: N0", NO),
    ("Pacemaker:\nDefibrillator:\nInsulin pump:", BLANK),
    ("Aneurysm clip:\nPacemaker:", BLANK),
    ("Pacemaker: don't know", UNSURE),
    ("Patient does/does not have a pacemaker.", BLANK),
    ("Pt {HAS/DOES NOT HAVE:12345} a pacemaker.", BLANK),
    ("Pacemaker (yes/no)", BLANK),
    ("(-) pacemaker (+) ICD", NO),
    ("(+) pacemaker (-) ICD", YES),
    ("Device: YES (Medtronic pacemaker)   Clips: NO", YES),
    ("PACEMAKER: NONE WHATSOEVER (asked twice)", NO),
    ("Implants (tick): ICD \u2610  Pacemaker \u2612  pump \u2610", YES),
    ("Implants (tick): Pacemaker \u2610  ICD \u2612  pump \u2610", NO),
]


def answer(raw: str, words: str = "pacemaker") -> Answer | None:
    start = raw.lower().index(words)
    found = answer_at(raw, start, start + len(words))
    return found.answer if found else None


@pytest.mark.parametrize(("raw", "expected"), SHAPES, ids=[raw for raw, _ in SHAPES])
def test_the_answer_of_a_form_line(raw: str, expected: Answer) -> None:
    assert answer(raw) is expected


@pytest.mark.parametrize(
    "raw",
    [
        "He has a pacemaker.",
        "The pacemaker was placed in 2011 without complications.",
        "Pacemaker interrogated; no events.",
        "No pacemaker",
        "Pacemaker: Medtronic Azure, placed 2020",
        "Pacemaker: no longer in place since 2019",
        "Pacemaker:\nMedtronic Azure, placed 2020",
        "PLAN:\nPacemaker:\n- interrogate before the scan",
        "Pacemaker checked yesterday",
    ],
)
def test_a_sentence_is_no_form_line(raw: str) -> None:
    assert answer(raw) is None


def test_each_question_of_a_line_has_its_own_answer() -> None:
    raw = "Pacemaker: N   ICD: Y   Cochlear implant: N"
    assert answer(raw) is NO
    assert answer(raw, "icd") is YES
    assert answer(raw, "cochlear implant") is NO


def test_each_question_of_a_line_has_its_own_boxes() -> None:
    raw = "Pacemaker ☒ Yes ☐ No    ICD ☐ Yes ☒ No"
    assert answer(raw) is YES
    assert answer(raw, "icd") is NO


def test_the_words_of_the_answer_are_pointed_at() -> None:
    raw = "Aneurysm clip: no; Pacemaker: Yes, 2019"
    start = raw.index("Pacemaker")
    found = answer_at(raw, start, start + 9)
    assert found is not None
    assert raw[found.start : found.end] == "Yes"


@pytest.mark.parametrize("row", ["Pacemaker\t\tX", "Pacemaker\t \tx"])
def test_a_tick_in_a_table_counts_by_its_column(row: str) -> None:
    table = f"Device\tYes\tNo\nAneurysm clip\tX\t\n{row}\n"
    assert answer(table, "aneurysm clip") is YES
    assert answer(table) is NO


def test_a_tick_below_columns_of_blanks_counts_by_the_nearer_one() -> None:
    table = "Device              Yes     No\nPacemaker            x\nCochlear implant             x\n"
    assert answer(table) is YES
    assert answer(table, "cochlear implant") is NO


def test_an_unticked_box_says_no_only_where_the_form_was_filled_in() -> None:
    blank = "☐ Pacemaker\n☐ ICD\n☐ Insulin pump"
    filled = "☐ Pacemaker\n☐ ICD\n☒ Insulin pump"
    assert answer(blank) is BLANK
    assert answer(filled) is NO
    assert answer(filled, "insulin pump") is YES
