"""Pages that are copies of others in the chart: sent twice, faxed again with other noise, skew and banner.

Pages that may be copies are found by fingerprints of their words (MinHash), laid upon each other by the words that
they share, and compared word by word at each place. Pages that differ in a number, a negation, an answer or a name
are no copies, however alike they are: copied-forward notes, forms from one template.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from chart_triage.indexing.copy_judgement import ALONE, AMONG_COPIES, Strictness, says_the_same
from chart_triage.indexing.page_differences import compare_pages
from chart_triage.indexing.placed_words import PlacedToken, placed_tokens
from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.page import Page, PageSource

LEAST_WORDS = 15  # a page with fewer says too little to be told from another
_HASHES = 64
_PRIME = 2147483647
_LIKELY = 0.25  # share of equal hashes from which on two pages are compared
_CANDIDATES = 8  # pages that one page is compared with, those first that are most alike
_TOP_EDGE = 0.035  # of the page's height: what a fax machine prints there, however it was read, is not compared


class _Copy:
    """A page with its fingerprint. `rank`: the better one first."""

    def __init__(self, page: Page, hashes: NDArray[np.int64]) -> None:
        self.page = page
        self.hashes = hashes
        sure = sum(word.confidence for word in page.words) / len(page.words)
        self.rank = page.source is not PageSource.NATIVE, -round((page.legibility or 1.0) + sure, 3), page.number

    @cached_property
    def tokens(self) -> tuple[PlacedToken, ...]:
        """Made only for pages that may be copies: it takes longer than all the rest."""
        return tuple(token for token in placed_tokens(self.page) if token.y >= _TOP_EDGE * self.page.height)


def find(chart: Chart) -> dict[int, int]:
    """Page numbers of copies, each with the page that is cited in its stead.

    That is the better one: native text before OCR, then the more legible, then the first. Pages that could not be
    read, that say hardly anything, or whose words have no places (plain text files) are never called copies.
    """
    copies = sorted((copy for page in chart.pages if (copy := _copy(page)) is not None), key=lambda copy: copy.rank)
    found: dict[int, int] = {}
    for index, copy in enumerate(copies):
        for better in _alike(copy, [each for each in copies[:index] if each.page.number not in found]):
            if _is_copy(copy, better, ALONE):
                found[copy.page.number] = better.page.number
                break
    _follow(found, {copy.page.number: copy for copy in copies})
    return dict(sorted(found.items()))


def _follow(found: dict[int, int], copies: dict[int, _Copy]) -> None:
    """Adds pages next to copies: where page 4 was sent again as page 9, page 5 is likely to be there as page 10."""
    reached = [pair for copy, better in found.items() for pair in ((copy, better), (better, copy))]
    while reached:
        one, other = reached.pop()
        for step in (-1, 1):
            pair = copies.get(one + step), copies.get(other + step)
            if pair[0] is None or pair[1] is None or one + step == other:
                continue
            better, copy = sorted((pair[0], pair[1]), key=lambda each: each.rank)
            taken = {*found, *found.values()}
            if copy.page.number in taken or better.page.number in found or not _is_copy(copy, better, AMONG_COPIES):
                continue
            found[copy.page.number] = better.page.number
            reached += [(one + step, other + step), (other + step, one + step)]


def warnings(duplicates: dict[int, int]) -> tuple[ChartWarning, ...]:
    """One for each page that has copies."""
    return tuple(
        ChartWarning(
            kind="duplicate_page",
            pages=tuple(sorted(copy for copy, cited in duplicates.items() if cited == better)),
            detail=f"Copies of page {better}, which is the better one and is cited in their stead.",
        )
        for better in sorted(set(duplicates.values()))
    )


def _copy(page: Page) -> _Copy | None:
    words = set(page.text.casefold().split())
    if page.source not in (PageSource.NATIVE, PageSource.OCR) or len(page.words) < LEAST_WORDS:
        return None
    return _Copy(page, _hashes(words))


@cache
def _multipliers() -> NDArray[np.int64]:
    return np.random.default_rng(20261123).integers(1, _PRIME, size=(_HASHES, 2), dtype=np.int64)


def _hashes(words: set[str]) -> NDArray[np.int64]:
    """MinHash: the share of equal places of two such arrays estimates how many words two pages share."""
    seeds = np.fromiter((zlib.crc32(word.encode()) & 0x7FFFFFFF for word in words), dtype=np.int64, count=len(words))
    factors = _multipliers()
    hashes: NDArray[np.int64] = ((seeds[None, :] * factors[:, :1] + factors[:, 1:]) % _PRIME).min(axis=1)
    return hashes


def _alike(copy: _Copy, others: Sequence[_Copy]) -> Iterator[_Copy]:
    if not others:
        return
    shares = (np.stack([each.hashes for each in others]) == copy.hashes).mean(axis=1)
    shares[[each.page.text == copy.page.text for each in others]] = 2.0  # among a hundred forms of one template
    order = np.argsort(-shares, kind="stable")[:_CANDIDATES]
    yield from (others[int(index)] for index in order if shares[index] >= _LIKELY)


def _is_copy(copy: _Copy, better: _Copy, strictness: Strictness) -> bool:
    comparison = compare_pages(copy.tokens, better.tokens)
    if comparison is None:
        return False
    exact = copy.page.source is PageSource.NATIVE and better.page.source is PageSource.NATIVE
    sizes = len(copy.tokens), len(better.tokens)
    return says_the_same(comparison, sizes, exact=exact, strictness=strictness)
