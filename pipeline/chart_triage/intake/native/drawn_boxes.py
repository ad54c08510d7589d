"""Check boxes and radio buttons that are drawn as paths, ticked by a cross, a tick, a filling or a character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chart_triage.intake.layout.placed import PlacedWord, Rectangle, Sign, sign_word
from chart_triage.intake.native.drawing import Drawing, Stroke
from chart_triage.intake.native.page_frame import PageFrame
from chart_triage.records.page import MarkState

_SMALLEST, _LARGEST = 4.5, 20.0  # points, the side of a check box
_SQUARE_WITHIN = 0.2  # difference of the sides, of the longer one
_ON_BORDER = 0.15  # of the side: how far a point of an outline may lie inside
_SAME_BOX = 0.3  # of the side, between the middles of two outlines of one box
_TICK_SIZE = 0.35  # of the side: smaller ink inside may be a speck
_TICK_REACH = 2.6  # of the side: a tick by hand runs over the box, a longer line belongs to something else
_DARK, _LIGHT = 0.45, 0.8  # luminance of a filling that ticks, and of one that does not
_INNER = 0.6  # of the side: a smaller shape inside is a dot, not a second outline
_RECENT = 40  # boxes among which a further outline of the same box is sought: it is painted soon after
_COMB_GAP = 1.5  # points between the squares of a comb for single letters
_MAX_BOXES = 300  # more squares than that are the markers of a plot
_TICKS = frozenset("xX✓✔✗✘✕✖×√☒☑●■•∙·/\\vV4")


@dataclass(slots=True)
class _Candidate:
    """Outlines of one box, in painting order."""

    outlines: list[Stroke]

    @property
    def place(self) -> Rectangle:
        return max((s.place for s in self.outlines), key=lambda p: p[2] - p[0])

    @property
    def side(self) -> float:
        x0, y0, x1, y1 = self.place
        return max(x1 - x0, y1 - y0)

    @property
    def fill(self) -> float | None:
        """Luminance of what is painted last over most of the box; None for a bare outline or a filled frame."""
        filled = [s for s in self.outlines if s.fill is not None]
        if not filled or sum(s.path == filled[-1].path for s in filled) > 1:  # two rings in one path: a frame
            return None
        return filled[-1].fill


@dataclass(frozen=True, slots=True)
class DrawnBoxes:
    """`marks` to add to the page's words, `consumed` words that are ticks, `places` of all small squares."""

    marks: list[PlacedWord]
    consumed: set[PlacedWord]
    places: list[Rectangle]


def find_drawn_boxes(
    drawing: Drawing, words: Sequence[PlacedWord], fields: Sequence[Rectangle], frame: PageFrame
) -> DrawnBoxes:
    """Boxes with their states. `fields` are the places of form fields: a box drawn around one is theirs."""
    squares = _candidates(drawing.strokes)
    if not squares or len(squares) > _MAX_BOXES:
        return DrawnBoxes([], set(), [])
    candidates = _without_combs(squares)
    inks = _inks(drawing.strokes, candidates)
    inside = _words_inside(words, candidates)
    hollow = [c.side for i, c in enumerate(candidates) if c.fill is None or c.fill > _LIGHT]
    marks: list[PlacedWord] = []
    consumed: set[PlacedWord] = set()
    for index, candidate in enumerate(candidates):
        if any(_overlap(candidate.place, field) > 0 for field in fields):
            continue
        ticks = inside[index]
        if any(word.text not in _TICKS for word in ticks):
            continue  # a frame around text
        state = _state(candidate, inks[index], bool(ticks), hollow)
        place = frame.clip(candidate.place)
        if state is not None and place is not None:
            marks.append(sign_word(Sign(state, "drawn"), place))
            consumed.update(ticks)
    return DrawnBoxes(marks, consumed, [s.place for c in squares for s in c.outlines])


def _candidates(strokes: Sequence[Stroke]) -> list[_Candidate]:
    found: list[_Candidate] = []
    for stroke in strokes:
        if not _is_outline(stroke):
            continue
        side = max(stroke.width, stroke.height)
        for candidate in found[-_RECENT:]:
            if _distance(candidate.place, stroke.place) < _SAME_BOX * max(candidate.side, side):
                if side > candidate.side / _INNER:
                    candidate.outlines = [stroke]  # what was taken for the box is the dot inside of it
                elif side >= candidate.side * _INNER:
                    candidate.outlines.append(stroke)
                break
        else:
            found.append(_Candidate([stroke]))
    return [c for c in found if c.side >= _SMALLEST]


