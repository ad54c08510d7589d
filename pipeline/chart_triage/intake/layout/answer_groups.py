"""Which answers of a form belong together: "☐ Yes ☒ No", "Yes / No", and the ticks in columns headed Yes and No."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from chart_triage.intake.layout.answer_words import are_opposites
from chart_triage.intake.layout.form_pieces import Line, Piece
from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.page_draft import TableRow
from chart_triage.records.page import MarkState, RowAnswer

# In letter heights:
_NEXT = 9.0  # from one answer to the next at most
_STACK = 2.4  # from one answer to the next below it
_ADJACENT = 1.7  # from a mark to its label
_APART = 0.7  # from an answer to the next word, which else is the same sentence
_CHAIN = 14.0  # from one row of a column to the next
_OWN_TEXT = 0.8  # from a mark to words that are its own, in a column as well
_SEPARATOR = re.compile(r"[/|,\\;-]|[.…·_]+|or", re.IGNORECASE)
_TICK = re.compile(r"[xX✓✔✗✘/vV√]|[A-Z]{2,3}|[A-Z]\.?[A-Z]\.?|[✖×]")
_SHORT = 5  # characters of a "Yes" that was read wrong
_TICK_READ = re.compile(rf"{_TICK.pattern}|[^\W\d]{{1,2}}|[^\w\s.,:;'\"-]{{1,2}}")  # what recognition makes of one
_COLUMN = 30.0  # points by which a tick may miss the middle of its column's heading


class Option(NamedTuple):
    """An answer to choose; `state` None where no mark of it was found. `label` are the words that name it."""

    answer: RowAnswer
    state: MarkState | None
    label: Piece
    mark: Piece | None


@dataclass
class Group:
    """The options of one question. `band` is the row of a ruled table that it stands in; `below` a heading.

    `strays` are marks beside them whose words could not be read: one of them may be the answer.
    """

    options: list[Option]
    band: Rectangle | None = None
    below: bool = False
    pieces: list[Piece] = field(default_factory=list)
    strays: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.pieces:
            self.pieces = [p for o in self.options for p in (o.mark, None if self.below else o.label) if p is not None]

    @property
    def place(self) -> Rectangle:
        return around(self.pieces)


class Grouped(NamedTuple):
    """`headings` head columns; `single` marks have no answer for a label."""

    groups: list[Group]
    headings: list[Piece]
    single: list[Piece]


def around(pieces: Sequence[Piece]) -> Rectangle:
    return (
        min(p.x0 for p in pieces), min(p.y0 for p in pieces), max(p.x1 for p in pieces), max(p.y1 for p in pieces),
    )  # fmt: skip


def find_groups(lines: Sequence[Line], rows: Sequence[TableRow], height: float) -> Grouped:
    """All groups of a page, top to bottom."""
    groups: list[Group] = []
    bare: list[Group] = []
    loose: list[Piece] = []
    for line in lines:
        for run in _runs(line, height):
            group, left = _assigned(run, height)
            loose += left
            if group is not None:
                (groups if any(o.mark for o in group.options) else bare).append(group)
    groups = _stacked(groups, height)
    columns, headings, single = _in_columns(lines, bare, loose, rows, height)
    groups += columns
    groups += [g for g in bare if not any(o.label in headings for o in g.options)]
    for group in groups:
        group.band = group.band or _band(group.place, rows)
        if not group.below:
            group.strays = _strays(group, lines, single, height)
            group.pieces += group.strays
    strays = {id(p) for g in groups for p in g.strays}
    single = [p for p in single if id(p) not in strays]
    return Grouped(sorted(groups, key=lambda g: (g.place[1], g.place[0])), headings, single)


def _strays(group: Group, lines: Sequence[Line], single: Sequence[Piece], height: float) -> list[Piece]:
    """Marks without an answer for a label, next to a group that lacks a yes or a no, with one short word between."""
    if not any(o.mark for o in group.options) or are_opposites({o.answer for o in group.options}):
        return []
    loose = {id(p) for p in single}
    found = []
    for line in lines:
        at = [i for i, p in enumerate(line) if any(p is own for own in group.pieces)]
        for index, piece in enumerate(line) if at else ():
            between = line[index + 1 : at[0]] if index < at[0] else line[at[-1] + 1 : index]
            gap = line[at[0]].x0 - piece.x1 if index < at[0] else piece.x0 - line[at[-1]].x1
            is_near = len(between) <= 1 and sum(len(p.text) for p in between) <= _SHORT and gap <= _NEXT * height
            if id(piece) in loose and is_near:
                found.append(piece)
    return found


def _stacked(groups: list[Group], height: float) -> list[Group]:
    """Answers that are set one below the other, each with its mark, as one group."""
    done: list[Group] = []
    for group in sorted(groups, key=lambda g: g.place[1]):
        option = group.options[0]
        above = next((g for g in reversed(done) if len(group.options) == 1 and _goes_on(g, option, height)), None)
        if above is None:
            done.append(group)
        else:
            above.options.append(option)
            above.pieces += group.pieces
    return done


def _goes_on(group: Group, option: Option, height: float) -> bool:
    """Whether an option is the next of a stack: below its last, as far left, and another answer."""
    last = group.options[-1]
    if (
        last.mark is None
        or option.mark is None
        or any(o.label.text.lower() == option.label.text.lower() for o in group.options)
    ):
        return False
    stands_alone = all(abs(o.label.x0 - option.label.x0) <= height for o in group.options)
    down = option.mark.middle[1] - last.mark.middle[1]
    return stands_alone and abs(option.mark.x0 - last.mark.x0) <= 0.5 * height and 0 < down <= _STACK * height


def _runs(line: Line, height: float) -> Iterator[list[Piece]]:
    """Marks and answers of a line that follow each other, each answer once."""
    run: list[Piece] = []
    for index, piece in enumerate(line):
        counts = piece.is_mark or (piece.answer is not None and _stands_alone(line, index, height))
        if not counts:
            if run and not _SEPARATOR.fullmatch(piece.text):
                yield _answers_of(run, piece, height)
                run = []
            continue
        if run and piece.x0 - run[-1].x1 > _NEXT * height:
            yield run
            run = []
        if piece.answer is not None and any(p.answer is not None and p.text.lower() == piece.text.lower() for p in run):
            ahead = [run.pop()] if run[-1].is_mark and _belongs_ahead(run, piece) else []
            yield run
            run = ahead
        run.append(piece)
    if run:
        yield run


def _belongs_ahead(run: list[Piece], label: Piece) -> bool:
    """Whether the last mark of a run is the next label's: where labels follow their marks, or that one is nearer."""
    mark = run[-1]
    return run[0].is_mark or (len(run) > 1 and label.x0 - mark.x1 < mark.x0 - run[-2].x1)


