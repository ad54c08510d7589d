"""Labelled lines about an implant, as on device cards and below rows of forms: "Manufacturer: ...", "Model: ..."."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chart_triage.dates import find_dates
from chart_triage.language.implant_dates import DayOf, implant_date
from chart_triage.language.implant_drafts import BLOCK, Draft, owner, quote
from chart_triage.language.implant_words import find_device_names
from chart_triage.language.surroundings import Surroundings
from chart_triage.records.implant import ImplantDetail

_LABELLED = re.compile(
    r"\b(?P<maker>manufacturer|mfr|manufactured by|make|brand|company)"
    r"(?P<both>\s?(?:/|and|&)\s?model)?\s{0,3}[:#]\s{0,4}"
    r"|\b(?P<model>(?:device |generator |implant )?model(?:\s(?:name|number|no\.?|#))?)\s{0,3}[:#]\s{0,4}"
    r"|\b(?P<on>(?:implant(?:ed|ation)?|placement|insertion|date of implant(?:ation)?|date implanted|date placed)"
    r"(?:\s(?:date|on))?|date of (?:surgery|insertion|placement))\s{0,3}[:#]\s{0,4}"
    r"|\b(?P<off>(?:removal|explant(?:ed|ation)?|date removed)(?:\s(?:date|on))?)\s{0,3}[:#]\s{0,4}",
    re.IGNORECASE,
)
_CODE = re.compile(r"\bmodel\s(?:no\.?\s?|number\s|#\s?)?(?P<code>[A-Z]{0,4}\d[\w-]{1,14})\b", re.IGNORECASE)
_VALUE = re.compile(r"[^\n\f\t;,|_]{1,60}?(?=\s{0,3}(?:[\n\f\t;,|]|\s{3}|_{2}|$|\b[A-Z][\w /]{2,20}:))")
_EMPTY = re.compile(r"(?:n/?a|none|unknown|unk|\W+)?$", re.IGNORECASE)


def add_labelled(place: Surroundings, drafts: Sequence[Draft], day_of: DayOf) -> None:
    """Labelled lines ("Manufacturer: ...", "Implant date: ..."), as on device cards and below rows of forms."""
    low = max(0, min(d.mention.start for d in drafts) - BLOCK)
    high = max(d.mention.end for d in drafts) + BLOCK
    for match in _LABELLED.finditer(place.raw, low, min(high, len(place.raw))):
        whose = owner_of_block(place, drafts, match.start())
        value = _VALUE.match(place.raw, match.end())
        if whose is None or value is None or _EMPTY.match(value.group().strip()):
            continue
        start = match.end() + len(value.group()) - len(value.group().lstrip())
        span = start, match.end() + len(value.group().rstrip())
        if match.group("on") or match.group("off"):
            _labelled_date(place, whose, match, span, day_of)
        else:
            _labelled_name(place, whose, match, span)


def add_model_codes(place: Surroundings, drafts: Sequence[Draft]) -> None:
    """ "Model 1000" in the scope of an implant that has no other model."""
    for draft in drafts:
        for match in _CODE.finditer(place.raw, *draft.scope):
            whose = owner(place, drafts, match.span("code"), drafts)
            if whose is not None and whose.model is None:
                words = quote(place, *match.span("code"))
                whose.model = ImplantDetail(value=words.text, quote=words)


def _labelled_name(place: Surroundings, whose: Draft, match: re.Match[str], span: tuple[int, int]) -> None:
    words = quote(place, *span)
    known = [((start, end), n) for start, end, names in find_device_names(place.raw, *span) for n in names]
    maker = next(((at, n) for at, n in known if not n.is_model), None)
    detail = ImplantDetail(value=" ".join(words.text.split()), quote=words)
    if match.group("model"):
        whose.model = detail
    elif match.group("both"):
        rest = (maker[0][1], span[1]) if maker else span
        inner = place.raw[slice(*rest)]
        start = rest[0] + len(inner) - len(inner.lstrip(" ,/-"))
        if maker:
            whose.maker = ImplantDetail(value=maker[1].maker, quote=quote(place, *maker[0]))
        if start < rest[1]:
            model = quote(place, start, rest[1])
            whose.model = ImplantDetail(value=" ".join(model.text.split()), quote=model)
    else:
        whose.maker = ImplantDetail(value=maker[1].maker, quote=words) if maker else detail


def _labelled_date(
    place: Surroundings,
    whose: Draft,
    match: re.Match[str],
    span: tuple[int, int],
    day_of: DayOf,
) -> None:
    found = find_dates(f"in {place.raw[slice(*span)]}", day_of(span[0]))
    if not found or found[0].start > 6:
        return
    made = implant_date(place, found[0], span[0] - 3)
    words = quote(place, *span)
    made = made.model_copy(update={"quote": words})
    if match.group("off"):
        whose.off = made
    else:
        whose.on = made


def owner_of_block(place: Surroundings, drafts: Sequence[Draft], at: int) -> Draft | None:
    """The implant that a labelled line speaks of: of its form row, else the nearest one in the same block.

    A block ends at a blank line that a line without a colon follows, and at a page's end. Two kinds of implants at
    equal distance, or another one in between, leave it without an owner.
    """
    for draft in drafts:
        row = place.form_row(draft.mention.start, written=True)
        if row is not None and any(low <= at < high for low, high in row.noted):
            return draft
    before = [d for d in drafts if d.mention.start < at and _same_block(place.raw, d.mention.end, at)]
    if before:
        return before[-1]
    after = [d for d in drafts if d.mention.start > at and _same_block(place.raw, at, d.mention.start)]
    return after[0] if after and len({d.kind for d in after}) == 1 else None


def _same_block(raw: str, start: int, end: int) -> bool:
    between = raw[start:end]
    return end - start <= BLOCK and "\f" not in between and not re.search(r"\n[ \t]*\n", between)
