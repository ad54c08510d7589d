"""What a page image was read as, put into the page's draft: words, warnings, or why there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from chart_triage.intake.layout.placed import PlacedWord, Rectangle
from chart_triage.intake.ocr.reading import Lost, Outcome, PageReading
from chart_triage.intake.ocr.vocabulary import core, is_known
from chart_triage.intake.page_draft import PageDraft, on_page
from chart_triage.records.chart import ChartWarning, WarningKind
from chart_triage.records.page import PageSource

ILLEGIBLE_BELOW = 0.55  # of the words are expected to be right: the page counts as unread
_HALF_LEGIBLE_BELOW = 0.9
_SAME_TEXT = 0.8  # of a hidden text layer's words are on the page, and of the page's words in the layer
# One of these more or less turns what a page says round: a layer that differs in them is not believed.
_TURNING = frozenset(("no", "not", "without", "denies", "denied", "negative", "never", "none", "absent"))
_PICTURE_WORDS = 4  # words of a picture in a page of text, below which it is one without writing
_PICTURE_SURE = 0.75
_UNSURE = 0.6
_FEW_WORDS = 5  # a page with fewer words than this that are half sure is a picture, not a bad copy

BLANK: tuple[WarningKind, str] = ("blank_page", "Nothing is drawn on the page.")
_NO_WRITING: tuple[WarningKind, str] = ("unread_page", "No writing could be made out on the page.")
GIVEN_UP: tuple[WarningKind, str] = (
    "unopened_page",
    "The page took too long or too much memory to open, or broke what opened it; it was left out. Ask for it printed "
    "on paper, or scanned.",
)
_FAILED: tuple[WarningKind, str] = (
    "unread_page",
    "Recognition of the page failed or took too long; it was not read.",
)
_IMAGE_FAILED: tuple[WarningKind, str] = (
    "unread_page",
    "Recognition of what is drawn on the page failed or took too long; another try may read it.",
)
_ILLEGIBLE: tuple[WarningKind, str] = (
    "illegible_page",
    "The page is too poor a copy to be read; nothing on it was used. Ask for a better copy.",
)
_HALF_LEGIBLE: tuple[WarningKind, str] = (
    "illegible_page",
    "Words may be missing or wrong, most where the report frames the page with dashes. Compare with the page itself.",
)
_GARBLED_AND_UNREAD: tuple[WarningKind, str] = (
    "bad_text_layer",
    "The page's text layer is garbled, and nothing could be read from its image.",
)
_PICTURE_UNREAD: tuple[WarningKind, str] = (
    "unread_page",
    "Most of the page is a picture in which nothing could be read; only the text beside it was.",
)
_GARBLED: tuple[WarningKind, str] = (
    "bad_text_layer",
    "The page's text layer is garbled; the page was read by OCR instead.",
)
_UNCHECKED: tuple[WarningKind, str] = (
    "bad_text_layer",
    "The page has hidden text, and what the page shows could not be read to check it; nothing on it was used.",
)
_DIFFERENT: tuple[WarningKind, str] = (
    "bad_text_layer",
    "The page's hidden text layer differs from what the page shows; the page was read by OCR instead.",
)


def is_final(warnings: Iterable[ChartWarning]) -> bool:
    """Whether a chart with these warnings would be read alike next time: no page took too long or died."""
    return not any((warning.kind, warning.detail) in (GIVEN_UP, _FAILED, _IMAGE_FAILED) for warning in warnings)


def read_page(draft: PageDraft, outcome: Outcome) -> PageDraft:
    """`draft`, a page without words of its own, as it was read from its image."""
    if isinstance(outcome, Lost):
        return _unread(draft, _FAILED)
    if outcome.is_blank:
        return _unread(draft, BLANK)
    share = round(outcome.legibility.share, 3)
    if share < ILLEGIBLE_BELOW:
        writing = sum(w.confidence >= _UNSURE and w.sign is None for w in outcome.words) >= _FEW_WORDS
        return replace(_unread(draft, _ILLEGIBLE if writing else _NO_WRITING), legibility=share)
    return replace(
        draft,
        width=outcome.width,
        height=outcome.height,
        rotation=(draft.rotation + outcome.rotation) % 360,
        source=PageSource.OCR,
        words=outcome.words,
        table_rows=outcome.table_rows,
        level=outcome.level,
        was_sideways=outcome.rotation != 0,
        legibility=share,
        unclear=outcome.legibility.unclear if share < _HALF_LEGIBLE_BELOW else (),
        problem=None,
        notices=(*draft.notices, _HALF_LEGIBLE) if share < _HALF_LEGIBLE_BELOW else draft.notices,
    )


def _unread(draft: PageDraft, problem: tuple[WarningKind, str]) -> PageDraft:
    return replace(draft, source=PageSource.NONE, words=(), table_rows=(), problem=problem)


def _told_if_lost(draft: PageDraft, outcome: Outcome) -> PageDraft:
    return replace(draft, notices=(*draft.notices, _IMAGE_FAILED)) if isinstance(outcome, Lost) else draft


def read_garbled(draft: PageDraft, outcome: Outcome) -> PageDraft:
    """`draft`, whose text layer is garbled, as it was read from its image."""
    page = read_page(draft, outcome)
    if page.problem is not None:
        return _told_if_lost(replace(page, problem=_GARBLED_AND_UNREAD), outcome)
    return replace(page, notices=(*page.notices, _GARBLED))


def read_beside_text(draft: PageDraft, outcome: Outcome) -> PageDraft:
    """A page that is mostly a picture, with some text of its own: both, each word once, the page's own preferred."""
    page = read_page(replace(draft, words=()), outcome)
    if page.problem is not None:
        beside = replace(draft, problem=draft.problem or _PICTURE_UNREAD, legibility=page.legibility)
        return _told_if_lost(beside, outcome)
    if page.rotation != draft.rotation or page.level is not None:
        return page
    rest = [word for word in page.words if not any(_overlaps(word, own) for own in draft.words)]
    if not any(word.sign or _is_word(word) for word in rest):
        return replace(draft, problem=draft.problem or _PICTURE_UNREAD)  # what was legible was the text beside it
    return replace(page, words=(*draft.words, *rest))


