"""The MRI safety overlay: a state per device and condition, and the flag."""

from __future__ import annotations

import pytest
from chart_words import finding, findings, planned, words

from chart_triage.matching import evaluate
from chart_triage.records.determination import Assessment
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import Guideline
from chart_triage.records.implant import Implant, Quote, StatedMrCondition
from chart_triage.records.mention import Status

DEVICES = ["aneurysm_clip", "cochlear_implant", "icd_device", "insulin_pump", "pacemaker", "spinal_cord_stimulator"]
OVERLAY = ["bmi_exceeds", "recent_stent", *DEVICES]
FLAG = ("mri_safety_check",)

# status of the finding (planned: hypothetical, with a cue that says so), state, flagged
STATES = [
    ("present", "present", True),
    ("planned", "planned", True),
    ("hypothetical", "not_documented", False),
    ("uncertain", "uncertain", True),
    ("historical_resolved", "removed", False),
    ("absent", "absent", False),
    ("family", "not_documented", False),
]


def assessed(guideline: Guideline, *found: Finding) -> Assessment:
    return evaluate({f.concept: f for f in found}, guideline)


@pytest.mark.parametrize("concept", OVERLAY)
@pytest.mark.parametrize(("status", "state", "flagged"), STATES)
def test_a_finding_gives_a_state_and_perhaps_the_flag(
    mrs: Guideline, concept: str, status: str, state: str, flagged: bool
) -> None:
    found = planned(concept) if status == "planned" else finding(concept, status)
    assessment = assessed(mrs, found)
    assert list(assessment.contraindications) == OVERLAY
    assert {key: r.status for key, r in assessment.contraindications.items() if key != concept} == dict.fromkeys(
        [key for key in OVERLAY if key != concept], "not_documented"
    )
    assert assessment.contraindications[concept].status == state
    assert assessment.flags == (FLAG if flagged else ())


def test_silence_is_not_documented_and_carries_no_flag(mrs: Guideline) -> None:
    assessment = evaluate({}, mrs)
    assert {r.status for r in assessment.contraindications.values()} == {"not_documented"}
    assert assessment.flags == ()


@pytest.mark.parametrize("status", ["family", "hypothetical"])
def test_a_relatives_or_a_leaflets_device_is_kept_in_sight_but_not_counted(mrs: Guideline, status: str) -> None:
    result = evaluate(findings(pacemaker=status), mrs).contraindications["pacemaker"]
    assert (result.status, result.evidence) == ("not_documented", ())
    assert [item.status for item in result.counter_evidence] == [status]


def test_the_flag_does_not_touch_the_suggestion(mrs: Guideline) -> None:
    assessment = evaluate(findings(multiple_sclerosis="present", pacemaker="present"), mrs)
    assert (assessment.suggestion, assessment.flags) == ("criteria_supported", FLAG)


@pytest.mark.parametrize("device", DEVICES)
def test_a_stated_mr_condition_stands_beside_the_device_and_the_flag_stays(mrs: Guideline, device: str) -> None:
    assessment = evaluate(findings(**{device: "present", "mr_conditional_device": "present"}), mrs)
    result = assessment.contraindications[device]
    assert result.status == "present_mr_conditional"
    assert {item.text for item in result.evidence} == {device, "mr_conditional_device"}
    assert result.notes[0].startswith("Stated to be MR conditional or safe")
    assert assessment.flags == FLAG


@pytest.mark.parametrize(
    ("status", "note"),
    [("absent", "Stated not to be MR conditional"), ("uncertain", "Its MR condition is not verified")],
)
def test_an_unsafe_or_unverified_condition_is_said(mrs: Guideline, status: str, note: str) -> None:
    result = evaluate(findings(pacemaker="present", mr_conditional_device=status), mrs).contraindications["pacemaker"]
    assert result.status == "present"
    assert result.notes[0].startswith(note)
    assert {item.text for item in result.evidence} == {"pacemaker", "mr_conditional_device"}


@pytest.mark.parametrize("status", ["hypothetical", "family", "historical_resolved"])
def test_a_general_remark_on_mr_conditions_changes_nothing(mrs: Guideline, status: str) -> None:
    result = evaluate(findings(pacemaker="present", mr_conditional_device=status), mrs).contraindications["pacemaker"]
    assert (result.status, result.notes, len(result.evidence)) == ("present", (), 1)


@pytest.mark.parametrize("state", ["absent", "historical_resolved", "planned", "uncertain"])
def test_an_mr_condition_does_not_make_a_device_present(mrs: Guideline, state: str) -> None:
    pacemaker = planned("pacemaker") if state == "planned" else finding("pacemaker", state)
    with_it = assessed(mrs, pacemaker, finding("mr_conditional_device", "present", at=20))
    without = assessed(mrs, pacemaker)
    assert with_it.contraindications == without.contraindications


