"""Tables of the summary: one line for each criterion or contraindication, with the passages that speak about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from chart_triage.report import summary_style as style
from chart_triage.report import wording
from chart_triage.report.dossier import Cited, Row
from chart_triage.report.quotes import Piece

# Links written as URIs of a private scheme; `summary_links` turns them into links within the document.
PASSAGE_SCHEME = "passage"
PAGE_SCHEME = "page"

_SHOWN = 3  # passages quoted for each side of a row; the others are named by their pages
_BADGE, _STATUS = 42.0, 146.0  # widths of the outer columns


def rows_table(rows: Sequence[Row]) -> Table:
    """Number, label with passages, and status. Long rows break over pages."""
    cells = [[_badge(row), [*_label(row), *_passages(row)], _status(row)] for row in rows]
    table = Table(cells, colWidths=[_BADGE, style.WIDTH - _BADGE - _STATUS, _STATUS], splitInRow=1)
    commands: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(style.RULE)),
        ("LINEABOVE", (0, 0), (-1, 0), 0.5, HexColor(style.RULE)),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    for index, row in enumerate(rows):
        commands.append(("LINEBEFORE", (0, index), (0, index), 4, HexColor(row.tone.fill)))
        if row.depth == 0 and row.kind == "criterion":
            commands.append(("BACKGROUND", (0, index), (-1, index), HexColor(style.PALE)))
    table.setStyle(TableStyle(commands))
    return table


def pages_linked(numbers: Iterable[int]) -> str:
    """Page numbers, each a link, as paragraph markup."""
    return ", ".join(_link(f"{PAGE_SCHEME}:{n}", f"p. {n}") for n in sorted(set(numbers)))


def _badge(row: Row) -> Paragraph:
    return Paragraph(escape(row.badge), style.STRONG)


def _label(row: Row) -> list[Flowable]:
    label = Paragraph(escape(row.label), style.BODY if row.depth else style.STRONG)
    return [label, *(Paragraph(escape(line), style.SMALL) for line in (row.rule, *row.notes) if line)]


def _status(row: Row) -> Paragraph:
    colour = style.STATUS_COLOUR.get(row.status)
    if colour is None:
        return Paragraph(escape(row.status_words), style.SMALL)
    return Paragraph(f'<font color="{colour}">{escape(row.status_words)}</font>', style.STRONG)


def _passages(row: Row) -> list[Flowable]:
    shown: list[Flowable] = []
    plus, minus = ("+", "−") if row.kind == "criterion" else ("", wording.SIDES["safety", "against"])
    for sign, cited in ((plus, row.speaks_for), (minus, row.speaks_against)):
        shown += [Paragraph(_quoted(sign, one), style.QUOTE) for one in cited[:_SHOWN]]
        if cited[_SHOWN:]:
            more = pages_linked(one.page for one in cited[_SHOWN:])
            shown.append(Paragraph(f"{sign} {len(cited) - _SHOWN} more: {more}", style.QUOTE))
    if row.parts_citing:
        shown.append(Paragraph(escape(wording.see_parts(row.parts_citing)), style.SMALL))
    return shown


def _quoted(sign: str, cited: Cited) -> str:
    place = [_link(f"{PASSAGE_SCHEME}:{cited.number}:{cited.page}", f"p. {cited.page}")]
    if cited.evidence.section:
        place.append(escape(cited.evidence.section))
    place.append(escape(cited.why))
    if cited.doubt:
        place.append(f'<font color="{style.DOUBT}">{escape(cited.doubt)}</font>')
    words = "".join(_marked(piece) for piece in cited.pieces)
    return f'<b>{sign}</b> “{words}” <font color="{style.QUIET}">{" · ".join(place)}</font>'


def _marked(piece: Piece) -> str:
    words = escape(piece.text)
    if piece.role == "passage":
        return f"<b>{words}</b>"
    return f"<u>{words}</u>" if piece.role == "cue" else f'<font color="{style.QUIET}">{words}</font>'


def _link(target: str, words: str) -> str:
    return f'<a href="{target}" color="{style.LINK}">{words}</a>'


def legend(rows: Sequence[Row]) -> Table:
    """What each colour on the pages means; top-level criteria by number and label."""
    entries = [(row.tone, f"+{row.badge}", row.label) for row in rows if row.depth == 0]
    entries += wording.LEGEND
    halves = [entries[: (len(entries) + 1) // 2], entries[(len(entries) + 1) // 2 :]]
    cells: list[list[object]] = []
    commands: list[tuple[object, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 2)]
    for index, left in enumerate(halves[0]):
        pair = [left, *halves[1][index : index + 1]]
        cells.append(
            [
                c
                for _, sign, label in pair
                for c in (Paragraph(sign, style.STRONG), Paragraph(escape(label), style.SMALL))
            ]
        )
        cells[-1] += [""] * (4 - len(cells[-1]))
        for column, (tone, _, _) in enumerate(pair):
            commands.append(("BACKGROUND", (2 * column, index), (2 * column, index), HexColor(tone.fill)))
            commands.append(("LINEBELOW", (2 * column, index), (2 * column, index), 1, HexColor(tone.line)))
    half = style.WIDTH / 2
    return Table(cells, colWidths=[40, half - 40, 40, half - 40], style=TableStyle(commands))
