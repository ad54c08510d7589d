"""Implants in the making, and which of them a detail near them belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chart_triage.language.implant_words import ImplantKind
from chart_triage.language.surroundings import Surroundings
from chart_triage.records.implant import ImplantDate, ImplantDetail, Quote, StatedMrCondition
from chart_triage.records.mention import Mention

BLOCK = 700
"""Characters that a card or a paragraph of labelled lines has at most."""

_FARTHEST = 220  # characters from an implant's name to a detail in the same statement
_END = re.compile(r"[;\n]|\.\s")
_PART = re.compile(r",|\b(?:and|but|also|plus)\b")
# What stands between an implant and a detail, in characters of distance:
_PARTING, _PARTING_AHEAD = 12, 40
_BREAK, _BRACKET, _OTHER = 60, 60, 150


@dataclass(slots=True)
class Draft:
    """A mention of an implant and what was found near it. `scope`: where its details may stand."""

    mention: Mention
    kind: ImplantKind
    maker: ImplantDetail | None = None
    model: ImplantDetail | None = None
    on: ImplantDate | None = None
    off: ImplantDate | None = None
    condition: StatedMrCondition | None = None
    scope: tuple[int, int] = field(default=(0, 0))

    @property
    def details(self) -> int:
        return sum(d is not None for d in (self.maker, self.model, self.on, self.off, self.condition))


def scope(place: Surroundings, mention: Mention) -> tuple[int, int]:
    """The statement of the mention; where a form's row asks for it, the row with what is written in it."""
    statement = place.views.at(mention.start).statement
    low, high = max(statement.start, mention.start - _FARTHEST), min(statement.end, mention.end + _FARTHEST)
    row = place.form_row(mention.start, written=True)
    if row is not None:
        ends = [span for span in (*row.spans, *row.noted) if abs(span[0] - mention.start) < BLOCK]
        low, high = min(low, *(s for s, _ in ends)), max(high, *(e for _, e in ends))
    return low, high


def quote(place: Surroundings, start: int, end: int) -> Quote:
    return Quote(start=start, end=end, text=place.text[start:end])


def owner(
    place: Surroundings, candidates: Iterable[Draft], span: tuple[int, int], drafts: Sequence[Draft]
) -> Draft | None:
    """The implant that a detail belongs to: in whose scope it stands, the nearest; None where that is not clear."""
    near = sorted(
        ((distance(place, d, span, drafts), d) for d in candidates if d.scope[0] <= span[0] and span[1] <= d.scope[1]),
        key=lambda each: each[0],
    )
    if not near or (len(near) > 1 and near[0][0] == near[1][0] and near[0][1].kind != near[1][1].kind):
        return None
    return near[0][1]


def distance(place: Surroundings, draft: Draft, span: tuple[int, int], drafts: Sequence[Draft]) -> int:
    """Characters between, with a surcharge for what parts clauses, and more for another implant in between."""
    start, end = draft.mention.start, draft.mention.end
    if start <= span[0] and span[1] <= end:
        return 0
    low, high = (end, span[0]) if span[0] >= end else (span[1], start)
    between = place.raw[low:high] if low < high else ""
    others = sum(low <= d.mention.start < high and d.kind != draft.kind for d in drafts)
    is_ahead = span[1] <= start  # "2019, a pacemaker": what follows a name is its own more often
    parting = (_PARTING_AHEAD if is_ahead else _PARTING) * len(_PART.findall(between))
    closed = max(0, between.count(")") - between.count("("))
    bracket = (_BRACKET if is_ahead else _PARTING) * closed  # "(LivaNova, 2018), VP shunt": the year is not the shunt's
    return len(between) + parting + _BREAK * len(_END.findall(between)) + bracket + _OTHER * others + 5 * is_ahead
