"""Page kinds and documents of the fixture charts, as native PDFs and as faxes, against the labels of the tests.

    python -m benchmarks.run page_kinds [--levels fine standard-bad] [--every 3] [--list]

`--every 3` faxes every third chart only; OCR costs half a second a page. Boundaries count between the pages of a chart;
"without page counts" takes "page x of y" away first. The labels are those of tests/indexing/fixture_pages.csv.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from chart_triage import intake
from chart_triage.indexing import documents, page_kind
from chart_triage.records.chart import Chart
from chart_triage.records.chart_index import ChartDocument
from chart_triage.records.page import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "fixtures"), str(ROOT / "tests" / "indexing")]

from fixture_pages import PageLabel, chart, labels  # noqa: E402

import fax  # noqa: E402

_COUNTS = re.compile(r"(?:form )?\b(?:page|pg|p)\.?\s?\d+\s?(?:of|/)\s?\d+", re.IGNORECASE)


class Read(NamedTuple):
    name: str
    pages: tuple[Page, ...]
    kinds: tuple[page_kind.KindOfPage, ...]
    found: tuple[ChartDocument, ...]


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run page_kinds", description=__doc__)
    parser.add_argument("--levels", nargs="*", choices=fax.LEVELS, default=["fine", "standard-bad"])
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--list", action="store_true", dest="listed")
    options = parser.parse_args(arguments)
    names = sorted(labels())
    charts = {name: chart(name) for name in names}
    yield from _figures("native", [_read(name, charts[name].pages) for name in names], options.listed)
    uncounted = [_read(name, tuple(map(_without_counts, charts[name].pages))) for name in names]
    yield from _figures("native, without page counts", uncounted, options.listed)
    yield from _times([page for name in names for page in charts[name].pages])
    faxable = [name for name in names if charts[name].media_type == "application/pdf"][:: options.every]
    for level in options.levels:
        read = [_read(name, _faxed(name, level).pages) for name in faxable]
        yield from _figures(f"fax, {level}", read, options.listed)


def _read(name: str, pages: tuple[Page, ...]) -> Read:
    kinds = tuple(page_kind.classify(page) for page in pages)
    found = documents.separate(pages, kinds, [None] * len(pages))
    return Read(name, pages, documents.carried_over(kinds, found), found)


def _figures(what: str, charts: Sequence[Read], listed: bool) -> Iterator[tuple[str, str]]:
    right = total = hit = said = true = dated = misdated = 0
    for read in charts:
        gold = labels()[read.name]
        for label, kind in zip(gold, read.kinds, strict=True):
            total += 1
            right += kind.kind in label.kinds
            if listed and kind.kind not in label.kinds:
                print(f"  {what}: {read.name} {label.page}: {label.kinds[0]} read as {kind.kind}", file=sys.stderr)
        want = {b.page for a, b in pairwise(gold) if a.document != b.document}
        have = {document.pages[0] for document in read.found} - {1}
        hit, said, true = hit + len(want & have), said + len(have), true + len(want)
        if listed and want != have:
            print(f"  {what}: {read.name}: missed {want - have}, too many {have - want}", file=sys.stderr)
        days = [(document.on, _label(gold, document).on) for document in read.found]
        dated += sum(on == day for on, day in days)
        misdated += sum(on is not None and on != day for on, day in days)
    yield f"{what}: page kinds right", f"{right} of {total}"
    yield f"{what}: document boundaries, precision / recall", f"{hit} of {said} / {hit} of {true}"
    yield f"{what}: days of documents, right / wrong", f"{dated} / {misdated} of {sum(len(r.found) for r in charts)}"


def _label(gold: Sequence[PageLabel], document: ChartDocument) -> PageLabel:
    return gold[document.pages[0] - 1]


def _without_counts(page: Page) -> Page:
    text = _COUNTS.sub(lambda m: " " * len(m.group()), page.text)
    return page.model_copy(
        update={"text": text, "furniture": tuple(line for line in page.furniture if not _COUNTS.search(line.text))}
    )


def _times(pages: Sequence[Page]) -> Iterator[tuple[str, str]]:
    start = time.process_time()
    kinds = [page_kind.classify(page) for page in pages]
    middle = time.process_time()
    documents.separate(pages, kinds, [None] * len(pages))
    end = time.process_time()
    yield (
        "kind of a page / its place in a document",
        " / ".join(f"{1000 * seconds / len(pages):.2f} ms" for seconds in (middle - start, end - middle)),
    )


def _faxed(name: str, level: str) -> Chart:
    original = (ROOT / "fixtures" / "charts" / f"{name}.pdf").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.tif"
        path.write_bytes(fax.encode(list(fax.fax_pages(original, fax.LEVELS[level], 1)), ".tif"))
        return intake.read_chart(path, ocr=intake.OcrOptions(1))
