"""What counts as a change between two determinations of one chart."""

from __future__ import annotations

from typing import Any

import pytest

from chart_triage.replay.outcome import Change, Outcome, changes

VERSIONS = dict.fromkeys(("chart_triage", "guideline_sha256", "lexicons_sha256", "models_sha256"), "1")


def outcome(
    criteria: dict[str, tuple[str, str]],
    devices: dict[str, str] | None = None,
    suggestion: str = "more_information_needed",
    flags: tuple[str, ...] = (),
) -> Outcome:
    """`criteria`: number -> label and status."""
    return Outcome.model_validate(
        {
            "chart": {"sha256": "0"},
            "guideline": {"id": "g", "version": "1", "effective": "2026-01-01"},
            "inputs": {},
            "versions": VERSIONS,
            "criteria": {number: {"label": label, "status": status} for number, (label, status) in criteria.items()},
            "contraindications": {key: {"label": key, "status": status} for key, status in (devices or {}).items()},
            "suggestion": suggestion,
            "flags": flags,
        }
    )


BOTH = {"1": ("Tumor", "supported"), "2": ("Epilepsy", "not_found")}


def told(old: Outcome, new: Outcome) -> list[tuple[Any, ...]]:
    return [(c.part, c.at, c.new_at, c.old, c.new) for c in changes(old, new)]


def test_equal_outcomes_have_no_change() -> None:
    assert changes(outcome(BOTH), outcome(BOTH)) == ()


def test_statuses_the_suggestion_and_flags_are_compared() -> None:
    old = outcome(BOTH, {"pacemaker": "absent", "clip": "not_documented"})
    new = outcome(
        BOTH | {"2": ("Epilepsy", "unclear")}, {"pacemaker": "uncertain", "clip": "not_documented"},
        "needs_clinical_review", ("mri_safety_check",),
    )  # fmt: skip
    assert changes(old, new) == (
        Change(part="suggestion", old="more_information_needed", new="needs_clinical_review"),
        Change(part="criterion", at="2", new_at="2", label="Epilepsy", old="not_found", new="unclear"),
        Change(
            part="contraindication", at="pacemaker", new_at="pacemaker", label="pacemaker", old="absent",
            new="uncertain",
        ),
        Change(part="flag", at="mri_safety_check", new_at="mri_safety_check", old="no", new="yes"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({"2": ("Tumor", "supported"), "1": ("Epilepsy", "not_found")}, []),  # numbers changed places
        ({"1": ("Growth in the brain", "supported"), "2": ("Epilepsy", "not_found")}, []),  # reworded
        ({"2": ("Tumor", "supported")}, []),  # 2 is gone, and nothing was found for it
        ({"2": ("Tumor", "unclear")}, [("criterion", "1", "2", "supported", "unclear")]),
        ({"1": ("Epilepsy", "not_found")}, [("criterion", "1", "", "supported", None)]),
        (BOTH | {"3": ("Stroke", "not_found")}, []),
        (BOTH | {"3": ("Stroke", "unclear")}, [("criterion", "", "3", None, "unclear")]),
        ({"1": ("Tumor", "contradicted"), "2": BOTH["2"]}, [("criterion", "1", "1", "supported", "contradicted")]),
    ],
)
def test_criteria_are_followed_when_their_numbers_shift(
    new: dict[str, tuple[str, str]], expected: list[tuple[Any, ...]]
) -> None:
    assert told(outcome(BOTH), outcome(new)) == expected


def test_criteria_of_one_label_stay_with_their_numbers() -> None:
    twice = {"1": ("Tumor", "supported"), "2": ("Tumor", "not_found")}
    assert told(outcome(twice), outcome({"2": ("Tumor", "not_found"), "3": ("Tumor", "not_found")})) == [
        ("criterion", "1", "3", "supported", "not_found")
    ]


def test_a_device_that_only_one_list_has_counts_when_something_was_found_for_it() -> None:
    old, new = outcome(BOTH, {"pump": "present", "clip": "not_documented"}), outcome(BOTH, {"lead": "uncertain"})
    assert told(old, new) == [
        ("contraindication", "pump", "pump", "present", None),
        ("contraindication", "lead", "lead", None, "uncertain"),
    ]
