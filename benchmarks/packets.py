"""Charts as they arrive (fixtures/packets), from file to determination, held against what is right about them.

    python -m benchmarks.run packets [--held-out] [--only NAME...] [--errors] [--confusion] [--jobs 2] [--time]

Figures for each sort of packet: native, scanned, faxed, mixed. `--errors` lists what is wrong in packets of the
development half, never of the held-out half. Drawn packets and readings of OCR are kept between runs (see
fixtures/packet.py). `--time` also reads without what was kept, for the cost of everything besides reading and language.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from chart_triage import guidelines, intake, settings
from chart_triage.assess import DEFAULT_GUIDELINE, AssessedChart, Assessor
from chart_triage.language.annotator import Annotator
from chart_triage.records.request import RequestData

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import packet as packets  # noqa: E402
from benchmarks import kept_readings  # noqa: E402
from benchmarks.packet_scores import ROWS, Judged, judge, seen  # noqa: E402
from packeting.gold import gold  # noqa: E402

SORTS = ("native", "scanned", "faxed", "mixed")
REPEATS = 5


class Outcome(NamedTuple):
    """`extra` and `usual`: seconds for what comes besides reading and language, and for these two (kept readings)."""

    name: str
    split: str
    sort: str
    judged: tuple[Judged, ...]
    kinds: tuple[tuple[str, str], ...]
    pages: int
    usual: float
    extra: float
    unkept: float | None


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run packets", description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="the half that nobody looks at, instead of the other")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these packets alone")
    parser.add_argument("--errors", action="store_true", help="list what is wrong (development half)")
    parser.add_argument("--confusion", action="store_true", help="print the kinds that were taken for each other")
    parser.add_argument("--jobs", type=int, default=1, help="packets at a time")
    parser.add_argument("--time", action="store_true", help="measure reading without what was kept as well")
    options = parser.parse_args(arguments)
    split = "heldout" if options.held_out else "dev"
    chosen = [name for name in packets.names(split) if options.only is None or name in options.only]
    unknown = sorted(set(options.only or ()) - set(chosen))
    if unknown:
        parser.error(f"no packet {', '.join(unknown)} in {split}; there are: {', '.join(packets.names(split))}")
    outcomes = list(_outcomes(chosen, options.jobs, options.time))
    if options.errors and not options.held_out:
        _list_errors(outcomes)
    if options.confusion:
        _print_confusion(outcomes)
    yield from figures(outcomes)
    yield from _seconds(outcomes)


def _outcomes(names: Sequence[str], jobs: int, timed: bool) -> Iterator[Outcome]:
    if jobs == 1:
        yield from (measured(name, timed) for name in names)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(measured, names, [timed] * len(names))


@cache
def _assessor() -> Assessor:
    return Assessor(site=_site())


@cache
def _annotator() -> Annotator:
    return Annotator(guidelines.load(DEFAULT_GUIDELINE), _site())


def _site() -> settings.Settings:
    return settings.Settings(ocr_processes=1)


def measured(name: str, timed: bool = False) -> Outcome:
    """One packet, drawn, assessed and judged."""
    what = packets.packet(name)
    made = packets.composed(what)
    right = gold(what, made)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"packet{what.ending}"
        path.write_bytes(made.data)
        request = RequestData(planned_scan=what.scan_date)

        kept = None if what.sort == "native" else packets.KEPT / "readings"  # where reading takes long

        def assessed() -> AssessedChart:
            chart = kept_readings.read(path, kept)
            return _assessor().assess(chart, _assessor().inputs(request), ocr=intake.ocr_version(chart))

        def usual(readings: Path | None = kept) -> None:
            _annotator().annotate(kept_readings.read(path, readings).text, scan_date=what.scan_date)

        result = assessed()
        both, alone = _fastest((assessed, usual))
        started = time.perf_counter()
        if timed:
            usual(None)
        unkept = time.perf_counter() - started if timed else None
    pairs = zip(right.pages, seen(result), strict=False)
    kinds = tuple((page.kinds[0], said.kind) for page, said in pairs if said.kind and said.kind not in page.kinds)
    judged = tuple(judge(what, right, result))
    return Outcome(name, what.split, what.sort, judged, kinds, len(right.pages), alone, both - alone, unkept)


def _fastest(works: Sequence[Callable[[], Any]]) -> list[float]:
    """Processor seconds of each in its fastest run; they take turns, so that a busy machine is fair to all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, seconds in zip(works, taken, strict=True):
            started = time.process_time()
            work()
            seconds.append(time.process_time() - started)
    return [min(seconds) for seconds in taken]


def figures(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str]]:
    """Shares of what is right: of all, then of each sort."""
    counts: dict[str, dict[str, Counter[bool]]] = defaultdict(lambda: defaultdict(Counter))
    for outcome in outcomes:
        for judged in outcome.judged:
            counts[judged.what][outcome.sort][judged.right] += 1
    for what in sorted(counts, key=lambda row: (ROWS.index(row) if row in ROWS else len(ROWS), row)):
        by_sort = counts[what]
        parts = [f"{sort} {_share(by_sort[sort])}" for sort in SORTS if sort in by_sort]
        yield what, f"**{_share(sum(by_sort.values(), Counter()))}** ({', '.join(parts)})"


def _share(counted: Counter[bool]) -> str:
    total = counted.total()
    return f"{counted[True]}/{total} = {100 * counted[True] / total:.1f} %"


def _seconds(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str]]:
    for sort in SORTS:
        those = [outcome for outcome in outcomes if outcome.sort == sort]
        pages = sum(outcome.pages for outcome in those)
        if not pages:
            continue
        extra, usual = sum(outcome.extra for outcome in those), sum(outcome.usual for outcome in those)
        unkept = [outcome.unkept for outcome in those if outcome.unkept is not None]
        base = sum(unkept) if unkept else usual
        how = "" if unkept or sort == "native" else ", readings kept from an earlier run"
        told = (
            f"{1000 * extra / pages:.2f} ms a page, {100 * extra / base:.1f} % over {1000 * base / pages:.1f} ms{how}"
        )
        yield f"{sort}: besides reading and language", told


def _list_errors(outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        for judged in outcome.judged:
            if not judged.right and judged.told:
                print(f"  {outcome.name}: {judged.what}: {judged.told}", file=sys.stderr)


def _print_confusion(outcomes: Iterable[Outcome]) -> None:
    pairs = Counter(pair for outcome in outcomes for pair in outcome.kinds)
    for (wanted, said), count in pairs.most_common():
        print(f"  {count:3} x {wanted} taken for {said}", file=sys.stderr)
