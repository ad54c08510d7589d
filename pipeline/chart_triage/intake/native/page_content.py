"""How much content a page makes a PDF library go through: its own, and what it draws, as often as it draws it.

A form XObject may draw another one ten times, that one a third ten times: ten such forms of a few bytes make ten
thousand million. pdfium goes through all of it before it returns the page, and nothing can stop it on its way. The same
is done with tiling patterns, the glyphs of Type 3 fonts, the groups of soft masks and the looks of annotations. So it
is counted here, with qpdf and from the streams' own words (`content_uses`), before pdfium is given the page.

Most pages are done with by the lengths of their streams; content is unfolded only where it draws something that has
content itself, or could be long.
"""

from __future__ import annotations

import io
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import pikepdf

from chart_triage.intake.native.content_uses import Uses, uses_of
from chart_triage.intake.native.drawn_streams import Drawn, Key, executed, has_content, looks, page_stream

_EXECUTION = 400
"""Bytes that the start of a stream counts for: pdfium takes some 15 microseconds for it, and 40 for a kilobyte."""
_LEVELS = 41  # pdfium goes no deeper: kMaxFormLevel in cpdf_streamcontentparser.cpp
_MAX_STREAMS = 300_000  # of all pages of a file together: what is drawn, once for each page
_MOST_UNFOLDED = 1400  # bytes out of one by any lossless filter: LZW 1,365, deflate 1,032
_FLATE = ("/FlateDecode", "/Fl")
_STATES = ("/Pattern", "/ExtGState", "/Font")
_UNREADABLE = (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)


class _Node(NamedTuple):
    """The size of a content stream, and the streams that it has executed, with the number of times."""

    size: int
    edges: tuple[tuple[Key, int], ...]


class PageContents:
    """Counts page after page of one file."""

    def __init__(self, data: bytes, password: str | None, pages: int) -> None:
        self._uses: dict[Key, tuple[int, Uses]] = {}
        self._too_long: dict[Key, int] = {}
        self._plain: set[tuple[int, int]] = set()
        self._streams = 0
        self._pdf: Any = None
        self._pages: list[Any] = []
        try:
            self._pdf = pikepdf.open(io.BytesIO(data), password=password or "")
            self._pages = list(self._pdf.pages)  # asked for one by one, each takes time with the number of pages
            if len(self._pages) != pages:  # qpdf and pdfium do not mean the same pages
                self.close()
        except _UNREADABLE:
            self.close()

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()
            self._pdf = None

    def exceed(self, index: int, most: int) -> bool:
        """Whether the page `index` (0-based) makes a library go through more than `most` bytes.

        False for a page that qpdf cannot read: what pdfium makes of it ends at the limits of the process.
        """
        if self._pdf is None:
            return False
        try:
            page = self._pages[index].obj
            own = page_stream(page, index)
            total = self._weigh(own, own, most)
            for look in looks(page, own):
                if total > most:
                    break
                total += self._weigh(look, own, most)
        except _UNREADABLE:
            return False
        return total > most

    def _weigh(self, root: Drawn, page: Drawn, most: int) -> int:
        """Bytes, and not all of them counted where they are more than `most`."""
        if not has_content(root.resources, self._plain) and (size := _size_at_most(root.contents, most)) <= most:
            return size
        found = self._reach(root, page, most)
        if found is None:
            return most + 1
        weights = dict.fromkeys(found, 0)
        for _ in range(_LEVELS):
            before = weights
            weights = {
                key: min(node.size + sum(times * before[to] for to, times in node.edges), most + 1)
                for key, node in found.items()
            }
            if weights == before or weights[root.key] > most:
                break
        return weights[root.key]

    def _reach(self, root: Drawn, page: Drawn, most: int) -> dict[Key, _Node] | None:
        """All streams that `root` has executed, itself included; None where these alone are too much."""
        found: dict[Key, _Node] = {}
        waiting, total = [root], 0
        while waiting:
            stream = waiting.pop()
            if stream.key in found:
                continue
            size, uses = self._used(stream, most - total, is_page=stream is page)
            total += size
            self._streams += 1
            if total > most or self._streams > _MAX_STREAMS:
                return None
            edges: Counter[Key] = Counter()
            for inner, times in executed(uses, stream, page):
                if inner.key not in edges and inner.key not in found:
                    waiting.append(inner)
                edges[inner.key] += times
            found[stream.key] = _Node(size, tuple(edges.items()))
        return found

    def _used(self, stream: Drawn, most: int, *, is_page: bool) -> tuple[int, Uses]:
        """A stream's size, and what it has executed, whatever its names lead to."""
        key = tuple(content.objgen for content in stream.contents)
        if key in self._uses and not is_page:
            return self._uses[key]
        content = None if self._too_long.get(key, 0) > most else _unfolded(stream.contents, most)
        if content is None:
            self._too_long[key] = most + 1
            return most + 1, Uses()
        with_states = not is_page or has_content(stream.resources, self._plain, _STATES)
        used = len(content) + _EXECUTION, uses_of(content, with_states=with_states)
        if not is_page:
            self._uses[key] = used
        return used


def _size_at_most(contents: Sequence[Any], most: int) -> int:
    """A size that the contents, unfolded, do not exceed; not all of them are looked at where it is more than `most`."""
    total = 0
    for content in contents:
        total += _EXECUTION + len(content.read_raw_bytes()) * _MOST_UNFOLDED ** len(_filters(content))
        if total > most:
            break
    return total


def _unfolded(contents: Sequence[Any], most: int) -> bytes | None:
    """The contents, one after the other; None where they are longer than `most` bytes."""
    parts, left = [], most
    for content in contents:
        part = _unfolded_one(content, min(max(left, 0), sys.maxsize - 1) + 1)
        parts.append(part)
        left -= len(part) + _EXECUTION
        if left < 0:
            return None
    return b"\n".join(parts)


def _unfolded_one(content: Any, most: int) -> bytes:
    filters = _filters(content)
    if len(filters) == 1 and filters[0] in _FLATE and "/DecodeParms" not in content:
        with suppress(zlib.error):  # a reader makes something of what is damaged
            return zlib.decompressobj().decompress(content.read_raw_bytes(), most)
    try:
        return bytes(content.read_bytes())
    except _UNREADABLE:
        return b""


def _filters(content: Any) -> list[str]:
    named = content.get("/Filter")
    if named is None:
        return []
    return [str(each) for each in named] if isinstance(named, pikepdf.Array) else [str(named)]
