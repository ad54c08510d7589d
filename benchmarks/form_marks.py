"""Form marks on faxes of the fixture charts, beside the marks of the native charts, and answers circled by hand.

    python -m benchmarks.run form_marks [--levels fine standard] [--every 3] [--sheets 8]

Every page with drawn or interactive marks, and the first two pages of every chart, is turned into a fax
(fixtures/fax.py). Figures for each level:

- marks: how many of the native marks are found with their state, as unknown, with the wrong state, or not at all; and
  false marks, where the native page has none. Seconds are those of one core for finding all marks of a page.
- circled: rows "Y  N", "Yes / No", "Yes  No  N/A" with a crooked ring, closed or open, around one answer (seeded), read
  as a page is: the answer is right, wrong, unknown, or nothing is said.
"""

from __future__ import annotations

import argparse
import io
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from reportlab.pdfgen.canvas import Canvas

from benchmarks.ocr import image_of, read_by_us
from chart_triage.intake import read_chart
from chart_triage.intake.ocr.affine import hull
from chart_triage.intake.ocr.answer_rings import take_out_rings
from chart_triage.intake.ocr.form_marks import ImageMark, erase, find_check_boxes
from chart_triage.intake.ocr.ink import InkMask, connected_parts
from chart_triage.intake.ocr.orientation import upright_turns
from chart_triage.intake.ocr.prepare import Prepared, prepare
from chart_triage.intake.ocr.round_marks import find_radio_buttons
from chart_triage.records.page import Mark, MarkState, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import fax  # noqa: E402

LEVELS = ("fine", "standard", "standard-bad", "grey")
PLAIN_PAGES = 2  # of each chart, besides those with marks
OFF = 3.0  # points by which the middle of a mark may miss the native one
ROW = 14.0  # points from the middle of a ring to the marks of its row
USUAL_LETTER = 15.0  # pixels
ITEMS = (
    "Pacemaker",
    "Aneurysm clip",
    "Cochlear implant",
    "Insulin pump",
    "Metal in the eye",
    "Pregnant",
    "Claustrophobia",
)
FORMS = (("Y", "  ", "N"), ("Yes", " / ", "No"), ("Yes", "    ", "No", "    ", "N/A"), ("YES", "   ", "NO"))


class Native(NamedTuple):
    chart: Path
    page: Page
    marks: tuple[Mark, ...]


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run form_marks", description=__doc__)
    parser.add_argument("--levels", nargs="+", choices=fax.LEVELS, default=LEVELS)
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    parser.add_argument("--sheets", type=int, default=6, help="sheets of circled answers for each level")
    options = parser.parse_args(arguments)
    pages = native_pages()[:: options.every]
    for level in options.levels:
        yield from marks_found(level, pages)
        yield circled_answers(level, options.sheets)


def native_pages() -> list[Native]:
    found = []
    for chart in sorted((ROOT / "fixtures" / "charts").glob("*.pdf")):
        for page in read_chart(chart).pages:
            marks = tuple(mark for mark in page.marks if mark.kind in ("drawn", "acroform"))
            if not page.rotation and (marks or page.number <= PLAIN_PAGES):
                found.append(Native(chart, page, marks))
    return found


def marks_found(level: str, pages: Sequence[Native]) -> Iterator[tuple[str, str]]:
    counts: Counter[str] = Counter()
    seconds = []
    for native in pages:
        faxed = next(iter(fax.fax_pages(native.chart.read_bytes(), fax.LEVELS[level], 1, [native.page.number])))
        image = image_of(faxed)
        prepared = prepare(image, upright_turns(image.pixels, image.dpi_x, image.dpi_y)[0])
        start = time.process_time()
        found = find_marks(prepared)
        seconds.append(time.process_time() - start)
        to_points = np.linalg.inv(prepared.matrix @ faxed.matrix)
        counts += compared(native.marks, [(hull(to_points, mark.place), mark.state) for mark in found])
    total = sum(counts.values()) - counts["false"]
    told = ", ".join(f"{counts[name]} {name}" for name in ("right", "unknown", "wrong", "missed", "false"))
    yield f"{level}, {len(pages)} pages, {total} marks", told
    yield f"{level}, seconds a page for marks", f"{np.mean(seconds):.3f}, at most {max(seconds):.3f}"


def find_marks(page: Prepared) -> list[ImageMark]:
    """As `intake.ocr.page` finds them; the time that rings take is spent as well."""
    pixels, ink = page.pixels.copy(), page.ink.copy()
    letter = page.letter_height or USUAL_LETTER
    marks: list[ImageMark] = []
    for find in (find_check_boxes, _radio_buttons):
        found = find(ink, page.dpi, letter)
        for mark in found:
            erase(pixels, ink, mark, page.dpi)
        marks += found
    take_out_rings(pixels, ink, connected_parts(ink), letter)
    return marks


