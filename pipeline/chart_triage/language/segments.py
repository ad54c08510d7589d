"""Statements: the stretches of text within which a cue can act.

A statement is a sentence, a list item, a table row or a form line. White space tells more than punctuation in
charts, so lines are looked at first (bullets, headings, short lines, soft wraps), sentences second. A list item
remembers the line that introduces its list ("Denies:\\n- fever\\n- pacemaker"): its cues reach into the item.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from chart_triage.language.sections import titles

_BULLET = re.compile(
    r"[ \t]*(?:[-*\u2022\u00b7\u25cf\u25aa\u2023>+]+[ \t]+|[-\u2022\u25cf](?=[A-Za-z])|\(?\d{1,2}[.)][ \t]+|"
    r"\(?[a-zA-Z][.)][ \t]+|o[ \t]+(?=[A-Z]))"
)
# Each pattern begins with one class of signs, so that the engine skips the letters. The sign in front belongs to the
# sentence. Spaces alone end a statement in two rare cases only, which the two patterns after it foretell.
_STOPS = r"""
        (?<!,)["')\]]{0,2}\s+(?=["'(\[]{0,2}[A-Z0-9*\u2022\u2610\u2612\[-])                # sentence end
      | (?<=[a-z)\]][.])(?=[A-Z][a-z]+\s)                                              # missing space: "noted.The"
      | (?<=[a-z]{4}[.])(?=(?:known|denies|has|no|the|she|he|patient|history|with)\s)
      | (?<=,)(?=[A-Z][A-Z /&-]{4,40}:)
