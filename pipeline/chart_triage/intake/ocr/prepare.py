"""A page image made ready for recognition: upright, square pixels, even background, no noise, level lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from chart_triage.intake.images import GreyPixels, PageImage
from chart_triage.intake.ocr.affine import Matrix, QuarterTurn, quarter_turn, scaling, shift, tilt
from chart_triage.intake.ocr.ink import InkMask, flatten, ink_of, is_bilevel, mend_lost_rows, read_glyphs
from chart_triage.intake.ocr.skew import line_tilt

# Letters (median height, most without ascender) of 14 to 18 pixels are read as well as larger ones, and the time that
# Tesseract takes to find lines grows with the image: measured for 8 to 13 point type at 180 to 330 dpi.
_LETTER_HEIGHT = 15.0
_USUAL_DPI = 216.0
_DPI_RANGE = (180.0, 280.0)
_MAX_ENLARGEMENT = 4.0
_BLUR = 0.006  # inches: rounds off the stairs of black-and-white pixels, which the recogniser takes for serifs
_LEAST_TILT = 0.12  # degrees; less is not worth the resampling
_INK = 150  # darker than this, before the blur, is ink
_WHITE = 32  # pixels of white around what is written, where the page has as much
_MAX_PREPARED_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An image for the recogniser, and how it was made.

    - `pixels`: grey, 0 ink to 255 paper, `dpi` pixels per inch both ways; the page stands upright with level lines, and
      has lost its white margins.
    - `origin`: the left and upper margin that it has lost, in pixels.
    - `ink`: mask of the ink in `pixels` before it was blurred, 1 where there is ink.
    - `matrix`: from pixels of the source to pixels of `pixels` (x right, y down, corners of pixels are integers).
    - `rotation`: degrees clockwise by which the page was turned; `tilt`: degrees clockwise turned on top of that.
    - `letter_height`: median, in `pixels`; 0 when there are too few letters to tell.
    """

    pixels: GreyPixels
    origin: tuple[int, int]
    ink: InkMask
    dpi: float
    matrix: Matrix
    rotation: QuarterTurn
    tilt: float
    was_bilevel: bool
    letter_height: float
    specks_per_square_inch: float
    ink_share: float


def prepare(image: PageImage, rotation: QuarterTurn) -> Prepared:
    """`image` turned clockwise by `rotation`, made square, clean and level."""
    bilevel = is_bilevel(image.pixels)
    if bilevel:
        ink = mend_lost_rows(ink_of(image.pixels))
        glyphs, ink = read_glyphs(ink, image.dpi_x, image.dpi_y)
        level: GreyPixels = np.uint8(255) - ink * np.uint8(255)
    else:
        level = flatten(image.pixels)
        ink = ink_of(level)
        glyphs, _ = read_glyphs(ink, image.dpi_x, image.dpi_y)
    dpi_x, dpi_y = (image.dpi_y, image.dpi_x) if rotation % 180 else (image.dpi_x, image.dpi_y)
    if rotation:
        level, ink = _turned(level, rotation), _turned(ink, rotation)
    # Glyph heights were taken before the turn: of a page on its side they are widths, near enough for a scale.
    dpi = _target_dpi(glyphs.height / image.dpi_y, max(dpi_x, dpi_y), level.size / (dpi_x * dpi_y))
    degrees = line_tilt(ink, dpi_x, dpi_y)
    if abs(degrees) < _LEAST_TILT:
        degrees = 0.0
    pixels, matrix = _straight(level, dpi / dpi_x, dpi / dpi_y, degrees)
    sharp = np.asarray(pixels < _INK, dtype=np.uint8)
    written = _written_part(sharp)
    pixels, sharp = (np.ascontiguousarray(each[written]) for each in (pixels, sharp))
    origin = written[1].start, written[0].start
    if bilevel:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), _BLUR * dpi), dtype=np.uint8)
    height, width = image.pixels.shape
    return Prepared(
        pixels=pixels,
        origin=origin,
        ink=sharp,
        dpi=dpi,
        matrix=shift(-origin[0], -origin[1]) @ matrix @ quarter_turn(rotation, width, height),
        rotation=rotation,
        tilt=degrees,
        was_bilevel=bilevel,
        letter_height=glyphs.height * dpi / image.dpi_y,
        specks_per_square_inch=glyphs.specks_per_square_inch,
        ink_share=float(ink.mean()),
    )


def _written_part(ink: InkMask) -> tuple[slice, slice]:
    """Rows and columns of the ink with some white around it: what is done pixel by pixel need not look at margins."""
    height, width = ink.shape
    left, top, wide, high = cv2.boundingRect(ink)
    if not wide:
        return slice(0, height), slice(0, width)
    return (
        slice(max(0, top - _WHITE), min(height, top + high + _WHITE)),
        slice(max(0, left - _WHITE), min(width, left + wide + _WHITE)),
    )


def _turned(pixels: InkMask, rotation: QuarterTurn) -> InkMask:
    return np.ascontiguousarray(np.rot90(pixels, -rotation // 90))


def _target_dpi(letter_inches: float, source_dpi: float, square_inches: float) -> float:
    """The resolution at which letters get the height wanted."""
    wanted = _LETTER_HEIGHT / letter_inches if letter_inches else _USUAL_DPI
    least, most = _DPI_RANGE
    dpi = min(max(wanted, least), most, source_dpi * _MAX_ENLARGEMENT)
    return float(min(dpi, (_MAX_PREPARED_PIXELS / max(square_inches, 1e-6)) ** 0.5))


def _straight(level: GreyPixels, scale_x: float, scale_y: float, degrees: float) -> tuple[GreyPixels, Matrix]:
    height, width = level.shape
    size = max(1, round(width * scale_x)), max(1, round(height * scale_y))
    enlarges = scale_x * scale_y > 1
    pixels = cv2.resize(level, size, interpolation=cv2.INTER_CUBIC if enlarges else cv2.INTER_AREA)
    matrix = scaling(size[0] / width, size[1] / height)
    if degrees:
        turn, wide, high = tilt(degrees, *size)
        centred = turn[:2].copy()
        centred[:, 2] += turn[:2, :2] @ (0.5, 0.5) - 0.5  # OpenCV counts from the middle of pixels
        pixels = cv2.warpAffine(
            pixels, centred, (round(wide), round(high)), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255, 255)
        )
        matrix = turn @ matrix
    return np.asarray(pixels, dtype=np.uint8), matrix
