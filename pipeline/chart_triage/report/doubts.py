"""Words of a passage that OCR was not sure of: the reviewer must look at the page before relying on them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from chart_triage.records.chart import Chart
from chart_triage.records.finding import Evidence

SURE = 0.8
"""Word confidence from which on a word is quoted without remark."""


def doubtful_words(chart: Chart, page_starts: Sequence[int], evidence: Evidence) -> tuple[str, ...]:
    """The words of `evidence` and of the cues that decided its status with a confidence below `SURE`, each once.

    `page_starts` are `chart.page_starts()`.
    """
    cues = [(cue.start, cue.end) for cue in evidence.cues if cue.start is not None and cue.end is not None]
    found = [
        word for start, end in sorted([(evidence.start, evidence.end), *cues])
        for word in _doubtful(chart, page_starts, start, end)
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _doubtful(chart: Chart, page_starts: Sequence[int], start: int, end: int) -> list[str]:
    found: list[str] = []
    index = bisect_right(page_starts, start) - 1
    while index < len(chart.pages) and page_starts[index] < end:
        page, origin = chart.pages[index], page_starts[index]
        found += [
            page.text[word.start : word.end]
            for word in page.words_in(start - origin, end - origin)
            if word.confidence < SURE
        ]
        index += 1
    return found
