"""Words that tell what kind a page is: rows of `lexicons/shared/page_kinds.csv`, found on a page and weighed.

| where | the words count |
|---|---|
| title | in a short line near the top, or in a running header, that is no sentence |
| title_start | the same, as its first words |
| letterhead | the same, and is no title |
| line | as a whole cell near the top, letters spaced or not |
| heading | before a colon, or as a whole cell |
| start | as the first words of a cell |
| body | anywhere |

Each row counts once a page; of several titles in one cell the heaviest of a kind counts.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.indexing.page_words import Cell, is_heading, skeleton
from chart_triage.indexing.spelling import Spelling
from chart_triage.records.chart_index import PageKind

TITLE_REACH = 700  # characters from the top of a page
TITLE_CELLS = 16
_LONGEST_TITLE = 90
_SHARE = 0.3  # of the letters of its cell that a title has, if it does not begin it
_SENTENCE = 5  # words from which a full stop ends a sentence
_SQUEEZED = 10  # letters of a title that is looked for without its spaces
TITLE_LABEL = r"^\s*(?:exam(?:ination)?|study|procedure|title|document(?: type)?|report(?: type)?|note type)\s*:\s*"
_LABEL = re.compile(TITLE_LABEL, re.IGNORECASE)
_DATED = re.compile(r"\bdate\b|:\s*\d{1,4}[/.-]\d", re.IGNORECASE)  # "Encounter date: 08/19/2026" is no title
_ENDS_TITLE = ("", "-", "\u2013", "\u2014", "(", ",", ":", "|", "/")
_TITLES = ("title", "title_start", "letterhead")
_VERBS = frozenset(
    map(skeleton, ("was", "were", "is", "are", "has", "had", "have", "been", "will", "obtained", "reviewed", "signed"))
)


class Sign(NamedTuple):
    """One row: `words` tell `kind` where they stand at `where`."""

    kind: PageKind
    where: str
    words: tuple[str, ...]
    weight: float


class Found(NamedTuple):
    """A sign on a page, and the cell that it stands in."""

    sign: Sign
    cell: Cell


class _Table(NamedTuple):
    by_first: dict[str, tuple[Sign, ...]]
    joined_titles: tuple[tuple[str, Sign], ...]  # with their letters without spaces
    spelling: Spelling


@lru_cache(maxsize=1)
def _table() -> _Table:
    path = resources.lexicons() / "shared" / "page_kinds.csv"
    by_first: dict[str, list[Sign]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = tuple(map(skeleton, row["phrase"].split()))
            by_first[words[0]].append(Sign(PageKind(row["kind"]), row["where"], words, float(row["weight"])))
    signs = [sign for group in by_first.values() for sign in group]
    titles = [s for s in signs if s.where in (*_TITLES, "line")]
    return _Table(
        {word: tuple(group) for word, group in by_first.items()},
        tuple(("".join(sign.words), sign) for sign in titles),
        Spelling(word for sign in titles for word in sign.words),
    )


def find(cells: Sequence[Cell], headers: Sequence[Cell] = (), *, noisy: bool = False) -> list[Found]:
    """The signs of one page, each row once. `headers` are its running header lines; `noisy` words were read by OCR."""
    found: dict[Sign, Found] = {}
    for number, cell in enumerate((*headers, *cells)):
        near_top = number < len(headers) + TITLE_CELLS and (number < len(headers) or cell.start <= TITLE_REACH)
        may_be_title = near_top and _may_be_title(cell)
        for sign in _in_cell(cell, may_be_title):
            found.setdefault(sign, Found(sign, cell))
        if may_be_title:
            for sign in _best_titles(cell, noisy):
                found.setdefault(sign, Found(sign, cell))
    return list(found.values())


def points(found: Sequence[Found]) -> dict[PageKind, float]:
    """How much speaks for each kind, summed over the signs."""
    total: dict[PageKind, float] = defaultdict(float)
    for sign, _ in found:
        total[sign.kind] += sign.weight
    return dict(total)


def title_of(found: Sequence[Found]) -> Cell | None:
    """The cell that titles the page: the one with the heaviest title, section titles ("Medications") left out."""
    sections = {id(cell) for sign, cell in found if sign.where == "heading" and len(sign.words) == len(cell.tokens)}
    titles = [f for f in found if f.sign.where in ("title", "title_start", "line") and id(f.cell) not in sections]
    return max(titles, key=lambda f: f.sign.weight).cell if titles else None


def _may_be_title(cell: Cell) -> bool:
    """ "Informed consent was obtained." in a report is no title, nor is anything that is told in a sentence."""
    ends_sentence = cell.text.rstrip()[-1:] in (".", ",", ";") and len(cell.tokens) >= _SENTENCE
    if len(cell.text) > _LONGEST_TITLE or ends_sentence:
        return False
    if next((c for c in cell.text if c.isalpha()), "A").islower():
        return False
    return _DATED.search(cell.text) is None and not any(
        token.word in _VERBS and cell.text[token.start].isalpha()  # "15" looks like "is"
        for token in cell.tokens
    )


def _in_cell(cell: Cell, near_top: bool) -> Iterator[Sign]:
    """Signs in the cell other than titles."""
    by_first, tokens = _table().by_first, cell.tokens
    for first, token in enumerate(tokens):
        for sign in by_first.get(token.word, ()):
            last = first + len(sign.words)
            if last > len(tokens) or any(tokens[first + i].word != w for i, w in enumerate(sign.words) if i):
                continue
            if (
                sign.where == "body"
                or (sign.where == "start" and first == 0)
                or (sign.where == "line" and near_top and len(sign.words) == len(tokens))
                or (sign.where == "heading" and is_heading(cell, first, last))
            ):
                yield sign


def _best_titles(cell: Cell, noisy: bool) -> Iterator[Sign]:
    """The heaviest title of each kind in the cell. Of two that share a word, the later one names the document: a
    screening policy is a policy, a referral letter a letter."""
    words = [token.word for token in cell.tokens]
    if noisy:
        words = [_table().spelling.nearest(word) for word in words]
    placed = list(_placed_titles(cell, words))
    best: dict[PageKind, Sign] = {}
    for place, sign in placed:
        end = place + len(sign.words)
        if not any(s.kind is not sign.kind and p < end < p + len(s.words) for p, s in placed):
            _keep(best, sign)
    if not best:
        for sign in _run_together(words, noisy):
            _keep(best, sign)
    yield from best.values()


def _placed_titles(cell: Cell, words: list[str]) -> Iterator[tuple[int, Sign]]:
    """Titles in the cell with the word that they begin at: at its beginning, at its end, or a good share of it."""
    letters = sum(map(len, words))
    label = _LABEL.match(cell.text)
    begins = sum(token.start < label.end() for token in cell.tokens) if label is not None else 0
    for first in range(begins, len(words)):
        for sign in _table().by_first.get(words[first], ()):
            last = first + len(sign.words)
            if sign.where not in _TITLES or tuple(words[first:last]) != sign.words:
                continue
            after = cell.text[cell.tokens[last - 1].end :].lstrip()
            ends = after[:1] in _ENDS_TITLE or after[:1].isdigit()
            covers = sum(map(len, sign.words)) >= _SHARE * letters
            if first == begins or ((covers or ends) and sign.where != "title_start"):
                yield first, sign


def _run_together(words: list[str], noisy: bool) -> Iterator[Sign]:
    """Titles whose letters are spaced ("F A X") or whose spaces OCR lost."""
    squeezed = "".join(words)
    spaced = len(words) > 1 and len(squeezed) <= 1.5 * len(words)
    if not (noisy or spaced):
        return
    for joined, sign in _table().joined_titles:
        if joined not in squeezed:
            continue
        lost = sign.where == "title" and len(joined) >= _SQUEEZED
        if (spaced and joined == squeezed) or lost:
            yield sign


def _keep(best: dict[PageKind, Sign], sign: Sign) -> None:
    if sign.kind not in best or best[sign.kind].weight < sign.weight:
        best[sign.kind] = sign
