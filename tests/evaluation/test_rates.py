"""Shares, F1 and their intervals, against figures from the literature and against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.evaluation.rates import Counts, Rate, wilson

FEW = st.integers(0, 200)


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_wilson_interval_is_the_published_one(right: int, total: int, low: float, high: float) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=5e-5)


@given(found=FEW, wrong=FEW, missed=FEW)
def test_a_figure_lies_within_its_interval(found: int, wrong: int, missed: int) -> None:
    counts = Counts(found=found, wrong=wrong, missed=missed)
    if counts.f1 is None or counts.f1_interval is None:
        assert found + wrong + missed == 0
        return
    low, high = counts.f1_interval
    assert 0 <= low <= counts.f1 + 1e-12
    assert counts.f1 - 1e-12 <= high <= 1


@given(found=st.integers(1, 200), wrong=FEW, missed=FEW)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(found: int, wrong: int, missed: int) -> None:
    counts = Counts(found=found, wrong=wrong, missed=missed)
    precision, recall = counts.precision.value, counts.recall.value
    assert precision is not None
    assert recall is not None
    assert counts.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_share_of_nothing_has_no_value() -> None:
    assert Rate().value is None
    assert Rate().interval is None
    assert Counts().f1 is None
    assert Counts().f1_interval is None
    assert Counts().precision.value is None
    with pytest.raises(ValueError, match="no share"):
        wilson(0, 0)


def test_counts_of_labelled_and_found() -> None:
    pairs = [(True, True), (True, False), (False, True), (False, False), (True, True)]
    assert Counts.of(pairs) == Counts(found=2, wrong=1, missed=1)
    assert Rate.of(a == b for a, b in pairs) == Rate(right=3, total=5)
