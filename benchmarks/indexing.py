"""Whose pages they are and which are copies: charts mixed from fixture charts, native and faxed.

    python -m benchmarks.run indexing [--levels native fine standard] [--every 3] [--readings FOLDER] [--pictures]
                                      [--illegible]

- Foreign pages: one to three pages of one chart are put into another one, each chart with each other. Every page is a
  document of its own, so that a page that names nobody cannot be found by its neighbours; those are counted apart.
- Copies: a chart and its pages sent again, all of them or one alone (for native charts the same file, for faxes another
  transmission: other noise, skew and banner; and the native page beside its fax).
- No copies: the same, with one word of the second page changed: a number, a side, a tick; a negation or a line taken
  away. Only words that were read right are changed, and their confidence stays. All of them are meant to be told apart.
- `--pictures`: what a 64-bit difference hash of the page's picture would tell: distances of copies, and of other pages.

- `--illegible`: spoiled pages of which not half of the words are read; how many of them a warning names as illegible or
  unread, and how many pages of which nine words in ten are read are called unread.

`--every`: only every n-th chart is read. `--readings`: where readings of scans are kept between runs.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from chart_triage.indexing import duplicates
from chart_triage.indexing.identity import on_page
from chart_triage.indexing.whose import whose
from chart_triage.intake import read_chart
from chart_triage.records.chart import Chart
from chart_triage.records.chart_index import ChartDocument, Identity, PageKind
from chart_triage.records.page import MarkState, Page, Word

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import fax  # noqa: E402
from benchmarks import kept_readings  # noqa: E402

BANNER = "11/12/2026 08:03 FROM: RIVERBEND NEURO 555-0100 P. {page}/{pages}"
FLIPPED = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
NEGATIONS = ("no", "not", "denies", "without", "No", "Denies")
KINDS = ("number", "negation", "side", "line", "tick")
ILLEGIBLE, LEGIBLE = 0.5, 0.9  # share of a page's words that are read
SPOILED = (
    fax.Damage("standard", noise=0.02, skew=1.5),
    fax.Damage("standard", noise=0.04),
    fax.Damage("standard", noise=0.08),
    fax.Damage("fine", noise=0.10),
    fax.Damage("standard", blur=0.010),
    fax.Damage("standard", blur=0.015),
    fax.Damage("fine", lost_lines=1500),
    fax.Damage("standard", lost_lines=400),
    fax.Damage("200", blur=0.02, grey=True),
)
EDGES = 0.05, 0.93  # of the page's height: banners and feet of forms are not what a page says


class Source(NamedTuple):
    """A fixture chart as it is, and as two transmissions of it (the same for the level "native")."""

    path: Path
    native: tuple[Page, ...]
    sent: tuple[Page, ...]
    again: tuple[Page, ...]


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run indexing", description=__doc__)
    parser.add_argument("--levels", nargs="+", choices=("native", *fax.LEVELS), default=["native", "fine", "standard"])
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--readings", type=Path)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--illegible", action="store_true")
    options = parser.parse_args(arguments)
    paths = sorted((ROOT / "fixtures" / "charts").glob("*.pdf"))[:: options.every]
    for level in options.levels:
        sources = [_source(path, level, options.readings) for path in paths]
        yield from foreign(level, sources)
        yield from copies(level, sources)
        yield from no_copies(level, sources)
    yield from cost(paths)
    if options.pictures:
        yield from pictures(paths)
    if options.illegible:
        yield from illegible(paths, options.readings)


def _source(path: Path, level: str, readings: Path | None) -> Source:
    native = read_chart(path).pages
    if level == "native":
        return Source(path, native, native, native)
    damage = fax.LEVELS[level]
    again = replace(damage, skew=damage.skew - 0.7, banner=BANNER)
    return Source(path, native, _faxed(path, damage, 1, readings), _faxed(path, again, 2, readings))


def _faxed(path: Path, damage: fax.Damage, seed: int, readings: Path | None) -> tuple[Page, ...]:
    with tempfile.TemporaryDirectory() as folder:
        scan = Path(folder) / "fax.tif"
        scan.write_bytes(fax.encode(list(fax.fax_pages(path.read_bytes(), damage, seed)), ".tif"))
        return kept_readings.read(scan, readings).pages


def _chart(pages: Sequence[Page]) -> Chart:
    numbered = tuple(page.model_copy(update={"number": n}) for n, page in enumerate(pages, start=1))
    return Chart(sha256="0" * 64, media_type="application/pdf", pages=numbered)


def foreign(level: str, sources: Sequence[Source]) -> Iterator[tuple[str, str]]:
    dice = random.Random(1)
    named = [[on_page(page) for page in source.sent] for source in sources]
    counts: Counter[str] = Counter()
    for host, pages in enumerate(named):
        for guest, others in enumerate(named):
            inserted = others[(start := dice.randrange(len(others))) : start + dice.choice((1, 1, 2, 3))]
            at = dice.randrange(len(pages) + 1)
            if host != guest and 2 * len(inserted) < len(pages):
                _judge(pages, inserted, at, counts)
    yield (
        f"{level}: foreign pages that name somebody found; that name nobody",
        f"{_share(counts['found'], counts['naming'])}; {counts['nameless']}",
    )
    yield f"{level}: false alarms", _share(counts["alarms"], counts["own"])


def _judge(
    pages: Sequence[Identity | None], inserted: Sequence[Identity | None], at: int, counts: Counter[str]
) -> None:
    mixed = [*pages[:at], *inserted, *pages[at:]]
    documents = [ChartDocument(number=n, pages=(n,), kind=PageKind.OTHER) for n in range(1, len(mixed) + 1)]
    result = whose(dict(enumerate(mixed, start=1)), documents)
    for number, identity in enumerate(mixed, start=1):
        if at < number <= at + len(inserted):
            counts["naming" if identity else "nameless"] += 1
            counts["found"] += identity is not None and number in result.foreign
        else:
            counts["own"] += 1
            counts["alarms"] += number in result.foreign


def copies(level: str, sources: Sequence[Source]) -> Iterator[tuple[str, str]]:
    kinds = [("sent again", [(source.sent, source.again) for source in sources])]
    if level != "native":
        kinds.append(("beside the native page", [(source.native, source.sent) for source in sources]))
    for name, pairs in kinds:
        found = wrong = pages = alone = 0
        for one, other in pairs:
            result = duplicates.find(_chart((*one, *other)))
            found += sum(abs(copy - better) == len(one) for copy, better in result.items())
            wrong += sum(abs(copy - better) != len(one) for copy, better in result.items())
            pages += len(one)
            alone += sum(bool(duplicates.find(_chart(pair))) for pair in zip(one, other, strict=True))
        yield f"{level}: copies found, {name}; pages that are none", f"{_share(found, pages)}; {wrong}"
        yield f"{level}: copies found, {name}, one page alone", _share(alone, pages)


def no_copies(level: str, sources: Sequence[Source]) -> Iterator[tuple[str, str]]:
    dice = random.Random(5)
    missed, made = Counter[str](), Counter[str]()
    for source in sources:
        for native, sent, again in zip(source.native, source.sent, source.again, strict=True):
            for kind in KINDS:
                other = _changed(again, native.text, kind, dice)
                if other is not None:
                    made[kind] += 1
                    missed[kind] += bool(duplicates.find(_chart((sent, other))))
    told = ", ".join(f"{kind} {missed[kind]} of {made[kind]}" for kind in KINDS)
    yield f"{level}: pages with one change called copies", told


def _changed(page: Page, truth: str, kind: str, dice: random.Random) -> Page | None:
    """`page` with one change; None where there is nothing to change."""
    top, bottom = (edge * page.height for edge in EDGES)
    right = set(truth.split())
    shown = [(n, page.text[w.start : w.end]) for n, w in enumerate(page.words) if top < w.box.y0 < bottom]
    sure = [(n, text) for n, text in shown if text in right]
    if kind == "tick":
        return _flipped(page, dice)
    if kind == "line":
        start = dice.randrange(max(1, len(shown) - 6))
        return _rewritten(page, {n: "" for n, _ in shown[start : start + 6]}) if len(shown) > 40 else None
    choices = {
        "number": [(n, _other_number(text, dice)) for n, text in sure if re.fullmatch(r"\D?\d[\d./]*\D?", text)],
        "negation": [(n, "") for n, text in sure if text in NEGATIONS],
        "side": [(n, FLIPPED[text]) for n, text in sure if text in FLIPPED],
    }[kind]
    return _rewritten(page, dict([dice.choice(choices)])) if choices else None


def _other_number(text: str, dice: random.Random) -> str:
    at = dice.choice([n for n, c in enumerate(text) if c.isdigit()])
    return text[:at] + dice.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


def _flipped(page: Page, dice: random.Random) -> Page | None:
    if not page.marks:
        return None
    chosen = dice.choice(page.marks)
    state = MarkState.UNTICKED if chosen.state is MarkState.TICKED else MarkState.TICKED
    marks = tuple(m.model_copy(update={"state": state}) if m is chosen else m for m in page.marks)
    return page.model_copy(update={"marks": marks})


def _rewritten(page: Page, new: dict[int, str]) -> Page:
    """`page` with other words at these places; an empty one is taken away."""
    parts, words, marks, at, length = [], [], [], 0, 0
    for index, word in enumerate(page.words):
        shown = new.get(index, page.text[word.start : word.end])
        between = page.text[at : word.start]
        start = length + len(between)
        parts += [between, shown]
        length, at = start + len(shown), word.end
        if shown:
            words.append(Word(start, length, word.box, word.confidence))
            own = (mark for mark in page.marks if word.start <= mark.start < word.end)
            marks += [mark.model_copy(update={"start": start + mark.start - word.start}) for mark in own]
    text = "".join(parts) + page.text[at:]
    return page.model_copy(update={"text": text, "words": tuple(words), "marks": tuple(marks)})


def cost(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    start = time.process_time()
    charts = [read_chart(path) for path in paths]
    reading = time.process_time() - start
    pages = [page for chart in charts for page in chart.pages]
    for name, work in (
        ("identities", lambda: [on_page(p) for p in pages]),
        ("copies", lambda: [duplicates.find(chart) for chart in charts]),
    ):
        start = time.process_time()
        work()
        spent = time.process_time() - start
        yield (
            f"native: {name}, ms a page; share of the time of reading ({len(pages)} pages)",
            f"{1000 * spent / len(pages):.2f}; {spent / reading:.2f}",
        )


def illegible(paths: Sequence[Path], readings: Path | None) -> Iterator[tuple[str, str]]:
    counts: Counter[str] = Counter()
    for damage in SPOILED:
        for path in paths:
            native = read_chart(path).pages[0]
            page, kinds = _spoiled(path, damage, readings)
            want, have = (Counter(re.findall(r"\w+", text)) for text in (native.text, page.text))
            read = (want & have).total() / want.total()
            counts["pages"] += 1
            counts["illegible"] += read < ILLEGIBLE
            counts["declared"] += read < ILLEGIBLE and bool(kinds & {"illegible_page", "unread_page"})
            counts["legible"] += read >= LEGIBLE
            counts["wronged"] += read >= LEGIBLE and not page.readable
    yield f"illegible of {counts['pages']} spoiled pages, declared", _share(counts["declared"], counts["illegible"])
    yield "legible ones called unread", _share(counts["wronged"], counts["legible"])


def _spoiled(path: Path, damage: fax.Damage, readings: Path | None) -> tuple[Page, set[str]]:
    with tempfile.TemporaryDirectory() as folder:
        scan = Path(folder) / "fax.tif"
        scan.write_bytes(fax.encode(list(fax.fax_pages(path.read_bytes(), damage, 7, [1])), ".tif"))
        chart = kept_readings.read(scan, readings)
    return chart.pages[0], {warning.kind for warning in chart.warnings}


def pictures(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Bits that differ between the pictures of two faxes of a page, and of a page and the next one of its chart."""
    again = replace(fax.LEVELS["fine"], skew=-0.7, banner=BANNER)
    same, other = [], []
    for path in paths:
        prints = [
            [_hash(s.pixels) for s in fax.fax_pages(path.read_bytes(), d, 1)] for d in (fax.LEVELS["fine"], again)
        ]
        same += [_bits(a, b) for a, b in zip(*prints, strict=True)]
        other += [_bits(a, b) for n, a in enumerate(prints[0]) for b in prints[1][n + 1 :]]
    bound = int(np.percentile(same, 95))
    yield "picture hash: bits that differ between copies, median and 95th percentile", f"{np.median(same):.0f}, {bound}"
    yield (
        f"picture hash: other pages of the chart at most {bound} bits away",
        _share(sum(b <= bound for b in other), len(other)),
    )


def _hash(pixels: fax.Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    small = cv2.resize(pixels, (9, 8), interpolation=cv2.INTER_AREA)
    return (small[:, 1:] > small[:, :-1]).ravel()


def _bits(
    one: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], other: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> int:
    return int((one != other).sum())


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % of {whole}" if whole else "-"