def _answers_of(run: list[Piece], following: Piece, height: float) -> list[Piece]:
    """The run without its only answer, where that begins the words that follow ("☒ No known allergies")."""
    given = [p for p in run if p.answer is not None]
    if len(given) == 1 and given[0] is run[-1] and following.x0 - run[-1].x1 <= _APART * height:
        return run[:-1]
    return run


def _stands_alone(line: Line, index: int, height: float) -> bool:
    """Whether an answer is one, and not a word of a sentence ("No known allergies", "If yes, ...")."""
    piece = line[index]
    before, after = line[index - 1] if index else None, line[index + 1] if index + 1 < len(line) else None
    if before is not None and before.is_mark and piece.x0 - before.x1 <= _ADJACENT * height:
        return True
    if after is not None and after.is_mark and after.x0 - piece.x1 <= _ADJACENT * height:
        return before is None or piece.x0 - before.x1 > 0.2 * height or _SEPARATOR.fullmatch(before.text) is not None
    near = [
        other
        for other, gap in (
            (before, piece.x0 - before.x1 if before else 0.0),
            (after, after.x0 - piece.x1 if after else 0.0),
        )
        if other is not None and gap <= _APART * height
    ]
    return all(other.is_mark or other.answer is not None or _SEPARATOR.fullmatch(other.text) for other in near)


