"""All that is printed on a page, running headers and footers included, and where another person is spoken of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chart_triage.indexing.identity_labels import Hit, find_labels
from chart_triage.records.page import FurnitureRole, Page

_BLOCK = "\n\n"
_MOST_LABELS = 500  # a dense face sheet has 60; a page made of labels must not take minutes
_YEAR = re.compile(r"(?<!\d)20[0-5]\d(?!\d)")
_HEADING_COLON = re.compile(r"[:;=#]")


class PrintedText(NamedTuple):
    """`relations`: stretches of `text` about a relative or the like, from the label to the block's end;
    `professionals`: stretches in which a name is that of a professional.
    """

    text: str
    hits: tuple[Hit, ...]
    relations: tuple[tuple[int, int], ...]
    professionals: tuple[tuple[int, int], ...]
    latest_year: int

    def about_other(self, at: int, *, name: bool = False) -> bool:
        """Whether what stands here is about somebody else; `name`: what stands here is a name."""
        stretches = (*self.relations, *self.professionals) if name else self.relations
        return any(start <= at < end for start, end in stretches)

    def in_patient_block(self, at: int) -> bool:
        """Whether the block begins with the patient as its heading."""
        block = self.text.rfind(_BLOCK, 0, at)
        start = 0 if block < 0 else block + len(_BLOCK)
        return any(hit.start == start and hit.label.names_patient for hit in self.hits)

    def blocks_apart(self, one: int, other: int) -> tuple[int, bool]:
        """How many blank lines lie between two places, and whether the second comes first."""
        return self.text.count(_BLOCK, min(one, other), max(one, other)), other < one

    def line(self, at: int) -> tuple[int, int]:
        """Start and end of the line at this place."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return start, len(self.text) if end < 0 else end

    def cell_start(self, at: int) -> int:
        """Where the table cell at this place begins."""
        start = self.line(at)[0]
        return max(start, self.text.rfind("\t", start, at) + 1)


def printed_text(page: Page) -> PrintedText:
    """Header lines, the page's text, footer lines; the fax machine's line names sender and receiver and is left out."""
    top, bottom = (_lines(page, role) for role in (FurnitureRole.HEADER, FurnitureRole.FOOTER))
    text = _BLOCK.join(part for part in (top, page.text, bottom) if part)
    hits = tuple(find_labels(text)[:_MOST_LABELS])
    years = [int(year) for year in _YEAR.findall(text)]
    others = {field: tuple(_others(text, hits, field)) for field in ("relation", "professional")}
    return PrintedText(text, hits, others["relation"], others["professional"], max(years, default=2030))


def _lines(page: Page, role: FurnitureRole) -> str:
    chosen = sorted((line for line in page.furniture if line.role is role), key=lambda line: (line.box.y0, line.box.x0))
    return "\n".join(line.text for line in chosen)


def _others(text: str, hits: Sequence[Hit], field: str) -> Iterator[tuple[int, int]]:
    """A label such as "Guarantor" at the start of a cell governs its block up to where the patient is named again."""
    for index, hit in enumerate(hits):
        if hit.field != field:
            continue
        begins = hit.start == 0 or text[hit.start - 1] in "\n\t"
        line_end = text.find("\n", hit.start)
        line_end = len(text) if line_end < 0 else line_end
        heading = not _HEADING_COLON.search(text, hit.start, line_end)
        if field == "professional":
            if not (begins and heading):
                continue
        elif not begins and hit.value >= hit.end:
            continue
        end = text.find(_BLOCK, line_end) if begins else line_end
        end = len(text) if end < 0 else end
        again = (later.start for later in hits[index + 1 :] if later.label.names_patient and later.field != "relation")
        yield hit.start, min(end, next(again, end))
