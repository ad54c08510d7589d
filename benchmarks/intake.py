"""Pages per second of the intake stage, beside pdfplumber's words on the same pages.

    python -m benchmarks.run intake [--pages 100]

With CHART_TRIAGE_EVAL_DIR set, also reads every PDF below its corpora/pdf and says how each one ended.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pdfplumber
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from chart_triage.errors import InputError
from chart_triage.intake import read_chart
from chart_triage.intake.limits import DEFAULT_LIMITS
from chart_triage.intake.native.page_content import PageContents

_PROSE = (
    "The patient is a 54-year-old right-handed woman who presents for follow-up of a low-grade glioma of the left "
    "temporal lobe, first seen on imaging in March 2019. She reports no new headaches, no seizures since the last "
    "visit, and tolerates levetiracetam 500 mg twice daily. Examination today shows full strength and intact "
    "sensation. The most recent study shows a stable area of signal abnormality without enhancement. "
)


def draw_chart(path: Path, pages: int) -> None:
    """A clinic note of about 400 words a page with running header and footer; every fifth page has a ruled table."""
    canvas = Canvas(str(path), pagesize=letter)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, 756, "Northside Neurology   MRN 0042-7713   DOB 02/11/1972")
        canvas.drawRightString(540, 36, f"Page {number} of {pages}")
        canvas.setFont("Helvetica", 10.5)
        lines, y = _wrap(_PROSE * 6, 92), 720.0
        for index, line in enumerate(lines[: 34 if number % 5 == 0 else 44]):
            canvas.drawString(72, y, line)
            y -= 20 if index % 9 == 8 else 13.5
        if number % 5 == 0:
            _draw_table(canvas, y - 10)
        canvas.showPage()
    canvas.save()


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _draw_table(canvas: Canvas, top: float) -> None:
    xs, ys = [72, 230, 330, 540], [top - 18 * i for i in range(7)]
    canvas.grid(xs, ys)
    for y in ys[1:]:
        for x, cell in zip(xs, ("Levetiracetam", "500 mg", "twice daily with food"), strict=False):
            canvas.drawString(x + 4, y + 5, cell)


def _cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _pdfplumber_words(path: Path) -> None:
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_words()


def _count_contents(path: Path, pages: int) -> None:
    contents = PageContents(path.read_bytes(), None, pages)
    for index in range(pages):
        contents.exceed(index, DEFAULT_LIMITS.max_page_content)
    contents.close()


def compare(pages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chart.pdf"
        draw_chart(path, pages)
        first = _cpu_seconds(lambda: read_chart(path))
        ours = min(_cpu_seconds(lambda: read_chart(path)) for _ in range(3))
        theirs = _cpu_seconds(lambda: _pdfplumber_words(path))
        counted = min(_cpu_seconds(lambda: _count_contents(path, pages)) for _ in range(3))
    print(f"{pages} native pages, one in five with a ruled table, CPU seconds of one process")
    print(f"  read_chart, first call   {first:6.2f} s  {pages / first:6.0f} pages/s  (loads pdfium and pdfplumber)")
    print(f"  read_chart               {ours:6.2f} s  {pages / ours:6.0f} pages/s")
    print(f"  pdfplumber words alone   {theirs:6.2f} s  {pages / theirs:6.0f} pages/s")
    print(f"  of it, what the pages draw counted beforehand: {counted / ours:.1%}")
    print(f"  read_chart is {theirs / ours:.1f} times as fast")


def survive(folder: Path) -> None:
    outcomes: Counter[str] = Counter()
    pages = words = 0
    start = time.process_time()
    for path in sorted(folder.rglob("*.pdf")):
        try:
            chart = read_chart(path)
        except InputError as error:
            outcomes[f"refused as {error.kind}"] += 1
            continue
        outcomes["read"] += 1
        pages += len(chart.pages)
        words += sum(len(page.words) for page in chart.pages)
        for warning in chart.warnings:
            outcomes[f"pages: {warning.kind}"] += len(warning.pages)
    seconds = time.process_time() - start
    print(f"\n{pages} pages, {words} words of real files: {seconds:.1f} s, {pages / seconds:.0f} pages/s")
    for outcome, count in sorted(outcomes.items()):
        print(f"  {outcome:24} {count:5}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Pages per second of the intake stage")
    parser.add_argument("--pages", type=int, default=100)
    compare(parser.parse_args(arguments).pages)
    corpora = os.environ.get("CHART_TRIAGE_EVAL_DIR")
    if corpora:
        survive(Path(corpora) / "corpora" / "pdf")


if __name__ == "__main__":
    main()
