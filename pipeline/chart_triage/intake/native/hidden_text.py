"""Text that nobody sees on the page: in invisible ink, as OCR programs lay it over scans, as light as what it stands
on, too small to be read, or covered by what is painted later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

import pypdfium2.raw as pdfium_c

from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.native.drawing import MAX_OBJECTS, Drawing, PaintedText, luminance, page_objects
from chart_triage.intake.native.page_frame import PageFrame
from chart_triage.intake.native.words import INVISIBLE, UserWord, read_text_layer

_COVERS = 0.5  # of the page's area: a picture this large, painted later, covers the text
_KINDS = (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_IMAGE)
_LIGHT = 0.85  # luminance of text that paper may hide
_DARKER = 0.3  # by which what it stands on must be darker to show it
_SMALLEST = 1.5  # points: the height of a font; nobody reads a smaller one
_MOST_PAIRS = 200_000  # of texts and what may cover them; beyond, the page is looked at
_SCALE, _LONGEST = 1.5, 3000  # pixels a point, and of the longer side at most, of the picture in which words are sought
_CONTRAST = 16  # of 255, within the box of a word that is seen


def hidden_share(page: Any, area: float) -> float:
    """The share of the text objects of a pdfium page with a large picture that nobody sees, 0..1; 0 without text.

    Light text counts as hidden: the picture has the ink. `area` is the page's, in square points.
    """
    seen = hidden = 0
    for kind, handle, (a, b, c, d, _, _) in islice(page_objects(page, _KINDS), MAX_OBJECTS):
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            if abs(a * d - b * c) >= _COVERS * area:
                seen, hidden = 0, hidden + seen
        elif pdfium_c.FPDFTextObj_GetTextRenderMode(handle) in INVISIBLE or _ink(handle) >= _LIGHT:
            hidden += 1
        else:
            seen += 1
    return hidden / (hidden + seen) if hidden else 0.0


def may_hide_text(drawing: Drawing, words: Sequence[UserWord], frame: PageFrame) -> bool:
    """Whether it is worth a look which of the page's words are seen: nothing is drawn for the answer."""
    if any(_is_tiny(word) for word in words):
        return True
    light = []
    for text in drawing.texts:
        if pdfium_c.FPDFTextObj_GetTextRenderMode(text.handle) in INVISIBLE or (ink := _ink(text.handle)) > 1:
            return True
        if ink >= _LIGHT:
            light.append(text)
    if light and not _stand_on_dark(light, drawing, frame):
        return True
    return _is_any_covered(drawing, frame)


def shown_words(page: Any, frame: PageFrame) -> list[UserWord]:
    """The words of the page that leave a trace where they stand when it is drawn. `frame`: the page as it is shown."""
    scale = min(_SCALE, _LONGEST / max(frame.width, frame.height, 1.0))
    with closing(page.render(scale=scale, grayscale=True)) as bitmap:
        stride, pixels = bitmap.stride, bytes(bitmap.buffer)
        width, height = bitmap.width, bitmap.height
    found = []
    for word in read_text_layer(page, painted_only=True).words:
        x0, y0, x1, y1 = frame.rectangle(word.left, word.bottom, word.right, word.top)
        left, right = max(0, int(x0 * scale)), min(width, int(x1 * scale) + 1)
        rows = range(max(0, int(y0 * scale)), min(height, int(y1 * scale) + 1))
        if not _is_tiny(word) and _has_contrast(pixels[row * stride + left : row * stride + right] for row in rows):
            found.append(word)
    return found


def _ink(text: Any) -> float:
    """The luminance of a text's filling; 0 where it is drawn by its outline, 2 where it is transparent."""
    if pdfium_c.FPDFTextObj_GetTextRenderMode(text) == pdfium_c.FPDF_TEXTRENDERMODE_STROKE:
        return 0.0
    found = luminance(text)
    return 2.0 if found is None else found


def _is_tiny(word: UserWord) -> bool:
    """Signs aside: of a dash some fonts tell no more than its ink."""
    return (
        word.text.isalnum()
        and (word.right - word.left if word.angle in (90, 270) else word.top - word.bottom) < _SMALLEST
    )


def _stand_on_dark(light: Sequence[PaintedText], drawing: Drawing, frame: PageFrame) -> bool:
    grounds = [(stroke.place, stroke.fill) for stroke in drawing.strokes if stroke.fill is not None]
    if len(light) * len(grounds) > _MOST_PAIRS:
        return False
    return all(
        (place := text.place(frame)) is not None
        and any(_holds(ground, place) and fill <= _ink(text.handle) - _DARKER for ground, fill in grounds)
        for text in light
    )


def _is_any_covered(drawing: Drawing, frame: PageFrame) -> bool:
    """Whether something filled is painted over the middle of a text that was there before."""
    if not drawing.texts:
        return False
    first = drawing.texts[0].path
    covers = [
        (stroke.path, stroke.place) for stroke in drawing.strokes if stroke.fill is not None and stroke.path > first
    ]
    covers += [each for each in zip(drawing.image_paths, drawing.images, strict=True) if each[0] > first]
    covers = [(path, place) for path, place in covers if _is_large(place)]
    if not covers:
        return False
    if len(covers) * len(drawing.texts) > _MOST_PAIRS:
        return True
    last = max(path for path, _ in covers)
    return any(
        (place := text.place(frame)) is not None
        and any(path > text.path and _holds(cover, place) for path, cover in covers)
        for text in drawing.texts
        if text.path < last
    )


def _is_large(place: Rectangle) -> bool:
    """Whether it could cover a word, which rules and bullets cannot."""
    x0, y0, x1, y1 = place
    return x1 - x0 >= 8 and y1 - y0 >= 4


def _holds(place: Rectangle, other: Rectangle) -> bool:
    """Whether the middle of `other` is in `place`."""
    x, y = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]


def _has_contrast(rows: Iterable[bytes]) -> bool:
    """Also of a box outside of the picture, of which nothing can be said."""
    low, high, count = 255, 0, 0
    for row in rows:
        if not row:
            continue
        count += 1
        low, high = min(low, min(row)), max(high, max(row))
        if high - low >= _CONTRAST:
            return True
    return not count
