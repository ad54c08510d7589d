"""Files made to exhaust whoever opens them: how each ends, after how long, with how much memory.

    python -m benchmarks.run hostile [NAME...]     all of them, or those whose names begin so

The files are made by tests/isolation/hostile_*.py; each goes the whole way (reading, assessing, drawing) in a child
with the limits of the settings.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from chart_triage import settings
from chart_triage.chart_reader import ChartReader, Job
from chart_triage.errors import InputError
from chart_triage.resources import DEFAULT_GUIDELINE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "isolation"))

import hostile_bytes as broken
import hostile_drawing as drawn
import hostile_files as made

_GIGABYTE = 1 << 30
FILES: dict[str, Callable[[], bytes]] = {
    "content of 1 GB.pdf": lambda: made.content_bomb(_GIGABYTE),
    "content of 250 MB.pdf": lambda: made.content_bomb(250_000_000),
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
    "patterns that double 25 times.pdf": lambda: drawn.nested_patterns(25),
    "soft masks that double 25 times.pdf": lambda: drawn.nested_masks(25),
    "letters that double 25 times.pdf": lambda: drawn.nested_glyphs(25),
    "5,000 transparent groups.pdf": lambda: drawn.many_groups(5_000),
    "200 shadings by long programs.pdf": lambda: drawn.shading(2_000, 200),
    "such a page amid 20 others.pdf": lambda: drawn.shading(2_000, 200, page=7, pages=20),
    "mesh of 50,000 patches.pdf": lambda: drawn.patch_mesh(50_000),
    "picture of 30 megapixels shown 1,000 times.pdf": lambda: drawn.picture_again(1_000),
    "2,000 pages with the same 25 MB.pdf": lambda: drawn.shared_content(2_000, 25_000_000),
    "content 500,000 times over.pdf": lambda: drawn.content_again(500_000),
    "characters of 100,000 letters.pdf": lambda: drawn.long_characters(100_000),
    "path of 200,000 curves.pdf": lambda: drawn.many_curves(200_000),
    "JPEG 2000 larger than it says.pdf": lambda: drawn.wrong_jpx(60_000, 60_000),
    "content of 300 MB, LZW.pdf": lambda: broken.lzw_bomb(300_000_000),
    "100,000 notes.pdf": lambda: broken.many_notes(100_000),
    "media box not a number.pdf": lambda: broken.box_of(b"/MediaBox[0 0 nan nan]"),
    "media box of 1e38.pdf": lambda: broken.box_of(b"/MediaBox[0 0 1e38 1e38]"),
    "media box upside down.pdf": lambda: broken.box_of(b"/MediaBox[0 0 -612 -792]"),
    "media box empty.pdf": lambda: broken.box_of(b"/MediaBox[0 0 0 0]"),
    "media box thinner than a hair.pdf": lambda: broken.box_of(b"/MediaBox[0 0 0.0001 14400]"),
    "media box far away.pdf": lambda: broken.box_of(b"/MediaBox[1000000000 1000000000 1000000612 1000000792]"),
    "crop box outside of the page.pdf": lambda: broken.box_of(b"/MediaBox[0 0 612 792]/CropBox[9000 9000 9001 9001]"),
    "turned by 2147483647 degrees.pdf": lambda: broken.box_of(b"/MediaBox[0 0 612 792]/Rotate 2147483647"),
    "user unit of -5.pdf": lambda: broken.box_of(b"/MediaBox[0 0 612 792]/UserUnit -5"),
    "2,000,000,000 pages, it says.pdf": lambda: broken.wrong_count(2_000_000_000),
    "-5 pages, it says.pdf": lambda: broken.wrong_count(-5),
    "1,000,000 objects.pdf": lambda: broken.many_objects(1_000_000),
    "1,000,000 objects without a table.pdf": lambda: broken.many_objects(1_000_000, table=False),
    "table that follows itself.pdf": broken.looping_table,
    "5,000 updates.pdf": lambda: broken.many_updates(5_000),
    "object stream within itself.pdf": broken.stream_in_itself,
    "names that loop.pdf": broken.names_that_loop,
    "100,000 streams without an end.pdf": lambda: broken.endless_streams(100_000, b"ab"),
    "100,000 deflated streams without an end.pdf": lambda: broken.endless_streams(100_000, b"x\x9c"),
    "3,000 streams within streams.pdf": lambda: broken.streams_in_streams(3_000, 4_000_000),
    "100,000 pages of a dot.tif": lambda: broken.tiff_of_dots(100_000),
    "1,900 pages of a dot, permitted.tif": lambda: broken.tiff_of_dots(1_900),
    "text of 1 GB.png": lambda: broken.png_with(b"zTXt", _GIGABYTE),
    "colour profile of 1 GB.png": lambda: broken.png_with(b"iCCP", _GIGABYTE),
    "3,000 scans of 64 megapixels.jpg": lambda: broken.jpeg_of_scans(3_000, 8_000),
    "199 MB of line ends.txt": lambda: b"\n" * 199_000_000,
    "90,000,000 form feeds.txt": lambda: b"a\f" * 90_000_000,
    "half a character of UTF-16.txt": lambda: b"\xff\xfe\x00\xd8",
    "gzip that is named a PDF.pdf": lambda: gzip.compress(made.many_pages(1)),
    "ZIP that holds a PDF.pdf": lambda: b"PK\x03\x04%PDF-1.4 " + bytes(99),
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
                found = reader.assess(Job(name, data, page_files=True))
                unopened = sum(len(each.pages) for each in found.warnings if each.kind == "unopened_page")
                end = f"read, {len(found.chart.pages)} pages" + (f", {unopened} unopened" if unopened else "")
            except InputError as error:
                end = error.kind
            seconds, memory = time.perf_counter() - began, reader.memory_bytes >> 20
            yield f"{name} ({len(data):,} bytes)", f"{end}; {seconds:.1f} s, {memory:,} MB"
    finally:
        reader.close()
