"""Make, model, dates and stated MR condition of implants: what is printed near a device is its own, nothing else."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from chart_triage.assess import Assessor
from chart_triage.records.implant import Implant


class Told(NamedTuple):
    maker: str | None = None
    model: str | None = None
    on: str | None = None
    off: str | None = None
    condition: str | None = None


def implants(assessor: Assessor, text: str) -> dict[str, Told]:
    result = assessor.text("x", text)
    shown = [i for c in result.contraindications.values() for i in c.implants]
    shown += [i for other in result.others for i in other.implants]
    for implant in shown:
        assert text[implant.named.start : implant.named.end] == implant.named.text
    return {implant.kind: told(implant, text) for implant in shown}


def told(implant: Implant, text: str) -> Told:
    days = []
    for day in (implant.implanted_on, implant.removed_on):
        cut = {"day": 10, "month": 7, "year": 4}.get(day.precision, 10) if day else 0
        days.append(day.first.isoformat()[:cut] if day else None)
    details = (implant.manufacturer, implant.model, implant.implanted_on, implant.removed_on, implant.mr_condition)
    for detail in details:
        if detail is not None:
            assert text[detail.quote.start : detail.quote.end] == detail.quote.text
    return Told(
        implant.manufacturer.value if implant.manufacturer else None,
        implant.model.value if implant.model else None,
        *days,
        implant.mr_condition.condition if implant.mr_condition else None,
    )


CASES = [
    (
        "He has a Medtronic Azure XT DR pacemaker placed 12/03/2021, MR conditional.",
        {"pacemaker": Told("Medtronic", "Azure XT DR", "2021-12-03", None, "conditional")},
    ),
    (
        "Medtronic Azure XT DR pacemaker placed 12/03/2021, MR conditional, and a "
        "MED-EL Synchrony cochlear implant (2015).",
        {
            "pacemaker": Told("Medtronic", "Azure XT DR", "2021-12-03", None, "conditional"),
            "cochlear_implant": Told("MED-EL", "Synchrony", "2015"),
        },
    ),
    (
        "PMH: VNS (LivaNova SenTiva, 2018), VP shunt with Strata II valve, total hip arthroplasty 2011.",
        {
            "vagus_nerve_stimulator": Told("LivaNova", "SenTiva", "2018"),
            "shunt": Told("Medtronic", "Strata II"),
            "joint_prosthesis": Told(on="2011"),
        },
    ),
    (
        "DEVICE CARD\nManufacturer: Boston Scientific\nModel: L331\nImplant date: 06/14/2020\nPacemaker dual chamber",
        {"pacemaker": Told("Boston Scientific", "L331", "2020-06-14")},
    ),
    (
        "Pacemaker: Yes\nMake/Model: Biotronik Edora 8 DR-T   Implant date: 2019\nICD: No",
        {"pacemaker": Told("Biotronik", "Edora 8 DR-T", "2019")},
    ),
    ("Spinal cord stimulator explanted 5/2022.", {"spinal_cord_stimulator": Told(off="2022-05")}),
    ("ICD removed in 2014.", {"icd_device": Told(off="2014")}),
    (
        "OPERATIVE REPORT\nDATE OF PROCEDURE: 12/03/2021\nPROCEDURE: Implantation of dual-chamber pacemaker, left\n",
        {"pacemaker": Told(on="2021-12-03")},
    ),
    (
        "Loop recorder (LINQ II) placed March 2024; baclofen pump SynchroMed II implanted 2017, "
        "MRI status not verified.",
        {
            "loop_recorder": Told("Medtronic", "LINQ II", "2024-03"),
            "drug_pump": Told("Medtronic", "SynchroMed II", "2017", None, "unverified"),
        },
    ),
    (
        "In 2019, a pacemaker was placed; in 2021, a VP shunt was inserted.",
        {"pacemaker": Told(on="2019"), "shunt": Told(on="2021")},
    ),
    (
        "Aneurysm clip (Yasargil titanium) 4/2009, MR safe.",
        {"aneurysm_clip": Told("Aesculap", "Yasargil titanium", "2009-04", None, "safe")},
    ),
    ("Pacemaker in place, MR unsafe.", {"pacemaker": Told(condition="unsafe")}),
    ("Vagus nerve stimulator: Yes, model 1000, 2023", {"vagus_nerve_stimulator": Told(None, "1000", "2023")}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] for text, _ in CASES])
def test_details_of_implants(assessor: Assessor, text: str, expected: dict[str, Told]) -> None:
    assert implants(assessor, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Pacemaker interrogated 3/2/2026.",
        "Patient with pacemaker, seen 11/09/2026 for headaches.",
        "Pacemaker in place. Precision of gait good; symmetry normal.",
        "Pacemaker in place. MRI brain 2019 normal.",
        "Pacemaker: generator replaced 2021.",
    ],
)
def test_other_dates_and_words_are_no_details(assessor: Assessor, text: str) -> None:
    assert implants(assessor, text) == {"pacemaker": Told()}


@pytest.mark.parametrize("text", ["No pacemaker.", "Pacemaker: No", "Father has a Medtronic pacemaker."])
def test_what_the_patient_does_not_have_is_no_implant(assessor: Assessor, text: str) -> None:
    assert implants(assessor, text) == {}


def test_a_planned_device_was_not_put_in_yet(assessor: Assessor) -> None:
    text = "She is scheduled for pacemaker implantation on 12/15/2026."
    assert implants(assessor, text)["pacemaker"].on is None