def _radio_buttons(ink: InkMask, dpi: float, letter: float) -> list[ImageMark]:
    return find_radio_buttons(ink, connected_parts(ink), dpi, letter)


def compared(
    truth: Sequence[Mark], found: Sequence[tuple[tuple[float, float, float, float], MarkState]]
) -> Counter[str]:
    counts: Counter[str] = Counter()
    left = list(found)
    for mark in truth:
        x0, y0, x1, y1 = mark.box.as_list()
        for each in left:
            place, state = each
            x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
            if x0 - OFF <= x <= x1 + OFF and y0 - OFF <= y <= y1 + OFF:
                left.remove(each)
                is_unknown = state is MarkState.UNKNOWN
                counts["right" if state is mark.state else "unknown" if is_unknown else "wrong"] += 1
                break
        else:
            counts["missed"] += 1
    counts["false"] += len(left)
    return counts


def circled_answers(level: str, sheets: int) -> tuple[str, str]:
    counts: Counter[str] = Counter()
    for seed in range(sheets):
        pdf, answers = circled_sheet(seed)
        faxed = next(iter(fax.fax_pages(pdf, fax.LEVELS[level], seed)))
        page = read_by_us(image_of(faxed))
        for middle, answer in answers:
            x, y, _ = faxed.matrix @ (*middle, 1)
            counts[said(page, (x * 72 / faxed.dpi[0], y * 72 / faxed.dpi[1]), answer)] += 1
    told = ", ".join(f"{counts[name]} {name}" for name in ("right", "unknown", "wrong", "silent"))
    return f"{level}, {sum(counts.values())} circled answers", told


def said(page: Page, middle: tuple[float, float], answer: str) -> str:
    """What the page's marks say in the row of the ring around `middle`."""
    row = [mark for mark in page.marks if abs((mark.box.y0 + mark.box.y1) / 2 - middle[1]) < ROW]
    ticked = [mark for mark in row if mark.state is MarkState.TICKED]
    if not ticked:
        return "unknown" if row else "silent"
    is_there = len(ticked) == 1 and abs(ticked[0].box.x1 - middle[0]) < ROW
    return "right" if is_there and ticked[0].label.lower() == answer.lower() else "wrong"


def circled_sheet(seed: int) -> tuple[bytes, list[tuple[tuple[float, float], str]]]:
    """A form of 12 rows; and the circled answers with the middle of their ring in points (y downwards)."""
    chance = random.Random(seed)
    out = io.BytesIO()
    canvas: Any = Canvas(out, pagesize=(612, 792), invariant=1)
    font = chance.choice(("Helvetica", "Times-Roman"))
    canvas.setFont(font, 11)
    canvas.drawString(60, 730, "Screening before magnetic resonance imaging. Please circle one answer in each row.")
    answers = []
    for row in range(12):
        y = 690 - 34 * row
        canvas.drawString(60, y, chance.choice(ITEMS))
        form = chance.choice(FORMS)
        chosen = chance.choice(form[::2])
        x = 300.0
        for word in form:
            width = canvas.stringWidth(word, font, 11)
            if word == chosen:
                answers.append(((x + width / 2, 792 - y - 4), word))
                hand_ring(canvas, chance, (x + width / 2, y + 4), (width / 2 + 5, 9))
            canvas.drawString(x, y, word)
            x += width if word.strip() else 2.2 * width
    canvas.save()
    return out.getvalue(), answers


def hand_ring(canvas: Any, chance: random.Random, middle: tuple[float, float], reach: tuple[float, float]) -> None:
    """A crooked ellipse that may stay open or run past its beginning."""
    start, turn = chance.uniform(0, 2 * math.pi), chance.choice((0.92, 0.97, 1.0, 1.05)) * 2 * math.pi
    tilt, drift = chance.uniform(-0.15, 0.15), chance.uniform(-1.5, 1.5)
    wobble, phase = chance.uniform(0, 0.06), chance.uniform(0, 2 * math.pi)
    path = canvas.beginPath()
    for step in range(61):
        angle = start + turn * step / 60
        far = 1 + wobble * math.sin(2 * angle + phase)
        x, y = far * reach[0] * math.cos(angle), far * (reach[1] + drift * step / 60) * math.sin(angle)
        point = middle[0] + x - tilt * y, middle[1] + y + tilt * x
        path.lineTo(*point) if step else path.moveTo(*point)
    canvas.setLineWidth(chance.uniform(0.8, 1.6))
    canvas.drawPath(path)


if __name__ == "__main__":
    from benchmarks.run import print_table

    print_table("form marks", main(sys.argv[1:]))
