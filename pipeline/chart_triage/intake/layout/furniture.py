"""Running headers, footers and page numbers: lines at a page's edge that return on other pages.

Losing a line of the record is worse than keeping a running title. So a line is furniture only if it stands in the
page's edge, nothing but repeated lines stands between it and the page's border, it returns on other pages at the
same place with the same words, and it does not read like the record itself ("Impression", "MRI brain"). Only page
numbers, dates and times may differ between the copies: a laboratory value at one place on every page stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chart_triage.intake.layout.lines import make_rows, make_runs, segments
from chart_triage.intake.layout.placed import PlacedWord, Rectangle, bounds, box_around
from chart_triage.intake.page_draft import PageDraft
from chart_triage.records.page import FurnitureLine, FurnitureRole

_EDGE = 0.14  # of the page's height, at the top and at the bottom
_MARGIN = 0.09  # of the page's height: this near to the border two copies are enough
_SAME_Y = 4.0  # points
_SAME_X = 8.0
_COPIES = 3
_NEARBY = 3  # pages: a copy further away belongs to another document of the chart

_VARYING = re.compile(
    r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b"  # dates
    r"|\b\d{1,2}[ -][A-Z][a-z]{2,8}[ -]\d{4}\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"  # times
    r"|(?i:\b(?:page|pg\.?|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?|\b\d+\s+of\s+\d+\b|\b\d+\s*/\s*\d+\b)"  # page numbers
)
_PAGE_NUMBER = re.compile(
    r"(?:-+\s*\d{1,4}\s*-+|(?:page|pg\.?|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s+of\s+\d{1,4})$", re.I
)
_BARE_NUMBER = re.compile(r"\d{1,4}$")
_FAX = re.compile(r"\bfax\b", re.I)
_CUE = re.compile(
    r"\b(?:page|printed|confidential\w*|mrn|dob|patient|name|account|acct|phone|tel|fax|encounter|visit)\b|#", re.I
)
_RECORD = re.compile(
    r"\b(?:impression|findings?|diagnos\w*|dx|indications?|history|allerg\w*|medications?|assessment|plan|"
    r"exam(?!\w* date)\w*|techniques?|comparison|procedures?|mri|mrs|ct|eeg|pet|biops\w*|tumou?rs?|implant\w*|"
    r"pacemaker|problems?|reason|results?|specimens?|symptoms?|pain|seizures?|no(?!\.? ?[:#\d])|not|denies|"
    r"negative|positive|complaint|addendum)\b",
    re.I,
)


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
    from_border: float  # points from the page's upper or lower border
    in_margin: bool


_Edge = list[list[_EdgeLine]]
"""Rows of one edge of one page, the outermost first; a row's stretches of words left to right."""


def find_furniture(drafts: Sequence[PageDraft]) -> dict[int, list[Furniture]]:
    """For each page number the lines to keep out of its text."""
    edges = [edge for draft in drafts for edge in (_edge(draft, True), _edge(draft, False)) if edge]
    copies: dict[tuple[bool, str], list[_EdgeLine]] = defaultdict(list)
    for edge in edges:
        for row in edge:
            for line in row:
                copies[line.at_top, line.key].append(line)
    numbered = _running_numbers(edges)
    found: dict[int, list[Furniture]] = defaultdict(list)
    for edge in edges:
        for line, role in _peel(edge, copies, numbered):
            record = FurnitureLine(text=line.text, role=role, box=box_around(line.words))
            found[line.page].append(Furniture(record, tuple(line.words)))
    return found


def _edge(draft: PageDraft, at_top: bool) -> _Edge:
    limit = _EDGE * draft.height
    inside = [
        word
        for word in draft.words
        if word.turn == 0 and word.sign is None and (word.y1 < limit if at_top else word.y0 > draft.height - limit)
    ]
    rows = make_rows(make_runs(inside))
    return [list(_stretches(draft, at_top, segments(row))) for row in (rows if at_top else reversed(rows))]


def _stretches(draft: PageDraft, at_top: bool, parts: list[list[PlacedWord]]) -> Iterator[_EdgeLine]:
    for words in parts:
        text = " ".join(word.text for word in words)
        key = _VARYING.sub("#", re.sub(rf"\b{draft.number}$", "#", text))
        place = bounds(words)
        from_border = place[1] if at_top else draft.height - place[3]
        in_margin = (place[3] if at_top else draft.height - place[1]) <= _MARGIN * draft.height
        yield _EdgeLine(draft.number, at_top, words, text, key, place, from_border, in_margin)


def _peel(
    edge: _Edge,
    copies: dict[tuple[bool, str], list[_EdgeLine]],
    numbered: set[tuple[int, bool, str]],
) -> Iterator[tuple[_EdgeLine, FurnitureRole]]:
    """Furniture from the border inwards, up to the first row that does not return elsewhere."""
    for row in edge:
        body_begins = True
        for line in row:
            if _PAGE_NUMBER.match(line.text) or (line.page, line.at_top, line.text) in numbered:
                body_begins = False
                yield line, FurnitureRole.PAGE_NUMBER
            elif _returns(line, copies[line.at_top, line.key]):
                body_begins = False
                if not _RECORD.search(line.text):
                    yield line, _running_role(line)
        if body_begins:
            return


def _returns(line: _EdgeLine, copies: list[_EdgeLine]) -> bool:
    """Whether enough other pages show the same words at the same place."""
    if sum(c.isalpha() for c in line.key) < 3 and "#" not in line.key:
        return False
    pages = {copy.page for copy in copies if copy.page != line.page and _same_place(line, copy)}
    if not any(abs(page - line.page) <= _NEARBY for page in pages):
        return False
    return len(pages) + 1 >= _COPIES or line.in_margin or _CUE.search(line.key) is not None


def _same_place(a: _EdgeLine, b: _EdgeLine) -> bool:
    if abs(a.from_border - b.from_border) > _SAME_Y:
        return False
    left, right = abs(a.place[0] - b.place[0]), abs(a.place[2] - b.place[2])
    middle = abs(a.place[0] + a.place[2] - b.place[0] - b.place[2]) / 2
    return min(left, right, middle) <= _SAME_X


def _running_role(line: _EdgeLine) -> FurnitureRole:
    if _FAX.search(line.text) and line.at_top and line.key != line.text:
        return FurnitureRole.FAX_BANNER
    return FurnitureRole.HEADER if line.at_top else FurnitureRole.FOOTER


def _running_numbers(edges: list[_Edge]) -> set[tuple[int, bool, str]]:
    """Bare numbers (page, at top, text) that count up with the pages: "1", "2", "3" at the foot."""
    by_offset: dict[tuple[bool, int], list[_EdgeLine]] = defaultdict(list)
    for edge in edges:
        for line in edge[0]:
            if _BARE_NUMBER.match(line.text):
                by_offset[line.at_top, int(line.text) - line.page].append(line)
    return {
        (line.page, line.at_top, line.text)
        for lines in by_offset.values()
        for line in lines
        if any(other.page != line.page and _same_place(line, other) for other in lines)
    }
