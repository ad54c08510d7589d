"""An abbreviation that a text defines means what it was defined to mean, here and nowhere else."""

from __future__ import annotations

import pytest

from chart_triage.language.abbreviations import definitions, occurrences
from chart_triage.language.annotator import Annotator
from chart_triage.language.cues import CueMatcher


def everything(_start: int, _end: int) -> bool:
    """Says of any words that they name something."""
    return True


def concepts(annotator: Annotator, text: str) -> dict[str, str]:
    return {m.concept: m.status.value for m in annotator.annotate(text).mentions}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("He has mitral stenosis (MS).", "MS", "mitral stenosis"),
        ("Known multiple sclerosis (MS) since 2011", "MS", "multiple sclerosis"),
        ("metachromatic leukodystrophy (MLD; ARSA)", "MLD", "metachromatic leukodystrophy"),
        ("primary medical doctor (PMD)", "PMD", "primary medical doctor"),
        ("nonketotic hyperglycinemia (NKH)", "NKH", "nonketotic hyperglycinemia"),
    ],
)
def test_a_definition_names_the_short_form_and_the_words_it_stands_for(
    cue_matcher: CueMatcher, text: str, short: str, long: str
) -> None:
    found = definitions(text, cue_matcher, set(), everything)
    assert [(d.short, text[d.start : d.end]) for d in found] == [(short, long)]


@pytest.mark.parametrize(
    "text", ["He was seen (MS) today.", "Glioma (WHO grade 2)", "Stable (see above).", "(MS)", "Dose (mg)"]
)
def test_a_bracket_alone_defines_nothing(cue_matcher: CueMatcher, text: str) -> None:
    assert definitions(text, cue_matcher, set(), everything) == []


def test_a_definition_that_can_change_nothing_is_not_looked_for(cue_matcher: CueMatcher) -> None:
    text = "He has mitral stenosis (MS)."
    assert definitions(text, cue_matcher, set(), lambda start, end: False) == []
    assert [d.short for d in definitions(text, cue_matcher, {"MS"}, lambda start, end: False)] == ["MS"]


def test_a_short_form_is_a_word_of_its_own() -> None:
    text = "MS, MSc, aMS, MS-related, (MS)"
    assert [text[s:e] for s, e in occurrences(text, "MS")] == ["MS", "MS", "MS"]
    assert len(occurrences(text, "MS")) == 3


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Mitral stenosis (MS) since childhood. MS is severe; brain MRI for headache.", "multiple_sclerosis"),
        ("Alcoholic liver disease (ALD). ALD is decompensated; brain MRI for confusion.", "x_adrenoleukodystrophy"),
        ("Medial collateral ligament (MCL) tear; the MCL was repaired.", "metachromatic_leukodystrophy"),
        ("She saw her primary medical doctor (PMD). PMD ordered a brain MRI.", "pelizaeus_merzbacher"),
    ],
)
def test_a_definition_takes_away_the_other_meaning(annotator: Annotator, text: str, concept: str) -> None:
    assert concept not in concepts(annotator, text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Leigh syndrome (LS) was confirmed. LS progresses.", "leigh"),
        ("Vanishing white matter disease (VWMD). The VWMD is stable.", "vanishing_white_matter"),
    ],
)
def test_a_definition_makes_each_short_form_a_mention(annotator: Annotator, text: str, concept: str) -> None:
    found = [m for m in annotator.annotate(text).mentions if m.concept == concept]
    assert len(found) >= 2
    assert all(text[m.start : m.end] == m.text for m in found)
