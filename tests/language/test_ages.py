"""Ages that the publisher counts as pediatric: in words, or by the date of birth and the day of the note."""

from __future__ import annotations

from datetime import date

import pytest

from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.language.ages import age_by_birth
from chart_triage.language.annotator import Annotator
from chart_triage.settings import Settings

NOTE = date(2026, 9, 29)


def ages(annotator: Annotator, text: str) -> list[str]:
    mentions = annotator.annotate(text, note_date=NOTE).mentions
    return [m.text for m in mentions if m.concept == "@pediatric_age" and m.status == "present"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("14-year-old boy with epilepsy.", "14-year-old"),
        ("9 yo F, epilepsy.", "9 yo"),
        ("21 y.o. man with glioma.", "21 y.o."),
        ("6-month-old with seizures.", "6-month-old"),
        ("Term newborn with encephalopathy.", "Term newborn"),
        ("DOB: 03/08/2012. Epilepsy.", "03/08/2012"),
        ("Date of birth 2005-09-30\nEpilepsy.", "2005-09-30"),
    ],
)
def test_an_age_up_to_twenty_one_is_found_with_its_words(annotator: Annotator, text: str, words: str) -> None:
    assert ages(annotator, text) == [words]


@pytest.mark.parametrize(
    "text",
    [
        "22-year-old man with epilepsy.",
        "114 yo, epilepsy.",
        "Epilepsy since 14 years of age.",
        "Epilepsy; her brother is a 14-year-old with asthma.",
        "Epilepsy was diagnosed at 6 years old.",
        "DOB: 03/08/1988. Epilepsy.",
        "DOB: 09/29/2004. Epilepsy.",
        "DOB: 13/45/2012. Epilepsy.",
        "Epilepsy for 14 years.",
    ],
)
def test_other_ages_are_not(annotator: Annotator, text: str) -> None:
    assert ages(annotator, text) == []


@pytest.mark.parametrize(
    ("born", "years"), [("09/29/2005", 21), ("09/30/2005", 20), ("09/29/2026", 0), ("02/29/2024", 2)]
)
def test_years_are_counted_to_the_birthday(born: str, years: int) -> None:
    found = age_by_birth(f"DOB {born}", NOTE)
    assert found is not None
    assert found.years == years
    assert "2026-09-29" in found.reason


@pytest.mark.parametrize("text", ["DOB 09/30/2026", "DOB 2005", "DOB unknown 1/2/2005", "no date"])
def test_a_date_that_gives_no_age_is_left_alone(text: str) -> None:
    assert age_by_birth(text, NOTE) is None


def test_without_a_day_nothing_is_counted() -> None:
    assert age_by_birth("DOB 03/08/2012", None) is None


def test_the_determination_shows_it_and_decides_nothing_by_it() -> None:
    assessor = Assessor(DEFAULT_GUIDELINE, Settings())
    child = assessor.text("child", "14-year-old with focal epilepsy. MRS before epilepsy surgery.")
    adult = assessor.text("adult", "44-year-old with focal epilepsy. MRS before epilepsy surgery.")
    (note,) = [other for other in child.others if other.kind == "pediatric_age"]
    assert note.evidence[0].text == "14-year-old"
    assert [other for other in adult.others if other.kind == "pediatric_age"] == []
    assert child.criteria["2"].status == adult.criteria["2"].status == "supported"
    assert child.suggestion == adult.suggestion