def _assigned(run: list[Piece], height: float) -> tuple[Group | None, list[Piece]]:
    """Each mark of a run with its label, and the marks that have none.

    Labels stand all to the right of their marks or all to the left: where both would do, the nearer ones are meant.
    """
    marks = [p for p in run if p.is_mark]
    labels = [p for p in run if p.answer is not None]
    if not marks:
        enough = are_opposites({p.answer for p in labels if p.answer})
        return (Group([Option(p.answer, None, p, None) for p in labels if p.answer]) if enough else None), []
    sides = [_side(run, step, height) for step in (1, -1)]
    best = max(sides, key=lambda side: (len(side[0]), -side[1]))[0]
    if not best:
        return None, marks
    named = {id(label): mark for mark, label in best}
    options = [
        Option(p.answer, mark.state if mark else None, p, mark)
        for p in labels
        if p.answer
        for mark in [named.get(id(p))]
    ]
    used = [mark for mark, _ in best]
    return Group(options), [mark for mark in marks if mark not in used]


def _side(run: list[Piece], step: int, height: float) -> tuple[list[tuple[Piece, Piece]], float]:
    """Marks with the label next to them on one side, and the sum of the gaps."""
    pairs = []
    gaps = 0.0
    for index, piece in enumerate(run):
        at = index + step
        if piece.is_mark and 0 <= at < len(run) and run[at].answer is not None:
            gap = run[at].x0 - piece.x1 if step > 0 else piece.x0 - run[at].x1
            if gap <= 2.5 * _ADJACENT * height:
                pairs.append((piece, run[at]))
                gaps += gap
    return pairs, gaps


class _Header(NamedTuple):
    """Neighbouring headings of answers, left to right."""

    labels: list[Piece]

    @property
    def y(self) -> float:
        return max(p.y1 for p in self.labels)

    def column(self, x: float) -> Piece | None:
        middles = [p.middle[0] for p in self.labels]
        apart = min(b - a for a, b in pairwise(middles))
        near = min(self.labels, key=lambda p: abs(p.middle[0] - x))
        return near if abs(near.middle[0] - x) <= min(apart / 2, _COLUMN) else None


def _in_columns(
    lines: Sequence[Line], bare: Sequence[Group], loose: Sequence[Piece], rows: Sequence[TableRow], height: float
) -> tuple[list[Group], list[Piece], list[Piece]]:
    """Groups of ticks under headings, the headings, and the marks that belong to no column."""
    headers = [_Header(sorted((o.label for o in g.options), key=lambda p: p.x0)) for g in bare]
    ticks = sorted([*loose, *_lone_ticks(lines, height)], key=lambda p: p.y0)
    texts = {id(piece): _next_text(line, index) for line in lines for index, piece in enumerate(line)}
    reach = {id(h): h.y for h in headers}
    placed: dict[int, list[tuple[Piece, Piece]]] = {}
    single: list[Piece] = []
    for tick in ticks:
        above = [
            (h, label)
            for h in headers
            if h.y <= tick.y0 + 2 and tick.y0 - reach[id(h)] <= _CHAIN * height and (label := h.column(tick.middle[0]))
        ]
        own = texts.get(id(tick))
        has_own = own is not None and own <= _OWN_TEXT * height and tick.is_mark
        if not above or (has_own and abs(above[-1][1].middle[0] - tick.middle[0]) > 8):
            single += [tick] if tick.is_mark else []
            continue
        header, label = max(above, key=lambda each: each[0].y)
        reach[id(header)] = max(reach[id(header)], tick.y1)
        placed.setdefault(id(header), []).append((tick, label))
    groups: list[Group] = []
    headings: list[Piece] = []
    for header in headers:
        pairs = placed.get(id(header), [])
        if pairs or any(True for _ in _bands_below(header, rows, float("inf"))):
            headings += header.labels
            groups += _column_rows(header, pairs, rows, height)
    return groups, headings, single