"""
_BOUNDARY = re.compile(rf"[.!?,](?:{_STOPS})", re.VERBOSE)
_SPACED_BOUNDARY = re.compile(
    rf"""[.!?,\s](?:
        (?<=\s)(?=[\sA-Z])(?:
            (?<=\S\s)(?P<gap>\s{{2,}})(?=\d{{1,2}}[.)]\s)                                # "... 2. next item"
          | (?<=[a-z0-9.,;)][ \t])(?P<blank>[ \t]*)(?=[A-Z][A-Z /&-]{{4,40}}:)           # heading within the line
        )
      | (?<=[.!?,])(?:{_STOPS})
    )""",
    re.VERBOSE,
)
_ITEM_AFTER_GAP = re.compile(r"\d(?<=\s\s\s\d)[\d.)]")
_HEADING_END = re.compile(r":(?<=[A-Z /&-]{5}:)")
_ABBREVIATIONS = (
    "dr", "drs", "mr", "mrs", "ms", "st", "vs", "no", "nos", "approx", "ca", "cf", "e.g", "i.e", "eg", "ie", "etc",
    "fig", "figs", "al", "inc", "jr", "sr", "prof", "rev", "ext", "dept", "pt", "pts", "resp", "temp", "wt", "ht",
    "hx", "dx", "tx", "rx", "sx", "fx", "d", "mat", "pat", "bilat", "poss", "prob", "susp", "p.o", "b.i.d", "t.i.d",
    "q.d", "q.i.d", "a.m", "p.m", "u.s", "m.d", "d.o", "ph.d", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
    "sept", "sep", "oct", "nov", "dec",
)  # fmt: skip
_ABBREVIATION = re.compile(
    rf"(?:\b(?i:{'|'.join(map(re.escape, _ABBREVIATIONS))})|\b[A-KM-QS-Z]|(?<![a-z]\s)\b[LR]"
    r"|\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s[LR])\.$"
)
_LAST_LETTERS = frozenset(abbreviation.rpartition(".")[2] for abbreviation in _ABBREVIATIONS)
_LONGEST_ABBREVIATION = 16  # with what may stand before it
_NUMBER_ONLY = re.compile(r"\s*\(?\d{1,2}[.)]\s*$")
_ENDS = re.compile(r"[.!?:;]['\")\]]*\s*$")
_CONTINUES = re.compile(r"[ \t]*[a-z(&,;/]")
_LABEL = re.compile(r"[ \t]*[A-Z][\w /&'()#.-]{1,48}:(?:\s|$)")
_DICTATION_BREAK = re.compile(r"(?<=[.:!?])(\s{0,3}),(?=\s{0,3}[A-Z0-9(\[*-])")
_PAGE_LINE = re.compile(
    r"(?:(?<=\n)|^)[ \t]*+(?:[-=_*]{0,10}[ \t]*+)page[ \t]{0,3}\d{1,4}(?:[ \t]{0,3}(?:of|/)[ "
    r"\t]{0,3}\d{1,4})?[^\n]{0,60}\n",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"\b(?:of|for|the|an?|and|or|to|with|without|by|in|his|her|from|denies"
    r"|(?<![:?\]\t])(?<![:?\]]\s)(?<!\s\s)no)\s*$",  # "Pacemaker: No" is an answer, and ends there
    re.IGNORECASE,
)
_LONGEST = 2000  # characters; of 72,000 statements of clinical notes the longest has 1,170
_PIECE = 600
_LINE = re.compile(r"[^\n\f]*(?:\n|\f|$)")


def restore_breaks(raw: str) -> str:
    """`raw` with the line breaks that some dictation exports write as commas ("PLAN:,1.  MRI.,2.  EEG."), and
    without lines that only number a page, which would cut a sentence in two.

    The text keeps its length, so offsets stay true.
    """
    if ".," in raw or ":," in raw:
        raw = _DICTATION_BREAK.sub(lambda m: m.group(1) + "\n", raw)
    if "page" in raw.lower():
        raw = _PAGE_LINE.sub(lambda m: " " * len(m.group()), raw)
    return raw


class Statement(NamedTuple):
    """`raw[start:end]`; `head` is the span of the line that introduces the list this item belongs to.

    `whole` is the span of an endless statement (no stop, no line break) of which this is a piece.
    """

    start: int
    end: int
    head: tuple[int, int] | None = None
    whole: tuple[int, int] | None = None


class Statements:
    """All statements of a text, in order; every character belongs to at most one."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._items: list[Statement] | None = None
        self._starts: list[int] = []

    @property
    def items(self) -> list[Statement]:
        """Found when first asked for: a text without any term is never cut up."""
        if self._items is None:
            raw = self._raw
            spaced = _HEADING_END.search(raw) or _ITEM_AFTER_GAP.search(raw)
            boundary = _SPACED_BOUNDARY if spaced else _BOUNDARY
            found = [s for unit in _units(raw) for s in _sentences(raw, unit, boundary)]
            if any(s.end - s.start > _LONGEST for s in found):
                found = [p for s in found for p in (_pieces(raw, s) if s.end - s.start > _LONGEST else (s,))]
            self._items = found
            self._starts = [s.start for s in found]
        return self._items

    def index_at(self, offset: int) -> int:
        """Index of the statement that holds `offset` (or the last one before it)."""
        if self._items is None and not self.items:
            return 0
        return max(0, bisect_right(self._starts, offset) - 1)


