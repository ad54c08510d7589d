"""The words that were read from a scan, laid invisibly over it: they can be searched, selected and copied."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import zip_longest

import pikepdf
from pikepdf import Dictionary

from chart_triage.records.chart import Chart
from chart_triage.records.geometry import Box
from chart_triage.records.page import Page, PageSource, Word
from chart_triage.report.glyphless_font import ADVANCE, glyphless_font
from chart_triage.report.plane import Plane

_FONT = "/ChartTriageWords"
_SMALLEST = 0.1  # points: a box without width or height has no place for text
_HYPHENS = ("-", "\u2010", "\u2011")

Run = tuple[str, Box]
"""Text and the box that it fills."""


class TextLayer:
    """Writes the layer of page after page into `pdf`, all in one font."""

    def __init__(self, pdf: pikepdf.Pdf, chart: Chart) -> None:
        read = [page for page in chart.pages if page.source is PageSource.OCR]
        characters = {c for page in read for text, _ in _runs(page) for c in text}
        self._font = glyphless_font(pdf, characters) if characters else None
        self._pdf = pdf

    def add(self, sheet: pikepdf.Page, plane: Plane, page: Page) -> None:
        """Adds the words and running lines of `page` to `sheet`; does nothing for pages that were not read by OCR.

        The layer comes before the page's own content, whose graphics state it neither meets nor changes. A text layer
        that the page had and that was not relied on is left as it is: searching can meet both.
        """
        runs = [_shown(plane, text, box) for text, box in _runs(page)] if page.source is PageSource.OCR else []
        if not runs or self._font is None:
            return
        fonts = _own(sheet.obj, "/Resources", "/Font")
        fonts[_FONT] = self._font
        layer = "\n".join(["q BT 3 Tr", *runs, "ET Q", ""])
        sheet.contents_add(self._pdf.make_stream(layer.encode("ascii")), prepend=True)


def _own(obj: pikepdf.Object, *keys: str) -> pikepdf.Object:
    """The dictionary below `obj` by `keys`, each a copy of its own: what pages share must not change for all."""
    for key in keys:
        present = obj.get(key)
        obj[key] = Dictionary(present) if isinstance(present, Dictionary) else Dictionary()
        obj = obj[key]
    return obj


def _runs(page: Page) -> Iterator[Run]:
    """The page's words in reading order, a blank in the gap between two of one line; then its furniture."""
    for word, following in zip_longest(page.words, page.words[1:]):
        text = page.text[word.start : word.end]
        is_broken = following is not None and following.start == word.end and not text.endswith(_HYPHENS)
        yield from _placed(f"{text}-" if is_broken else text, word.box)
        if following is not None and following.start > word.end:
            yield from _gap(page, word, following)
    for line in page.furniture:
        yield from _placed(line.text, line.box)


def _placed(text: str, box: Box) -> Iterator[Run]:
    kept = "".join(c for c in " ".join(text.split()) if c.isprintable() and ord(c) < 0x10000)
    if kept and min(box.width, box.height) >= _SMALLEST:
        yield kept, box


def _gap(page: Page, word: Word, following: Word) -> Iterator[Run]:
    left, right = word.box, following.box
    if "\n" not in page.text[word.end : following.start] and min(left.y1, right.y1) > max(left.y0, right.y0):
        x1 = max(right.x0, left.x1 + _SMALLEST)
        yield " ", Box(left.x1, left.y0, x1, left.y1)


def _shown(plane: Plane, text: str, box: Box) -> str:
    """The operators that fill `box` with `text`: set upright as the page is read, its height the font's size."""
    x, y = plane.point(box.x0, box.y1)
    (right_x, right_y), (top_x, top_y) = plane.point(box.x1, box.y1), plane.point(box.x0, box.y0)
    width, size = math.hypot(right_x - x, right_y - y), math.hypot(top_x - x, top_y - y)
    a, b = round((right_x - x) / width), round((right_y - y) / width)
    c, d = round((top_x - x) / size), round((top_y - y) / size)
    stretch = 100 * width / (ADVANCE * size * len(text))
    codes = text.encode("utf-16-be").hex()
    return f"{_FONT} {size:.3f} Tf {stretch:.2f} Tz {a} {b} {c} {d} {x:.3f} {y:.3f} Tm <{codes}> Tj"
