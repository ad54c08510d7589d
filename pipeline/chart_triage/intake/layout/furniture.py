"""Running headers, footers and page numbers: lines at a page's edge that return on other pages.

Losing a line of the record is worse than keeping a running title. So a line is furniture only if it stands in the
page's edge, nothing but repeated lines stands between it and the page's border, white space parts it from the text
(or it names itself: "Page", "MRN", "Printed"), it returns on other pages at the same place with the same words, and
it does not read like the record ("Impression", "MRI brain", a sentence). Only page numbers, dates and times may
differ between the copies: a laboratory value at one place on every page stays.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.intake.layout.fax_banner import is_banner
from chart_triage.intake.layout.lines import make_rows, make_runs, segments
from chart_triage.intake.layout.placed import PlacedWord, Rectangle, bounds, box_around
from chart_triage.intake.page_draft import PageDraft
from chart_triage.records.page import FurnitureLine, FurnitureRole

_EDGE = 0.14  # of the page's height, at the top and at the bottom
_BANNER = 0.07  # of the page's height: how far a fax machine's line reaches down
_MARGIN = 0.09  # of the page's height: this near to the border two copies are enough
_SAME_Y = 4.0  # points
_SAME_X = 8.0
_COPIES = 3
_NEARBY = 4  # pages: a copy further away belongs to another document of the chart
_PARTED = 0.6  # of the line height: white space between a running line and the text
_NEXT_LINE = 0.06  # of the page's height beyond the edge, to see where the text begins

_VARYING = re.compile(
    r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b"  # dates
    r"|\b\d{1,2}[ -][A-Z][a-z]{2,8}[ -]\d{4}\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"  # times
    r"|(?i:\b(?:page|pg\.?|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?|^\d+\s*(?:of|/)\s*\d+$)"  # page numbers, not "BP 120/80"
)
_PAGE_NUMBER = re.compile(
    r"(?:-+\s*\d{1,4}\s*-+|(?:page|pg\.?|p\.)\s*[\dIl]{1,4}(?:\s*(?:of|/)\s*[\dIl]{1,4})?|\d{1,4}\s+of\s+\d{1,4})$",
    re.I,
)
_BARE_NUMBER = re.compile(r"\d{1,4}$")
_FAX = re.compile(r"\bfax\b|\bfrom:.*\bto:", re.I)
_CUE = re.compile(r"\b(?:page|printed|confidential\w*|mrn|dob|phone|tel|fax)\b", re.I)
_PROSE = re.compile(r"(?:\S+ ){5,}\S*[a-z][.,;]$")


class Furniture(NamedTuple):
    line: FurnitureLine
    words: tuple[PlacedWord, ...]


class _EdgeLine(NamedTuple):
    page: int
    at_top: bool
    words: list[PlacedWord]
    text: str
    key: str  # the text without what may differ between copies
    place: Rectangle
    outer: float  # points from the page's upper or lower border to the line's outer side
    inner: float  # to its inner side
    depth: float  # the inner side as a share of the page's height


_Edge = list[list[_EdgeLine]]
"""Rows of one edge of one page, the outermost first; a row's stretches of words left to right."""

_Copies = dict[tuple[bool, str], dict[int, list[_EdgeLine]]]
"""Lines by edge and key, then by page."""


def find_furniture(drafts: Sequence[PageDraft]) -> dict[int, list[Furniture]]:
    """For each page number the lines to keep out of its text."""
    edges = [edge for draft in drafts for edge in (_edge(draft, True), _edge(draft, False)) if edge]
    copies: _Copies = defaultdict(lambda: defaultdict(list))
    numbers: _Copies = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        for line in (line for row in edge for line in row):
            copies[line.at_top, line.key][line.page].append(line)
        for line in edge[0]:
            if _BARE_NUMBER.match(line.text):  # counts up with the pages: "1", "2", "3" at the foot
                numbers[line.at_top, str(int(line.text) - line.page)][line.page].append(line)
    found: dict[int, list[Furniture]] = defaultdict(list)
    for edge in edges:
        for line, role in _peel(edge, copies, numbers):
            record = FurnitureLine(text=line.text, role=role, box=box_around(line.words))
            found[line.page].append(Furniture(record, tuple(line.words)))
    return found


def _edge(draft: PageDraft, at_top: bool) -> _Edge:
    limit = (_EDGE + _NEXT_LINE) * draft.height
    inside = [
        word
        for word in draft.words
        if (word.y1 < limit if at_top else word.y0 > draft.height - limit) and word.turn == 0 and word.sign is None
    ]
    rows = make_rows(make_runs(inside))
    return [list(_stretches(draft, at_top, segments(row))) for row in (rows if at_top else reversed(rows))]


