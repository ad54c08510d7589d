"""Weight and BMI: a conclusion only from two numbers, in whatever units they are written."""

from __future__ import annotations

import pytest

from chart_triage.language.body_size import body_size
from chart_triage.settings import Settings

NO_LIMIT = Settings()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Weight 412 lb; scanner table limit 350 lb.", "present"),
        ("Weight 180 kg, table limit 159 kg.", "present"),
        ("Weight 300 lb; scanner table limit 350 lb.", "absent"),
        ("Patient weighs 170 kg. The MRI table is rated to 350 lb.", "present"),
        ("Patient weighs 150 kg. The MRI table is rated to 350 lb.", "absent"),
        ("Weight 27 stone, magnet limit 150 kg.", "present"),
        ("Wt 412#, table limit 350#.", "present"),
        ("Table limit is 200 kg; patient weighs 205 kg.", "present"),
        ("Weight 350 lb; table limit 350 lb.", "absent"),
        ("Weight 340-360 lb; table limit 350 lb.", "uncertain"),
        ("BMI 62, scanner limit BMI 55.", "present"),
        ("Weight 412 lb, limit 350.", "present"),
    ],
)
def test_two_numbers_in_the_text_are_compared(text: str, status: str) -> None:
    found = body_size(text, NO_LIMIT)
    assert found is not None
    assert found.status.value == status


@pytest.mark.parametrize(
    "text",
    [
        "Weight 412 lb, BMI 58.",
        "BMI 62.3.",
        "Levetiracetam 500 mg twice daily, 20 mg/kg.",
        "The table limit is 350 lb.",
        "Lost 40 lb since spring.",
        "",
    ],
)
def test_one_number_says_nothing(text: str) -> None:
    assert body_size(text, NO_LIMIT) is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Weight 412 lb.", "present"),
        ("Weight 150 kg.", "absent"),
        ("Weight 350.5 lb.", "absent"),
        ("Weight 160 kg.", "present"),
    ],
)
def test_the_sites_weight_limit_is_the_second_number(text: str, status: str) -> None:
    found = body_size(text, Settings(scanner_weight_limit_kg=159))
    assert found is not None
    assert found.status.value == status
    assert "the site's limit of 159 kg" in found.reason


@pytest.mark.parametrize(
    ("text", "status"), [("BMI 62.", "present"), ("BMI: 41.5 kg/m2", "absent"), ("Body mass index 55.1", "present")]
)
def test_the_sites_bmi_limit_is_the_second_number(text: str, status: str) -> None:
    found = body_size(text, Settings(scanner_bmi_limit=55))
    assert found is not None
    assert found.status.value == status


def test_a_limit_of_the_other_kind_is_no_comparison() -> None:
    assert body_size("BMI 62.", Settings(scanner_weight_limit_kg=159)) is None
    assert body_size("Weight 412 lb.", Settings(scanner_bmi_limit=55)) is None


def test_the_limit_in_the_text_counts_before_the_sites() -> None:
    found = body_size("Weight 170 kg; our table limit 227 kg.", Settings(scanner_weight_limit_kg=159))
    assert found is not None
    assert found.status.value == "absent"


def test_the_reason_and_the_span_show_both_numbers() -> None:
    text = "Vitals: weight 412 lb. Scanner table limit 350 lb. Plan: open MRI."
    found = body_size(text, NO_LIMIT)
    assert found is not None
    assert "412 lb" in text[found.start : found.end]
    assert "350 lb" in text[found.start : found.end]
    assert "412 lb is above the limit of 350 lb" in found.reason


def test_the_last_weight_counts() -> None:
    found = body_size("Weight 412 lb in May, table limit 350 lb. Re-weighed today: 344 lb.", NO_LIMIT)
    assert found is not None
    assert found.status.value == "absent"


def test_a_condition_is_hypothetical() -> None:
    found = body_size("If the patient's weight is above 412 lb, table limit 350 lb, call the lead.", NO_LIMIT)
    assert found is not None
    assert found.status.value == "hypothetical"
