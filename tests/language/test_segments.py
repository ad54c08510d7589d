"""Statements: where a sentence, a list item or a form line ends, and which line introduces a list."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.language.segments import Statements, restore_breaks

PIECES = ["No fever", "pacemaker", "Dr. Wen", ". ", ".", "\n", "\n\n", "\f", "- ", "1. ", "2) ", "PLAN: ", ": ", ";",
          ", ", "\t", "   ", "(", ")", "☒ ", "vs. ", "noted.The ", "\r\n", "• ", "of", "page 2 of 3\n"]  # fmt: skip
RAW = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def statements(raw: str) -> list[str]:
    return [" ".join(raw[s.start : s.end].split()) for s in Statements(raw).items]


def heads(raw: str) -> dict[str, str | None]:
    """Each statement with the line that introduces its list."""
    return {
        " ".join(raw[s.start : s.end].split()): raw[slice(*s.head)].strip() if s.head else None
        for s in Statements(raw).items
    }


@given(raw=RAW)
def test_each_letter_stands_in_exactly_one_statement(raw: str) -> None:
    items = Statements(raw).items
    assert all(a.end <= b.start for a, b in pairwise(items))
    covered = {i for s in items for i in range(s.start, s.end)}
    assert [i for i, c in enumerate(raw) if c.isalnum() and i not in covered] == []
    assert all(raw[s.start : s.end].strip() for s in items)


@given(raw=RAW)
def test_a_place_is_found_in_its_own_statement(raw: str) -> None:
    found = Statements(raw)
    for index, statement in enumerate(found.items):
        assert found.index_at(statement.start) == index
        assert found.index_at(statement.end - 1) == index


@given(raw=RAW)
def test_restored_line_breaks_keep_every_offset(raw: str) -> None:
    assert len(restore_breaks(raw)) == len(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("No fever. Has a pacemaker.", ["No fever.", "Has a pacemaker."]),
        ("Seen by Dr. Wen today. Stable.", ["Seen by Dr. Wen today.", "Stable."]),
        ("Tumor vs. necrosis. Repeat.", ["Tumor vs. necrosis.", "Repeat."]),
        ("Mass of 4.7 cm. Stable.", ["Mass of 4.7 cm.", "Stable."]),
        ("was noted.The tumor grew", ["was noted.", "The tumor grew"]),
        ("No evidence of\ntumor recurrence.", ["No evidence of tumor recurrence."]),
        ("She has no history of\n\nseizures.", ["She has no history of seizures."]),
        ("Denies fever\nPacemaker: no", ["Denies fever", "Pacemaker: no"]),
        ("1. Glioma\n2. Seizures", ["1. Glioma", "2. Seizures"]),
        ("- fever\n- chills", ["- fever", "- chills"]),
        ("Impression:\tglioma\nPlan:\tMRI", ["Impression: glioma", "Plan: MRI"]),
        ("The tumor is\f unchanged.", ["The tumor is unchanged."]),
        ("Alert. PAST HISTORY: glioma", ["Alert.", "PAST HISTORY: glioma"]),
    ],
)
def test_statements_end_where_a_reader_ends_them(raw: str, expected: list[str]) -> None:
    assert statements(raw) == expected


def test_a_wrapped_paragraph_is_one_text_and_split_into_its_sentences() -> None:
    raw = (
        "The patient is a 54-year-old man who was found to have a low-grade glioma\n"
        "of the left temporal lobe on imaging. He has had no seizures since the\n"
        "last visit and tolerates levetiracetam.\n"
    )
    found = statements(raw)
    assert len(found) == 2
    assert found[0].endswith("temporal lobe on imaging.")
    assert found[1].startswith("He has had no seizures since the last visit")


@pytest.mark.parametrize("bullet", ["- ", "* ", "\u2022 ", "1. ", "(a) ", "+ ", ""], ids=repr)
def test_an_item_remembers_the_line_that_introduces_its_list(bullet: str) -> None:
    raw = f"Denies:\n{bullet}Fever\n{bullet}Pacemaker\n\nHas a stent."
    found = heads(raw)
    assert found[f"{bullet}Fever".strip()] == "Denies:"
    assert found[f"{bullet}Pacemaker".strip()] == "Denies:"
    assert found["Has a stent."] is None


def test_a_new_introduction_replaces_the_one_before() -> None:
    found = heads("Denies:\n- fever\nReports:\n- headache")
    assert found["- fever"] == "Denies:"
    assert found["- headache"] == "Reports:"


def test_breaks_that_an_export_wrote_as_commas_come_back() -> None:
    raw = "PLAN:,1.  MRI of the brain.,2.  EEG."
    assert statements(restore_breaks(raw)) == ["PLAN:", "1. MRI of the brain.", "2. EEG."]


def test_a_page_number_between_two_lines_does_not_cut_the_sentence() -> None:
    raw = "There is no evidence of\nPage 2 of 5\nrecurrent tumor."
    assert statements(restore_breaks(raw)) == ["There is no evidence of recurrent tumor."]


def test_capitals_within_a_sentence_are_no_heading() -> None:
    assert statements("Suspected MELAS: lactate 5.1") == ["Suspected MELAS: lactate 5.1"]
    assert statements("patient well HEENT: normal") == ["patient well", "HEENT: normal"]
    assert statements("Poss. MS") == ["Poss. MS"]


@pytest.mark.parametrize(
    "answer", ["Pacemaker: No", "Pacemaker? No", "Pacemaker [x] No", "Pacemaker\tNo", "Pacemaker   No"]
)
def test_an_answer_ends_its_statement(answer: str) -> None:
    assert statements(f"{answer}\n\nThe device was checked.")[-1] == "The device was checked."


def test_a_no_at_the_end_of_a_page_goes_on() -> None:
    assert statements("There is no\n\fevidence of tumor.") == ["There is no evidence of tumor."]


def test_a_statement_without_an_end_is_cut_between_words_and_knows_its_whole() -> None:
    raw = "one two three " * 300
    items = Statements(raw).items
    assert len(items) > 2
    assert {item.whole for item in items} == {(0, len(raw))}
    assert all(raw[item.start : item.end].startswith(("one", "two", "three")) for item in items)
    assert "".join(raw[item.start : item.end] for item in items) == raw
