"""What is asked of the sender: the nearest criterion's missing statements, open safety questions, unread pages."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest
from chart_words import finding, findings, words
from hypothesis import given, settings
from random_trees import guidelines, some_findings

from chart_triage.matching import documented_share, evaluate, wanted
from chart_triage.matching.completion import read_tree, ways_to_complete
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import Guideline
from chart_triage.records.request import RequestItem, RequestReason

PURPOSE = "a note that says what this scan is to answer"
SURGERY = "a note that says if brain surgery is planned or being weighed, and what for"
LESION = "the report that says what was found in the brain, and if it is sure"
MRI = "the full report of the last MRI of the brain"
TREATMENT = "a note that says which treatment is planned or being weighed, and if the scan bears on it"
CONFIRMED = "a note or test result that says if the disease in question has been confirmed"
WHITE_MATTER = "a note or test result that names the disease of the white matter"
REASON = "the office note that says why this scan was ordered"


def asked(guideline: Guideline, *found: Finding, unread: tuple[int, ...] = ()) -> tuple[RequestItem, ...]:
    by_key = {f.concept: f for f in found}
    return wanted(by_key, evaluate(by_key, guideline), guideline, unread)


def texts(items: tuple[RequestItem, ...]) -> list[str]:
    return [item.text for item in items]


# what the records say, what is asked for, for which criteria
NEAREST: list[tuple[dict[str, str], list[str], set[str]]] = [
    ({"brain_tumor": "present"}, [PURPOSE], {"1"}),
    ({"biopsy_guidance": "present"}, [LESION], {"1"}),
    ({"brain_tumor": "uncertain", "tumor_recurrence_vs_necrosis": "present"}, [LESION], {"1"}),
    ({"epilepsy": "present"}, [SURGERY], {"2"}),
    ({"epilepsy": "present", "brain_tumor": "present"}, [PURPOSE, SURGERY], {"1", "2"}),
    ({"encephalopathy": "present"}, [PURPOSE], {"3"}),
    ({"encephalopathy": "present", "brain_tumor": "present"}, [PURPOSE], {"1", "3"}),
    ({"krabbe": "present"}, [MRI, TREATMENT], {"4"}),
    ({"krabbe": "present", "mri_nondiagnostic": "present"}, [TREATMENT], {"4"}),
    (
        {"krabbe": "uncertain", "mri_nondiagnostic": "present", "therapy_planning": "present"},
        [CONFIRMED],
        {"4"},
    ),
    ({"multiple_sclerosis": "uncertain"}, [CONFIRMED], {"7"}),
]


@pytest.mark.parametrize(("said", "expected", "criteria"), NEAREST)
def test_the_nearest_criterion_is_asked_for(
    mrs: Guideline, said: dict[str, str], expected: list[str], criteria: set[str]
) -> None:
    items = asked(mrs, *findings(**said).values())
    assert texts(items) == expected
    assert {number for item in items for number in item.criteria} == criteria
    assert all(item.reason is RequestReason.CRITERION and item.found_in for item in items)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"multiple_sclerosis": "absent"},
        {"mitochondrial_disorder": "family"},
        {"mri_nondiagnostic": "present"},
        {"mri_nondiagnostic": "present", "therapy_planning": "present"},
        {"epilepsy": "present", "epilepsy_presurgical": "absent"},
    ],
)
def test_where_nothing_speaks_for_a_criterion_the_reason_for_the_scan_is_asked_for(
    mrs: Guideline, said: dict[str, str]
) -> None:
    items = asked(mrs, *findings(**said).values())
    assert texts(items) == [REASON, MRI]
    assert {item.reason for item in items} == {RequestReason.NOTHING_FOUND}


def test_a_supported_criterion_leaves_nothing_to_ask_for(mrs: Guideline) -> None:
    said = findings(multiple_sclerosis="present", epilepsy="present", pacemaker="absent")
    assert asked(mrs, *said.values()) == ()
    assert documented_share(said, mrs) == 1


def test_what_only_the_reviewer_can_judge_is_not_asked_for(mrs: Guideline) -> None:
    unlisted = finding("@other_metabolic_disorder", "present")
    assert evaluate({unlisted.concept: unlisted}, mrs).criteria["5"].status == "unclear"
    assert asked(mrs, unlisted) == ()


def test_a_choice_of_diseases_is_asked_for_without_naming_one(mrs: Guideline) -> None:
    node = next(top for top in mrs.criteria if top.number == "4")
    said = findings(mri_nondiagnostic="present", therapy_planning="present")
    assert len(ways_to_complete(read_tree(node, said, mrs.concepts)).sets) == 8
    only_four = mrs.model_copy(
        update={
            "criteria": (node,),
            "concepts": mrs.concepts
            | {"therapy_planning": mrs.concepts["therapy_planning"].model_copy(update={"kind": "question"})},
        }
    )
    items = wanted(said, evaluate(said, only_four), only_four)
    assert texts(items) == [WHITE_MATTER]


SAFETY = [
    ([finding("pacemaker", "present")], RequestReason.IMPLANT_CONDITION, "implant card or record of the pacemaker"),
    ([finding("pacemaker", "uncertain")], RequestReason.SAFETY_QUESTION, "says if the pacemaker is in the body"),
    (
        [finding("pacemaker", "absent", counter=[words("present", 50)], conflicting=True)],
        RequestReason.SAFETY_CONFLICT,
        "says if the pacemaker is in the body now; the pages do not agree",
    ),
    ([finding("recent_stent", "uncertain")], RequestReason.SAFETY_QUESTION, "stent procedure, with its date"),
    ([finding("bmi_exceeds", "uncertain")], RequestReason.SAFETY_QUESTION, "height and weight"),
    (
        [finding("pacemaker", "present"), finding("mr_conditional_device", "uncertain", at=20)],
        RequestReason.IMPLANT_CONDITION,
        "MRI safety",
    ),
]


@pytest.mark.parametrize(("said", "reason", "expected"), SAFETY)
def test_an_open_safety_question_is_asked_whatever_the_criteria_say(
    mrs: Guideline, said: list[Finding], reason: RequestReason, expected: str
) -> None:
    (item,) = asked(mrs, finding("multiple_sclerosis", "present", at=900), *said)
    assert item.reason is reason
    assert expected in item.text
    assert item.concepts == (said[0].concept,)


@pytest.mark.parametrize(
    "said",
    [
        [finding("pacemaker", "present"), finding("mr_conditional_device", "present", at=20)],
        [finding("pacemaker", "present"), finding("mr_conditional_device", "absent", at=20)],
        [finding("recent_stent", "present")],
        [finding("bmi_exceeds", "present")],
        [finding("insulin_pump", "historical_resolved")],
    ],
)
def test_a_settled_safety_question_is_not_asked(mrs: Guideline, said: list[Finding]) -> None:
    assert asked(mrs, finding("multiple_sclerosis", "present", at=900), *said) == ()


def test_pages_that_could_not_be_read_are_asked_for_again(mrs: Guideline) -> None:
    (item,) = asked(mrs, finding("multiple_sclerosis", "present"), unread=(12, 3, 5, 4, 9))
    assert item.reason is RequestReason.UNREAD_PAGES
    assert item.pages == (3, 4, 5, 9, 12)
    assert "pages 3 to 5, 9 and 12 " in item.text


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ({}, 0),
        ({"mri_nondiagnostic": "present"}, 0),
        ({"brain_tumor": "present"}, 1 / 2),
        ({"krabbe": "present"}, 1 / 3),
        ({"krabbe": "present", "mri_nondiagnostic": "present"}, 2 / 3),
        ({"multiple_sclerosis": "uncertain"}, 1 / 2),
        ({"multiple_sclerosis": "present"}, 1),
    ],
)
def test_how_much_of_the_nearest_criterion_is_documented(mrs: Guideline, said: dict[str, str], share: float) -> None:
    assert documented_share(findings(**said), mrs) == pytest.approx(share)


@settings(max_examples=200, deadline=None)
@given(guidelines(), some_findings())
def test_the_list_is_never_longer_than_the_smallest_sets(guideline: Guideline, found: dict[str, Finding]) -> None:
    items = wanted(found, evaluate(found, guideline), guideline)
    criteria = {number for item in items for number in item.criteria}
    sizes = [
        ways_to_complete(read_tree(top, found, guideline.concepts)).size
        for top in guideline.criteria
        if (top.number or top.label) in criteria
    ]
    assert len(set(sizes)) <= 1
    assert sum(item.reason is RequestReason.CRITERION for item in items) <= sum(sizes)
    assert len({item.text for item in items}) == len(items)
    assert 0 <= documented_share(found, guideline) <= 1


def test_no_ask_names_a_disease_or_suggests_an_answer(mrs: Guideline) -> None:
    """A question that names the diagnosis leads to it, and the letter would tell what the records say."""
    diseases = [spec.label.partition(" (")[0].lower() for spec in mrs.concepts.values() if spec.kind == "disease"]
    asks = [spec.ask for spec in mrs.concepts.values() if spec.ask]
    asks += [node.ask for top in mrs.criteria for node in top.walk() if node.ask]
    asks += mrs.requests.nothing_found
    assert len(asks) > 20
    assert diseases
    for ask in asks:
        assert not [name for name in diseases if name in ask.text.lower()]


def test_everything_that_can_be_missing_has_an_ask_of_its_own(mrs: Guideline) -> None:
    leaves = [node for top in mrs.criteria for node in top.walk() if node.finding in mrs.concepts]
    assert leaves
    assert [n.finding for n in leaves if n.finding and not (n.ask or mrs.concepts[n.finding].ask)] == []
    safety = mrs.contraindications
    assert safety.asks.condition
    assert safety.asks.conflict
    assert safety.asks.unsure


def test_its_examples_are_true() -> None:
    done = doctest.testmod(import_module("chart_triage.matching.requests"))
    assert done.attempted
    assert done.failed == 0
