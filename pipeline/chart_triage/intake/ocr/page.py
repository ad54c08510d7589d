"""One page image to words, check boxes, table cells and legibility: read top to bottom, it is the page's whole way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from chart_triage import resources
from chart_triage.intake.images import GreyPixels, PageImage
from chart_triage.intake.layout.placed import PlacedWord, Rectangle, Sign, sign_word
from chart_triage.intake.ocr.affine import Matrix, QuarterTurn, hulls, quarter_turn, scaling, shift
from chart_triage.intake.ocr.answer_rings import take_out_rings
from chart_triage.intake.ocr.circled_answers import mark_circled
from chart_triage.intake.ocr.engine import OcrWord
from chart_triage.intake.ocr.form_marks import erase, find_check_boxes
from chart_triage.intake.ocr.ink import InkMask, Parts, connected_parts
from chart_triage.intake.ocr.legibility import judge
from chart_triage.intake.ocr.orientation import upright_turns
from chart_triage.intake.ocr.paddle import paddle_reader
from chart_triage.intake.ocr.pen_lines import (
    lines_near_answers,
    mark_lined,
    take_out_pen_lines,
    with_struck,
)
from chart_triage.intake.ocr.pieces import find_pieces
from chart_triage.intake.ocr.prepare import Prepared, prepare
from chart_triage.intake.ocr.reading import Legibility, PageReading
from chart_triage.intake.ocr.round_marks import find_radio_buttons
from chart_triage.intake.ocr.rules import Rules, find_rules, table_cells
from chart_triage.intake.ocr.second_look import look_again, typical_slips
from chart_triage.intake.ocr.sheet import set_sheet
from chart_triage.intake.ocr.tesseract import tesseract
from chart_triage.intake.page_draft import Affine, TableRow

_POINTS = 72.0
_USUAL_LETTER = 15.0  # pixels, for pages with too few letters to tell
_FINEST, _TOO_FINE = 300.0, 360.0  # pixels per inch
_LEAST_INK = 0.00002  # share of the page: less is dust
_MOST_LETTERS = 16_000  # the densest pages of writing hold 12,000; more are noise or a raster
_MOST_ROWS = 32_000  # of a sheet: what Tesseract can take; writing needs a tenth, specks of all sizes more
_MOST_SECOND_LOOKS = 6  # words of a page that the second engine sees
_PLAIN = 0.5  # share of words read right from which on the page was surely looked at the right way up
_SCRAP = 0.1
_JUNK = 0.3  # confidence below which what is no word was no writing: a signature, a logo, a stain


@cache
def version() -> str:
    """Names everything that decides what `read_image` returns; results are kept under it."""
    own = resources.checksum(resources.models() / "ocr")[:12]
    return "; ".join(("page 4", f"models/ocr {own}", tesseract().version, paddle_reader().version))


def read_image(image: PageImage) -> PageReading:
    """The reading of one page. Raises `TimeoutError` where recognition takes longer than the engine allows."""
    _use_one_thread()
    image = _reduced(image)
    turns = upright_turns(image.pixels, image.dpi_x, image.dpi_y)
    best: PageReading | None = None
    for turn in turns:
        reading = _read_turned(image, turn)
        if reading.is_blank or reading.legibility.share >= _PLAIN:
            return reading
        if best is None or reading.legibility.share > best.legibility.share:
            best = reading
    assert best is not None, "there is at least one turn"
    return best


def _reduced(image: PageImage) -> PageImage:
    """Finer scans than letters need, at `_FINEST` pixels per inch: they would only cost time and memory."""
    if min(image.dpi_x, image.dpi_y) <= _TOO_FINE:
        return image
    height, width = image.pixels.shape
    size = max(1, round(width * _FINEST / image.dpi_x)), max(1, round(height * _FINEST / image.dpi_y))
    pixels = np.asarray(cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return PageImage(image.number, pixels, size[0] * image.dpi_x / width, size[1] * image.dpi_y / height)


def _read_turned(image: PageImage, turn: QuarterTurn) -> PageReading:
    page = prepare(image, turn)
    if page.ink_share < _LEAST_INK:
        return _reading(image, page, [], [], [], Legibility(1.0, ()), is_blank=True)
    letter = page.letter_height or _USUAL_LETTER
    pixels, ink = page.pixels.copy(), page.ink.copy()
    marks = find_check_boxes(ink, page.dpi, letter)
    for mark in marks:
        erase(pixels, ink, mark, page.dpi)
    parts = connected_parts(ink)
    buttons = find_radio_buttons(ink, parts, page.dpi, letter)
    for mark in buttons:
        erase(pixels, ink, mark, page.dpi)
    rules = find_rules(ink, letter)
    rows = table_cells(rules, ink, letter)
    if _take_out(rules, pixels, ink) or buttons:
        parts = connected_parts(ink)
    rings = take_out_rings(pixels, ink, parts, letter)
    if rings:
        parts = connected_parts(ink)
    written = _recognise(pixels, parts, letter, page.dpi)
    if written is None:
        return _reading(image, page, [], [], [], Legibility(0.0, ()), is_blank=False)
    lines = lines_near_answers(ink, letter, written.words)
    if lines:
        take_out_pen_lines(pixels, ink, lines, letter)
        written = _recognise(pixels, connected_parts(ink), letter, page.dpi) or written
    words = typical_slips(look_again(written.words, pixels, paddle_reader(), _MOST_SECOND_LOOKS))
    words = with_struck(words, lines)
    words, answers = mark_circled(words, rings, letter)
    marks += buttons + answers
    marks += mark_lined(words, lines, marks, ink)
    legibility = judge(words, written.letters)
    alone = Counter(word.line for word in words)
    words = [word for word in words if not _is_junk(word, alone=alone[word.line] == 1)]
    signs = [sign_word(Sign(mark.state, "image"), mark.place)._replace(confidence=mark.confidence) for mark in marks]
    return _reading(image, page, words, signs, rows, legibility, is_blank=False)


class _Written(NamedTuple):
    """The words of a page, and how many letters it has ink for."""

    words: list[OcrWord]
    letters: int


def _recognise(pixels: GreyPixels, parts: Parts, letter: float, dpi: float) -> _Written | None:
    """What is written; None for what no writing can be: noise, a raster."""
    pieces = find_pieces(parts, letter)
    if pieces.letters > _MOST_LETTERS:
        return None
    sheet = set_sheet(pixels, pieces, letter)
    if len(sheet.pixels) > _MOST_ROWS:
        return None
    words = sheet.back(tesseract().recognise(sheet.pixels, dpi)) if sheet.places else []
    return _Written(words, pieces.letters)


@cache
def _use_one_thread() -> None:
    """OpenCV would start one for each core, beside the other processes that read pages."""
    cv2.setNumThreads(1)


def _is_junk(word: OcrWord, *, alone: bool) -> bool:
    """No letters and hardly sure, or a scrap far from all words that the engine does not believe in itself."""
    if any(c.isalnum() for c in word.text):
        return alone and word.confidence < _SCRAP and len(word.text) <= 2
    return word.confidence < _JUNK


def _take_out(rules: Rules, pixels: GreyPixels, ink: InkMask) -> bool:
    """White letters on bars become black ones; rules vanish, but for where letters stand on them.

    Whether there was any.
    """
    for x0, y0, x1, y1 in rules.bars:
        pixels[y0:y1, x0:x1] = 255 - pixels[y0:y1, x0:x1]
        ink[y0:y1, x0:x1] = 1 - ink[y0:y1, x0:x1]
    drawn = rules.any
    if not drawn.any():
        return bool(rules.bars)
    wide = cv2.dilate(drawn, np.ones((5, 5), np.uint8))
    letters = cv2.dilate(ink & (1 - wide), np.ones((3, 3), np.uint8))
    gone = (wide > 0) & (letters == 0)
    pixels[gone] = 255
    ink[gone | (drawn > 0)] = 0
    return True


def _reading(
    image: PageImage,
    page: Prepared,
    words: list[OcrWord],
    signs: list[PlacedWord],
    rows: list[list[Rectangle]],
    legibility: Legibility,
    *,
    is_blank: bool,
) -> PageReading:
    to_points: Matrix = scaling(_POINTS / page.dpi, _POINTS / page.dpi) @ shift(*page.origin)
    to_page = _upright(image, page.rotation) @ np.linalg.inv(page.matrix)
    tilted = page.tilt != 0
    matrix = to_points if tilted else to_page
    width, height = (image.height, image.width) if page.rotation % 180 else (image.width, image.height)
    level = to_page @ np.linalg.inv(to_points)

    def places(of: Sequence[Rectangle]) -> list[Rectangle]:
        there = hulls(matrix, np.array(of, dtype=np.float64).reshape(-1, 4))
        if not tilted:
            there[:, :2] = np.maximum(there[:, :2], 0.0)
            there[:, 2:] = np.minimum(there[:, 2:], (width, height))
        return [(x0, y0, x1, y1) for x0, y0, x1, y1 in there.tolist()]

    at_words = places([(word.x0, word.y0, word.x1, word.y1) for word in words])
    placed = [PlacedWord(w.text, *at, confidence=w.confidence) for w, at in zip(words, at_words, strict=True)]
    at_signs = places([(sign.x0, sign.y0, sign.x1, sign.y1) for sign in signs])
    placed += [
        PlacedWord(sign.text, *at, sign=sign.sign, confidence=sign.confidence)
        for sign, at in zip(signs, at_signs, strict=True)
    ]
    return PageReading(
        rotation=page.rotation,
        width=width,
        height=height,
        level=_affine(level) if tilted else None,
        words=tuple(word for word in placed if word.x1 > word.x0 and word.y1 > word.y0),
        table_rows=tuple(TableRow(tuple(places(row))) for row in rows),
        legibility=Legibility(legibility.share, tuple(places(legibility.unclear))),
        is_blank=is_blank,
    )


def _upright(image: PageImage, rotation: QuarterTurn) -> Matrix:
    """From pixels of the image to points of the upright page."""
    height, width = image.pixels.shape
    turn = quarter_turn(rotation, width, height)
    across, down = (image.dpi_y, image.dpi_x) if rotation % 180 else (image.dpi_x, image.dpi_y)
    return scaling(_POINTS / across, _POINTS / down) @ turn


def _affine(matrix: Matrix) -> Affine:
    (a, b, c), (d, e, f) = matrix[:2].tolist()
    return (a, b, c), (d, e, f)
