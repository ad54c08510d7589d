"""What says who somebody is, and what must stay in a copy that shall not say it."""

from __future__ import annotations

import time
from datetime import date

import pytest
from benchmarks import deidentify

from chart_triage.indexing.identifiers import identifiers
from chart_triage.records.chart_index import Identity


def redacted(text: str, *persons: Identity) -> str:
    for each in reversed(identifiers(text, persons)):
        text = f"{text[: each.start]}<{each.kind}>{text[each.end :]}"
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient: Quill, Ann   DOB: 07/23/1961", "Patient: <name>   DOB: <birth>"),
        ("MRN: 80417763\tPhone (713) 555-0147", "MRN: <number>\tPhone <phone>"),
        ("seen by Dr. Marrow on March 3rd, 2026", "seen by Dr. <name> on <date>"),
        ("Jane Doe, NP\nfax 713.555.0147 x12, j.doe@site.org", "<name>, NP\nfax <phone>, <email>"),
        ("Lives at 12 Elm Street, Houston, TX 77030-1234", "Lives at <address>, <address>"),
        ("Serial number ABC123456, claim CLM-0098123", "Serial number <number>, claim <number>"),
        ("a 93-year-old whose mother died at 64 years", "a <age>-year-old whose mother died at 64 years"),
    ],
)
def test_what_is_found(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "CPT 76390, diagnosis C71.2; MR spectroscopy at 1.5 T and 3 T",
        "Strength 4/5 right, 5/5 left. Platelets 150. Levetiracetam 1,000 mg. Glioma since 2019.",
        "MS lesions; Mother: Alzheimer disease. Recurrence versus radiation necrosis. No pacemaker.",
    ],
)
def test_what_a_reader_of_the_copy_needs_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_name_number_or_birth_that_is_known_is_found_wherever_and_however_it_stands() -> None:
    person = Identity(name="QUILL-MARROW, ANN", born=date(1961, 7, 23), numbers=("80-4177",))
    told = redacted("ANN QUILL asked. Quill-Marrow's glioma; born on 23 July 1961; see 804177. Quill again.", person)
    assert told == "<name> asked. <name>'s glioma; born on <birth>; see <number>. <name> again."


def test_recall_on_synthetic_charts_and_what_it_costs() -> None:
    """The floors of docs/security.md, on fewer charts."""
    charts = list(deidentify.notes(60, 3))
    for told, floor in ((False, 0.96), (True, 0.99)):
        found = deidentify.score(charts, told=told)
        assert found.planted.total() > 1000
        assert 1 - found.left.total() / found.planted.total() >= floor, found.missed
        assert found.lost / found.words < 0.06


@pytest.mark.parametrize("piece", ["Name: ", "MRN 12345678 ", "Dr. A. ", "A-", "12 Elm ", "1-2", "a.b@"])
def test_a_page_made_of_labels_costs_no_more_than_it_is_long(piece: str) -> None:
    took = []
    for count in (1_000, 8_000):
        began = time.process_time()
        identifiers(piece * count)
        took.append(time.process_time() - began)
    assert took[1] < 8 * 5 * max(took[0], 0.01)
