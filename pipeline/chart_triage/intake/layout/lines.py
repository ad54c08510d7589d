"""Words to rows: words that follow each other make runs, runs at one height make a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import attrgetter

from chart_triage.intake.layout.placed import Break, PlacedWord, Rectangle, Token, bounds

RUN_GAP = 0.6  # of the line height: wider than a word space, narrower than the gutter of two columns
CELL_GAP = 1.2  # of the line height: from here on a gap separates cells
_STRETCH = 2.5  # times the line's own word space: less is a justified line's stretched space
_SAME_RUN_SHIFT = 0.3  # of the line height, between the bottoms of two words in sequence (skewed text drifts)
_SAME_ROW_OVERLAP = 0.7  # of the smaller height
_SAME_ROW_BOTTOM = 0.5  # of the smaller height, where one text is twice as tall as the other
_ENOUGH_GAPS = 5
_MARK_HEIGHT = 9.0  # points: what of a check box counts when its line is sought
_BLOCK_GAP = 0.5  # of the line height, above the page's usual gap between lines


class Run:
    """Words that follow each other on a line, or (`tokens` given) a table row laid out already."""

    __slots__ = ("bottom", "height", "tokens", "words", "x0", "x1", "y0", "y1")

    def __init__(self, words: list[PlacedWord], tokens: list[Token] | None = None) -> None:
        self.words = words
        self.tokens = tokens
        self.x0, self.y0, self.x1, self.y1 = bounds(words)
        # a table row takes the place of its first line
        first, last = (words[0], words[0]) if tokens else (words[0], words[-1])
        self.bottom = (first.y1 + last.y1) / 2
        self.height = first.y1 - first.y0
        if first.sign is not None and self.height > _MARK_HEIGHT:  # a tall mark belongs to the line at its middle
            self.bottom -= (self.height - _MARK_HEIGHT) / 2
            self.height = _MARK_HEIGHT


Row = list[Run]


class Line:
    """A printed line, or a table row, as tokens; the break before its first token is the caller's."""

    __slots__ = ("height", "is_table_row", "place", "tokens")

    def __init__(self, tokens: list[Token], place: Rectangle, height: float, is_table_row: bool) -> None:
        self.tokens = tokens
        self.place = place
        self.height = height
        self.is_table_row = is_table_row


def make_runs(words: Iterable[PlacedWord]) -> list[Run]:
    """Runs of words in the sequence given (a file's own); a jump to another place begins a new run."""
    runs: list[list[PlacedWord]] = []
    last: PlacedWord | None = None
    for word in words:
        if last is not None:
            height = min(last.y1 - last.y0, word.y1 - word.y0)
            gap = word.x0 - last.x1
            if (
                -RUN_GAP * height <= gap <= RUN_GAP * height
                and abs(word.y1 - last.y1) <= _SAME_RUN_SHIFT * height
                and word.sign is None
                and last.sign is None
            ):
                runs[-1].append(word)
                last = word
                continue
        runs.append([word])
        last = word
    return [Run(run) for run in runs]


def make_rows(runs: Iterable[Run]) -> list[Row]:
    """Runs at one height, top to bottom; within a row left to right."""
    rows: list[Row] = []
    tallest: Run | None = None
    for run in sorted(runs, key=attrgetter("bottom")):
        if tallest is not None and _same_row(tallest, run):
            rows[-1].append(run)
            if run.height > tallest.height:
                tallest = run
        else:
            rows.append([run])
            tallest = run
    return [_in_order(row) for row in rows]


def _same_row(a: Run, b: Run) -> bool:
    if a.tokens is not None or b.tokens is not None:
        return False
    small, large = (a.height, b.height) if a.height <= b.height else (b.height, a.height)
    if large >= 2 * small:  # beside a large heading several small lines may stand
        return abs(a.bottom - b.bottom) <= _SAME_ROW_BOTTOM * small
    overlap = min(a.bottom, b.bottom) - max(a.bottom - a.height, b.bottom - b.height)
    return overlap >= _SAME_ROW_OVERLAP * small


def _in_order(row: Row) -> Row:
    """Left to right. Runs that overlap (a mark amid a run of words) are taken apart into words first."""
    if len(row) == 1:
        return row
    row.sort(key=attrgetter("x0"))
    if all(a.x1 <= b.x0 + 1 for a, b in pairwise(row)):
        return row
    words = sorted((word for run in row for word in run.words), key=attrgetter("x0"))
    return make_runs(_once(words))


def _once(words: list[PlacedWord]) -> list[PlacedWord]:
    """Without a word that is printed twice at (nearly) the same place, as shadows and false bold do."""
    kept: list[PlacedWord] = []
    for word in words:
        if not any(
            word.text == other.text and abs(word.x0 - other.x0) < 0.3 * word.height and abs(word.y0 - other.y0) < 2
            for other in kept[-3:]
        ):
            kept.append(word)
    return kept


def segments(row: Row) -> list[list[PlacedWord]]:
    """The row's words, parted at wide gaps."""
    parts: list[list[PlacedWord]] = []
    for token in row_tokens(row):
        if not parts or token.before is Break.GAP:
            parts.append([])
        parts[-1].append(token.word)
    return parts


def row_tokens(row: Row) -> list[Token]:
    """The row's words with spaces and gaps between them."""
    if row[0].tokens is not None:
        return row[0].tokens
    if len(row) == 1:
        return [Token(Break.SPACE, word) for word in row[0].words]
    words = [word for run in row for word in run.words]
    stretched = _STRETCH * _word_space(words)
    tokens = [Token(Break.SPACE, words[0])]
    for left, right in pairwise(words):
        height = min(_text_height(left, right), _text_height(right, left))
        is_gap = right.x0 - left.x1 > max(CELL_GAP * height, stretched)
        tokens.append(Token(Break.GAP if is_gap else Break.SPACE, right))
    return tokens


def _word_space(words: list[PlacedWord]) -> float:
    """The space between words in a justified line, where it is stretched; 0 where most gaps part cells."""
    gaps = sorted(right.x0 - left.x1 for left, right in pairwise(words))
    usual = gaps[len(gaps) // 4]
    return usual if usual < words[0].height else 0.0


def _text_height(word: PlacedWord, other: PlacedWord) -> float:
    """A mark has no type size: its neighbour's counts."""
    return other.height if word.sign is not None and other.sign is None else word.height


def make_line(row: Row) -> Line:
    tokens = row_tokens(row)
    place = (min(r.x0 for r in row), min(r.y0 for r in row), max(r.x1 for r in row), max(r.y1 for r in row))
    return Line(tokens, place, max(r.height for r in row), row[0].tokens is not None)


def usual_gap(lines: Sequence[Line]) -> float:
    """The white space between lines of a paragraph, in points: the median, as long as there are enough lines."""
    gaps = sorted(b.place[1] - a.place[3] for a, b in pairwise(lines))
    if not gaps:
        return 0.0
    median = gaps[len(gaps) // 2]
    return median if len(gaps) >= _ENOUGH_GAPS else min(median, _BLOCK_GAP * lines[0].height)


def break_between(above: Line, below: Line, usual: float) -> Break:
    """LINE within a paragraph, BLOCK where there is more white space than `usual`."""
    if above.is_table_row and below.is_table_row:
        return Break.LINE
    gap = below.place[1] - above.place[3]
    return Break.BLOCK if gap > usual + _BLOCK_GAP * min(above.height, below.height) else Break.LINE
