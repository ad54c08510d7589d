"""What is drawn on a page: paths, images, and when texts are painted, in points of the upright page."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium_c

from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.native.page_frame import PageFrame

_MAX_PATHS = 6_000  # a page with more is a figure or a map: no rules and check boxes are sought in it
_MAX_SEGMENTS = 3_600  # a longer path is a curve or an outline of letters, no rule and no check box
_MAX_FORM_DEPTH = 6
MAX_OBJECTS = 100_000
_MAX_VISITED = 500_000  # a page of more objects is a map, or made to keep a reader busy
_DRAWN = (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_TEXT)

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Stroke(NamedTuple):
    """One subpath. `fill` is the luminance 0..1 of its filling (None: not filled); `path` numbers its path object."""

    points: tuple[tuple[float, float], ...]
    curved: bool
    stroked: bool
    fill: float | None
    path: int
    place: Rectangle

    @property
    def width(self) -> float:
        return self.place[2] - self.place[0]

    @property
    def height(self) -> float:
        return self.place[3] - self.place[1]


class PaintedText(NamedTuple):
    """A text object of pdfium, and the matrix of the form that it stands in; `path` is its place among the objects."""

    handle: Any
    outer: Matrix
    path: int

    def place(self, frame: PageFrame) -> Rectangle | None:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not pdfium_c.FPDFPageObj_GetBounds(self.handle, left, bottom, right, top):
            return None
        a, b, c, d, e, f = self.outer
        corners = ((x, y) for x in (left.value, right.value) for y in (bottom.value, top.value))
        return _bounds([frame.point(e + a * x + c * y, f + b * x + d * y) for x, y in corners])


@dataclass(slots=True)
class Drawing:
    """All in painting order; `strokes` is empty for a page with too many of them (`is_figure`). `image_paths` are the
    places of the images among the objects. The handles of `texts` live as long as the page."""

    strokes: list[Stroke] = field(default_factory=list)
    images: list[Rectangle] = field(default_factory=list)
    image_paths: list[int] = field(default_factory=list)
    texts: list[PaintedText] = field(default_factory=list)
    picture_sizes: set[tuple[int, int]] = field(default_factory=set)  # of the images, in pixels
    is_figure: bool = False


def read_drawing(page: Any, frame: PageFrame) -> Drawing:
    """What a pdfium page paints, form XObjects opened."""
    drawing = Drawing()
    for number, (kind, handle, matrix) in enumerate(page_objects(page, _DRAWN)):
        if number > MAX_OBJECTS:
            drawing.is_figure = True
            break
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            drawing.images.append(_image_place(matrix, frame))
            drawing.image_paths.append(number)
            drawing.picture_sizes.add(picture_size(handle))
        elif kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            drawing.texts.append(PaintedText(handle, matrix, number))
        elif not drawing.is_figure:
            drawing.strokes.extend(_strokes(handle, matrix, frame, number))
            drawing.is_figure = len(drawing.strokes) > _MAX_PATHS
    if drawing.is_figure:
        drawing.strokes = []
    return drawing


def page_objects(page: Any, kinds: Collection[int]) -> Iterator[tuple[int, Any, Matrix]]:
    """(type, handle, matrix to user space) of each object of these `kinds`, form XObjects opened, in painting order.
    Of a text the matrix is that of the form around it: its own is part of its bounds.

    Of a page of millions of objects, the first ones.
    """
    left = iter(range(_MAX_VISITED))
    for index in range(pdfium_c.FPDFPage_CountObjects(page)):
        yield from _expand(pdfium_c.FPDFPage_GetObject(page, index), _IDENTITY, 0, kinds, left)


def _expand(
    handle: Any, outer: Matrix, depth: int, kinds: Collection[int], left: Iterator[int]
) -> Iterator[tuple[int, Any, Matrix]]:
    if next(left, None) is None:
        return
    kind = pdfium_c.FPDFPageObj_GetType(handle)
    if kind in kinds:
        yield kind, handle, outer if kind == pdfium_c.FPDF_PAGEOBJ_TEXT else _multiply(_matrix(handle), outer)
    elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
        inner = _multiply(_matrix(handle), outer)
        for index in range(max(pdfium_c.FPDFFormObj_CountObjects(handle), 0)):
            yield from _expand(pdfium_c.FPDFFormObj_GetObject(handle, index), inner, depth + 1, kinds, left)


def _matrix(handle: Any) -> Matrix:
    m = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(handle, m):
        return _IDENTITY
    return m.a, m.b, m.c, m.d, m.e, m.f


def _multiply(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, n = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + n


def picture_size(handle: Any) -> tuple[int, int]:
    """As the file says, before anything is unpacked."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    pdfium_c.FPDFImageObj_GetImagePixelSize(handle, width, height)
    return width.value, height.value


def _image_place(matrix: Matrix, frame: PageFrame) -> Rectangle:
    """The visible part of an image, which is the unit square under its matrix; empty outside of the page."""
    a, b, c, d, e, f = matrix
    x0, y0, x1, y1 = _bounds([frame.point(e + a * x + c * y, f + b * x + d * y) for x in (0, 1) for y in (0, 1)])
    x0, y0 = max(x0, 0.0), max(y0, 0.0)
    return x0, y0, max(min(x1, frame.width), x0), max(min(y1, frame.height), y0)


def _bounds(points: list[tuple[float, float]]) -> Rectangle:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _strokes(handle: Any, matrix: Matrix, frame: PageFrame, number: int) -> Iterator[Stroke]:
    """The subpaths of a path object that is painted at all."""
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(handle, mode, stroked)
    fill = luminance(handle) if mode.value else None
    if not stroked.value and fill is None:
        return
    count = pdfium_c.FPDFPath_CountSegments(handle)
    if count > _MAX_SEGMENTS:
        return
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for index in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(handle, index)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield Stroke(tuple(points), curved, bool(stroked.value), fill, number, _bounds(points))
            points, curved = [], False
        curved = curved or kind == pdfium_c.FPDF_SEGMENT_BEZIERTO
        points.append(frame.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if pdfium_c.FPDFPathSegment_GetClose(segment) and points[0] != points[-1]:
            points.append(points[0])
    if len(points) > 1:
        yield Stroke(tuple(points), curved, bool(stroked.value), fill, number, _bounds(points))


def luminance(handle: Any) -> float | None:
    """Of the fill colour; None if it is transparent, 0 (black) if it is a pattern."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return 0.0
    if alpha.value == 0:
        return None
    return (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) / 255
