"""Doubtful words looked at again: their spelling, then a second engine on the image of the word alone."""

from __future__ import annotations

from collections.abc import Sequence

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.ocr.engine import LineReader, OcrWord
from chart_triage.intake.ocr.spelling import respelt
from chart_triage.intake.ocr.vocabulary import core, is_known, vocabulary

# Measured on 22,000 words of faxes at five levels of damage: at these thresholds the second engine mended 2 of 5 wrong
# words and spoilt 2 of 21,000 right ones.
_DOUBTFUL = 0.92  # confidence of the first engine below which an unknown word is looked at again
_VERY_DOUBTFUL = 0.75  # below which a known word is
# Below which a word is shown to the second engine. Of 955 that were shown before, it mended 4 of the 368 unknown words
# that were less doubtful, none of 56 known words of letters, and nothing but a stroke in 3 of 48 signs.
_SHOWN_UNKNOWN, _SHOWN_KNOWN, _SHOWN_NUMBER = 0.8, 0.25, 0.75
_UNKNOWN_TO_KNOWN = 0.85  # confidence of the second engine needed to replace an unknown word by a known one
_SAME_KIND = 0.97  # ... to replace known by known, or unknown by unknown
_PUNCTUATION = 0.93  # ... for the same word with another full stop or comma
_MENDED = 0.8  # confidence of a word after it was mended: still below what counts as certain
_RESPELT = 0.7

_MARGIN_X, _MARGIN_Y = 0.25, 0.18  # of the word's height, around its image
_STOPS = ".,;:"
_COMMON = 5  # of the vocabulary's weights: seen 16 times or more
_STROKES = frozenset("!1lt[]")
# Words that hardly ever follow a comma with a capital: what stood before them was a full stop.
_BEGINNERS = frozenset((
    "the", "this", "these", "there", "that", "he", "she", "it", "we", "they", "his", "her", "their", "our", "no",
    "not", "in", "on", "at", "after", "before", "during", "following", "for", "an", "a", "all", "both", "however",
    "due", "if", "when", "while", "with", "without", "since", "because", "as", "by", "from", "to", "review", "past",
    "family", "social", "patient", "physical", "neurologic", "pertinent", "current", "upon", "once", "then",
))  # fmt: skip


def look_again(words: Sequence[OcrWord], pixels: GreyPixels, reader: LineReader | None, most: int) -> list[OcrWord]:
    """`words` with doubtful ones mended. At most `most` words are shown to `reader`, the most doubtful first."""
    mended = list(words)
    open_questions: list[tuple[float, int]] = []
    for index, word in enumerate(words):
        known = is_known(word.text)
        if word.confidence >= (_VERY_DOUBTFUL if known else _DOUBTFUL):
            continue
        better = None if known else respelt(word.text)
        if better is not None:
            mended[index] = word._replace(text=better, confidence=max(word.confidence, _RESPELT))
        elif reader is not None and word.confidence < _shown_below(word.text, known=known):
            open_questions.append((word.confidence - (0.0 if known else 0.5), index))
    if reader is not None:
        chosen = [index for _, index in sorted(open_questions)[:most]]
        readings = reader.read([_cut(pixels, words[index]) for index in chosen])
        for index, (text, confidence) in zip(chosen, readings, strict=True):
            if _is_better(words[index], text, confidence):
                mended[index] = words[index]._replace(text=text, confidence=max(words[index].confidence, _MENDED))
    return mended


def _shown_below(text: str, *, known: bool) -> float:
    if not any(c.isalnum() for c in text):
        return 0.0
    if not known:
        return _SHOWN_UNKNOWN
    return _SHOWN_NUMBER if any(c.isdigit() for c in text) else _SHOWN_KNOWN


def _cut(pixels: GreyPixels, word: OcrWord) -> GreyPixels:
    height = word.y1 - word.y0
    left, top = max(0, round(word.x0 - _MARGIN_X * height)), max(0, round(word.y0 - _MARGIN_Y * height))
    right, bottom = round(word.x1 + _MARGIN_X * height), round(word.y1 + _MARGIN_Y * height)
    return pixels[top : max(bottom, top + 1), left : max(right, left + 1)]


def _is_better(word: OcrWord, text: str, confidence: float) -> bool:
    if not text or text == word.text or " " in text:
        return False
    old, new = core(word.text)[1], core(text)[1]
    if old and old == new and word.text.rstrip(_STOPS) == text.rstrip(_STOPS):
        return confidence > _PUNCTUATION
    was_known, known = is_known(word.text), is_known(text)
    if known and not was_known:
        return len(new) > 1 and confidence > _UNKNOWN_TO_KNOWN
    return known == was_known and word.confidence < _VERY_DOUBTFUL and confidence > _SAME_KIND


def typical_slips(words: Sequence[OcrWord]) -> list[OcrWord]:
    """Slips that the words around tell.

    On coarse faxes a full stop and a comma are alike, and so are a colon and a semicolon: before a capital that begins
    sentences it was a stop, after a sentence's first word ("Sister; pacemaker") a colon. A thin upright stroke before
    a word in small letters is the pronoun "I".
    """
    result = []
    for before, word, after in zip([None, *words], words, [*words[1:], None], strict=False):
        if word.text.endswith(",") and len(word.text) > 2 and after is not None:
            if _begins(after.text, doubtful=word.confidence < _PUNCTUATION):
                word = word._replace(text=word.text[:-1] + ".")
        elif word.text.endswith(";") and word.text[:-1].istitle() and word.text[:-1].isalpha():
            if before is None or before.line != word.line or before.text.endswith("."):
                word = word._replace(text=word.text[:-1] + ":")
        elif word.text in _STROKES and word.confidence < _DOUBTFUL and _goes_on(word, after):
            word = word._replace(text="I")
        result.append(word)
    return result


def _goes_on(word: OcrWord, after: OcrWord | None) -> bool:
    return after is not None and word.line == after.line and after.text[:1].islower()


def _begins(text: str, *, doubtful: bool) -> bool:
    """Whether a capital tells a new sentence: of a word that begins sentences, or where the comma is in doubt, of any
    common word."""
    if not text[:1].isupper() or text.isupper():
        return False
    word = core(text)[1].lower()
    return word in _BEGINNERS or (doubtful and vocabulary().get(word, 0) >= _COMMON)
