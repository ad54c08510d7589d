"""Files made to exhaust whoever opens them: how each ends, after how long, with how much memory.

    python -m benchmarks.run hostile [NAME...]     all of them, or those whose names begin so

The files are made by tests/isolation/hostile_files.py; each goes the whole way (reading, assessing, drawing) in a child
with the limits of the settings.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from chart_triage import settings
from chart_triage.chart_reader import ChartReader, Job
from chart_triage.errors import InputError
from chart_triage.resources import DEFAULT_GUIDELINE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "isolation"))

import hostile_files as made

_GIGABYTE = 1 << 30
FILES: dict[str, Callable[[], bytes]] = {
    "content of 1 GB.pdf": lambda: made.content_bomb(_GIGABYTE),
    "content of 250 MB, permitted.pdf": lambda: made.content_bomb(250_000_000),
    "picture 60,000 x 60,000 deflated.pdf": lambda: made.picture_bomb(60_000, 60_000),
    "picture 16,000 x 15,000, permitted.pdf": lambda: made.picture_bomb(16_000, 15_000, 8),
    "picture 60,000 x 60,000 JBIG2.pdf": lambda: made.jbig2_bomb(60_000, 60_000),
    "picture 50,000 x 50,000.png": lambda: made.png_bomb(50_000, 50_000),
    "picture 65,500 x 65,500.jpg": lambda: made.jpeg_bomb(65_500, 65_500),
    "picture 100,000 x 100,000.tif": lambda: made.tiff_bomb(100_000, 100_000),
    "10,000 pages.pdf": lambda: made.many_pages(10_000),
    "2,000 pages, permitted.pdf": lambda: made.many_pages(2_000),
    "page of 200 x 200 inches.pdf": lambda: made.page_of(14_400, 14_400),
    "page of a user unit of 1,000.pdf": lambda: made.page_of(612, 792, 1000.0),
    "arrays a million deep.pdf": lambda: made.deep_arrays(1_000_000),
    "page tree 100,000 deep.pdf": lambda: made.deep_page_tree(100_000),
    "chain of 50,000 objects.pdf": lambda: made.deep_chain(50_000),
    "loops.pdf": made.loops,
    "50,000 form fields.pdf": lambda: made.many_fields(50_000),
    "19,000 form fields, permitted.pdf": lambda: made.many_fields(19_000),
    "2,000 attachments.pdf": lambda: made.many_attachments(2_000),
    "100,000 words on a page.pdf": lambda: made.many_words(100_000),
    "2,000,000 paths on a page.pdf": lambda: made.many_paths(1_000_000),
    "pattern of a million cells.pdf": made.fine_pattern,
    "50 MB in one word.txt": lambda: b"a" * 50_000_000,
    "form within itself.pdf": made.form_of_itself,
    "forms that double 20 times.pdf": lambda: made.laughing_forms(20, 2),
    "forms ten times ten, ten times.pdf": lambda: made.laughing_forms(10, 10),
}


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    reader = ChartReader(DEFAULT_GUIDELINE, settings.load())
    reader.load()
    try:
        for name, make in FILES.items():
            if arguments and not name.startswith(tuple(arguments)):
                continue
            data = make()
            reader.load()
            began = time.perf_counter()
            try:
                end = f"read, {len(reader.assess(Job(name, data, page_files=True)).chart.pages)} pages"
            except InputError as error:
                end = error.kind
            seconds, memory = time.perf_counter() - began, reader.child.largest.memory_bytes >> 20
            yield f"{name} ({len(data):,} bytes)", f"{end}; {seconds:.1f} s, {memory:,} MB"
    finally:
        reader.close()
