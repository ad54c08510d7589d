"""One page's placed words to tokens in reading order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from chart_triage.intake.layout.columns import Band, reading_order
from chart_triage.intake.layout.lines import break_between, make_line, make_runs, usual_gap
from chart_triage.intake.layout.placed import Break, PlacedWord, Token
from chart_triage.intake.layout.table_rows import lay_out_rows
from chart_triage.intake.page_draft import PageDraft, TableRow

_SENTENCE_ENDS = ".:;!?"


def lay_out(draft: PageDraft, left_out: Iterable[PlacedWord]) -> list[Token]:
    """All words of the page but `left_out`: the upright ones in reading order, then those that run sideways."""
    skipped = set(left_out)
    by_turn: dict[int, list[PlacedWord]] = defaultdict(list)
    for word in draft.words:
        if not skipped or word not in skipped:
            by_turn[word.turn].append(word)
    tokens = lay_out_words(by_turn.pop(0, []), draft.table_rows)
    for turn, words in sorted(by_turn.items()):
        tokens += _lay_out_sideways(words, turn)
    return tokens


def lay_out_words(words: Sequence[PlacedWord], table_rows: Sequence[TableRow]) -> list[Token]:
    """Upright words; those in the cells of `table_rows` are kept together row by row."""
    table_runs, others = lay_out_rows(words, table_rows, lay_out_words) if table_rows else ([], words)
    tokens: list[Token] = []
    for band in reading_order([*table_runs, *make_runs(others)]):
        tokens += _band_tokens(band, tokens)
    return tokens


def _band_tokens(band: Band, read: Sequence[Token]) -> list[Token]:
    lines = [make_line(row) for row in band.rows]
    usual = usual_gap([line for line in lines if not line.is_table_row])
    before = Break.BLOCK
    if band.continues and read and _sentence_goes_on(read[-1].word.text, lines[0].tokens[0].word.text):
        before = Break.LINE
    tokens: list[Token] = []
    for index, line in enumerate(lines):
        if index:
            before = break_between(lines[index - 1], line, usual)
        tokens.append(Token(before, line.tokens[0].word))
        tokens += line.tokens[1:]
    return tokens


def _sentence_goes_on(last: str, first: str) -> bool:
    """From the foot of one column to the head of the next."""
    return last[-1] not in _SENTENCE_ENDS and first[:1].islower()


def _lay_out_sideways(words: list[PlacedWord], turn: int) -> list[Token]:
    """Words that run along the page's side: laid out as if the page were turned, then put back."""
    turned: dict[PlacedWord, PlacedWord] = {}
    for word in words:
        x0, y0, x1, y1 = word.x0, word.y0, word.x1, word.y1
        match turn:
            case 90:
                place = (y0, -x1, y1, -x0)
            case 180:
                place = (-x1, -y1, -x0, -y0)
            case 270:
                place = (-y1, x0, -y0, x1)
            case _:
                place = (x0, y0, x1, y1)
        turned[PlacedWord(word.text, *place, turn=turn)] = word
    tokens = lay_out_words(list(turned), ())
    return [Token(Break.BLOCK if not i else token.before, turned[token.word]) for i, token in enumerate(tokens)]
