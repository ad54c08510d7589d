"""Reading faxes of the fixture charts, beside bare Tesseract with its defaults on the same pages.

    python -m benchmarks.run ocr [--levels fine standard] [--every 3] [--processes]

Every page that is read upright in the native chart is turned into a fax (fixtures/fax.py) and read by both. All times
are seconds of one core; the engines take turns page by page. Figures for each level:

- word error: edit distance of the words to those of the native page, in reading order, over their number; in
  brackets the share of words lost in whatever order, which two correct reading orders do not change.
- critical words: how many of the words of the lexicon's terms and of the negation words are read, in whatever order.
- boxes: share of the words read whose box covers at least half of the true word's.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pikepdf
import tesserocr

from chart_triage import resources
from chart_triage.intake import read_chart
from chart_triage.intake.assembly import assemble
from chart_triage.intake.images import PageImage
from chart_triage.intake.ocr.affine import hull, quarter_turn, scaling
from chart_triage.intake.ocr.models import TESSERACT_ENGLISH
from chart_triage.intake.ocr.page import read_image
from chart_triage.intake.ocr.reader import read_images
from chart_triage.intake.page_draft import PageDraft
from chart_triage.intake.scanned import read_page
from chart_triage.records.page import Page, PageSource
from chart_triage.resources import model_path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import fax  # noqa: E402

WORD = re.compile(r"[A-Za-z0-9]+")
LEAST_WORDS = 40  # of a page
NEGATIONS = frozenset(
    ("no", "not", "denies", "denied", "without", "never", "negative", "none", "nor", "neither", "absent", "cannot")
)
SCALING_PAGES = 48


class Job(NamedTuple):
    """A page of a chart: alone in a PDF, and as it is read there (running headers are known from other pages only)."""

    chart: Path
    number: int
    pdf: bytes
    page: Page


@dataclass
class Tally:
    """Sums over the pages of one level."""

    words: int = 0
    errors: int = 0
    lost: int = 0
    critical: int = 0
    critical_read: int = 0
    negations: int = 0
    negations_read: int = 0
    boxes: int = 0
    boxes_right: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, truth: Sequence[str], read: Sequence[str], seconds: float) -> None:
        want, have = Counter(truth), Counter(read)
        self.words += len(truth)
        self.errors += distance(truth, read)
        self.lost += (want - have).total()
        for name, chosen in (("critical", critical_words()), ("negations", NEGATIONS)):
            wanted = Counter({word: n for word, n in want.items() if word in chosen})
            setattr(self, name, getattr(self, name) + wanted.total())
            setattr(self, f"{name}_read", getattr(self, f"{name}_read") + (wanted & have).total())
        self.seconds.append(seconds)

    def row(self) -> str:
        return (
            f"word error {share(self.errors, self.words)} (lost {share(self.lost, self.words)}), "
            f"critical words {share(self.critical_read, self.critical)} of {self.critical}, "
            f"negations {share(self.negations_read, self.negations)} of {self.negations}"
        )


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run ocr", description=__doc__)
    parser.add_argument("--levels", nargs="+", choices=fax.LEVELS, default=list(fax.LEVELS))
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    parser.add_argument("--processes", action="store_true", help="also the pages a second of two processes over one")
    options = parser.parse_args(arguments)
    chosen = jobs()[:: options.every]
    bare = tesserocr.PyTessBaseAPI(path=str(model_path(TESSERACT_ENGLISH).parent), lang="eng")
    read_image(image_of(faxed(chosen[0], "fine")))  # loads the engines
    for level in options.levels:
        yield from measured(level, chosen, bare)
    if options.processes:
        yield from scaled(chosen)


def measured(level: str, chosen: Sequence[Job], bare: tesserocr.PyTessBaseAPI) -> Iterator[tuple[str, str]]:
    ours, theirs = Tally(), Tally()
    for job in chosen:
        page = faxed(job, level)
        image = image_of(page)
        truth = words_of(job.page.text)
        start = time.process_time()
        read = read_by_us(image)
        ours.add(truth, words_of(read.text), time.process_time() - start)
        count_boxes(ours, job.page, read, page, image)
        start = time.process_time()
        text = read_by_bare_tesseract(bare, image)
        theirs.add(truth, words_of(text), time.process_time() - start)
    yield f"{level}, {len(chosen)} pages", ours.row()
    yield f"{level}, boxes", share(ours.boxes_right, ours.boxes)
    yield f"{level}, bare Tesseract", theirs.row()
    mine, other = np.mean(ours.seconds), np.mean(theirs.seconds)
    yield f"{level}, seconds a page", f"{mine:.2f}; bare Tesseract {other:.2f}; ratio {mine / other:.2f}"


def scaled(chosen: Sequence[Job]) -> Iterator[tuple[str, str]]:
    """Pages per second of wall clock, processes warm."""
    images = [image_of(faxed(job, "fine")) for job in (list(chosen) * SCALING_PAGES)[:SCALING_PAGES]]
    images = [
        image.__class__(n, image.pixels, image.dpi_x + n * 1e-6, image.dpi_y) for n, image in enumerate(images, 1)
    ]
    rates = {}
    for processes in (1, 2, 1, 2):
        start = time.perf_counter()
        for _ in read_images(images, processes):
            pass
        rates[processes] = max(rates.get(processes, 0.0), len(images) / (time.perf_counter() - start))
    yield "pages a second, one process", f"{rates[1]:.2f}"
    yield "pages a second, two processes, their start included", f"{rates[2]:.2f}; ratio {rates[2] / rates[1]:.2f}"


def jobs() -> list[Job]:
    """The fixtures' pages that stand upright in the native chart and hold some text, each in a PDF of its own."""
    found = []
    for chart in sorted((ROOT / "fixtures" / "charts").glob("*.pdf")):
        with pikepdf.open(chart) as source, tempfile.TemporaryDirectory() as folder:
            for number, sheet in enumerate(source.pages, 1):
                alone = Path(folder) / f"{number}.pdf"
                with pikepdf.new() as single:
                    single.pages.append(sheet)
                    single.save(alone)
                page = read_chart(alone).pages[0]
                if page.source is PageSource.NATIVE and not page.rotation and len(words_of(page.text)) >= LEAST_WORDS:
                    found.append(Job(chart, number, alone.read_bytes(), page))
    return found


