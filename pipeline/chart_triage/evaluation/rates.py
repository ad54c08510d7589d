"""Shares and F1 with 95 % intervals. A share of nothing has no value and is shown as such, never as 0 or 1."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Annotated

from pydantic import Field

from chart_triage.records.page import Record

Z95 = 1.959963984540054
Count = Annotated[int, Field(ge=0)]


class Rate(Record):
    """`right` of `total`, with the Wilson score interval (Wilson 1927) at 95 %."""

    right: Count = 0
    total: Count = 0

    @property
    def value(self) -> float | None:
        return self.right / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.right, self.total) if self.total else None

    @classmethod
    def of(cls, answers: Iterable[bool]) -> Rate:
        known = list(answers)
        return cls(right=sum(known), total=len(known))


class Counts(Record):
    """What was rightly found, wrongly found and missed."""

    found: Count = 0
    wrong: Count = 0
    missed: Count = 0

    @property
    def precision(self) -> Rate:
        return Rate(right=self.found, total=self.found + self.wrong)

    @property
    def recall(self) -> Rate:
        return Rate(right=self.found, total=self.found + self.missed)

    @property
    def f1(self) -> float | None:
        total = 2 * self.found + self.wrong + self.missed
        return 2 * self.found / total if total else None

    @property
    def f1_interval(self) -> tuple[float, float] | None:
        """Wilson's interval of found / (found + wrong + missed), turned to F1 (Lam, Gopal, Qian 2023, "indirect").

        F1 itself is no binomial share; J = F1 / (2 - F1) is, and F1 = 2J / (1 + J) grows with it.
        """
        total = self.found + self.wrong + self.missed
        if not total:
            return None
        low, high = wilson(self.found, total)
        return 2 * low / (1 + low), 2 * high / (1 + high)

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Counts:
        """From pairs (labelled, found)."""
        known = list(pairs)
        return cls(
            found=sum(gold and read for gold, read in known),
            wrong=sum(read and not gold for gold, read in known),
            missed=sum(gold and not read for gold, read in known),
        )


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share. Raises ValueError unless 0 <= right <= total and total > 0."""
    if not 0 <= right <= total or not total:
        raise ValueError(f"no share: {right} of {total}")
    share, square = right / total, Z95 * Z95
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = Z95 / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(0.0, centre - half), min(1.0, centre + half)
