"""Words of titles that OCR misspelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.indexing.spelling import Spelling

WORDS = ("consent", "screening", "report", "facsimile")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("consent", "consent"),
        ("conscnt", "consent"),
        ("consen", "consent"),
        ("consentt", "consent"),
        ("cosnent", "consent"),
        ("consnnd", "consnnd"),
        ("rep", "rep"),
        ("resorts", "resorts"),
    ],
)
def test_one_letter_is_put_right_and_two_are_not(read: str, meant: str) -> None:
    assert Spelling(WORDS).nearest(read) == meant


def test_a_word_between_two_known_ones_stays() -> None:
    assert Spelling(("scanner", "scammer")).nearest("scanmer") == "scanmer"


def distance(a: str, b: str) -> int:
    """Letters to insert, delete, replace or swap with their neighbour (optimal string alignment)."""
    rows = [[max(i, j) if not (i and j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            )  # fmt: skip
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(st.text("abc", min_size=4, max_size=7), st.lists(st.text("abc", min_size=5, max_size=7), min_size=1, max_size=4))
def test_it_finds_what_counting_letters_finds(read: str, known: list[str]) -> None:
    near = {word for word in known if distance(read, word) == 1}
    meant = near.pop() if len(near) == 1 and read not in known else read
    assert Spelling(known).nearest(read) == meant
