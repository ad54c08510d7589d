"""Rows of ruled tables: the words of one row stay together, its cells parted by gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from chart_triage.intake.layout.lines import Line, Run, make_line, make_rows, make_runs
from chart_triage.intake.layout.placed import Break, PlacedWord, Rectangle, Token
from chart_triage.intake.page_draft import TableRow

_MAX_CELL_LINES = 8  # a taller cell is a frame around running text, not a cell

_STRIP = 24.0  # points: cells are looked up by the strip of the page that they reach into

LayOut = Callable[[Sequence[PlacedWord], Sequence[TableRow]], list[Token]]


def lay_out_rows(
    words: Sequence[PlacedWord], rows: Sequence[TableRow], lay_out: LayOut
) -> tuple[list[Run], list[PlacedWord]]:
    """One run for each table row with words in at least two cells, and the words that are in none of them.

    `lay_out` reads a cell that is too tall for a table cell.
    """
    inside, home = _words_by_cell(words, {cell for row in rows for cell in row.cells})
    runs: list[Run] = []
    used: set[Rectangle] = set()
    for row in rows:
        filled = [cell for cell in row.cells if inside[cell] and cell not in used]
        if len(filled) >= 2:
            used.update(filled)
            columns = {cell: index for index, cell in enumerate(dict.fromkeys(row.cells))}
            tokens = _row_tokens([(cell, inside[cell]) for cell in filled], columns, lay_out)
            runs.append(Run([token.word for token in tokens], tokens))
    return runs, [word for word in words if home.get(word) not in used]


def _words_by_cell(
    words: Sequence[PlacedWord], cells: set[Rectangle]
) -> tuple[dict[Rectangle, list[PlacedWord]], dict[PlacedWord, Rectangle]]:
    """The words of each cell, and the cell of each word that is in one: the smallest, as tables stand in tables."""
    by_height: dict[int, list[Rectangle]] = defaultdict(list)
    for cell in sorted(cells, key=_area):
        for strip in range(int(cell[1] // _STRIP), int(cell[3] // _STRIP) + 1):
            by_height[strip].append(cell)
    inside: dict[Rectangle, list[PlacedWord]] = {cell: [] for cell in cells}
    home: dict[PlacedWord, Rectangle] = {}
    for word in words:
        x, y = word.middle
        for cell in by_height.get(int(y // _STRIP), ()):
            if cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]:
                inside[cell].append(word)
                home[word] = cell
                break
    return inside, home


def _area(cell: Rectangle) -> float:
    return (cell[2] - cell[0]) * (cell[3] - cell[1])


def _row_tokens(
    cells: list[tuple[Rectangle, list[PlacedWord]]], columns: dict[Rectangle, int], lay_out: LayOut
) -> list[Token]:
    """The row's tokens; an empty cell between two filled ones adds a gap, so that a tick stays in its column."""
    contents = [(cell, [make_line(row) for row in make_rows(make_runs(words))], words) for cell, words in cells]
    is_frame = any(len(lines) > _MAX_CELL_LINES for _, lines, _ in contents)
    tokens: list[Token] = []
    column = 0
    for cell, lines, words in contents:
        inner = lay_out(words, ()) if is_frame else _cell_tokens(lines, cell)
        gaps = max(1, columns[cell] - column)
        column = columns[cell]
        tokens.append(Token(Break.BLOCK if is_frame else Break.GAP, inner[0].word, gaps))
        tokens += inner[1:]
    return tokens


def _cell_tokens(lines: list[Line], cell: Rectangle) -> list[Token]:
    """A cell's lines: joined where the text was wrapped, kept apart where the line could have gone on."""
    tokens = list(lines[0].tokens)
    for above, line in pairwise(lines):
        first = line.tokens[0].word
        padding = max(above.place[0] - cell[0], 0.0)
        free = cell[2] - padding - above.place[2]
        wrapped = first.x1 - first.x0 + 0.25 * above.height > free
        tokens.append(Token(Break.WRAP if wrapped else Break.LINE, first))
        tokens += line.tokens[1:]
    return tokens
