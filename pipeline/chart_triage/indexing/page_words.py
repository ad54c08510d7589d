"""The words of one page as rules and model see them: lines cut into cells, words in a form that survives OCR.

A long page is looked at in part (`LOOKED_AT`), so that the cost of a page does not grow with its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LOOKED_AT = (4200, 800)  # characters from the page's beginning and from its end
_CELL = re.compile(r"[^\n\t\f\v]+")
_WIDE_GAP = re.compile(r" {3,}|\s\|\s")
_TOKEN = re.compile(r"[a-z0-9|]+(?:'[a-z]+)?")
# Letters and digits that OCR takes for one another become one.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "8": "b", "\u2019": "'", "\u00a0": " "})
_BEFORE_TITLE = frozenset(".,;:!?)")


class Token(NamedTuple):
    """`word` as OCR could not change it; `start` and `end` count in the cell."""

    word: str
    start: int
    end: int


class Cell(NamedTuple):
    """A stretch of a line between tabs or wide gaps; `start` counts in the text that was looked at."""

    text: str
    start: int
    tokens: tuple[Token, ...]


def looked_at(text: str) -> str:
    """`text`, or the beginning and the end of a long one."""
    head, tail = LOOKED_AT
    return text if len(text) <= head + tail else f"{text[:head]}\n{text[-tail:]}"


def cells(text: str) -> Iterator[Cell]:
    """The cells of `text` in reading order, empty ones left out."""
    for found in _CELL.finditer(text):
        at = found.start()
        for piece in _pieces(found.group()):
            if tokens := tuple(_tokens(piece[1])):
                yield Cell(piece[1], at + piece[0], tokens)


def skeleton(word: str) -> str:
    """`word` in small letters, without what OCR confuses: "pol1cy" and "policy", "fonn" and "form" stay two."""
    return _joined(word.lower().translate(_ALIKE))


def is_heading(cell: Cell, first: int, last: int) -> bool:
    """Whether the tokens `first` to `last` (exclusive) head what follows: they begin the cell or a sentence in it and
    end before a colon or with the cell."""
    before = cell.text[: cell.tokens[first].start].rstrip(" #*-=_(\u2022")
    after = cell.text[cell.tokens[last - 1].end :].lstrip(" )*")
    return (not before or before[-1] in _BEFORE_TITLE or before.isdigit()) and (
        after[:1] in ("", ":") or not after.strip(" -_=*.:,")
    )


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    at = 0
    for gap in _WIDE_GAP.finditer(line):
        yield at, line[at : gap.start()]
        at = gap.end()
    yield at, line[at:]


def _tokens(text: str) -> Iterator[Token]:
    alike = text.lower().translate(_ALIKE)
    join = _joined if any(two in alike for two in ("rn", "cl", "vv")) else str
    for found in _TOKEN.finditer(alike):
        yield Token(join(found.group()), found.start(), found.end())


def _joined(word: str) -> str:
    """Two letters that OCR reads as one become that one."""
    return word.replace("rn", "m").replace("cl", "d").replace("vv", "w")
