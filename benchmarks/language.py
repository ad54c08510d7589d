"""The language stage beside stock medspaCy; whether cost stays linear in length, and texts made to break it.

    python -m benchmarks.run language [--notes 1000] [--budget 60]

CPU seconds of one process, since other work may share the machine. Stock medspaCy reads each distinct note once (or
as many as fit into --budget seconds); the ratio is taken on those same notes.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from benchmarks import stock_medspacy
from benchmarks.notes import long_note, notes
from chart_triage import guidelines
from chart_triage.assess import DEFAULT_GUIDELINE
from chart_triage.language.annotator import Annotator
from chart_triage.language.cues import cue_table
from chart_triage.language.sections import titles
from chart_triage.records.guideline import Guideline
from chart_triage.records.lexicon import TermKind

LENGTHS = (10_000, 100_000, 1_000_000, 5_000_000)
REPEATED = (
    " ", "a", "no ", "MS ", "-", "(", "[ ]", "1", "\n", "pacemaker ", "Yes No ", "glioma ", "cochlear implant ", "\t",
    "é", "Pacemaker: N\n", "(MS) ", "A: ", "10/2/26 ", "350 lb ", "10", ".,", "_", "glioma? ", "gl1oma ",
    "stent to LAD ", "HE ", "mitral stenosis (MS) ", "Pacemaker [ ] ", "{pacemaker|icd} ", "denies pacemaker ",
    "weight 350 lb limit 300 lb ",
)  # fmt: skip
MEGABYTE = 1_000_000
SEED = 11
LIMIT = 5.0


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run language", description=__doc__)
    parser.add_argument("--notes", type=int, default=1000, help="how many notes our stage reads")
    parser.add_argument("--budget", type=float, default=60, help="CPU seconds for stock medspaCy")
    options = parser.parse_args(arguments)
    guideline = guidelines.load(DEFAULT_GUIDELINE)
    annotator = Annotator(guideline)
    source, texts = notes()
    annotator.annotate(texts[0])
    yield from _speed(annotator, source, texts, options.notes)
    yield from _against_stock(annotator, stock_medspacy.stock_pipeline(guideline), texts, options.budget)
    yield from _long_notes(annotator, texts)
    yield from _repeated(annotator, [*REPEATED, *drawn_units(guideline)])


def _speed(annotator: Annotator, source: str, texts: list[str], count: int) -> Iterator[tuple[str, str]]:
    many = list(islice(cycle(texts), max(count, len(texts))))
    for text in texts:
        annotator.annotate(text)
    before = _peak_mb()
    seconds = _cpu(annotator, many)
    yield f"notes of {source}, repeated", f"{len(many)}, {sum(map(len, many)) / 1e6:.1f} M characters"
    yield "chart-triage, notes a second", f"{len(many) / seconds:.0f}"
    yield "growth of peak memory over these notes", f"{_peak_mb() - before:.1f} MB of {_peak_mb():.0f}"


def _against_stock(
    annotator: Annotator, nlp: stock_medspacy.Language, texts: list[str], budget: float
) -> Iterator[tuple[str, str]]:
    stock_medspacy.read(nlp, texts[0])
    read, start = 0, time.process_time()
    for text in texts:
        stock_medspacy.read(nlp, text)
        read += 1
        if time.process_time() - start > budget:
            break
    stock = time.process_time() - start
    ours = min(_cpu(annotator, texts[:read]) for _ in range(3))
    yield "stock medspaCy, notes a second", f"{read / stock:.1f}"
    yield f"chart-triage on the same {read} notes", f"{stock / ours:.1f} times as fast"


def _long_notes(annotator: Annotator, texts: list[str]) -> Iterator[tuple[str, str]]:
    for length in LENGTHS:
        text = long_note(texts, length)
        before = _peak_mb()
        seconds = _cpu(annotator, [text])
        yield (
            f"one note of {length / 1000:,.0f} kB",
            f"{seconds:.2f} s, {seconds / length * 1e6:.2f} s per MB, +{_peak_mb() - before:.0f} MB",
        )


def drawn_units(guideline: Guideline) -> Iterator[str]:
    """Cues, terms and titles, and mixtures of them without any stop: the same ones in every run."""
    draw = random.Random(SEED)
    cues, sections = sorted(cue_table()), sorted(titles())
    terms = [term.term for term in guideline.terms if term.kind is not TermKind.PATTERN]
    yield from (f"{word} " for word in (*draw.sample(cues, 10), *draw.sample(terms, 10)))
    yield from (f"{title.upper()}:\n" for title in draw.sample(sections, 5))
    yield from (" ".join(draw.sample(terms, 8)) + " " for _ in range(5))
    yield from (" ".join(draw.choice(draw.choice((terms, cues))) for _ in range(30)) + " " for _ in range(5))


def _repeated(annotator: Annotator, units: list[str]) -> Iterator[tuple[str, str]]:
    """Each unit first at a tenth of the length: what is too slow there is not tried in full."""
    slowest = (0.0, "")
    for unit in units:
        for length in (MEGABYTE // 10, MEGABYTE):
            seconds = _cpu(annotator, [(unit * (length // len(unit) + 1))[:length]])
            if seconds > LIMIT:
                yield f"**too slow:** {unit[:40]!r} repeated to {length / 1000:.0f} kB", f"{seconds:.1f} s"
                break
        slowest = max(slowest, (seconds, unit))
    yield f"slowest of {len(units)} units repeated to 1 MB: {slowest[1][:40]!r}", f"{slowest[0]:.1f} s"


def _cpu(annotator: Annotator, texts: Sequence[str]) -> float:
    start = time.process_time()
    for text in texts:
        annotator.annotate(text)
    return time.process_time() - start


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
