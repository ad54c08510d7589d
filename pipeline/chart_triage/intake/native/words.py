"""A page's own text layer as words with boxes: pdfium's text, and the boxes of each word's first and last character.

Two box look-ups a word instead of one a character make this four times as fast as reading characters, and 20 times
as fast as pdfplumber (benchmarks/intake.py). Words whose ends do not fit together are read character by character.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from chart_triage.intake.layout.placed import DIAGONAL
from chart_triage.intake.native.glyphs import SYMBOL_LETTERS, WORD, clean, symbol_of

_LARGEST = 14_400  # points, the side of the largest page (ISO 32000, Annex C); what is larger, or no number, is nowhere
_UPRIGHT_WITHIN = 20  # degrees between a line and the nearest of 0, 90, 180, 270; beyond, it is diagonal
_WIDEST_CHARACTER = 1.5  # of the line height, on average over a word
INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_JUMP = 0.7  # of the line height, between neighbouring characters of one word


class UserWord(NamedTuple):
    """A word in PDF user space. `angle`: clockwise degrees by which its line is turned (0, 90, 180, 270, DIAGONAL)."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    angle: int


@dataclass(frozen=True, slots=True)
class TextLayer:
    """`text` is the raw text, for judging its quality; `words` are cleaned."""

    text: str
    words: list[UserWord]


_Place = tuple[float, float, float, float]
"""(left, bottom, right, top) in PDF user space; a plain tuple, as two are made for each word."""


def read_text_layer(page: Any, *, painted_only: bool = False) -> TextLayer:
    """All words of a pdfium page, also those outside of its visible part, in the file's own sequence.

    `painted_only`: without those that are set in invisible ink.
    """
    handle = pdfium_c.FPDFText_LoadPage(page)
    if not handle:
        return TextLayer("", [])
    try:
        reader = _Reader(handle, painted_only)
        return TextLayer(reader.text, list(reader.words()))
    finally:
        pdfium_c.FPDFText_ClosePage(handle)


class _Reader:
    """Holds the buffers that the look-ups share."""

    def __init__(self, handle: Any, painted_only: bool) -> None:
        self._handle = handle
        self._painted_only = painted_only
        self._box = pdfium_c.FS_RECTF()
        self._count = pdfium_c.FPDFText_CountChars(handle)
        self.text = self._read_text()
        # pdfium's text leaves out characters without Unicode: then its offsets are not the character indices
        self._same_index = len(self.text) == self._count

    def _read_text(self) -> str:
        if self._count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (2 * self._count + 2))()
        written = pdfium_c.FPDFText_GetText(self._handle, 0, self._count, buffer)
        return bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")

    def words(self) -> Iterator[UserWord]:
        text, end, angle = self.text, -1, 0
        for match in WORD.finditer(text):
            start = match.start()
            if end < 0 or text.find("\n", end, start) >= 0:
                angle = self._angle(start)
            end = match.end()
            if self._painted_only and not self._is_painted(start):
                continue
            yield from self._word(start, end, angle)

    def _word(self, start: int, end: int, angle: int) -> Iterator[UserWord]:
        first = self._place(start)
        last = first if end - start == 1 else self._place(end - 1)
        if first is None or last is None or _do_not_fit(first, last, end - start, angle):
            yield from self._character_by_character(start, end, angle)
            return
        text = clean(self.text[start:end])
        if len(text) == 1 and text in SYMBOL_LETTERS:
            text = symbol_of(text, self._font(start))
        if text:
            yield UserWord(text, *(first if first is last else _around(first, last)), angle)

    def _character_by_character(self, start: int, end: int, angle: int) -> Iterator[UserWord]:
        """The pieces of a stretch of text, parted where the next character is not beside the last one."""
        piece = ""
        around: _Place | None = None
        last: _Place | None = None
        for index in range(start, end):
            place = self._place(index)
            if place is None:
                piece += self.text[index] if piece and not self._is_nowhere(index) else ""
                continue
            if around is None or last is None or (angle == 0 and _jumps(last, place)):
                if around is not None and clean(piece):
                    yield UserWord(clean(piece), *around, angle)
                piece, around = "", place
            piece += self.text[index]
            around = _around(around, place)
            last = place
        if around is not None and clean(piece):
            yield UserWord(clean(piece), *around, angle)

    def _index(self, offset: int) -> int:
        if self._same_index:
            return offset
        return int(pdfium_c.FPDFText_GetCharIndexFromTextIndex(self._handle, offset))

    def _place(self, offset: int) -> _Place | None:
        """The character's box with its font's full height; its ink where the font does not know that."""
        index, box = self._index(offset), self._box
        found = pdfium_c.FPDFText_GetLooseCharBox(self._handle, index, box)
        if found and 0 < box.top - box.bottom < _LARGEST and 0 < box.right - box.left < _LARGEST:
            return box.left, box.bottom, box.right, box.top
        return self._ink(index)

    def _ink(self, index: int) -> _Place | None:
        place = self._ink_box(index)
        if place is None:
            return None
        left, bottom, right, top = place
        return place if 0 < right - left < _LARGEST and 0 < top - bottom < _LARGEST else None

    def _ink_box(self, index: int) -> _Place | None:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium_c.FPDFText_GetCharBox(self._handle, index, left, right, bottom, top):
            return None
        return left.value, bottom.value, right.value, top.value

    def _is_nowhere(self, offset: int) -> bool:
        """Rather than without extent, as the second letter of a ligature is."""
        place = self._ink_box(self._index(offset))
        return place is not None and not all(abs(value) < _LARGEST for value in place)

    def _angle(self, offset: int) -> int:
        radians = pdfium_c.FPDFText_GetCharAngle(self._handle, self._index(offset))
        if not 0 <= radians < math.inf:  # unknown, or no number: a matrix that has no inverse
            return 0
        degrees = math.degrees(radians)
        nearest = round(degrees / 90) * 90
        return DIAGONAL if abs(degrees - nearest) > _UPRIGHT_WITHIN else nearest % 360

    def _is_painted(self, offset: int) -> bool:
        text = pdfium_c.FPDFText_GetTextObject(self._handle, self._index(offset))
        return not text or pdfium_c.FPDFTextObj_GetTextRenderMode(text) not in INVISIBLE

    def _font(self, offset: int) -> str:
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium_c.FPDFText_GetFontInfo(self._handle, self._index(offset), name, 128, flags)
        return name.value.decode("utf-8", "replace")


def _around(a: _Place, b: _Place) -> _Place:
    return (
        a[0] if a[0] < b[0] else b[0],
        a[1] if a[1] < b[1] else b[1],
        a[2] if a[2] > b[2] else b[2],
        a[3] if a[3] > b[3] else b[3],
    )


def _do_not_fit(first: _Place, last: _Place, count: int, angle: int) -> bool:
    """Whether two characters cannot be the ends of one printed word of `count` characters."""
    left, bottom, right, top = first
    if angle == 0:
        height = min(top - bottom, last[3] - last[1])
        return (
            last[0] < left - 1
            or abs(last[1] - bottom) > _JUMP * height
            or last[2] - left > _WIDEST_CHARACTER * count * max(height, right - left)
        )
    extent = max(abs(last[0] - left), abs(last[1] - bottom))
    return extent > _WIDEST_CHARACTER * count * max(right - left, top - bottom)


def _jumps(last: _Place, place: _Place) -> bool:
    height = min(last[3] - last[1], place[3] - place[1])
    gap = place[0] - last[2]
    return gap > _JUMP * height or gap < -2 * _JUMP * height or abs(place[1] - last[1]) > _JUMP * height
