"""Colours of the highlights, the same in the PDF and in the HTML report.

The seven group colours, the safety red and the neutral grey were chosen together: any two differ by at least 17
(CIE76) as seen with normal vision, protanopia, deuteranopia and tritanopia, and black text on each has a contrast
of at least 8:1. A colour is never the only sign: each highlight also carries the criterion's number with + or −.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tone:
    """`name` is the CSS class; `fill` lies under the words; `line` draws the outline or underline."""

    name: str
    fill: str
    line: str
    dashed: bool = False


GROUPS = (
    Tone("g1", "#F6CB32", "#7A5C00"),
    Tone("g2", "#5AA5FF", "#0B4A99"),
    Tone("g3", "#A1FFA4", "#1C6B20"),
    Tone("g4", "#D19A25", "#6B4A00"),
    Tone("g5", "#F1BDFF", "#7A2A8F"),
    Tone("g6", "#E5E46B", "#5C5B00"),
    Tone("g7", "#B697C3", "#553366"),
)
SAFETY = Tone("safety", "#FF8A80", "#A3160B")
AGAINST = Tone("against", "#C3C8CF", "#39424E", dashed=True)
OTHER = Tone("other", "#E6DDD2", "#5E4B33", dashed=True)
ALL = (*GROUPS, SAFETY, AGAINST, OTHER)


def of_group(index: int) -> Tone:
    """The tone of the guideline's `index`-th top-level criterion (from 0); the colours repeat after seven."""
    return GROUPS[index % len(GROUPS)]


def rgb(colour: str) -> tuple[float, float, float]:
    """
    >>> rgb("#FF8000")
    (1.0, 0.502, 0.0)
    """
    red, green, blue = (round(int(colour[i : i + 2], 16) / 255, 4) for i in (1, 3, 5))
    return (red, green, blue)
