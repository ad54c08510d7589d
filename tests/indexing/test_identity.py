"""Whom a page names, in headers, labels, forms and letters, and whom it does not."""

from __future__ import annotations

import random
from datetime import date

import pytest
from invented_patients import BODY, LAYOUTS, header, invent, page, spoil

from chart_triage.indexing.identity import on_page
from chart_triage.indexing.same_person import born_agreement
from chart_triage.records.geometry import Box
from chart_triage.records.page import FurnitureLine, FurnitureRole


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_tells_name_and_date_of_birth(layout: str) -> None:
    dice = random.Random(layout)
    wrong = []
    for _ in range(40):
        patient = invent(dice)
        found = on_page(page(header(patient, layout) + BODY))
        name = (found.name or "") if found else ""
        if not (found and name.startswith(patient.name) and found.born == patient.born):
            wrong.append((patient.name, found and found.name))
    assert not wrong


@pytest.mark.parametrize("layout", ["running header", "radiology", "sticker", "typewriter", "round brackets"])
def test_numbers_and_sex_are_read_without_their_labels(layout: str) -> None:
    patient = invent(random.Random(7))
    found = on_page(page(header(patient, layout) + BODY))
    assert found is not None
    assert found.numbers == (patient.number,)
    assert found.sex in (patient.sex, None)


def test_headers_of_spoiled_copies_are_still_read() -> None:
    dice, read, near, pages = random.Random(11), 0, 0, 0
    for _ in range(30):
        for layout in LAYOUTS:
            patient = invent(dice)
            found = on_page(page(spoil(header(patient, layout), 0.03, dice) + BODY))
            pages += 1
            read += found is not None
            near += bool(found and found.born and born_agreement(found.born, patient.born) in ("equal", "near"))
    assert pages == 30 * len(LAYOUTS)
    assert read >= 0.97 * pages
    assert near >= 0.75 * pages


NOBODY = {
    "a cover sheet": "To: Evergreen Health Plan\nFrom: John Smith\nRe: Prior Authorization Request\nPages: 4",
    "a subject that is no name": "RE: Medical Necessity for MR Spectroscopy\nTo whom it may concern",
    "a signature of a parent": "Patient signature: John Doe   Date: 03/02/2026\nWitness: Mary Major",
    "an empty form": "PATIENT NAME: ____________  DOB: ___/___/____",
    "an emergency contact": "EMERGENCY CONTACT\nName: Doe, John\nPhone: 555-0100\nDOB: 03/02/1950",
    "a family history": "Family History: mother DOB unknown, father died\nBrother: MELAS, born 1985\n",
    "a donor": "DONOR SEARCH\nDonor: Roe, Jane DOB 04/05/1990",
    "a signer": "Electronically signed by: Smith, John MD on 11/02/2026",
    "prose about the patient": "The patient is a 45-year-old man. Patient denies pain. His name is known to us.",
    "a problem list": "Problem\tOnset\nMaple syrup urine disease\tnewborn\nADHD, inattentive",
}


@pytest.mark.parametrize("what", NOBODY)
def test_nobody_is_named_by(what: str) -> None:
    assert on_page(page(NOBODY[what])) is None