def faxed(job: Job, level: str) -> fax.FaxedPage:
    return next(iter(fax.fax_pages(job.pdf, fax.LEVELS[level], 1)))


def image_of(page: fax.FaxedPage) -> PageImage:
    return PageImage(1, page.pixels, *page.dpi)


def read_by_us(image: PageImage) -> Page:
    draft = PageDraft(1, image.width, image.height, 0, PageSource.NONE)
    return assemble([read_page(draft, read_image(image))])[0][0]


def read_by_bare_tesseract(engine: tesserocr.PyTessBaseAPI, image: PageImage) -> str:
    height, width = image.pixels.shape
    engine.SetImageBytes(image.pixels.tobytes(), width, height, 1, width)
    engine.SetSourceResolution(round(image.dpi_x))
    return str(engine.GetUTF8Text())


def count_boxes(tally: Tally, native: Page, read: Page, page: fax.FaxedPage, image: PageImage) -> None:
    height, width = image.pixels.shape
    across, down = (image.dpi_y, image.dpi_x) if read.rotation % 180 else (image.dpi_x, image.dpi_y)
    matrix = scaling(72 / across, 72 / down) @ quarter_turn(read.rotation, width, height) @ page.matrix
    places: dict[str, list[tuple[float, float, float, float]]] = {}
    for word in native.words:
        box = word.box
        places.setdefault(native.text[word.start : word.end], []).append(hull(matrix, (box.x0, box.y0, box.x1, box.y1)))
    for word in read.words:
        candidates = places.get(read.text[word.start : word.end])
        if candidates:
            tally.boxes += 1
            tally.boxes_right += any(covered(place, word.box.as_list()) >= 0.5 for place in candidates)


def covered(place: Sequence[float], by: Sequence[float]) -> float:
    """The share of `place` that lies within `by`."""
    wide = min(place[2], by[2]) - max(place[0], by[0])
    high = min(place[3], by[3]) - max(place[1], by[1])
    area = (place[2] - place[0]) * (place[3] - place[1])
    return wide * high / area if wide > 0 and high > 0 and area > 0 else 0.0


def words_of(text: str) -> list[str]:
    return WORD.findall(text.lower())


@cache
def critical_words() -> frozenset[str]:
    found = set(NEGATIONS)
    for path in sorted(resources.lexicons().glob("*/terms.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if row["kind"] == "literal" and not row["key"].startswith("@"):
                    found.update(word for word in words_of(row["term"]) if len(word) > 3)
    return frozenset(found)


def distance(truth: Sequence[str], read: Sequence[str]) -> int:
    """Levenshtein distance of two sequences of words, a row at a time."""
    numbers = {word: n for n, word in enumerate(dict.fromkeys((*truth, *read)))}
    b = np.array([numbers[word] for word in read], dtype=np.int64)
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for n, word in enumerate(truth, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (b != numbers[word]))
        row = np.minimum.accumulate(np.concatenate(([n], best)) - steps) + steps
    return int(row[-1])


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "-"
