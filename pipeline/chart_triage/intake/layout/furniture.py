"""Running headers, footers and page numbers: lines at a page's edge that return on other pages.

Losing a line of the record is worse than keeping a running title, so a line is furniture only if it stands in the
page's edge, nothing but furniture stands between it and the page's border, it returns on other pages at the same
place with the same words, and it does not read like the record itself ("Impression", "MRI BRAIN"). Only page
numbers, dates and times may differ between the copies: a laboratory value at the same place on every page stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from chart_triage.intake.layout.lines import make_rows, make_runs, segments
from chart_triage.intake.layout.placed import PlacedWord, Rectangle, bounds, box_around
from chart_triage.intake.page_draft import PageDraft
from chart_triage.records.page import FurnitureLine, FurnitureRole

_EDGE = 0.14  # of the page's height, at the top and at the bottom
_MARGIN = 0.09  # of the page's height: here two copies are enough
_SAME_Y = 4.0  # points
_SAME_X = 8.0
_COPIES = 3
_NEAR_PAGES = 3  # a copy counts where another one is at most this many pages away (odd and even pages differ)

_DATE = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}\b|\b[A-Za-z]{3,9} \d{1,2}, \d{4}\b")
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?")
_PAGE_OF = re.compile(r"\b(?:page|pg\.?|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?|\b\d+\s+of\s+\d+\b|\b\d+\s*/\s*\d+\b", re.I)
_PAGE_LINE = re.compile(
    r"(?:-+\s*\d{1,4}\s*-+|(?:page|pg\.?|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s+of\s+\d{1,4})$", re.I
)
_BARE_NUMBER = re.compile(r"\d{1,4}$")
_FAX = re.compile(r"\bfax\b", re.I)
_CUE = re.compile(
    r"\bpage\b|\bprinted\b|\bconfidential|\bmrn\b|\bdob\b|\bpatient\b|\bname\b|\baccount\b|\bphone\b|\bfax\b|#", re.I
)
_RECORD = re.compile(
    r"\b(?:impression|findings?|diagnos\w*|dx|indications?|history|allerg\w*|medications?|assessment|plan|exam\w*|"
    r"techniques?|comparison|procedures?|mri|mrs|ct|eeg|pet|biops\w*|tumou?rs?|implant\w*|pacemaker|problems?|"
    r"reason|results?|specimens?|symptoms?|pain|seizures?|no|not|denies|negative|positive|complaint|addendum)\b",
    re.I,
)


class EdgeLine(NamedTuple):
    """A stretch of words in a page's edge. `rank` counts rows from the page's border, 0 being the outermost."""

    page: int
    at_top: bool
    rank: int
    words: tuple[PlacedWord, ...]
    text: str
    key: str
    place: Rectangle


def find_furniture(drafts: Sequence[PageDraft]) -> dict[int, list[tuple[FurnitureLine, tuple[PlacedWord, ...]]]]:
    """For each page number the lines to keep out of its text, with their words."""
    lines = [line for draft in drafts for line in _edge_lines(draft)]
    copies: dict[str, list[EdgeLine]] = defaultdict(list)
    for line in lines:
        copies[line.key].append(line)
    heights = {draft.number: draft.height for draft in drafts}
    numbered = _numbered_edges(lines)
    found: dict[int, list[tuple[FurnitureLine, tuple[PlacedWord, ...]]]] = defaultdict(list)
    closed: dict[tuple[int, bool], int] = {}  # the row at which a page's body begins
    for line in lines:  # in order of rank within each edge of each page
        edge = (line.page, line.at_top)
        if line.rank > closed.get(edge, line.rank):
            continue
        role = _role(line, copies[line.key], numbered, heights[line.page])
        if role is not None:
            record = FurnitureLine(text=line.text, role=role, box=box_around(list(line.words)))
            found[line.page].append((record, line.words))
        elif not _row_has_furniture(line, lines, copies, numbered, heights[line.page]):
            closed[edge] = line.rank
    return found
