"""What OCR makes of long words is read; ordinary words are never taken for noise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chart_triage.language.annotator import Annotator
from chart_triage.language.noise import repaired, skeleton

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "content"


@pytest.mark.parametrize(
    ("noisy", "concept"),
    [
        ("gl1oblastoma", "brain_tumor"),
        ("gliob1astoma", "brain_tumor"),
        ("G L I O B L A S T O M A", "brain_tumor"),
        ("o1igodendrog1ioma", "brain_tumor"),
        ("pacernaker", "pacemaker"),
        ("pacemakcr", "pacemaker"),
        ("cochIear implant", "cochlear_implant"),
        ("coch1ear  imp1ant", "cochlear_implant"),
        ("insu1in pump", "insulin_pump"),
        ("mu1tiple scIerosis", "multiple_sclerosis"),
        ("multip1e sc1erosis", "multiple_sclerosis"),
        ("aneurysrn clip", "aneurysm_clip"),
        ("encepha1opathy", "encephalopathy"),
        ("Epiiepsy", "epilepsy"),
    ],
)
def test_a_misread_term_is_found_with_the_words_as_they_stand(annotator: Annotator, noisy: str, concept: str) -> None:
    text = f"History: {noisy}, stable."
    found = [m for m in annotator.annotate(text).mentions if m.concept == concept]
    assert found
    assert any(m.text == noisy for m in found)
    assert all(text[m.start : m.end] == m.text for m in found)
    assert all(m.confidence < 1 for m in found if m.text == noisy)


@pytest.mark.parametrize(
    "text", ["N0 evidence of gliob1astoma.", "No evidence 0f glioblastoma.", "Den1es g1ioblastoma."]
)
def test_a_misread_cue_still_negates(annotator: Annotator, text: str) -> None:
    statuses = {m.status.value for m in annotator.annotate(text).mentions if m.concept == "brain_tumor"}
    assert statuses == {"absent"}


def test_an_exact_term_keeps_full_confidence(annotator: Annotator) -> None:
    found = [m for m in annotator.annotate("Glioblastoma.").mentions if m.concept == "brain_tumor"]
    assert [m.confidence for m in found] == [1.0]


@pytest.mark.parametrize("text", ["M5 was given.", "lCD 10 codes", "1CD", "The rnan is well.", "MEL A5"])
def test_short_words_are_never_taken_for_misread_abbreviations(annotator: Annotator, text: str) -> None:
    assert annotator.annotate(text).mentions == ()


def test_ordinary_clinical_words_are_not_taken_for_noise(annotator: Annotator) -> None:
    """Every word of the fixtures that holds no term is read alone: nothing may be found by approximation."""
    words = {
        w for path in FIXTURES.rglob("*.yaml") for w in re.findall(r"[A-Za-z]{6,}", path.read_text(encoding="utf-8"))
    }
    assert len(words) > 1000
    fuzzy = {m.text for m in annotator.annotate(" . ".join(sorted(words))).mentions if m.confidence < 1}
    assert fuzzy == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gl1oma", "glioma"),
        ("pacernaker", "pacemaker"),
        ("C0CHLEAR", "cochlear"),
        ("c1ip", "clip"),
        ("Krab8e", "Krabbe"),
    ],
)
def test_confusable_spellings_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("glioma", "lipoma"), ("epilepsy", "apoplexy"), ("pacemaker", "peacemaker")]
)
def test_other_words_have_other_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("text", ["unpacernakery", "gliob1astomatosisx"])
def test_a_misread_word_within_a_longer_one_is_no_hit(annotator: Annotator, text: str) -> None:
    assert annotator.annotate(text).mentions == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("N0 evidence", "No evidence"),
        ("den1es", "denies"),
        ("w1thout", "without"),
        ("T2 signal, 10 mm, 1.5 T", "T2 signal, 10 mm, 1.5 T"),
        ("no digits here", "no digits here"),
    ],
)
def test_digits_within_words_become_letters_at_the_same_places(text: str, expected: str) -> None:
    assert repaired(text, {"denies", "without"})[: len(text)] == expected
    assert len(repaired(text)) == len(text)
