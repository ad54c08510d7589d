"""Small plots as geometry that a template draws as SVG: bars of one or two counts a week, or a line of a share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 640.0, 200.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 8.0, 12.0, 26.0
_LABELS = 9  # as many dates as stand side by side


class Bar(NamedTuple):
    """A rectangle; `told` is what a pointer on it shows, `series` which of the counts it is."""

    x: float
    y: float
    width: float
    height: float
    series: int
    told: str


class Dot(NamedTuple):
    x: float
    y: float
    told: str


class Mark(NamedTuple):
    """A label at an axis; `at` is its place on it."""

    at: float
    text: str


class Plot(NamedTuple):
    """`lines`: polylines, one for each run of weeks with a value."""

    title: str
    legend: tuple[str, ...]
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    lines: tuple[str, ...]
    across: tuple[Mark, ...]
    upwards: tuple[Mark, ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    base: float = HEIGHT - _BOTTOM


def bars(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], unit: str = "") -> Plot:
    """Bars side by side, one of each series for each label."""
    top = _round_up(max((value for _, values in series for value in values), default=0))
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    thick = min(26.0, slot * 0.8 / max(1, len(series)))
    drawn = []
    for number, (name, values) in enumerate(series):
        for place, value in enumerate(values):
            x = _LEFT + slot * (place + 0.5) + thick * (number - len(series) / 2)
            y = _height(value, top)
            told = f"{labels[place]}: {name} {value:g}{unit}"
            drawn.append(Bar(round(x, 1), y, round(thick * 0.94, 1), round(HEIGHT - _BOTTOM - y, 1), number, told))
    upwards = tuple(Mark(_height(top * n / 4, top), f"{top * n / 4:g}") for n in range(5))
    return Plot(title, tuple(name for name, _ in series), tuple(drawn), (), (), _across(labels, slot), upwards)


def shares(title: str, labels: Sequence[str], values: Sequence[float | None], told: Sequence[str]) -> Plot:
    """A line of shares from 0 to 1; it is broken where there is none."""
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    runs: list[list[Dot]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            x = round(_LEFT + slot * (place + 0.5), 1)
            runs[-1].append(Dot(x, _height(value, 1), f"{labels[place]}: {told[place]}"))
    dots = tuple(dot for run in runs for dot in run)
    lines = tuple(" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs if len(run) > 1)
    upwards = tuple(Mark(_height(n / 4, 1), f"{n * 25} %") for n in range(5))
    return Plot(title, (), (), dots, lines, _across(labels, slot), upwards)


def _across(labels: Sequence[str], slot: float) -> tuple[Mark, ...]:
    step = max(1, math.ceil(len(labels) / _LABELS))
    return tuple(Mark(round(_LEFT + slot * (n + 0.5), 1), label) for n, label in enumerate(labels) if n % step == 0)


def _height(value: float, top: float) -> float:
    """The y of a value on an axis that ends at `top`."""
    return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top, 1)


def _round_up(value: float) -> float:
    """The next of 4, 8, 20, 40, 80, 200 ..., which parts into four even steps."""
    if value <= 4:
        return 4.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step for step in (2 * power, 4 * power, 8 * power, 20 * power) if step >= value)
