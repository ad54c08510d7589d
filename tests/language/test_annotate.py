"""The language stage as a whole: nothing is read into a text that has nothing, and each place is read by itself."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.evaluation.gold import GoldText, heldout_notes, traps
from chart_triage.findings import collect
from chart_triage.language.annotator import Annotator
from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Axis, Mention
from chart_triage.records.reading import Reading

HERE = Path(__file__).parent
TRAPS = traps(HERE / "traps")
NOTES = heldout_notes(HERE / "heldout" / "notes.jsonl")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\f",
        "The weather is fine.",
        "Knee pain after a fall. No fracture.\nPlan: ice.",
        "12345 67/89",
        "☐ ☒ [ ]",
    ],
)
def test_a_text_without_any_term_gives_the_empty_reading(annotator: Annotator, text: str) -> None:
    assert annotator.annotate(text, note_date=date(2026, 3, 14)) == Reading(note_date=date(2026, 3, 14))


@given(text=st.text(max_size=300))
def test_any_text_at_all_is_read(annotator: Annotator, text: str) -> None:
    assert all(text[m.start : m.end] == m.text for m in annotator.annotate(text).mentions)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Chart lists an aneurysm clip. Report: the aneurysm was coiled, no aneurysm clip was placed.", "absent"),
        ("Chart lists an aneurysm clip. No aneurysm growth.", "present"),
        ("MRI brain shows an aneurysm clip. Form: no aneurysm clip.", "present"),
    ],
)
def test_what_is_only_quoted_from_elsewhere_yields_to_a_denial(
    annotator: Annotator, guideline: Guideline, text: str, status: str
) -> None:
    found = collect(annotator.annotate(text).mentions, guideline)
    assert found["aneurysm_clip"].status == status


@pytest.mark.parametrize(
    ("text", "concept", "status"),
    [
        ("Presurgical evaluation for intractable epilepsy.", "epilepsy", "present"),
        ("Evaluation for epilepsy.", "epilepsy", "uncertain"),
        ("Considering gene therapy for metachromatic leukodystrophy.", "metachromatic_leukodystrophy", "present"),
        ("Considering metachromatic leukodystrophy.", "metachromatic_leukodystrophy", "uncertain"),
        ("Insulin pump since 2015.", "insulin_pump", "present"),
        ("Candidate for HSCT if the MRI shows progression. Krabbe disease.", "therapy_planning", "hypothetical"),
        ("Meeting to decide if he should have HSCT. Krabbe disease.", "therapy_planning", "present"),
        ("May be for biopsy of the left thalamic glioma, request illegible.", "biopsy_guidance", "uncertain"),
    ],
)
def test_what_is_known_what_is_asked_and_what_is_tied_to_a_condition(
    annotator: Annotator, guideline: Guideline, text: str, concept: str, status: str
) -> None:
    assert collect(annotator.annotate(text).mentions, guideline)[concept].status == status


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        ("Diabetes: No\nHypertension: Yes", "Diabetes", "absent"),
        ("Diabetes: No\nHypertension: Yes", "Hypertension", "present"),
        ("Extremities: No edema.", "Extremities", "present"),
        ("Extremities: No edema.", "edema", "absent"),
    ],
)
def test_a_form_answers_for_words_that_the_lexicon_does_not_know(
    annotator: Annotator, text: str, words: str, status: str
) -> None:
    start = text.index(words)
    (target,) = annotator.annotate(text, targets=[(start, start + len(words))]).targets
    assert target.status == status
    assert (Axis.NEGATED in target.axes) == (status == "absent")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EXAM: MRI BRAIN\nFINDINGS: No restricted diffusion. No mass. Ventricles normal.", True),
        ("No intracranial abnormality, in particular no tumor.", True),
        ("Neck supple, no masses. Neuro: cerebellum intact.", False),
        ("Abdomen: soft, no mass.", False),
        ("MRI of the brain: no mass effect.", False),
    ],
)
def test_no_mass_counts_in_head_imaging_alone(annotator: Annotator, text: str, *, found: bool) -> None:
    statuses = [m.status for m in annotator.annotate(text).mentions if m.concept == "brain_tumor"]
    assert statuses == (["absent"] if found else [])


def test_every_mention_quotes_the_text_and_every_cue_its_own_words(annotator: Annotator) -> None:
    seen = 0
    for gold in (*TRAPS, *NOTES):
        for mention in annotator.annotate(gold.text, note_date=gold.note_date).mentions:
            assert gold.text[mention.start : mention.end] == mention.text, gold.id
            assert mention.reason, gold.id
            for cue in mention.cues:
                if cue.start is not None and cue.kind != "mark":
                    assert _plain(gold.text[cue.start : cue.end]) == _plain(cue.text), gold.id
            seen += 1
    assert seen > 1000


def test_the_same_text_is_read_the_same_again(annotator: Annotator, guideline: Guideline) -> None:
    other = Annotator(guideline)
    for gold in NOTES[:10]:
        first = annotator.annotate(gold.text, note_date=gold.note_date)
        assert first.mentions
        assert first == annotator.annotate(gold.text, note_date=gold.note_date)
        assert first == other.annotate(gold.text, note_date=gold.note_date)


def test_looking_only_where_something_matches_changes_nothing(annotator: Annotator) -> None:
    """A target at every fifth word takes the full way through the statements; the mentions stay what they were."""
    different = []
    for gold in (*TRAPS, *NOTES):
        words = [match.span() for match in re.finditer(r"\w+", gold.text)][::5]
        quick = annotator.annotate(gold.text, note_date=gold.note_date)
        full = annotator.annotate(gold.text, note_date=gold.note_date, targets=words)
        assert len(full.targets) == len(words) > 0
        if full.mentions != quick.mentions:
            different.append(gold.id)
    assert different == []


def _shifted(mention: Mention, by: int) -> tuple[object, ...]:
    cues = tuple((c.text, c.kind, None if c.start is None else c.start + by) for c in mention.cues)
    return (mention.concept, mention.start + by, mention.end + by, mention.status, mention.axes, cues, mention.reason)


def test_pages_one_after_the_other_are_read_as_each_alone(annotator: Annotator) -> None:
    """Sentences of different pages do not mix: a page's mentions are those of the page alone, moved by its offset.

    Only pages whose reading needs nothing but themselves are used: no section, abbreviation or condition that
    reaches over the document's other pages.
    """
    pages = [
        "IMPRESSION: No evidence of glioma.",
        "HISTORY: He has a pacemaker, placed in 2011.",
        "FAMILY HISTORY: Mother has multiple sclerosis.",
        "MRI SAFETY:\nCochlear implant: No\nInsulin pump: Yes",
        "PLAN: Possible Leigh syndrome; exome sequencing.",
    ]
    whole = "\n\n\f".join(pages)
    expected, at = [], 0
    for page in pages:
        alone = annotator.annotate(page).mentions
        assert alone, page
        expected += [_shifted(m, at) for m in alone]
        at += len(page) + 3
    assert sorted(map(repr, expected)) == sorted(repr(_shifted(m, 0)) for m in annotator.annotate(whole).mentions)


@pytest.mark.parametrize("gold", NOTES[:20], ids=lambda gold: gold.id)
def test_blank_lines_before_a_note_only_move_its_mentions(annotator: Annotator, gold: GoldText) -> None:
    alone = annotator.annotate(gold.text, note_date=gold.note_date).mentions
    moved = annotator.annotate("\n" * 50 + gold.text, note_date=gold.note_date).mentions
    assert alone
    assert [_shifted(m, 50) for m in alone] == [_shifted(m, 0) for m in moved]


def test_targets_are_asserted_in_the_order_in_which_they_are_asked_for(annotator: Annotator) -> None:
    text = "No fever. Possible stroke. Mother has gout."
    spans = [(text.index(w), text.index(w) + len(w)) for w in ("gout", "fever", "stroke")]
    found = annotator.annotate(text, targets=spans).targets
    assert [(t.start, t.end) for t in found] == spans
    assert [[a.value for a in t.axes] for t in found] == [["family"], ["negated"], ["uncertain"]]


def test_the_date_of_the_note_is_taken_from_the_text_where_none_is_given(annotator: Annotator) -> None:
    text = "Date of service: 05/13/2026\nCoronary stent placed three weeks ago."
    assert annotator.annotate(text).note_date == date(2026, 5, 13)
    assert annotator.annotate(text, note_date=date(2026, 6, 1)).note_date == date(2026, 6, 1)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text.lower() if c.isalnum()).replace("0", "o").replace("1", "i").replace("l", "i")