def _stretches(draft: PageDraft, at_top: bool, parts: list[list[PlacedWord]]) -> Iterator[_EdgeLine]:
    for words in parts:
        text = " ".join(word.text for word in words)
        key = _VARYING.sub("#", text)
        place = bounds(words)
        outer, inner = (place[1], place[3]) if at_top else (draft.height - place[3], draft.height - place[1])
        yield _EdgeLine(draft.number, at_top, words, text, key, place, outer, inner, inner / draft.height)


def _peel(edge: _Edge, copies: _Copies, numbers: _Copies) -> Iterator[tuple[_EdgeLine, FurnitureRole]]:
    """Furniture from the border inwards, up to the first row that does not return elsewhere."""
    if edge[0][0].at_top and (banner := _one_line(edge[0])).depth <= _BANNER and is_banner(banner.text):
        yield banner, FurnitureRole.FAX_BANNER
        edge = edge[1:]
    pending: list[tuple[_EdgeLine, FurnitureRole]] = []
    for index, row in enumerate(edge):
        roles = [_role(line, copies, numbers) for line in row]
        if not any(roles):
            return
        if _is_fax_banner(row):
            roles = [role and FurnitureRole.FAX_BANNER for role in roles]
        pending += [(line, role) for line, role in zip(row, roles, strict=True) if role and not _is_record(line)]
        names_itself = FurnitureRole.PAGE_NUMBER in roles or any(_CUE.search(line.key) for line in row)
        if names_itself or _is_parted(row, edge[index + 1] if index + 1 < len(edge) else []):
            yield from pending
            pending = []


def _one_line(row: list[_EdgeLine]) -> _EdgeLine:
    words = [word for line in row for word in line.words]
    place = bounds(words)
    text = "  ".join(line.text for line in row)
    depth = max(line.depth for line in row)
    return row[0]._replace(words=words, text=text, place=place, depth=depth)


def _role(line: _EdgeLine, copies: _Copies, numbers: _Copies) -> FurnitureRole | None:
    if line.depth > _EDGE:
        return None
    if _PAGE_NUMBER.match(line.text):
        return FurnitureRole.PAGE_NUMBER
    if _BARE_NUMBER.match(line.text):
        offset = str(int(line.text) - line.page)
        return FurnitureRole.PAGE_NUMBER if _copies_near(line, numbers[line.at_top, offset]) else None
    if not _returns(line, copies):
        return None
    return FurnitureRole.HEADER if line.at_top else FurnitureRole.FOOTER


def _is_fax_banner(row: list[_EdgeLine]) -> bool:
    """A sender's line at the top ("FROM: ... TO: ... P. 003/011"), with what changes from page to page."""
    text, key = (" ".join(parts) for parts in ((line.text for line in row), (line.key for line in row)))
    return row[0].at_top and text != key and _FAX.search(text) is not None


def _is_record(line: _EdgeLine) -> bool:
    """Whether the line reads like the record itself: its words, or a sentence that does not name itself."""
    if _PAGE_NUMBER.match(line.text):
        return False
    is_prose = _PROSE.match(line.text) is not None and _CUE.search(line.key) is None
    return is_prose or _record_words().search(line.text) is not None


@cache
def _record_words() -> re.Pattern[str]:
    """Words by which a line at a page's edge reads like the record and not like a running header."""
    path = resources.lexicons() / "shared" / "record_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        patterns = [row["pattern"] for row in csv.DictReader(file)]
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.I)


def _returns(line: _EdgeLine, copies: _Copies) -> bool:
    """Whether enough other pages show the same words at the same place."""
    others = _copies_near(line, copies[line.at_top, line.key])
    if sum(c.isalpha() for c in line.key) < 3 and "#" not in line.key:  # a number, and values may agree by chance
        return others + 1 >= _COPIES and line.depth <= _MARGIN
    return others + 1 >= _COPIES or (others > 0 and (line.depth <= _MARGIN or _CUE.search(line.key) is not None))


def _copies_near(line: _EdgeLine, copies: dict[int, list[_EdgeLine]]) -> int:
    """How many other pages near by have a copy of the line at its place."""
    pages = range(line.page - _NEARBY, line.page + _NEARBY + 1)
    return sum(any(_same_place(line, copy) for copy in copies.get(page, ())) for page in pages if page != line.page)


def _same_place(a: _EdgeLine, b: _EdgeLine) -> bool:
    if abs(a.outer - b.outer) > _SAME_Y:
        return False
    left, right = abs(a.place[0] - b.place[0]), abs(a.place[2] - b.place[2])
    middle = abs(a.place[0] + a.place[2] - b.place[0] - b.place[2]) / 2
    return min(left, right, middle) <= _SAME_X


def _is_parted(row: list[_EdgeLine], inner: list[_EdgeLine]) -> bool:
    """Whether white space stands between a row and the next one towards the page's middle."""
    if not inner:
        return True
    height = max(line.place[3] - line.place[1] for line in row)
    return min(line.outer for line in inner) - max(line.inner for line in row) > _PARTED * height
