"""Can this page's own text be relied on? The one function that decides, for every page."""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import StrEnum

from chart_triage.intake.native.glyphs import count_unreadable

_MAX_UNREADABLE = 0.1  # share of characters that stand for nothing
_CID = re.compile(r"\(cid:\d+\)")
PICTURE = 0.5  # share of the page's area under images
HIDDEN = 0.5  # share of the text's pieces
_FEW_WORDS = 40  # fewer words on a page that is mostly a picture: the record is in the picture
_ENOUGH_LETTERS = 150  # a shorter text says too little about its language
# Mean log probability of a letter under English frequencies. Of 20,800 stretches of 300 characters of clinical text
# (MTSamples, E3C) the lowest, a list of drug doses, has -3.28 and the median -2.90; with letters shifted as a font
# without a character map shifts them, 99 in 100 lie below -3.65.
_LIKELY = -3.5
# Relative frequencies of letters in English text, in per cent: R. Lewand, Cryptological Mathematics (2000).
_ENGLISH = {
    "a": 8.17, "b": 1.49, "c": 2.78, "d": 4.25, "e": 12.70, "f": 2.23, "g": 2.02, "h": 6.09, "i": 6.97, "j": 0.15,
    "k": 0.77, "l": 4.03, "m": 2.41, "n": 6.75, "o": 7.51, "p": 1.93, "q": 0.10, "r": 5.99, "s": 6.33, "t": 9.06,
    "u": 2.76, "v": 0.98, "w": 2.36, "x": 0.15, "y": 1.97, "z": 0.07,
}  # fmt: skip


class TextLayerState(StrEnum):
    USABLE = "usable"
    HIDDEN = "hidden"  # over or under a picture that fills most of the page, seen by nobody
    PARTIAL = "partial"  # some words beside or on a picture that fills most of the page
    GARBLED = "garbled"  # characters that stand for nothing, or for the wrong letters
    MISSING = "missing"  # no words, but something is drawn
    BLANK = "blank"  # nothing at all


def judge_text_layer(
    text: str, words: int, image_share: float, is_drawn: bool, hidden_share: float = 0.0
) -> TextLayerState:
    """The state of a page's text layer. Pages that are not USABLE or BLANK need OCR.

    `text` is the raw text layer, `words` the number of words in the visible page, `image_share` the share of the
    page's area under images, `is_drawn` whether the page shows anything at all, `hidden_share` the share of the text
    that nobody sees.
    """
    if is_garbled(text):
        return TextLayerState.GARBLED
    if not words:
        return TextLayerState.MISSING if is_drawn else TextLayerState.BLANK
    if hidden_share >= HIDDEN:
        return TextLayerState.HIDDEN
    if image_share >= PICTURE and words < _FEW_WORDS:
        return TextLayerState.PARTIAL
    return TextLayerState.USABLE


def is_garbled(text: str) -> bool:
    """Whether a text layer is unreadable: unmapped characters, or letters in frequencies of no language.

    A font without a character map often yields letters shifted by a constant ("7KH EUDLQ"): readable to no one,
    and no library notices.
    """
    characters = sum(map(len, text.split()))
    if not characters:
        return False
    if count_unreadable(text) + sum(map(len, _CID.findall(text))) > _MAX_UNREADABLE * characters:
        return True
    counts = Counter(text.lower())
    letters = sum(counts[letter] for letter in _ENGLISH)
    if letters < _ENOUGH_LETTERS or 2 * letters < sum(n for c, n in counts.items() if c.isalpha()):
        return False
    return sum(counts[c] * math.log(share / 100) for c, share in _ENGLISH.items()) < _LIKELY * letters
