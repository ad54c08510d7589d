"""Radio buttons on a page image: small rings that stand alone, and what is inside. "O", "0" and bullets are none."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from chart_triage.intake.ocr.form_marks import ImageMark, stands_alone
from chart_triage.intake.ocr.ink import InkMask, Parts
from chart_triage.intake.ocr.outline import disc, polar
from chart_triage.records.page import MarkState

_POINTS = 72.0
_SIDE = (5.5, 18.0)  # points: diameters of radio buttons on forms
_LEAST = 1.0  # times the height of small letters: "o" is no higher
_ROUND = (0.82, 1.22)  # width to height; "0" is narrower
_RING = (0.84, 1.16)  # of the radius, where the ink of a circle ends ...
_DRAWN = 0.88  # ... in this share of the directions
_LETTER_LIKE = 1.75  # times the height of small letters: "O", "Q", "©" are lower, most radio buttons higher
_THIN = 0.106  # of the diameter: the stroke of "O" is broader, as that of buttons in blurred scans may be
_INSIDE = 0.6  # of the radius: further out is the ring's own stroke
_EDGE = 0.12  # of the radius, at the border of the inside: white but around a blackened button
_CORE = 0.25  # of the radius: a dot covers it
_DOT = (0.9, 0.45)  # share of ink: of the core at least, of that border at most
_SAME_SIZE = 0.18  # by which the buttons of one form may differ
_IN_LINE = 0.4  # of the diameter, by which buttons of one row or column may miss each other
_RING_UNDER_TICK = 0.85  # of a ring that is drawn, where a tick or cross reaches beyond it
_REACHES = 1.8  # times the diameter: how large a button with such a tick is at most

# Share of ink inside, as in squares; a dot fills a third, a blackened button everything.
_EMPTY_BELOW, _MARKED_FROM, _SOLID_FROM = 0.06, 0.15, 0.93


class _Inside(Enum):
    NOTHING = "nothing"
    SPECKS = "specks"
    DOT = "dot"
    SOMETHING = "something"  # a tick, a cross, a letter
    SOLID = "solid"


class _Button(NamedTuple):
    place: tuple[int, int, int, int]
    inside: _Inside
    stroke: float  # in diameters

    @property
    def state(self) -> MarkState:
        return _STATES[self.inside][0]

    @property
    def size(self) -> float:
        x0, y0, x1, y1 = self.place
        return (x1 - x0 + y1 - y0) / 2


_STATES = {
    _Inside.NOTHING: (MarkState.UNTICKED, 0.95),
    _Inside.SPECKS: (MarkState.UNKNOWN, 0.5),
    _Inside.DOT: (MarkState.TICKED, 0.95),
    _Inside.SOMETHING: (MarkState.TICKED, 0.85),
    _Inside.SOLID: (MarkState.TICKED, 0.9),
}


def find_radio_buttons(ink: InkMask, parts: Parts, dpi: float, letter_height: float) -> list[ImageMark]:
    """Circles that stand alone. `ink`, of which `parts` are, is level and without check boxes; `letter_height` is in
    pixels, as the page's.

    A circle counts in the company of others in its row or column only, but for one with a dot that is larger than
    letters are. What is as small or as broad in its stroke as a letter needs a dotted one of its size on the page, too.
    """
    least, most = (side * dpi / _POINTS for side in _SIDE)
    least = max(least, _LEAST * letter_height)
    labels, stats = parts
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    fits = (wide >= least) & (high >= least) & (wide <= _REACHES * most) & (high <= _REACHES * most)
    fits[0] = False
    found, others = [], []
    for index in np.flatnonzero(fits).tolist():
        left, top, width, height = stats[index, :4].tolist()
        place = left, top, left + width, top + height
        if max(width, height) <= most and _is_ring(labels, index, place):
            button = _button(ink, place)
            if stands_alone(ink, place, letter_height, button.state):
                found.append(button)
        else:
            others.append(place)
    chosen = [button for button in found if _is_kept(button, found, letter_height)]
    chosen += _under_ticks(ink, others, chosen, letter_height)
    return [ImageMark(*_STATES[button.inside], button.place) for button in chosen]


def _is_ring(labels: NDArray[np.int32], index: int, place: tuple[int, int, int, int]) -> bool:
    x0, y0, x1, y1 = place
    if not _ROUND[0] <= (x1 - x0) / (y1 - y0) <= _ROUND[1]:
        return False
    shape = np.asarray(labels[y0:y1, x0:x1] == index, dtype=np.uint8)
    return polar(shape).share_between(*_RING) >= _DRAWN


def _button(ink: InkMask, place: tuple[int, int, int, int]) -> _Button:
    x0, y0, x1, y1 = place
    window = ink[y0:y1, x0:x1]
    high, wide = window.shape
    outside = ~disc(high, wide, 1 - 3 * _THIN)
    middle_line = np.pi * (1 - _THIN) * high * wide  # of the stroke, times the diameter
    return _Button(place, _inside(ink, place), float(window[outside].sum()) / middle_line)


def _inside(ink: InkMask, place: tuple[int, int, int, int]) -> _Inside:
    x0, y0, x1, y1 = place
    window = ink[y0:y1, x0:x1]
    high, wide = window.shape
    inner = disc(high, wide, _INSIDE)
    fill = float(window[inner].mean())
    if fill < _EMPTY_BELOW:
        return _Inside.NOTHING
    if fill < _MARKED_FROM:
        return _Inside.SPECKS
    if fill >= _SOLID_FROM:
        return _Inside.SOLID
    around = inner & ~disc(high, wide, _INSIDE - _EDGE)
    is_dot = window[disc(high, wide, _CORE)].mean() > _DOT[0] and window[around].mean() < _DOT[1]
    return _Inside.DOT if is_dot else _Inside.SOMETHING


def _is_kept(button: _Button, found: list[_Button], letter_height: float) -> bool:
    alike = [other for other in found if other is not button and _are_alike(button, other)]
    rings = [other for other in alike if other.inside in (_Inside.NOTHING, _Inside.SPECKS, _Inside.DOT)]
    has_dot = any(each.inside is _Inside.DOT for each in (button, *rings))
    company = [other for other in rings if _are_in_line(button, other) and (has_dot or other.stroke <= _THIN)]
    if button.inside is _Inside.SOLID:  # a bullet, unless open ones stand beside it
        return any(other.inside is _Inside.NOTHING for other in company)
    if button.size < _LETTER_LIKE * letter_height:
        return button.inside is not _Inside.SOMETHING and has_dot and bool(company)
    if button.inside is _Inside.DOT:
        return True
    return bool(company) and (has_dot or button.stroke <= _THIN or button.inside is _Inside.SOMETHING)


def _are_alike(one: _Button, other: _Button) -> bool:
    return abs(one.size - other.size) <= _SAME_SIZE * max(one.size, other.size)


def _are_in_line(one: _Button, other: _Button) -> bool:
    reach = _IN_LINE * one.size
    return abs(one.place[0] - other.place[0]) <= reach or abs(one.place[3] - other.place[3]) <= reach


def _under_ticks(
    ink: InkMask, others: list[tuple[int, int, int, int]], chosen: list[_Button], letter_height: float
) -> list[_Button]:
    """Buttons like the `chosen` ones whose tick or cross reaches beyond the ring, or that touch a speck."""
    sizes = sorted({round(button.size) for button in chosen if button.size >= _LETTER_LIKE * letter_height})
    if not sizes:
        return []
    size = sizes[len(sizes) // 2]
    ring = np.asarray(disc(size, size, 1.02) & ~disc(size, size, 1 - 4 / size), dtype=np.float32)
    found = []
    for x0, y0, x1, y1 in others:
        if not (size <= x1 - x0 <= _REACHES * size and size <= y1 - y0 <= _REACHES * size):
            continue
        part = cv2.dilate(ink[y0:y1, x0:x1], np.ones((2, 2), np.uint8)).astype(np.float32)
        score = cv2.matchTemplate(part, ring, cv2.TM_CCORR) / ring.sum()
        row, column = np.unravel_index(int(score.argmax()), score.shape)
        place = x0 + int(column), y0 + int(row), x0 + int(column) + size, y0 + int(row) + size
        button = _button(ink, place)
        is_button = button.inside is not _Inside.SOLID and float(score.max()) >= _RING_UNDER_TICK
        if (
            is_button
            and stands_alone(ink, place, letter_height, button.state)
            and any(_are_in_line(button, c) for c in chosen)
        ):
            found.append(button)
    return found
