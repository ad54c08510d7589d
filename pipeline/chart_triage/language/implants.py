"""Details of implants: make, model, dates, stated MR condition. Only what is printed near an implant is its own.

Near is: in the same statement, in the same row of a form, or in the same block of labelled lines (a device card). With
several implants there, a detail goes to the one whose kind its name is for, else to the nearest without another
between them. Where two would do equally, it goes to none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from chart_triage.language.implant_dates import DayOf, add_dates, add_procedure_dates
from chart_triage.language.implant_drafts import Draft, owner, quote, scope
from chart_triage.language.implant_labels import add_labelled, add_model_codes
from chart_triage.language.implant_words import DeviceName, ImplantKind, find_device_names, kind_of
from chart_triage.language.surroundings import Surroundings
from chart_triage.records.implant import DETAILS, Implant, ImplantDetail, MrCondition, Quote, StatedMrCondition
from chart_triage.records.mention import Mention, Status

_SHOWN = (Status.PRESENT, Status.UNCERTAIN, Status.HISTORICAL_RESOLVED)
_CONDITION_REACH = 400
_MOST = 300
_SAFE = re.compile(r"\bMRI?[\s-]safe\b", re.IGNORECASE)
_CONDITIONS: dict[Status, MrCondition] = {
    Status.PRESENT: "conditional",
    Status.ABSENT: "unsafe",
    Status.UNCERTAIN: "unverified",
}


def find_implants(
    place: Surroundings,
    mentions: Sequence[Mention],
    devices: Mapping[str, str],
    unlisted: Collection[str],
    condition: str | None,
    day_of: DayOf,
) -> tuple[Implant, ...]:
    """Each implant of the patient once, those with most details first named.

    `devices` are the guideline's device concepts with their labels, `unlisted` its groups of other ones, `condition`
    its concept of a stated MR condition, `day_of` the day from which relative dates at an offset count.
    """
    drafts = [
        Draft(m, ImplantKind(m.concept, devices[m.concept]) if m.concept in devices else kind_of(m.text))
        for m in sorted(mentions, key=lambda m: m.start)
        if (m.concept in devices or m.concept in unlisted) and _is_shown(m)
    ]
    if not drafts:
        return ()
    if len(drafts) > _MOST:  # a text that names devices thousands of times is no record
        drafts = [*drafts[: _MOST // 2], *drafts[-_MOST // 2 :]]
    for draft in drafts:
        draft.scope = scope(place, draft.mention)
    _name(place, drafts)
    add_dates(place, drafts, day_of)
    add_labelled(place, drafts, day_of)
    add_model_codes(place, drafts)
    add_procedure_dates(place, drafts)
    _state_conditions(place, drafts, [m for m in mentions if m.concept == condition])
    return tuple(_implant(draft) for draft in _merged(drafts))


def _is_shown(mention: Mention) -> bool:
    """Whether the patient has, had, may have or is to get it; what a leaflet or a condition names is nobody's."""
    planned = mention.status is Status.HYPOTHETICAL and any(cue.kind == "planned" for cue in mention.cues)
    return (mention.status in _SHOWN or planned) and not mention.group


def _name(place: Surroundings, drafts: Sequence[Draft]) -> None:
    """Makers and models that stand in the scope of a mention, each given to the implant that it is for."""
    seen: set[tuple[int, int]] = set()
    for draft in drafts:
        for start, end, names in find_device_names(place.raw, *draft.scope):
            span = start, end
            if span in seen:
                continue
            seen.add(span)
            whose = owner(place, [d for d in drafts if any(d.kind.kind in n.kinds for n in names)], span, drafts)
            if whose is None:
                continue
            name = next(n for n in names if whose.kind.kind in n.kinds)
            _take(place, whose, name, span)


def _take(place: Surroundings, whose: Draft, name: DeviceName, span: tuple[int, int]) -> None:
    words = quote(place, *span)
    if name.is_model:
        if whose.model is None or span[1] - span[0] > whose.model.quote.end - whose.model.quote.start:
            whose.model = ImplantDetail(value=" ".join(words.text.split()), quote=words)
        whose.maker = whose.maker or ImplantDetail(value=name.maker, quote=words)
    elif whose.maker is None or (whose.model is not None and whose.maker.quote == whose.model.quote):
        whose.maker = ImplantDetail(value=name.maker, quote=words)


