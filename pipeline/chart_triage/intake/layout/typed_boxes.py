"""Check boxes that are characters: ☐ ☑ ✓ and, typed, [x] [ ] (x) ( )."""

from __future__ import annotations

import re
from typing import NamedTuple

from chart_triage.intake.layout.placed import MARK_CHARACTERS
from chart_triage.records.page import MarkState

_TICKED = "☑☒✓✔✅🗹🗷🗵🗸◉⦿▣⊠"
_UNTICKED = "☐□◻▢❏❐❑❒⬜◽"
_UNKNOWN = "⍰✗✘✕✖❌"  # a cross without a box: chosen, or "no"? It stays a question
_LIST_LIKE = {"■": "□☐", "●": "○◯◉", "○": "●◉⦿", "◯": "●◉⦿", "⚫": "⚪", "⚪": "⚫"}

GLYPHS = _TICKED + _UNTICKED + _UNKNOWN
"""Characters that are a check box wherever they stand."""

_STATES = {
    **dict.fromkeys(_TICKED, MarkState.TICKED),
    **dict.fromkeys(_UNTICKED, MarkState.UNTICKED),
    **dict.fromkeys(_UNKNOWN, MarkState.UNKNOWN),
}
_PAIRED_STATES = {
    "■": MarkState.TICKED,
    "●": MarkState.TICKED,
    "⚫": MarkState.TICKED,
    "○": MarkState.UNTICKED,
    "◯": MarkState.UNTICKED,
    "⚪": MarkState.UNTICKED,
}
_GLYPH = re.compile(f"[{GLYPHS}{''.join(_LIST_LIKE)}]")
_BLANK = r"[ _\t]"
_ANSWER_FOLLOWS = r"(?=[ \t]{0,3}(?:yes|no|y|n|n/a|unk(?:nown)?|unsure)\b)"
# "[x)", "(x]" and, before an answer, "()" are what recognition makes of brackets on poor copies.
_BRACKETS = re.compile(
    rf"\[{_BLANK}{{0,4}}([xX✓✔]?){_BLANK}{{0,4}}\]|\({_BLANK}{{0,4}}([xX✓✔]){_BLANK}{{0,4}}\)|\({_BLANK}{{1,4}}\)"
    rf"|\[ ?([xX✓✔]) ?\)|\( ?([xX✓✔]) ?\]|\(\)(?i:{_ANSWER_FOLLOWS})"
)

_LONE_LETTER = re.compile(r"(?:(?<=[\t\n])|^)[xX](?=[\t\n]|$)")


class TypedBox(NamedTuple):
    """`text[start:end]`; `character` is what stands for it in the page's text (None: it stays as typed).

    `needs_heading`: a letter "X" alone in a table cell, a tick only in a column headed "Yes", "No" or the like.
    """

    start: int
    end: int
    state: MarkState
    character: str | None
    needs_heading: bool = False


def find_typed_boxes(text: str) -> list[TypedBox]:
    """All typed boxes of a page's text, in order.

    ■ ● ○ are bullets more often than boxes: they count where the same line (for ■, the same page) has the
    opposite form as well.
    """
    boxes = []
    for match in _GLYPH.finditer(text):
        glyph = match.group()
        if glyph in _LIST_LIKE and not _has_opposite(text, match.start(), glyph):
            continue
        state = _STATES.get(glyph) or _PAIRED_STATES[glyph]
        boxes.append(TypedBox(match.start(), match.end(), state, MARK_CHARACTERS[state]))
    for match in _BRACKETS.finditer(text):
        state = MarkState.TICKED if any(match.groups()) else MarkState.UNTICKED
        boxes.append(TypedBox(match.start(), match.end(), state, None))
    for match in _LONE_LETTER.finditer(text):
        boxes.append(TypedBox(match.start(), match.end(), MarkState.TICKED, None, needs_heading=True))
    return sorted(boxes, key=lambda box: box.start)


def _has_opposite(text: str, at: int, glyph: str) -> bool:
    if glyph == "■":
        return any(opposite in text for opposite in _LIST_LIKE[glyph])
    line = text[text.rfind("\n", 0, at) + 1 : (text.find("\n", at) + 1 or len(text) + 1) - 1]
    return any(opposite in line for opposite in _LIST_LIKE[glyph])