def read_hidden(draft: PageDraft, outcome: Outcome) -> PageDraft:
    """A scan under a hidden text layer: the layer where it says what the page shows, else what was read."""
    if isinstance(outcome, PageReading) and _say_the_same(draft.words, outcome.words):
        return draft
    page = read_page(draft, outcome)
    if page.problem is not None:
        return _told_if_lost(replace(page, problem=_UNCHECKED), outcome)
    return replace(page, notices=(*page.notices, _DIFFERENT))


def read_pictures(draft: PageDraft, outcome: Outcome) -> PageDraft:
    """A page of text with pictures in it: what is written in the pictures is added, each word once."""
    if isinstance(outcome, Lost):
        return _told_if_lost(draft, outcome)
    if outcome.is_blank or outcome.rotation:
        return draft
    read = _on_page(outcome, draft.width, draft.height)
    added = [word for word in read if not any(_overlaps(word, own) for own in draft.words)]
    return replace(draft, words=(*draft.words, *added)) if _holds_writing(added) else draft


def _is_word(word: PlacedWord) -> bool:
    return word.confidence >= _UNSURE and len(core(word.text)[1]) > 2 and is_known(word.text)


def _holds_writing(read: Iterable[PlacedWord]) -> bool:
    """Several words that are sure and known: photographs and drawings yield scraps."""
    words = [w for w in read if w.sign is None and len(core(w.text)[1]) > 2]
    sure = [w for w in words if w.confidence >= _PICTURE_SURE and is_known(w.text)]
    return len(sure) >= _PICTURE_WORDS and len(sure) >= _UNSURE * len(words)


def _on_page(reading: PageReading, width: float, height: float) -> Iterable[PlacedWord]:
    for word in reading.words:
        place: Rectangle = (word.x0, word.y0, word.x1, word.y1)
        if reading.level is not None:
            place = on_page(reading.level, place, width, height)
        if place[0] < place[2] and place[1] < place[3]:
            yield PlacedWord(word.text, *place, word.turn, word.sign, word.confidence)


def _overlaps(word: PlacedWord, other: PlacedWord) -> bool:
    x, y = word.middle
    return other.x0 <= x <= other.x1 and other.y0 <= y <= other.y1


def _say_the_same(layer: Iterable[PlacedWord], read: Iterable[PlacedWord]) -> bool:
    one, other = _bag(layer), _bag(word for word in read if word.confidence >= _UNSURE)
    if any(one[word] != other[word] for word in _TURNING):
        return False
    common = sum((one & other).values())
    return common >= _SAME_TEXT * sum(one.values()) and common >= _SAME_TEXT * sum(other.values())


def _bag(words: Iterable[PlacedWord]) -> Counter[str]:
    cores = (core(word.text)[1].lower() for word in words if word.sign is None)
    return Counter(each for each in cores if len(each) > 1)
