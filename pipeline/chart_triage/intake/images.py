"""Image files to page images: multi-page TIFF as fax gateways write it, PNG, JPEG."""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from chart_triage.errors import InputError
from chart_triage.intake.limits import DEFAULT_LIMITS, Limits
from chart_triage.intake.page_watch import in_hand, is_left_out

GreyPixels = NDArray[np.uint8]

_POINTS_PER_INCH = 72.0
_FORMATS = ("TIFF", "PNG", "JPEG")

# What a declared resolution must come to before it is believed, in inches.
_SHORTEST_SIDE, _LONGEST_SIDE = 1.0, 40.0
_LONGEST_PAGE = 199.0  # inches; without a resolution, no page is taken to be longer
_SOFTWARE_DPI = 97.0  # 72 and 96 are what programs write when they do not know
_SOFTWARE_SIDE = 9.0

_LETTER_WIDTH, _LETTER_HEIGHT = 8.5, 11.0
_FAX_WIDTHS = {1728: 204.0, 2048: 204.0, 2432: 204.0, 3456: 408.0}  # ITU-T T.4: pixels per line and their dpi
_FAX_LINES = (98.0, 196.0, 391.0)  # per inch: standard, fine, superfine
_FAX_TOLERANCE = 8  # pixels
_QUARTER_TURNS = (5, 6, 7, 8)  # values of the orientation tag: lines are stored as columns

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, IndexError, RuntimeError, OverflowError,
           struct.error)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """One page as an image.

    `number` is 1-based, as in the file. `pixels` is an array (rows, columns) of uint8, 0 black to 255 white.
    `dpi_x` and `dpi_y` are pixels per inch across and down; a standard fax has 204 x 98.
    """

    number: int
    pixels: GreyPixels
    dpi_x: float
    dpi_y: float

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype != np.uint8 or 0 in self.pixels.shape:
            raise ValueError(f"page {self.number}: pixels must be a two-dimensional uint8 array with something in it")
        if not (self.dpi_x > 0 and self.dpi_y > 0):
            raise ValueError(f"page {self.number}: dpi must be positive")

    @property
    def width(self) -> float:
        """Points."""
        return float(self.pixels.shape[1]) * _POINTS_PER_INCH / self.dpi_x

    @property
    def height(self) -> float:
        """Points."""
        return float(self.pixels.shape[0]) * _POINTS_PER_INCH / self.dpi_y


@dataclass(frozen=True, slots=True)
class LostPage:
    """A page of an image file that could not be decoded, amid others that could."""

    number: int


def read_images(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[PageImage | LostPage]:
    """The pages of a TIFF, PNG or JPEG, one in memory at a time, turned as their EXIF or TIFF orientation says.

    Raises `InputError`: damaged (nothing can be decoded), too_many_pages, page_too_large.
    """
    file = _open(name, data)
    with file:
        count = _count(file, limits.max_pages)
        limits.check_pages(name, count)
        decoded = 0
        for index in range(count):
            if is_left_out(index + 1):
                yield LostPage(index + 1)
                continue
            try:
                with in_hand(index + 1):
                    image = _decode(name, file, index, limits)
            except (*_BROKEN, Image.DecompressionBombError):
                yield LostPage(index + 1)
                continue
            decoded += 1
            yield image
        if not decoded:
            raise _damaged(name)


def _open(name: str, data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's warning of large images; the limits decide
            return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise InputError(
            "page_too_large", f"A page of {name} has more pixels than can be read. Scan it at 300 dpi."
        ) from None
    except _BROKEN:
        raise _damaged(name) from None


def _count(file: Image.Image, at_most: int) -> int:
    """The pages of a TIFF, one more than `at_most` where there are more; where the file breaks off, one is lost."""
    if file.format != "TIFF":
        return 1  # a JPEG's further frames are previews, a PNG's an animation
    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while count <= at_most:
            try:
                file.seek(count)
            except EOFError:
                break
            except _BROKEN:
                if file.tell() != count:  # where the next page is cannot be told
                    return count + 1
            count += 1
    return count


def _decode(name: str, file: Image.Image, index: int, limits: Limits) -> PageImage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.seek(index)
        limits.check_pixels(name, index + 1, file.width, file.height)
        declared = _declared(file)
        turned = file.getexif().get(ExifTags.Base.Orientation) in _QUARTER_TURNS
        pixels = _grey(ImageOps.exif_transpose(file))
    height, width = pixels.shape
    if turned:  # what is declared counts along the stored lines
        dpi_y, dpi_x = resolution(height, width, declared)
    else:
        dpi_x, dpi_y = resolution(width, height, declared)
    image = PageImage(index + 1, pixels, dpi_x, dpi_y)
    limits.check_page_size(name, index + 1, image.width, image.height)
    return image


def _declared(file: Image.Image) -> tuple[float, float] | None:
    """The file's own dpi (x, y); None where it has none or only an aspect ratio."""
    try:
        x, y = (float(value) for value in file.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) and x > 1 and y > 1 else None


def resolution(width: int, height: int, declared: tuple[float, float] | None) -> tuple[float, float]:
    """The dpi (x, y) of a page of `width` x `height` pixels.

    What the file declares is believed if a page of paper comes out. Otherwise the pixels per line tell a fax, whose
    lines per inch are those that come nearest to a letter page; anything else is taken for 8.5 inches wide.
    """
    if declared is not None and _is_paper(width / declared[0], height / declared[1], min(declared)):
        return declared
    for pixels, dpi in _FAX_WIDTHS.items():
        if abs(width - pixels) <= _FAX_TOLERANCE:
            lines = min(_FAX_LINES, key=lambda each: abs(math.log(height / each / _LETTER_HEIGHT)))
            return dpi, lines
    square = max(min(width, height) / _LETTER_WIDTH, max(width, height) / _LONGEST_PAGE)
    return square, square


def _is_paper(width: float, height: float, dpi: float) -> bool:
    if min(width, height) < _SHORTEST_SIDE or max(width, height) > _LONGEST_SIDE:
        return False
    return dpi > _SOFTWARE_DPI or min(width, height) <= _SOFTWARE_SIDE


def _grey(image: Image.Image) -> GreyPixels:
    """Grey of any mode; transparent parts are paper."""
    mode = image.mode
    if mode.startswith("I;16") or mode in ("I", "F"):
        values = np.asarray(image, dtype=np.float64)
        top = 65535.0 if mode.startswith("I;16") or values.max(initial=0) > 255 else 255.0
        return np.asarray(np.clip(values * (255.0 / top), 0, 255), dtype=np.uint8)
    if mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        colour = image.convert("RGBA")
        paper = Image.new("RGBA", colour.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, colour).convert("RGB")
    elif mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    return np.array(image if image.mode == "L" else image.convert("L"), dtype=np.uint8)


def _damaged(name: str) -> InputError:
    return InputError("damaged", f"{name} cannot be decoded as an image. Send the file again, or scan it again.")