def _state_conditions(place: Surroundings, drafts: Sequence[Draft], stated: Sequence[Mention]) -> None:
    """MR conditions: of the implant in the same statement, else of the one named last before, on the same page."""
    for mention in stated:
        condition = _CONDITIONS.get(mention.status)
        if condition is None:
            continue
        if condition == "conditional" and _SAFE.search(mention.text):
            condition = "safe"
        span = mention.start, mention.end
        whose = owner(place, drafts, span, drafts)
        if whose is None:
            before = [d for d in drafts if d.mention.end <= mention.start]
            near = before[-1] if before else None
            reach = place.raw[near.mention.end : mention.start] if near else ""
            whose = near if near and len(reach) <= _CONDITION_REACH and "\f" not in reach else None
        if whose is not None and whose.condition is None:
            whose.condition = StatedMrCondition(condition=condition, quote=quote(place, *span))


def _merged(drafts: Sequence[Draft]) -> list[Draft]:
    """One draft for each implant: mentions of a kind are the same one unless their makers or models differ."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: (-d.details, d.mention.start)):
        same = next((k for k in kept if k.kind == draft.kind and _compatible(k, draft)), None)
        if same is None:
            kept.append(draft)
            continue
        same.maker, same.model = same.maker or draft.maker, same.model or draft.model
        same.on, same.off = same.on or draft.on, same.off or draft.off
        same.condition = same.condition or draft.condition
        if _RANK[draft.mention.status] < _RANK[same.mention.status]:
            same.mention = draft.mention
    return sorted(kept, key=lambda d: d.mention.start)


_RANK = {Status.PRESENT: 0, Status.HISTORICAL_RESOLVED: 1, Status.UNCERTAIN: 2, Status.HYPOTHETICAL: 3}


def _compatible(one: Draft, other: Draft) -> bool:
    for a, b in ((one.model, other.model), (one.maker, other.maker)):
        if a and b and a.value.lower() not in b.value.lower() and b.value.lower() not in a.value.lower():
            return False
    return True


def _implant(draft: Draft) -> Implant:
    m = draft.mention
    return Implant(
        kind=draft.kind.kind,
        label=draft.kind.label,
        status=m.status,
        named=Quote(start=m.start, end=m.end, text=m.text),
        manufacturer=draft.maker,
        model=draft.model,
        implanted_on=draft.on if m.status is not Status.HYPOTHETICAL else None,
        removed_on=draft.off,
        mr_condition=draft.condition,
    )


def dated(mentions: Sequence[Mention], implants: Sequence[Implant], place: Surroundings) -> list[Mention]:
    """The mentions with their days: of a form's answer that of the form, of a device that of its implantation.

    What a form says was true on its day; a device that came later does not contradict it.
    """
    once = Counter(implant.kind for implant in implants)
    placed = {i.kind: i.implanted_on.first for i in implants if i.implanted_on and once[i.kind] == 1}
    result = []
    for mention in mentions:
        day = None
        if any(cue.kind == "mark" for cue in mention.cues):
            own = place.page_day(mention.start)
            day = own[0].first if own is not None else None
        elif mention.status is Status.PRESENT:
            day = placed.get(mention.concept)
        result.append(mention.model_copy(update={"on": day}) if day and mention.on is None else mention)
    return result


def joined(implants: Iterable[Implant]) -> tuple[Implant, ...]:
    """The implants of several documents, the oldest first, each once: those of a kind whose details agree are one.

    The newest document that speaks of an implant says whether it is there; a detail is the first that was printed.
    """
    kept: list[Implant] = []
    for implant in implants:
        index = next((n for n, other in enumerate(kept) if _agree(other, implant)), None)
        if index is None:
            kept.append(implant)
            continue
        known = {name: getattr(implant, name) for name in DETAILS if getattr(kept[index], name) is None}
        if implant.status in _DECIDED:
            known |= {"status": implant.status, "named": implant.named}
        kept[index] = kept[index].model_copy(update=known)
    return tuple(sorted(kept, key=lambda i: i.named.start))


_DECIDED = frozenset({Status.PRESENT, Status.HISTORICAL_RESOLVED})


def _agree(one: Implant, other: Implant) -> bool:
    if (one.kind, one.label) != (other.kind, other.label):
        return False
    for a, b in ((one.model, other.model), (one.manufacturer, other.manufacturer)):
        if a and b and a.value.lower() not in b.value.lower() and b.value.lower() not in a.value.lower():
            return False
    days = one.implanted_on, other.implanted_on
    return days[0] is None or days[1] is None or (days[0].first <= days[1].last and days[1].first <= days[0].last)
