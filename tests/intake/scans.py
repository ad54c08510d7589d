"""Scans of a small drawn letter, made with fixtures/fax.py, and what a reader must find on them.

What is on the letter, and where, comes from its drawing (by pdfplumber), never from the code under test.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pdfplumber
from intake_pdfs import LEFT_COLUMN, NOTE, RIGHT_COLUMN, Draw, as_bytes, lines
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

import fax
from chart_triage.records.chart import Chart
from chart_triage.records.page import Page

Rectangle = tuple[float, float, float, float]
FINE = fax.Damage()
LETTER_LINES = (*NOTE, *LEFT_COLUMN, *RIGHT_COLUMN)


def letter(canvas: Canvas) -> None:
    lines(canvas, LETTER_LINES, pitch=14)


@cache
def pdf_of(draw: Draw) -> bytes:
    return as_bytes(draw)


@cache
def sheet(draw: Draw) -> fax.Pixels:
    pixels = fax.render(pdf_of(draw), 0)
    pixels.setflags(write=False)
    return pixels


@cache
def faxed(damage: fax.Damage = FINE, draw: Draw = letter, page: int = 1, pages: int = 1) -> fax.FaxedPage:
    return fax.fax(sheet(draw), damage, 1, page, pages)


def picture(damage: fax.Damage = FINE, draw: Draw = letter) -> Image.Image:
    """Black and white for a fax, grey for a scan in grey."""
    pixels = faxed(damage, draw).pixels
    image = Image.fromarray(pixels)
    return image.convert("1", dither=Image.Dither.NONE) if np.isin(pixels, (0, 255)).all() else image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@cache
def true_words(draw: Draw = letter) -> tuple[tuple[str, Rectangle], ...]:
    with pdfplumber.open(io.BytesIO(pdf_of(draw))) as document:
        found = document.pages[0].extract_words()
    return tuple((word["text"], (word["x0"], word["top"], word["x1"], word["bottom"])) for word in found)


def words_read(page: Page) -> list[tuple[str, Rectangle]]:
    return [
        (page.text[word.start : word.end], (word.box.x0, word.box.y0, word.box.x1, word.box.y1)) for word in page.words
    ]


def share_read(page: Page, draw: Draw = letter) -> float:
    """Share of the letter's words that the page's text holds, in whatever order."""
    truth = Counter(text for text, _ in true_words(draw))
    return (truth & Counter(page.text.split())).total() / truth.total()


def share_in_place(page: Page, scan: fax.FaxedPage | None = None, draw: Draw = letter) -> float:
    """Share of the words read whose box covers at least half of where the word stands.

    `scan` places the letter on the page, if it was fed askew.
    """
    places: dict[str, list[Rectangle]] = {}
    for text, place in true_words(draw):
        places.setdefault(text, []).append(place if scan is None else _placed(scan, place))
    read = [(places[text], box) for text, box in words_read(page) if text in places]
    return sum(any(covered(place, box) >= 0.5 for place in known) for known, box in read) / max(len(read), 1)


def _placed(scan: fax.FaxedPage, place: Rectangle) -> Rectangle:
    x0, y0, x1, y1 = place
    corners = np.array([[x, y, 1.0] for x in (x0, x1) for y in (y0, y1)])
    xs, ys, _ = scan.matrix @ corners.T
    across, down = 72 / scan.dpi[0], 72 / scan.dpi[1]
    return min(xs) * across, min(ys) * down, max(xs) * across, max(ys) * down


def covered(place: Sequence[float], by: Sequence[float]) -> float:
    """The share of `place` that lies within `by`."""
    wide = min(place[2], by[2]) - max(place[0], by[0])
    high = min(place[3], by[3]) - max(place[1], by[1])
    area = (place[2] - place[0]) * (place[3] - place[1])
    return wide * high / area if wide > 0 and high > 0 else 0.0


def warned(chart: Chart) -> list[tuple[str, tuple[int, ...]]]:
    return [(warning.kind, warning.pages) for warning in chart.warnings]


def distinct(count: int) -> Iterator[fax.FaxedPage]:
    """Pages of one short line each, no two alike."""
    for number in range(1, count + 1):
        yield faxed(fax.Damage(), _numbered(number))


@cache
def _numbered(number: int) -> Draw:
    def draw(canvas: Canvas) -> None:
        lines(canvas, [f"This is the page with the number {number} of the record."])

    return draw
