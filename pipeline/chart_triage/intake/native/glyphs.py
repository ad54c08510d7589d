"""Characters as PDFs hand them over: symbol fonts, ligatures, control characters."""

from __future__ import annotations

import re

from chart_triage.intake.layout.hyphenation import SOFT_HYPHEN
from chart_triage.intake.layout.typed_boxes import GLYPHS

LINE_HYPHEN = "\ufffe"
"""What pdfium writes for a hyphen at a line's end, with the next line's text right behind it."""

# Private-use characters of the fonts Wingdings (U+F020 + code), Wingdings 2 and Symbol, as word processors write them.
_SYMBOLS = {
    "\uf06f": "□", "\uf071": "❑", "\uf072": "❒", "\uf0a8": "□", "\uf06e": "■", "\uf0fe": "☑", "\uf0fd": "☒",
    "\uf0fc": "✓", "\uf0fb": "✗", "\uf052": "☑", "\uf0a3": "□", "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "•",
    "\uf076": "•", "\uf02d": "-", "\uf0b0": "°", "\uf0b1": "±", "\uf0b3": "≥", "\uf0a2": "′", "\uf06d": "µ",
}  # fmt: skip
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_WINGDINGS = {
    "o": "□", "q": "❑", "r": "❒", "n": "■", "¨": "□", "¤": "□", "þ": "☑", "ý": "☒", "ü": "✓", "û": "✗", "ß": "✗",
    "l": "●", "x": "☒",
}  # fmt: skip
_WINGDINGS_2 = {"R": "☑", "S": "☒", "T": "☒", "P": "✓", "O": "✗", "£": "□", "Q": "☒"}

WORD = re.compile(
    f"[{GLYPHS}\uf06f\uf071\uf072\uf0a8\uf0fe\uf0fd\uf052\uf0a3]|[^\\s{GLYPHS}{LINE_HYPHEN}]+{LINE_HYPHEN}?"
)
"""A word of pdfium's text; a check box glyph is a word of its own."""

UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""Characters that stand for no text: control, replacement and private-use ones."""

_SPECIAL = re.compile(
    f"{UNREADABLE.pattern}|[{''.join(_LIGATURES)}{LINE_HYPHEN}{SOFT_HYPHEN}\u200b-\u200f\u2060\ufeff]"
)
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff]")

SYMBOL_LETTERS = frozenset(_WINGDINGS) | frozenset(_WINGDINGS_2)
"""Single letters that a symbol font without a character map may hide a check box behind."""


def clean(text: str) -> str:
    """`text` without characters that show nothing; a soft hyphen stays at the end, where it breaks the word."""
    if not _SPECIAL.search(text):
        return text
    broken = SOFT_HYPHEN if text.endswith(SOFT_HYPHEN) else ""
    text = text.replace(SOFT_HYPHEN, "").replace(LINE_HYPHEN, "-")
    for character, meaning in (_SYMBOLS | _LIGATURES).items():
        text = text.replace(character, meaning)
    text = UNREADABLE.sub("", _ZERO_WIDTH.sub("", text))
    return text + broken if text else ""


def count_unreadable(text: str) -> int:
    """How many characters of `text` stand for nothing that can be read."""
    return sum(character not in _SYMBOLS for character in UNREADABLE.findall(text))


def symbol_of(letter: str, font: str) -> str:
    """The check box behind `letter` in a Wingdings font; `letter` itself in any other font."""
    name = font.lower().replace(" ", "").replace("-", "")
    if "wingdings2" in name:
        return _WINGDINGS_2.get(letter, letter)
    if "wingdings" in name and "wingdings3" not in name:
        return _WINGDINGS.get(letter, letter)
    return letter
