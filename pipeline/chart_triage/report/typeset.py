"""Sets a plain-text chart on letter pages, so that it too can be read and highlighted as a PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.pagesizes import letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from chart_triage.records.chart import Chart
from chart_triage.records.geometry import Box
from chart_triage.report import fonts
from chart_triage.report.lines import Line

WIDTH, HEIGHT = letter
_MARGIN_X, _TOP, _BOTTOM = 50.0, 62.0, 50.0
_SIZE, _LEADING = 9.0, 12.5
_COLUMNS = 94  # characters of 9-point type between the margins
_ROWS = int((HEIGHT - _TOP - _BOTTOM) // _LEADING)
_TAB = "    "
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class SetLine:
    """A printed row: `Page.text[start:end]` of chart page `page`, on sheet `sheet` (from 0), `row` from the top."""

    page: int
    start: int
    end: int
    sheet: int
    row: int


@dataclass(frozen=True)
class Typeset:
    """The chart as a PDF, and where each stretch of its text was printed."""

    chart: Chart
    rows: tuple[SetLine, ...]
    pdf: bytes

    def first_sheet(self, page: int) -> int:
        return next(row.sheet for row in self.rows if row.page == page)

    def lines(self, page: int, start: int, end: int) -> list[tuple[int, Line]]:
        """Sheet and box of each printed row that `Page.text[start:end]` touches."""
        text = self.chart.pages[page - 1].text
        found: list[tuple[int, Line]] = []
        for row in self.rows:
            first, last = max(start, row.start), min(end, row.end)
            words = text[first:last].strip() if row.page == page else ""
            if words:
                x0 = _MARGIN_X + _width(text[row.start : text.index(words, first)])
                y0 = _TOP + row.row * _LEADING
                found.append((row.sheet, (Box(x0, y0, x0 + _width(words), y0 + _LEADING - 1.5),)))
        return found


def typeset(chart: Chart) -> Typeset:
    """Letter pages in a fixed-width face. Every chart page begins on a new sheet; long lines are wrapped at blanks.

    Characters without a glyph are printed as an empty box; none is left out. Same input, same bytes.
    """
    fonts.register()
    rows = tuple(_rows(chart))
    out = BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    canvas.setTitle("Chart")
    for sheet in range(rows[-1].sheet + 1):
        _draw(canvas, chart, [row for row in rows if row.sheet == sheet])
    canvas.save()
    return Typeset(chart, rows, out.getvalue())


def _rows(chart: Chart) -> Iterator[SetLine]:
    sheet = -1
    for page in chart.pages:
        for number, (start, end) in enumerate(_wrapped(page.text)):
            if number % _ROWS == 0:
                sheet += 1
            yield SetLine(page.number, start, end, sheet, number % _ROWS)


def _wrapped(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the printed rows; an empty text is one empty row."""
    start = 0
    for line in text.split("\n"):
        at, until = start, start + len(line)
        while until - at > _COLUMNS:
            blank = text.rfind(" ", at + 1, at + _COLUMNS)
            cut = blank + 1 if blank > 0 else at + _COLUMNS
            yield at, cut
            at = cut
        yield at, until
        start = until + 1


def _draw(canvas: Canvas, chart: Chart, rows: list[SetLine]) -> None:
    canvas.setFont(fonts.REGULAR, 7.5)
    canvas.setFillGray(0.35)
    canvas.drawString(_MARGIN_X, HEIGHT - 36, f"Plain-text chart {chart.sha256[:12]} · page {rows[0].page}")
    canvas.setFillGray(0)
    canvas.setFont(fonts.MONO, _SIZE)
    for row in rows:
        baseline = HEIGHT - _TOP - row.row * _LEADING - _SIZE
        canvas.drawString(_MARGIN_X, baseline, _printed(chart.pages[row.page - 1].text[row.start : row.end]))
    canvas.showPage()


def _printed(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text.replace("\t", _TAB))


def _width(text: str) -> float:
    return float(stringWidth(_printed(text), fonts.MONO, _SIZE))