def _units(raw: str) -> list[Statement]:
    """Lines joined to paragraphs and list items."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(raw) if m.end() > m.start()]
    units: list[Statement] = []
    width = _wrap_width(raw, lines)
    open_start: int | None = None
    open_end = 0
    open_line = 0
    head: tuple[int, int] | None = None
    open_head: tuple[int, int] | None = None

    def close() -> None:
        nonlocal open_start
        if open_start is not None:
            units.append(Statement(open_start, open_end, open_head))
            open_start = None

    for start, end in lines:
        line = raw[start:end]
        if not line.strip():
            if line.endswith("\f") and open_start is not None:
                continue  # a page break alone does not end a sentence
            if open_start is not None and _OPEN_END.search(raw[max(open_start, open_end - 20) : open_end]):
                continue  # "No evidence of", blank line, "tumor"
            close()
            if head is not None and units and units[-1].head is not None:
                head = None  # the list is over
            continue
        bullet = _BULLET.match(line)
        joins = open_start is not None and not bullet and _soft_wrapped(raw[open_line:open_end], line, width)
        if joins:
            open_end = end
            open_line = start
            continue
        close()
        if units and raw[units[-1].start : units[-1].end].rstrip().endswith(":"):
            head = (units[-1].start, units[-1].end)
        elif head is not None and not bullet and not _listed(raw, units, head):
            head = None
        open_start, open_end, open_line = start, end, start
        open_head = head if head is not None and not line.rstrip().endswith(":") else None
    close()
    return units


def _listed(raw: str, units: list[Statement], head: tuple[int, int]) -> bool:
    """Whether the last unit was an un-bulleted item of the list that `head` opened."""
    return bool(units) and units[-1].head == head and not _BULLET.match(raw[units[-1].start : units[-1].end])


def _wrap_width(raw: str, lines: list[tuple[int, int]]) -> int:
    """The column at which the text was wrapped: the length that its longest tenth of lines reach."""
    lengths = sorted(len(raw[s:e].rstrip()) for s, e in lines)
    return lengths[int(len(lengths) * 0.9)] if lengths else 0


def _soft_wrapped(previous: str, line: str, width: int) -> bool:
    """Whether `line` carries on the sentence of the line before it."""
    before = previous.rstrip()
    if _OPEN_END.search(before[-20:]) and not _LABEL.match(line):
        return True
    if not before or "\t" in line.strip() or "\t" in before.strip():
        return False
    if _LABEL.match(line):
        return False
    if _ENDS.search(before):
        # a full line that ends a sentence: the paragraph goes on, sentences are split later
        return len(before) > 0.8 * width and width > 40 and not before.endswith(":") and not _CONTINUES.match(line)
    if _CONTINUES.match(line):
        return True
    return len(before) > 0.7 * width and width > 30


def _sentences(raw: str, unit: Statement, boundary: re.Pattern[str]) -> list[Statement]:
    start, last, head, _ = unit
    found: list[Statement] = []
    for match in boundary.finditer(raw, start, last):
        end = match.start() + (match.lastgroup is None)
        if raw[end - 1] in ".)\n" and (_abbreviated(raw, start, end) or _NUMBER_ONLY.match(raw, start, end)):
            continue
        if _names_no_section(raw, end, match.end()):
            continue
        if end > start and not raw[start:end].isspace():
            found.append(Statement(start, end, head))
        start = match.end()
    if last > start and not raw[start:last].isspace():
        found.append(Statement(start, last, head))
    return found


def _abbreviated(raw: str, start: int, end: int) -> bool:
    """Whether `raw[start:end]` ends with an abbreviation or an initial, and the sentence may go on."""
    first = end - 1
    while first > start and raw[first - 1].isalpha() and end - first < _LONGEST_ABBREVIATION:
        first -= 1
    letters = raw[first : end - 1]  # most sentences end with a word that no pattern has to be tried on
    if raw[end - 1] == "." and letters.lower() not in _LAST_LETTERS and len(letters) != 1:
        return False
    return _ABBREVIATION.search(raw, max(start, end - _LONGEST_ABBREVIATION), end) is not None


def _pieces(raw: str, statement: Statement) -> Iterator[Statement]:
    """Where nothing ends a statement for `_LONGEST` characters, pieces of it cut between words."""
    start, end, head, _ = statement
    whole = (start, end)
    while end - start > _LONGEST:
        cut = raw.rfind(" ", start, start + _PIECE)
        cut = cut + 1 if cut > start else start + _PIECE
        yield Statement(start, cut, head, whole)
        start = cut
    yield Statement(start, end, head, whole)


def _names_no_section(raw: str, start: int, end: int) -> bool:
    """Whether capitals after a boundary without punctuation are words of the sentence ("Suspected MELAS:")."""
    if end - start > 1 or not raw[start - 1].isalnum():
        return False
    title = raw[end : raw.find(":", end)]
    return title.isupper() and title.lower() not in titles()
