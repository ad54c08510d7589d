"""What is found where something can match is all that is there: the matcher agrees with a plain one, text by text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_matcher import PlainMatcher

from chart_triage.evaluation.gold import heldout_notes, heldout_traps, negation, real_notes, traps
from chart_triage.evaluation.measure import EVAL_DIR
from chart_triage.language.flat import Flat
from chart_triage.language.hits import Hit
from chart_triage.language.segments import Statements, restore_breaks
from chart_triage.language.terms import TermMatcher
from chart_triage.records.guideline import Guideline

HERE = Path(__file__).parent
WORDS = (
    "glioma", "gl1oma", "high", "grade", "versus", "MS", "PMD", "he", "lesion", "lesions", "brain", "stent", "LAD",
    "coronary", "to", "the", "multiple", "sclerosis", "sclero-\nsis", "pace", "maker", "pacernaker's", "MRI", "was",
    "nondiagnostic", "G40.909", "recurrence", "necrosis", "icd-10", "ICD", "insulin", "pumps", "biopsy", "planned",
)  # fmt: skip
GAPS = (" ", " ", " ", "\n", ". ", ", ", "-", "  ", ": ", " (", ") ", "/", "\n\n- ")


@pytest.fixture(scope="module")
def matchers(guideline: Guideline) -> tuple[TermMatcher, PlainMatcher]:
    reported = {other.group for other in guideline.others} | {f"@{name}" for name in guideline.groups}
    return TermMatcher(guideline.terms, reported), PlainMatcher(guideline.terms, reported)


def told(hits: list[Hit]) -> list[tuple[object, ...]]:
    return [(h.start, h.end, h.term.key, h.term.facet, h.parts, h.fuzzy, h.undecided) for h in hits]


def differing(matchers: tuple[TermMatcher, PlainMatcher], texts: list[tuple[str, str]]) -> tuple[int, list[str]]:
    """How many hits there are, and the ids of the texts that the two read differently."""
    found, different = 0, []
    for id_, text in texts:
        raw = restore_breaks(text)
        hits = matchers[0].find(raw, Flat(raw, hyphens=False, join=False), Statements(raw))
        found += len(hits)
        if told(hits) != told(matchers[1].find(raw)):
            different.append(id_)
    return found, different


def test_trap_texts_and_notes_are_matched_as_by_the_plain_matcher(
    matchers: tuple[TermMatcher, PlainMatcher],
) -> None:
    folder = HERE / "heldout"
    texts = (*traps(HERE / "traps"), *heldout_traps(folder / "traps.jsonl"), *heldout_notes(folder / "notes.jsonl"))
    found, different = differing(matchers, [(gold.id, gold.text) for gold in texts])
    assert different == []
    assert found > 2000


def test_the_evaluation_texts_are_matched_as_by_the_plain_matcher(
    matchers: tuple[TermMatcher, PlainMatcher],
) -> None:
    folder = os.environ.get(EVAL_DIR)
    if not folder:
        pytest.skip(f"{EVAL_DIR} is not set")
    notes, sentences = (
        real_notes(Path(folder) / "eval/real-dev.jsonl"),
        negation(Path(folder) / "eval/negation-dev.jsonl"),
    )
    found, different = differing(matchers, [(gold.id, gold.text) for gold in (*notes, *sentences)])
    assert different == []
    assert found > 300


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=25))
def test_any_mixture_of_words_is_matched_as_by_the_plain_matcher(
    matchers: tuple[TermMatcher, PlainMatcher], mixture: list[tuple[str, str]]
) -> None:
    text = "".join(word + gap for word, gap in mixture)
    assert differing(matchers, [("mixture", text)])[1] == []