def test_an_mr_condition_belongs_to_implants_and_not_to_a_stent(mrs: Guideline) -> None:
    result = evaluate(findings(recent_stent="present", mr_conditional_device="present"), mrs)
    assert result.contraindications["recent_stent"].status == "present"


def test_with_several_devices_the_condition_is_the_nearest_ones(mrs: Guideline) -> None:
    unsafe = words("absent", 560)
    assessment = assessed(
        mrs,
        finding("pacemaker", "present", at=0),
        finding("cochlear_implant", "present", at=500),
        finding("mr_conditional_device", "present", at=20, counter=[unsafe]),
    )
    results = assessment.contraindications
    assert results["pacemaker"].status == "present_mr_conditional"
    assert results["cochlear_implant"].status == "present"
    assert results["cochlear_implant"].notes == ("Stated not to be MR conditional or safe, see the evidence.",)
    assert unsafe in results["cochlear_implant"].evidence
    assert unsafe not in results["pacemaker"].evidence


@pytest.mark.parametrize("status", ["absent", "historical_resolved", "family", "hypothetical"])
def test_no_on_a_form_does_not_settle_an_implant_in_a_report(mrs: Guideline, status: str) -> None:
    report = words("present", 700)
    assessment = assessed(mrs, finding("pacemaker", status, counter=[report], conflicting=True))
    result = assessment.contraindications["pacemaker"]
    assert (result.status, result.evidence) == ("uncertain", (report,))
    assert [item.status for item in result.counter_evidence] == [status]
    assert "contradicts itself" in result.notes[0]
    assert assessment.flags == FLAG


def test_an_implant_in_a_report_stays_present_beside_no_on_a_form(mrs: Guideline) -> None:
    form = words("absent", 700)
    assessment = assessed(mrs, finding("pacemaker", "present", counter=[form], conflicting=True))
    result = assessment.contraindications["pacemaker"]
    assert (result.status, result.counter_evidence) == ("present", (form,))
    assert "contradicts itself" in result.notes[0]
    assert assessment.flags == FLAG


def test_body_size_without_a_limit_stays_unknown_and_says_so(mrs: Guideline) -> None:
    result = evaluate({}, mrs).contraindications["bmi_exceeds"]
    assert result.status == "not_documented"
    assert "names no limit for body size" in result.notes[0]


@pytest.mark.parametrize(
    ("status", "shown"),
    [("present", True), ("uncertain", True), ("historical_resolved", True), ("absent", False), ("family", False)],
)
def test_another_implant_is_shown_without_the_flag(mrs: Guideline, status: str, shown: bool) -> None:
    assessment = evaluate(findings(**{"@other_implant": status}), mrs)
    assert [other.kind for other in assessment.others] == (["other_implant"] if shown else [])
    assert assessment.flags == ()


def implant(kind: str, status: str = "present") -> Implant:
    named = Quote(start=0, end=4, text=kind)
    return Implant(kind=kind, label=kind, status=Status(status), named=named)


def test_implants_are_shown_with_their_device_or_among_the_others(mrs: Guideline) -> None:
    found = findings(pacemaker="present", insulin_pump="absent", **{"@other_implant": "present"})
    assessment = evaluate(found, mrs, [implant("pacemaker"), implant("insulin_pump"), implant("shunt")])
    assert [i.kind for i in assessment.contraindications["pacemaker"].implants] == ["pacemaker"]
    assert assessment.contraindications["insulin_pump"].implants == ()
    (other,) = assessment.others
    assert [i.kind for i in other.implants] == ["shunt"]


def test_an_implant_has_the_state_and_the_mr_condition_that_the_record_ends_with(mrs: Guideline) -> None:
    found = findings(pacemaker="historical_resolved")
    (removed,) = evaluate(found, mrs, [implant("pacemaker")]).contraindications["pacemaker"].implants
    assert removed.status == "historical_resolved"
    found = findings(pacemaker="present", mr_conditional_device="uncertain")
    (unverified,) = evaluate(found, mrs, [implant("pacemaker")]).contraindications["pacemaker"].implants
    assert unverified.mr_condition is not None
    assert unverified.mr_condition.condition == "unverified"


def test_an_mr_condition_is_that_of_the_implant_it_was_read_with(mrs: Guideline) -> None:
    stated = words("present", 500)
    read_with = StatedMrCondition(
        condition="conditional", quote=Quote(start=stated.start, end=stated.end, text="words")
    )
    assessment = evaluate(
        {
            "pacemaker": finding("pacemaker", "present", at=0),
            "cochlear_implant": finding("cochlear_implant", "present", at=480),
            "mr_conditional_device": finding("mr_conditional_device", "present", at=500),
        },
        mrs,
        [implant("pacemaker").model_copy(update={"mr_condition": read_with}), implant("cochlear_implant")],
    )
    assert assessment.contraindications["pacemaker"].status == "present_mr_conditional"
    assert assessment.contraindications["cochlear_implant"].status == "present"