NAMES = {
    "Patient: O'Brien-Smith, Sean Jr.\nD.O.B.: 12/31/1999": "O'BRIEN-SMITH, SEAN",
    "Pt: de la Cruz, Maria Elena  DOB 1/5/1960  MRN#445566": "DE LA CRUZ, MARIA ELENA",
    "WARD, JASPER\nDOB 03/02/1981": "WARD, JASPER",
    "Patient: PAGE, VIRGINIA\tDOB: 03/02/1981": "PAGE, VIRGINIA",
    "PATIENT: DOE JANE A\nBIRTHDATE: 03/02/1981": "DOE, JANE A",
    "Mother's name: Jane Doe\nMother's DOB: 03/02/1991\nInfant: Doe, Baby Boy\nDOB: 11/08/2026": "DOE, BABY BOY",
    "DOE, BABY BOY\nDOB 11/08/2026  SEX M\nMRN 887766\nMother: DOE, JANE  DOB: 03/02/1991": "DOE, BABY BOY",
    "PATlENT NAME: D0E, JANE   D0B: O3/O2/l98l   MRN: l23456": "DOE, JANE",
    "PatientName: DOE, JANE DateofBirth: 03/02/1981 MRN:123456": "DOE, JANE",
    "Ordering: F. Oldacre MD\nPatient Doe, Jane DOB 03/02/1981": "DOE, JANE",
    "Chart #: 4455  Patient: Mrs. Jane Doe  DOB: Mar 2, 1981": "DOE, JANE",
    "Dear Dr. Smith,\nThank you for referring Jane Doe (DOB 03/02/1981) to our clinic": "DOE, JANE",
    "Electronically signed by: Smith, John MD\nPatient: Doe, Jane (MRN 123456)": "DOE, JANE",
}


@pytest.mark.parametrize("text", NAMES)
def test_the_patient_is_named_and_nobody_else(text: str) -> None:
    found = on_page(page(text))
    assert found is not None
    assert found.name == NAMES[text]


@pytest.mark.parametrize("above", ["Springfield, Illinois 62701", "John Smith, MD", "Smith, John, MD"])
def test_a_date_of_birth_under_a_place_or_a_physician_stands_alone(above: str) -> None:
    found = on_page(page(f"{above}\nDOB: 03/02/1981"))
    assert found is not None
    assert (found.name, found.born) == (None, date(1981, 3, 2))


def test_running_headers_are_read_and_the_fax_line_is_not() -> None:
    lines = [
        ("11/02/2026 09:14 FROM: ROE, RICHARD  DOB 01/01/1950 P. 003/011", FurnitureRole.FAX_BANNER, 10),
        ("DOE, JANE", FurnitureRole.HEADER, 30),
        ("DOB 03/02/1981 SEX F", FurnitureRole.HEADER, 42),
        ("MRN QN-410553", FurnitureRole.FOOTER, 770),
    ]
    furniture = tuple(FurnitureLine(text=text, role=role, box=Box(50, y, 300, y + 10)) for text, role, y in lines)
    found = on_page(page("PROGRESS NOTE\nNo seizures.").model_copy(update={"furniture": furniture}))
    assert found is not None
    assert (found.name, found.born, found.numbers, found.sex) == ("DOE, JANE", date(1981, 3, 2), ("QN-410553",), "F")


@pytest.mark.parametrize(
    ("printed", "born"),
    [
        ("DOB: 03/02/81", date(1981, 3, 2)),
        ("DOB: 3-2-1981", date(1981, 3, 2)),
        ("DOB: 1981-03-02", date(1981, 3, 2)),
        ("DOB: 12-Mar-1981", date(1981, 3, 12)),
        ("DOB: March 12th, 1981", date(1981, 3, 12)),
        ("DOB: 25/12/1981", date(1981, 12, 25)),
        ("DOB: O3/O2/l98l", date(1981, 3, 2)),
        ("DOB: 0310211981", date(1981, 3, 2)),
        ("DOB: 03 / 02 / 1981", date(1981, 3, 2)),
        ("DOB: 19810302", date(1981, 3, 2)),
        ("1013 03/02/1981 SEX F", date(1981, 3, 2)),  # the label was misread
        ("DOB: 03/02/25\nSeen 11/02/2026", date(2025, 3, 2)),
        ("DOB: 03/02/27\nSeen 11/02/2026", date(1927, 3, 2)),
    ],
)
def test_dates_of_birth_in_every_shape(printed: str, born: date) -> None:
    found = on_page(page(printed + "\nMRN: 4711001"))
    assert found is not None
    assert found.born == born
