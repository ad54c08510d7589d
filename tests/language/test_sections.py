"""Section titles in the many ways in which they are written, and what they do to the words below them."""

from __future__ import annotations

import pytest

from chart_triage.language.annotator import Annotator
from chart_triage.language.judgement import section_effects
from chart_triage.language.sections import Sections, titles


def section(raw: str, words: str) -> str | None:
    """Name of the section that `words` stand in."""
    found = Sections(raw).at(raw.index(words))
    return found.name if found else None


@pytest.mark.parametrize(
    "title",
    [
        "FAMILY HISTORY:",
        "Family History:",
        "Family history -",
        "FAMILY HISTORY",
        "**Family History**",
        "## Family History",
        "3. Family History:",
        "FHx:",
        "FH:",
        "Family Hx:",
        "  Family Medical History:",
    ],
)
def test_a_title_is_known_however_it_is_written(title: str) -> None:
    assert section(f"Stable since spring.\n{title}\nMultiple sclerosis in an aunt.\n", "Multiple") == "family_history"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("IMPRESSION:", "impression"),
        ("INDICATION:", "indication"),
        ("Past Medical History:", "past_medical_history"),
        ("PMH:", "past_medical_history"),
        ("Problem List:", "problem_list"),
        ("FINDINGS:", "findings"),
        ("TECHNIQUE:", "technique"),
        ("COMPARISON:", "comparison"),
        ("Medications:", "medications"),
        ("ADDENDUM:", "addendum"),
        ("ADDENDUM 3/4/2026:", "addendum"),
        ("Review of Systems:", "review_of_systems"),
        ("A/P:", "plan"),
        ("Differential diagnosis:", "differential"),
    ],
)
def test_the_usual_titles(title: str, name: str) -> None:
    assert section(f"{title} Oligodendroglioma.\n", "Oligo") == name


def test_a_section_ends_where_the_next_begins() -> None:
    raw = "FAMILY HISTORY: Epilepsy in a brother.\nMEDICATIONS: Levetiracetam.\nPMH: Asthma.\n"
    assert section(raw, "Epilepsy") == "family_history"
    assert section(raw, "Leveti") == "medications"
    assert section(raw, "Asthma") == "past_medical_history"


def test_an_empty_section_does_not_swallow_the_next() -> None:
    raw = "FAMILY HISTORY:\n\nASSESSMENT:\nEpilepsy, well controlled.\n"
    assert section(raw, "Epilepsy") == "impression"


def test_an_unknown_title_in_capitals_ends_the_section_before_it() -> None:
    raw = "FAMILY HISTORY: none.\nNEURODIAGNOSTIC WORKUP: glioma on imaging.\n"
    assert section(raw, "glioma") == "other"


def test_a_relative_named_in_a_line_of_its_own_stays_in_the_family_history() -> None:
    raw = "FAMILY HISTORY:\nMother: multiple sclerosis\nFather: well\n"
    assert section(raw, "multiple") == "family_history"


def test_before_the_first_title_there_is_no_section() -> None:
    assert section("A 4-year-old with seizures.\nPLAN: EEG.\n", "seizures") is None


@pytest.mark.parametrize(
    "sentence", ["He has findings of a glioma.", "A plan for biopsy was made.", "The impression is of MS."]
)
def test_a_title_word_within_a_sentence_is_no_title(sentence: str) -> None:
    assert Sections(sentence).starts == []


def test_each_effect_belongs_to_a_section_that_some_title_names() -> None:
    assert section_effects()
    assert set(section_effects()) <= set(titles().values())


@pytest.mark.parametrize(
    ("raw", "concept", "status"),
    [
        ("FAMILY HISTORY: Multiple sclerosis.", "multiple_sclerosis", "family"),
        ("FAMILY HISTORY: Multiple sclerosis.\nPMH: Multiple sclerosis.", "multiple_sclerosis", "present"),
        ("DIFFERENTIAL DIAGNOSIS:\nGlioblastoma\nAbscess", "brain_tumor", "uncertain"),
        ("PAST MEDICAL HISTORY:\nEpilepsy\nPacemaker", "pacemaker", "present"),
        ("PATIENT EDUCATION:\nTell us if you have a pacemaker.", "pacemaker", "hypothetical"),
    ],
)
def test_what_a_section_makes_of_a_bare_mention(annotator: Annotator, raw: str, concept: str, status: str) -> None:
    found = {m.status.value for m in annotator.annotate(raw).mentions if m.concept == concept}
    assert status in found
