"""A chart of many documents: each is read by itself, with its own date; what one says of another is settled here.

A heading, a definition or a date of one document does not reach into the next. Places of all mentions count in the
chart's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from chart_triage.language import stents
from chart_triage.language.annotator import Annotator
from chart_triage.language.implants import joined
from chart_triage.language.page_effects import KindAt, unknown
from chart_triage.records.implant import Implant
from chart_triage.records.mention import Cue, Mention, Status
from chart_triage.records.page import FormRow
from chart_triage.records.reading import Reading


class Passage(NamedTuple):
    """A document's stretch of the chart's text; `left_out` are the stretches within it that do not count.

    `on` is the day of the document, None if it gives none; `order` its rank in time among the chart's documents.
    """

    start: int
    end: int
    on: date | None
    order: int = 0
    left_out: tuple[tuple[int, int], ...] = ()


def annotate_chart(
    annotator: Annotator,
    text: str,
    passages: Iterable[Passage],
    *,
    scan_date: date | None = None,
    kind_at: KindAt = unknown,
    form_rows: Sequence[FormRow] = (),
) -> Reading:
    """All mentions of the passages of `text`, in the order of the text.

    `kind_at` tells the kind of page at a place; `form_rows` are those of the whole chart.
    """
    mentions: list[Mention] = []
    implants: list[tuple[int, Implant]] = []
    outdated: set[str] = set()
    for passage in passages:
        reading = annotator.annotate(
            _counted(text, passage),
            note_date=passage.on,
            scan_date=scan_date,
            kind_at=_shifted(kind_at, passage.start),
            form_rows=[row.moved(-passage.start) for row in form_rows if _within(row, passage)],
        )
        mentions += [_placed(mention, passage) for mention in reading.mentions]
        implants += [(passage.order, _moved_implant(each, passage.start)) for each in reading.implants]
        outdated.update(reading.outdated)
    mentions = [m for m in mentions if m.concept not in outdated or m.reason != stents.UNDATED]
    return Reading(
        mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end, m.concept))),
        implants=joined(implant for _, implant in sorted(implants, key=lambda each: each[0])),
    )


def _counted(text: str, passage: Passage) -> str:
    """The passage's text, with spaces where it does not count, so that places stay what they are."""
    kept = text[passage.start : passage.end]
    for start, end in passage.left_out:
        first, last = start - passage.start, end - passage.start
        kept = kept[:first] + " " * (last - first) + kept[last:]
    return kept


def _within(row: FormRow, passage: Passage) -> bool:
    start = row.spans[0][0]
    return passage.start <= start < passage.end and not any(first <= start < last for first, last in passage.left_out)


def _shifted(kind_at: KindAt, by: int) -> KindAt:
    return lambda offset: kind_at(offset + by)


def _placed(mention: Mention, passage: Passage) -> Mention:
    """The mention at its place in the chart. What is over was over on the day of its document at the latest."""
    cues = tuple(_moved(cue, passage.start) for cue in mention.cues)
    return mention.model_copy(
        update={
            "start": mention.start + passage.start,
            "end": mention.end + passage.start,
            "cues": cues,
            "order": passage.order,
            "on": mention.on or (passage.on if mention.status is Status.HISTORICAL_RESOLVED else None),
        }
    )


def _moved_implant(implant: Implant, by: int) -> Implant:
    return implant.with_quotes(lambda q: q.model_copy(update={"start": q.start + by, "end": q.end + by}))


def _moved(cue: Cue, by: int) -> Cue:
    if cue.start is None or cue.end is None:
        return cue
    return cue.model_copy(update={"start": cue.start + by, "end": cue.end + by})
