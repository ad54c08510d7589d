"""Boxes on a page."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, config=ConfigDict(allow_inf_nan=False, hide_input_in_errors=True))
class Box:
    """A rectangle in PDF points (1/72 inch), origin at the top-left of the upright page, y downwards.

    Invariant: x0 <= x1 and y0 <= y1. That it lies on its page is checked by `Page`.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.x0 > self.x1 or self.y0 > self.y1:
            raise ValueError(f"box corners are out of order: {self.x0}, {self.y0}, {self.x1}, {self.y1}")
        return self

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def as_list(self) -> list[float]:
        """`[x0, y0, x1, y1]` rounded to a hundredth of a point, as written to JSON."""
        return [round(v, 2) for v in (self.x0, self.y0, self.x1, self.y1)]
