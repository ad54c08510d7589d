"""From the boxes of single words to the lines that a highlight covers."""

from __future__ import annotations

from collections.abc import Iterable

from chart_triage.records.geometry import Box

Line = tuple[Box, ...]
"""One printed line: a box for each unbroken run of words, from left to right (points, upright page)."""

# Two words of one line belong to one run when the gap between them is at most this share of the line's height.
_GAP = 1.2


def text_lines(words: Iterable[Box]) -> tuple[Line, ...]:
    """Joins word boxes in reading order into lines.

    A word stays on the line of the word before it when it overlaps it by half in height and lies to its right.
    Words far apart, as over a tab or a table cell, stay separate runs of the same line.
    """
    lines: list[list[Box]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last is None or not _continues(last, word):
            lines.append([word])
        elif word.x0 - last.x1 <= _GAP * max(last.height, word.height):
            lines[-1][-1] = _joined(last, word)
        else:
            lines[-1].append(word)
    return tuple(tuple(line) for line in lines)


def _continues(last: Box, word: Box) -> bool:
    shared = min(last.y1, word.y1) - max(last.y0, word.y0)
    return shared >= 0.5 * min(last.height, word.height) and word.x0 >= last.x1 - last.height


def _joined(a: Box, b: Box) -> Box:
    return Box(min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))
