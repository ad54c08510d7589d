"""Rows of MRI safety screening forms: question, answer and what is concluded from them, by shape of form.

    python -m benchmarks.run form_rows [--levels native fine] [--seeds 6] [--shapes circled ...] [--show]

Forms are drawn (fixtures/screening_forms.py) in the shapes that the reading was written for and, apart, in shapes
held out from that. `native` reads the PDF, any other level a fax of it (fixtures/fax.py). For each shape:

- rows: how many have the answer that was given. An unanswered row is right as "unanswered", or if it is not listed.
- devices: how many of the guideline's devices have the status that follows (yes present, no absent, unclear uncertain,
  unanswered not listed).
- flipped: rows answered yes that are read as no, with confidence of 0.7 or more, or whose device counts as absent.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from chart_triage import findings, guidelines
from chart_triage.assess import DEFAULT_GUIDELINE
from chart_triage.intake import read_chart
from chart_triage.language.annotator import Annotator
from chart_triage.records.chart import Chart
from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Status
from chart_triage.records.page import FormRow

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import fax  # noqa: E402
from screening_forms import HELD_OUT, NATIVE_ONLY, SHAPES, Form, TrueRow, draw_form  # noqa: E402

SURE = 0.7
ALIKE = 0.75  # share of letters that a row's question has in common with the true one
FOLLOWS = {"yes": Status.PRESENT, "no": Status.ABSENT, "unclear": Status.UNCERTAIN, "unanswered": None}


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run form_rows", description=__doc__)
    parser.add_argument("--levels", nargs="+", choices=("native", *fax.LEVELS), default=("native", "fine"))
    parser.add_argument("--seeds", type=int, default=6, help="forms of each shape")
    parser.add_argument("--shapes", nargs="+", default=(), help="only shapes whose name holds one of these words")
    parser.add_argument("--show", action="store_true", help="name every wrong row")
    options = parser.parse_args(arguments)
    for level in options.levels:
        for name, shapes in (("written for", SHAPES), ("held out", HELD_OUT)):
            total: Counter[str] = Counter()
            for shape in shapes:
                if options.shapes and not any(word in shape for word in options.shapes):
                    continue
                if level != "native" and shape in NATIVE_ONLY:
                    continue
                counts: Counter[str] = Counter()
                for seed in range(options.seeds):
                    counts += compared(shape, seed, level, show=options.show)
                yield f"{level}, {shape}", told(counts)
                total += counts
            if total:
                yield f"**{level}, all {name}**", told(total)


def told(counts: Counter[str]) -> str:
    shares = [
        f"{what} {counts[right]} of {counts[what]} ({100 * counts[right] / max(counts[what], 1):.1f} %)"
        for what, right in (("rows", "right"), ("devices", "devices right"))
    ]
    return ", ".join((*shares, f"flipped {counts['flipped']}"))


def compared(shape: str, seed: int, level: str, *, show: bool) -> Counter[str]:
    form = draw_form(shape, seed)
    chart = read(form, level, seed)
    rows = [row for page in chart.pages for row in page.form_rows]
    mentions = annotator().annotate(chart.text, form_rows=chart.form_rows).mentions
    statuses = {key: f.status for key, f in findings.collect(mentions, guideline()).items()}
    counts: Counter[str] = Counter()
    for true in form.rows:
        row = row_of(true, rows)
        answer = row.answer.value if row else "unanswered"
        counts["rows"] += 1
        counts["right"] += answer == true.answer
        status = statuses.get(true.item.concept)
        told_no = bool(row and answer == "no" and row.confidence >= SURE) or status is Status.ABSENT
        counts["flipped"] += true.answer == "yes" and told_no
        if true.item.concept:
            counts["devices"] += 1
            counts["devices right"] += status is FOLLOWS[true.answer]
        if show and (answer != true.answer or (true.item.concept and status is not FOLLOWS[true.answer])):
            seen = answer if row else "no row"
            print(f"  {shape} {seed} {level}: {true.question!r} {true.answer} read as {seen}, {status}")
    return counts


def read(form: Form, level: str, seed: int) -> Chart:
    """The form read natively, or faxed and read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        path.write_bytes(form.pdf)
        if level != "native":
            path = path.with_suffix(".tif")
            path.write_bytes(fax.encode(list(fax.fax_pages(form.pdf, fax.LEVELS[level], seed)), ".tif"))
        return read_chart(path)


def row_of(true: TrueRow, rows: Sequence[FormRow]) -> FormRow | None:
    """The row whose question is most like the true one, letter by letter; None where none is much like it."""
    want = letters(true.question)
    best = max(rows, key=lambda row: alike(want, letters(row.question)), default=None)
    return best if best is not None and alike(want, letters(best.question)) > ALIKE else None


def alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


@cache
def guideline() -> Guideline:
    return guidelines.load(DEFAULT_GUIDELINE)


@cache
def annotator() -> Annotator:
    return Annotator(guideline())


if __name__ == "__main__":
    from benchmarks.run import print_table

    print_table("form rows", main(sys.argv[1:]))