def _is_outline(stroke: Stroke) -> bool:
    """A small square, rounded square or circle: all of its points lie on the border of its bounds."""
    width, height = stroke.width, stroke.height
    side = max(width, height)
    if not _SMALLEST * 0.6 <= side <= _LARGEST or abs(width - height) > _SQUARE_WITHIN * side or len(stroke.points) < 4:
        return False
    x0, y0, x1, y1 = stroke.place
    reach = _ON_BORDER * side
    if any(min(x - x0, x1 - x, y - y0, y1 - y) > reach for x, y in stroke.points):
        return False
    if stroke.curved:
        return True
    return all(abs(ax - bx) < reach or abs(ay - by) < reach for (ax, ay), (bx, by) in pairwise(stroke.points))


def _without_combs(candidates: list[_Candidate]) -> list[_Candidate]:
    """Without rows of three or more touching squares: they hold single letters or digits."""
    kept = []
    for one in candidates:
        x0, y0, x1, y1 = one.place
        touching = [
            other.place
            for other in candidates
            if other is not one
            and abs(other.place[1] - y0) < _COMB_GAP
            and abs(other.place[3] - y1) < _COMB_GAP
            and min(abs(other.place[0] - x1), abs(other.place[2] - x0)) < _COMB_GAP
        ]
        if len(touching) < 2 and not any(_touches_two(place, candidates) for place in touching):
            kept.append(one)
    return kept


def _touches_two(place: Rectangle, candidates: list[_Candidate]) -> bool:
    near = [
        c
        for c in candidates
        if c.place != place
        and abs(c.place[1] - place[1]) < _COMB_GAP
        and min(abs(c.place[0] - place[2]), abs(c.place[2] - place[0])) < _COMB_GAP
    ]
    return len(near) >= 2


def _inks(strokes: Sequence[Stroke], candidates: Sequence[_Candidate]) -> list[list[Stroke]]:
    """For each box the strokes that may tick it: each stroke goes to the box that it covers most."""
    outlines = {id(s) for c in candidates for s in c.outlines}
    inks: list[list[Stroke]] = [[] for _ in candidates]
    largest = max((c.side for c in candidates), default=0.0)
    for stroke in strokes:
        if id(stroke) in outlines or max(stroke.width, stroke.height) > _TICK_REACH * largest:
            continue
        best, index = max((_covered(c.place, stroke.place), i) for i, c in enumerate(candidates))
        if best > 0 and max(stroke.width, stroke.height) <= _TICK_REACH * candidates[index].side:
            inks[index].append(stroke)
    return inks


def _covered(box: Rectangle, ink: Rectangle) -> float:
    """How much of the box's inner part the ink's bounds cover; a line counts with a breadth of one point."""
    inset = 0.2 * (box[2] - box[0])
    inner = (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)
    return _overlap(inner, (ink[0] - 0.5, ink[1] - 0.5, ink[2] + 0.5, ink[3] + 0.5))


def _words_inside(words: Sequence[PlacedWord], candidates: Sequence[_Candidate]) -> list[list[PlacedWord]]:
    inside: list[list[PlacedWord]] = [[] for _ in candidates]
    for word in words:
        x, y = word.middle
        for index, candidate in enumerate(candidates):
            x0, y0, x1, y1 = candidate.place
            if x0 <= x <= x1 and y0 - 2 <= y <= y1 + 2:
                inside[index].append(word)
                break
    return inside


def _state(candidate: _Candidate, inks: Sequence[Stroke], has_tick: bool, hollow: list[float]) -> MarkState | None:
    """None if the shape is no check box: a filled square without a hollow one of its size on the page is a bullet."""
    if has_tick:
        return MarkState.TICKED
    if inks:
        reach = max(_extent(inks)) / candidate.side
        slanted = any(min(s.width, s.height) > 0.15 * candidate.side for s in inks)
        return MarkState.TICKED if reach >= _TICK_SIZE and slanted else MarkState.UNKNOWN
    fill = candidate.fill
    if fill is None or fill > _LIGHT:
        return MarkState.UNTICKED
    is_bordered = any(outline.fill is None for outline in candidate.outlines)
    if not is_bordered and not any(abs(side - candidate.side) <= _SQUARE_WITHIN * side for side in hollow):
        return None
    return MarkState.TICKED if fill < _DARK else MarkState.UNKNOWN


def _extent(inks: Sequence[Stroke]) -> tuple[float, float]:
    x0, y0 = min(s.place[0] for s in inks), min(s.place[1] for s in inks)
    x1, y1 = max(s.place[2] for s in inks), max(s.place[3] for s in inks)
    return x1 - x0, y1 - y0


def _distance(a: Rectangle, b: Rectangle) -> float:
    return max(abs(a[0] + a[2] - b[0] - b[2]), abs(a[1] + a[3] - b[1] - b[3])) / 2


def _overlap(a: Rectangle, b: Rectangle) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0
