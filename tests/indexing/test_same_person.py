"""Whether two identities are of one person: misreadings, relatives, twins, marriage, several facilities."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from invented_patients import LAYOUTS, header, invent, page, spoil

from chart_triage.indexing.identity import on_page
from chart_triage.indexing.same_person import Agreement, same_person
from chart_triage.records.chart_index import Identity

BORN = date(1981, 3, 2)
JANE = Identity(name="DOE, JANE", born=BORN, numbers=("QN-410553",), sex="F")

SAME = {
    "one digit of the date misread": Identity(name="DOE, JANE", born=date(1981, 3, 7)),
    "day and month exchanged": Identity(name="DOE, JANE", born=date(1981, 2, 3)),
    "a middle initial": Identity(name="DOE, JANE A", born=BORN),
    "an initial for the first name": Identity(name="DOE, J", born=BORN),
    "first name first": Identity(name="JANE, DOE", born=BORN),
    "look-alike letters": Identity(name="D0E, JANF", born=BORN),
    "the number of another facility": Identity(name="DOE, JANE", born=BORN, numbers=("774411",)),
    "another number of the same facility": Identity(name="DOE, JANE", born=BORN, numbers=("QN-999123",)),
    "a married name": Identity(name="ROE, JANE", born=BORN),
    "a hyphenated name": Identity(name="DOE-ROE, JANE", born=BORN),
    "the name alone": Identity(name="DOE, JANE"),
    "the number alone": Identity(numbers=("QN-410553",)),
    "the number with a digit misread": Identity(numbers=("QN-41O553",)),
    "a date typed wrong beside the same name and number": Identity(
        name="DOE, JANE", born=date(1918, 7, 22), numbers=("QN-410553",)
    ),
}
DIFFERENT = {
    "another name and date": Identity(name="ROE, RICHARD", born=date(1950, 7, 19)),
    "another name": Identity(name="ROE, RICHARD"),
    "another name and a similar date": Identity(name="ROE, RICHARD", born=date(1981, 3, 7)),
    "the same name, another date": Identity(name="DOE, JANE", born=date(1950, 7, 19)),
    "a twin": Identity(name="DOE, JOAN", born=BORN, numbers=("QN-410554",), sex="F"),
    "a twin of the other sex": Identity(name="DOE, JACK", born=BORN, sex="M"),
    "a relative": Identity(name="DOE, RICHARD", born=date(1950, 7, 19)),
    "her newborn": Identity(name="DOE, BABY BOY", born=date(2026, 11, 8), sex="M"),
    "another date alone": Identity(born=date(1950, 7, 19)),
}
UNKNOWN = {
    "a number of another facility alone": Identity(numbers=("774411",)),
    "another name with the same date": Identity(name="ROE, RICHARD", born=BORN),
    "another name with the same number": Identity(name="ROE, RICHARD", numbers=("QN-410553",)),
    "nothing in common to compare": Identity(member_numbers=("W1234567",)),
}


@pytest.mark.parametrize(
    ("other", "agreement"),
    [
        *(pytest.param(each, Agreement.SAME, id=what) for what, each in SAME.items()),
        *(pytest.param(each, Agreement.DIFFERENT, id=what) for what, each in DIFFERENT.items()),
        *(pytest.param(each, Agreement.UNKNOWN, id=what) for what, each in UNKNOWN.items()),
    ],
)
def test_jane_doe_and(other: Identity, agreement: Agreement) -> None:
    assert same_person(JANE, other) is agreement
    assert same_person(other, JANE) is agreement


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("DOE, TWIN A", "DOE, TWIN B", Agreement.DIFFERENT),
        ("DOE, BABY BOY", "DOE, BABY GIRL", Agreement.DIFFERENT),
        ("DOE, BABY BOY", "DOE, LIAM", Agreement.SAME),
        ("DOE, INFANT", "DOE, BABY GIRL", Agreement.SAME),
        ("DOE, ROBERT", "DOE, BOB", Agreement.SAME),
        ("DOE, MARY JANE", "DOE, JANE", Agreement.SAME),
        ("DE LA CRUZ, ANA", "DELACRUZ, ANA", Agreement.SAME),
    ],
)
def test_names_with_the_same_date_of_birth(one: str, other: str, agreement: Agreement) -> None:
    assert same_person(Identity(name=one, born=BORN), Identity(name=other, born=BORN)) is agreement


def test_twins_who_share_the_insurance_are_two_people() -> None:
    one = Identity(name="DOE, JANE", born=BORN, numbers=("4711001",), member_numbers=("W1234567",))
    other = Identity(name="DOE, KATHLEEN", born=BORN, numbers=("4711002",), member_numbers=("W1234567",))
    assert same_person(one, other) is Agreement.DIFFERENT


@pytest.mark.parametrize("share", [0.0, 0.02, 0.05])
def test_spoiled_headers_of_one_and_of_two_people(share: float) -> None:
    """Of one person hardly a pair is told apart; of two hardly a pair is taken for one."""
    dice = random.Random(int(share * 100))
    layouts = list(LAYOUTS)
    apart = joined = one_person = two_people = told = 0
    for _ in range(600):
        patient, stranger = invent(dice), invent(dice)
        first, again, other = (
            on_page(page(spoil(header(each, dice.choice(layouts)), share, dice)))
            for each in (patient, patient, stranger)
        )
        if first and again:
            one_person += 1
            apart += same_person(first, again) is Agreement.DIFFERENT
        if first and other:
            two_people += 1
            joined += same_person(first, other) is Agreement.SAME
            told += same_person(first, other) is Agreement.DIFFERENT
    assert min(one_person, two_people) > 500
    assert apart <= 0.01 * one_person
    assert joined <= 0.001 * two_people
    assert told >= 0.97 * two_people  # where one copy shows but the name and the other but the date, none can tell


def test_a_name_misread_beyond_recognition_is_not_called_another_persons() -> None:
    patient = replace(invent(random.Random(3)), last="Hollowmere", first="Bertram")
    damaged = Identity(name="H0LLQWNERF, BERTRNN", born=patient.born)
    assert same_person(Identity(name=patient.name, born=patient.born), damaged) is Agreement.SAME
