"""Form fields as words and marks among a page's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chart_triage.intake.layout.placed import PlacedWord, Rectangle, Sign, sign_word
from chart_triage.intake.native.form_fields import Entry, Fields

_LINE_HEIGHT = 14.0  # points: a single line in a taller field is not as tall as the field
_PADDING = 2.0
_CHARACTER = 0.5  # of the line height: the mean width of a character in Helvetica


def with_fields(words: Sequence[PlacedWord], fields: Fields) -> list[PlacedWord]:
    """`words` with the form's buttons as marks and its values as words.

    The look of a button is a character of a symbol font: the mark takes its place. A value whose words the page
    shows already is left as it is.
    """
    boxes = [button.place for button in fields.buttons]
    kept = [word for word in words if not any(_inside(word, box) for box in boxes)]
    marks = [sign_word(Sign(button.state, "acroform", button.hint), button.place) for button in fields.buttons]
    values = [word for entry in fields.entries if not _is_shown(entry, kept) for word in _entry_words(entry)]
    return kept + marks + values


def _inside(word: PlacedWord, place: Rectangle) -> bool:
    x, y = word.middle
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]


def _is_shown(entry: Entry, words: Sequence[PlacedWord]) -> bool:
    shown = "".join(word.text for word in words if _inside(word, entry.place))
    return all(part in shown for line in entry.lines for part in line.split())


def _entry_words(entry: Entry) -> Iterator[PlacedWord]:
    """The value's words, set from the field's upper left as a viewer would set them in a plain font."""
    x0, y0, x1, y1 = entry.place
    height = min((y1 - y0) / len(entry.lines), _LINE_HEIGHT)
    top = (y0 + y1 - height) / 2 if len(entry.lines) == 1 and y1 - y0 < 2 * _LINE_HEIGHT else y0
    for number, line in enumerate(entry.lines):
        each = min(_CHARACTER * height, (x1 - x0 - 2 * _PADDING) / len(line))
        at = 0
        for word in line.split():
            at = line.index(word, at)
            left = x0 + _PADDING + at * each
            y = top + number * height
            yield PlacedWord(word, left, y, left + len(word) * each, min(y + height, y1))
            at += len(word)
