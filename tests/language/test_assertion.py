"""What a sentence says about the words in it, and which cue said it: sentences of assertion_sentences.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from chart_triage.language import assertion
from chart_triage.language.annotator import Annotator
from chart_triage.language.cues import CueMatcher, cue_table
from chart_triage.records.mention import Axis, Status

SENTENCES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "assertion_sentences.yaml").read_text("utf-8")
)
MARK = re.compile(r"<([^<>:]+?): ?([^<>]+)>")


class Marked(NamedTuple):
    """A sentence without its marks and what each mark says: span, axes, cue ("" where the mark names none)."""

    text: str
    targets: list[tuple[int, int]]
    axes: list[set[str]]
    cues: list[str]


def read(sentence: str) -> Marked:
    text, at = "", 0
    marked = Marked("", [], [], [])
    for mark in MARK.finditer(sentence):
        text += sentence[at : mark.start()]
        axes, _, cue = mark.group(2).partition(" by ")
        marked.targets.append((len(text), len(text) + len(mark.group(1))))
        marked.axes.append(set() if axes == "plain" else {axis.strip() for axis in axes.split("+")})
        marked.cues.append(cue)
        text += mark.group(1)
        at = mark.end()
    text += sentence[at:]
    assert marked.targets, sentence
    assert not set(text) & set("<>"), sentence
    assert all(found <= {axis.value for axis in Axis} for found in marked.axes), sentence
    return marked._replace(text=text)


def cases() -> list[str]:
    found = [sentence for group in SENTENCES.values() for sentence in group]
    assert len(found) == len(set(found))
    return found


def test_each_axis_is_asked_for() -> None:
    asked = {axis for sentence in cases() for axes in read(sentence).axes for axis in axes}
    assert asked == {axis.value for axis in Axis}


@pytest.mark.parametrize("sentence", cases())
def test_each_mark_of_a_sentence(annotator: Annotator, sentence: str) -> None:
    marked = read(sentence)
    found = annotator.annotate(marked.text, targets=marked.targets).targets
    assert [(t.start, t.end) for t in found] == marked.targets
    words = [marked.text[start:end] for start, end in marked.targets]
    read_axes = [{axis.value for axis in target.axes} for target in found]
    assert list(zip(words, read_axes, strict=True)) == list(zip(words, marked.axes, strict=True))
    for target, cue in zip(found, marked.cues, strict=True):
        assert not cue or any(cue in c.text.lower() for c in target.cues)


@pytest.mark.parametrize("sentence", cases())
def test_a_named_cue_stands_where_it_is_said_to_stand(annotator: Annotator, sentence: str) -> None:
    marked = read(sentence)
    for target in annotator.annotate(marked.text, targets=marked.targets).targets:
        for cue in target.cues:
            assert cue.start is not None
            assert marked.text[cue.start : cue.end].lower() == cue.text.lower()


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("PHARYNX IS PINK WITHOUT EXUDATES.", "PHARYNX IS PINK WITHOUT EXUDATES"),
        ("Chest is free of wheezes.", "Chest is free of wheezes"),
        ("No-flow phenomenon seen.", "No-flow phenomenon"),
    ],
)
def test_a_cue_inside_of_the_words_says_nothing_about_them(annotator: Annotator, sentence: str, words: str) -> None:
    start = sentence.index(words)
    (target,) = annotator.annotate(sentence, targets=[(start, start + len(words))]).targets
    assert Axis.NEGATED not in target.axes


@pytest.mark.parametrize(
    ("text", "words", "axis"),
    [
        ("Denies:\n- fever\n- seizures\n", "seizures", "negated"),
        ("Denies:\n\u2022 Fever\n\u2022 Seizures\n", "Seizures", "negated"),
        ("No evidence of\nrecurrent tumor.", "tumor", "negated"),
        ("No evidence  of\n  recurrent tumor.", "tumor", "negated"),
        ("FAMILY HISTORY:\nMultiple sclerosis.\n", "Multiple sclerosis", "family"),
        ("Extremities: No edema.", "Extremities", None),
    ],
)
def test_cues_reach_over_lines_and_into_lists(annotator: Annotator, text: str, words: str, axis: str | None) -> None:
    start = text.index(words)
    (target,) = annotator.annotate(text, targets=[(start, start + len(words))]).targets
    assert [a.value for a in target.axes] == ([axis] if axis else [])


@pytest.mark.parametrize(
    ("kinds", "concept_kind", "status"),
    [
        ((), "disease", Status.PRESENT),
        (("negated",), "disease", Status.ABSENT),
        (("uncertain",), "disease", Status.UNCERTAIN),
        (("uncertain",), "question", Status.PRESENT),
        (("planned",), "question", Status.PRESENT),
        (("planned",), "device", Status.HYPOTHETICAL),
        (("planned",), "disease", Status.PRESENT),
        (("hypothetical",), "question", Status.HYPOTHETICAL),
        (("unverified",), "question", Status.UNCERTAIN),
        (("unverified", "uncertain"), "question", Status.UNCERTAIN),
        (("unverified",), "disease", Status.PRESENT),
        (("historical",), "disease", Status.PRESENT),
        (("resolved",), "device", Status.HISTORICAL_RESOLVED),
        (("family", "negated"), "disease", Status.FAMILY),
        (("negated", "uncertain"), "disease", Status.ABSENT),
        (("hypothetical", "uncertain"), "disease", Status.HYPOTHETICAL),
    ],
)
def test_axes_make_one_status(kinds: tuple[str, ...], concept_kind: str, status: Status) -> None:
    match = assertion.CueMatch(0, 1, "cue", ())
    deciding = {kind: assertion.Deciding(kind, match, 1, True) for kind in kinds}
    found, cue = assertion.status_of(assertion.Assertion(deciding), concept_kind)
    assert found is status
    assert (cue is not None) == (
        status is not Status.PRESENT or bool({"uncertain", "planned"} & set(kinds) and concept_kind == "question")
    )


def test_the_reason_names_the_cue_and_its_distance(annotator: Annotator) -> None:
    (mention,) = [
        m for m in annotator.annotate("CT: no evidence of a residual glioma.").mentions if m.concept == "brain_tumor"
    ]
    assert mention.reason == "negated by 'no evidence of', 2 words before"


def test_each_row_of_the_cue_table_is_found_in_its_own_words(cue_matcher: CueMatcher) -> None:
    table = cue_table()
    assert len(table) > 1000
    missed = []
    for written in table:
        cue = written.removeprefix("^")  # counts where a clause begins
        doc = cue_matcher.doc(f"word {cue} word" if cue == written else f"word; {cue} word")
        if not any(match.text.lower() == cue for match in cue_matcher(doc)):
            missed.append(cue)
    assert missed == []


def test_each_meaning_of_a_cue_is_one_that_the_rules_know() -> None:
    kinds = {reach.kind for reaches in cue_table().values() for reach in reaches}
    known = {"negated", "uncertain", "historical", "resolved", "hypothetical", "planned", "family", "affirmed", "stop",
             "settled", "example", "remains", "reported", "unverified",
             "conditional", "pending", "pseudo", "except", "reports"}  # fmt: skip
    assert kinds == known
    assert {reach.direction for reaches in cue_table().values() for reach in reaches} <= {
        "forward",
        "backward",
        "both",
        "none",
        "",
    }