def _next_text(line: Line, index: int) -> float | None:
    """The gap to the words right of a piece."""
    after = line[index + 1] if index + 1 < len(line) else None
    return None if after is None or after.is_mark else after.x0 - line[index].x1


def _lone_ticks(lines: Sequence[Line], height: float) -> Iterator[Piece]:
    """Crosses, ticks and initials with white on both sides, as marks."""
    for line in lines:
        for index, piece in enumerate(line):
            read = _TICK if piece.confidence == 1.0 else _TICK_READ
            if piece.is_mark or piece.answer is not None or not read.fullmatch(piece.text):
                continue
            gaps = [piece.x0 - line[index - 1].x1] if index else []
            gaps += [line[index + 1].x0 - piece.x1] if index + 1 < len(line) else []
            if all(gap > 0.8 * height for gap in gaps):
                yield piece._replace(state=MarkState.TICKED, answer=None, confidence=min(piece.confidence, 0.85))


def _column_rows(
    header: _Header, pairs: list[tuple[Piece, Piece]], rows: Sequence[TableRow], height: float
) -> Iterator[Group]:
    """One group for each row below a header; in a table with rules also for the rows where nothing is ticked."""
    has_boxes = any(tick.state is MarkState.UNTICKED for tick, _ in pairs)
    left: list[tuple[Rectangle | None, list[tuple[Piece, Piece]]]] = []
    for tick, label in pairs:
        band = _band(around([tick]), rows)
        same = [row for row in left if (band is not None and row[0] == band) or _is_level(row, tick, band, height)]
        if same:
            same[0][1].append((tick, label))
        else:
            left.append((band, [(tick, label)]))
    last = max((tick.y1 for tick, _ in pairs), default=float("inf"))
    seen = {band for band, _ in left}
    for band in _bands_below(header, rows, last):
        if band not in seen and not has_boxes:
            left.append((band, []))
    for band, ticked in left:
        yield _column_group(header, band, ticked, has_boxes=has_boxes)


def _is_level(
    row: tuple[Rectangle | None, list[tuple[Piece, Piece]]], tick: Piece, band: Rectangle | None, height: float
) -> bool:
    return row[0] is None and band is None and abs(row[1][0][0].middle[1] - tick.middle[1]) <= 0.7 * height


def _column_group(
    header: _Header, band: Rectangle | None, ticked: list[tuple[Piece, Piece]], *, has_boxes: bool
) -> Group:
    options = []
    for label in header.labels:
        mark = next((tick for tick, under in ticked if under is label), None)
        state = mark.state if mark else (None if has_boxes else MarkState.UNTICKED)
        if label.answer is not None:
            options.append(Option(label.answer, state, label, mark))
    y = band or around([tick for tick, _ in ticked])
    heads = [label._replace(y0=y[1], y1=y[3]) for label in header.labels]
    return Group(options, band, below=True, pieces=[*(tick for tick, _ in ticked), *heads])


def _bands_below(header: _Header, rows: Sequence[TableRow], last: float) -> Iterator[Rectangle]:
    """Rows of a ruled table under the header, down to `last`, that have a cell under each of its headings."""
    for row in rows:
        band = _row_place(row)
        if band[1] < header.y - 3 or band[1] > last:
            continue
        cells = [[c for c in row.cells if c[0] <= p.middle[0] <= c[2]] for p in header.labels]
        if all(cells) and len({c[0] for c in cells}) == len(cells):
            yield band


def _row_place(row: TableRow) -> Rectangle:
    return (
        min(c[0] for c in row.cells), min(c[1] for c in row.cells),
        max(c[2] for c in row.cells), max(c[3] for c in row.cells),
    )  # fmt: skip


def _band(place: Rectangle, rows: Sequence[TableRow]) -> Rectangle | None:
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    for row in rows:
        band = _row_place(row)
        if band[0] <= x <= band[2] and band[1] <= y <= band[3]:
            return band
    return None
