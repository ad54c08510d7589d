"""The words of a guideline's lexicon are found however they are printed, and only under their conditions."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chart_triage.language.flat import Flat
from chart_triage.language.segments import Statements
from chart_triage.language.terms import TermMatcher
from chart_triage.records.lexicon import Term, TermKind


@dataclass
class Lexicon:
    """Terms written one by one, as rows of terms.csv."""

    rows: list[Term]

    def find(self, text: str) -> list[tuple[str, str]]:
        """Keys and words of all hits, by place."""
        hits = TermMatcher(self.rows).find(text, Flat(text, hyphens=False, join=False), Statements(text))
        return [(hit.term.key, text[hit.start : hit.end]) for hit in hits]


def row(key: str, term: str, kind: str = "literal", needs: str = "", unless: str = "") -> Term:
    return Term(key=key, term=term, kind=TermKind(kind), needs=needs, unless=unless, source="test", line=1)


@pytest.mark.parametrize(
    "words",
    [
        "multiple sclerosis",
        "Multiple  Sclerosis",
        "multiple\nsclerosis",
        "multiple \t sclerosis",
        "MULTIPLE-SCLEROSIS",
        "multiple scle-\nrosis",
    ],
)
def test_a_literal_is_found_over_white_space_hyphens_and_line_ends(words: str) -> None:
    assert Lexicon([row("ms", "multiple sclerosis")]).find(f"Known {words}.") == [("ms", words)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("two pacemakers", "pacemakers"), ("the pacemaker's lead", "pacemaker's"), ("pacemaker", "pacemaker")],
)
def test_plurals_and_possessives_belong_to_the_word(text: str, found: str) -> None:
    assert Lexicon([row("device", "pacemaker")]).find(text) == [("device", found)]


@pytest.mark.parametrize("text", ["pacemakered", "apacemaker", "pacer maker", "glioma"])
def test_part_of_another_word_is_no_hit(text: str) -> None:
    assert Lexicon([row("device", "pacemaker")]).find(text) == []


def test_an_abbreviation_keeps_its_case() -> None:
    lexicon = Lexicon([row("ms", "MS", "exact")])
    assert lexicon.find("MS today") == [("ms", "MS")]
    assert lexicon.find("ms today, Ms. Bell, MSc") == []


def test_a_code_takes_what_is_below_it() -> None:
    lexicon = Lexicon([row("epilepsy", "G40", "code")])
    assert lexicon.find("Dx: G40.909, I10") == [("epilepsy", "G40.909")]
    assert lexicon.find("AG40") == []


def test_of_overlapping_terms_of_one_key_the_longest_stays() -> None:
    lexicon = Lexicon([row("tumor", "glioma"), row("tumor", "brain stem glioma"), row("stem", "brain stem")])
    assert sorted(lexicon.find("a brain stem glioma")) == [("stem", "brain stem"), ("tumor", "brain stem glioma")]


@pytest.mark.parametrize(
    ("scope", "text", "met"),
    [
        ("sentence", "Lesion of the brain.", True),
        ("sentence", "Lesion. The brain is fine.", False),
        ("near", "Lesion. The brain is fine.", True),
        ("near", "Lesion. He is well. He went home. The brain is fine.", False),
        ("document", "Lesion. He is well. He went home. The brain is fine.", True),
        ("before", "brain lesion", True),
        ("before", "lesion of the brain", False),
        ("after", "lesion of the brain", True),
        ("after", "lesion that was seen last week in the brain", False),
    ],
)
def test_a_condition_holds_within_its_scope(scope: str, text: str, met: bool) -> None:
    needing = Lexicon([row("tumor", "lesion", needs=f"{scope}:@brain"), row("@brain", "brain")])
    barred = Lexicon([row("tumor", "lesion", unless=f"{scope}:@brain"), row("@brain", "brain")])
    assert bool(needing.find(text)) is met
    assert bool(barred.find(text)) is not met


def test_any_of_several_conditions_is_enough() -> None:
    lexicon = Lexicon(
        [
            row("ms", "MS", "exact", needs="document:@drug|document:@plaque"),
            row("@drug", "ocrelizumab"),
            row("@plaque", "plaques"),
        ]
    )
    assert lexicon.find("MS on ocrelizumab") == [("ms", "MS")]
    assert lexicon.find("MS with plaques") == [("ms", "MS")]
    assert lexicon.find("MS with AS") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The MRI was nondiagnostic.", True),
        ("nondiagnostic MRI", False),
        ("The MRI was done. It was nondiagnostic.", False),
        ("MRI of brain and neck and spine and hips was nondiagnostic", False),
    ],
)
def test_an_ordered_pattern_stands_in_one_statement_within_its_gap(text: str, found: bool) -> None:
    lexicon = Lexicon([row("poor", "@mri > @poor /4", "pattern"), row("@mri", "MRI"), row("@poor", "nondiagnostic")])
    assert bool(lexicon.find(text)) is found


def test_a_text_without_any_term_has_no_hit() -> None:
    assert Lexicon([row("tumor", "glioma")]).find("The weather is fine.") == []
    assert Lexicon([row("tumor", "glioma")]).find("") == []
