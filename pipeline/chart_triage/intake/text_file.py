"""Plain text files: one page for each form feed, no boxes."""

from __future__ import annotations

from chart_triage.errors import InputError
from chart_triage.intake.limits import Limits
from chart_triage.records.chart import ChartWarning
from chart_triage.records.page import Page, PageSource

_LETTER = (612.0, 792.0)  # US letter in points: text has no size of its own, a report needs one
_MAX_FOREIGN_SHARE = 0.3  # of bytes above 127: Windows-1252 decodes almost anything, text in English uses few


def read_text(name: str, data: bytes, limits: Limits) -> tuple[tuple[Page, ...], tuple[ChartWarning, ...]]:
    """Pages of a text file in UTF-8, UTF-16 with a byte order mark, or Windows-1252; line ends become "\\n"."""
    text = _decode(name, data).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise InputError("empty", f"{name} holds no text. Send the file again.")
    pieces = text.split("\f")
    if not pieces[-1].strip():  # printers end the last page with a form feed, too
        pieces.pop()
    limits.check_pages(name, len(pieces))
    for number, piece in enumerate(pieces, 1):
        limits.check_words(name, number, len(piece.split()), len(piece))
    pages = tuple(_page(number, piece) for number, piece in enumerate(pieces, 1))
    blank = tuple(page.number for page in pages if not page.readable)
    warning = ChartWarning(kind="blank_page", pages=blank, detail="Nothing is written on the page.")
    return pages, (warning,) if blank else ()


def _page(number: int, text: str) -> Page:
    width, height = _LETTER
    if not text.strip():
        return Page(number=number, width=width, height=height, source=PageSource.NONE, readable=False)
    return Page(number=number, width=width, height=height, source=PageSource.TEXT, readable=True, text=text)


def _decode(name: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        foreign = sum(byte > 127 for byte in data[:65_536])
        few = foreign <= _MAX_FOREIGN_SHARE * min(len(data), 65_536)
        encodings = ["utf-8-sig", "cp1252"] if few else ["utf-8-sig"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("not_a_document", f"{name} cannot be decoded as text. Save it as UTF-8 and send it again.")
