"""Mentions -> findings: one status per concept for this patient, with the words for it and against it.

The rules are those of a careful reviewer: a correction beats what it corrects, a settled exclusion beats an earlier
suspicion, a confirmed statement beats a doubt and a template's "no", removal ends presence unless something new was
put in, the patient outranks relatives. What did not decide is kept as counter-evidence, never dropped.

A form and the notes may contradict each other about a device: then the finding is `conflicting`, whatever its status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.guideline import ConceptKind, Guideline
from chart_triage.records.mention import Mention, Status

CORRECTION_WEIGHT = 5
SETTLED_WEIGHT = 3
_SETTLING_CUES = (
    "ruled out",
    "excluded",
    "withdrawn",
    "retracted",
    "in error",
    "incorrect",
    "erroneous",
    "disproved",
    "disproven",
    "misdiagnosed",
    "mistakenly",
    "not confirmed",
    "discarded",
    "rejected",
    "not consistent with",
    "does not have",
    "taken off",
    "an error",
    "a mistake",
    "removed from",
    "revoked",
    "never met",
    "never fulfilled",
    "no longer stands",
    "no longer applies",
    "no longer holds",
    "no longer tenable",
    "no longer valid",
    "label to be removed",
    "label removed",
    "label has been removed",
    "diagnosis removed",
    "diagnosis has been removed",
    "diagnosis withdrawn",
    "from another",
    "looked at again",
)
_ACTIVE_CUES = (
    "in place",
    "in situ",
    "placed",
    "implanted",
    "interrogated",
    "functioning",
    "new",
    "replaced",
    "present",
    "still",
)
_DISPUTES = (
    {Status.PRESENT, Status.ABSENT},
    {Status.PRESENT, Status.HISTORICAL_RESOLVED},
)  # what a form says, and what the notes say
_LEAST_SURE = 0.6  # confidence of a form's answer that can contradict the notes
_DECISIVE = (Status.PRESENT, Status.ABSENT, Status.HISTORICAL_RESOLVED)
_MOST_EVIDENCE = 16


def collect(mentions: Iterable[Mention], guideline: Guideline) -> dict[str, Finding]:
    """One finding per concept mentioned; the keys come in the guideline's order, groups ("@other_implant") last."""
    by_concept: dict[str, list[Mention]] = defaultdict(list)
    for mention in sorted(mentions, key=_when):
        by_concept[mention.concept].append(mention)
    order = [*guideline.concepts, *sorted(set(by_concept) - set(guideline.concepts))]
    return {c: _finding(c, by_concept[c], guideline) for c in order if c in by_concept}


def _finding(concept: str, mentions: list[Mention], guideline: Guideline) -> Finding:
    spec = guideline.concepts.get(concept)
    kind = spec.kind if spec else ConceptKind.DEVICE
    if kind is ConceptKind.IMAGING:
        mentions = _superseded(mentions)
    status = decide(mentions, kind)
    conflicting = spec is not None and kind is ConceptKind.DEVICE and _dispute(mentions, kind)
    # of equals, what a disputed form says, then what was written last
    ranked = sorted(mentions, key=lambda m: (-m.weight, not (conflicting and _on_form(m)), -m.order, m.start))
    return Finding(
        concept=concept,
        status=status,
        evidence=_evidence([m for m in ranked if m.status is status]),
        counter_evidence=_evidence([m for m in ranked if m.status is not status]),
        conflicting=conflicting,
    )


def _when(mention: Mention) -> tuple[int, int]:
    """Earlier or later in the record: by the dates of the documents, then by the place in the text."""
    return mention.order, mention.start


def _on_form(mention: Mention) -> bool:
    return any(cue.kind == "mark" for cue in mention.cues)


def _dispute(mentions: list[Mention], kind: ConceptKind) -> bool:
    """Whether a form says one thing of a device and the notes another, both of the same time.

    A form from before the day on which the device was put in, or from before it was taken out, was right in its day.
    """
    forms = [m for m in mentions if _on_form(m) and m.confidence >= _LEAST_SURE and m.status in _DECISIVE]
    notes = [m for m in mentions if not _on_form(m) and m.status in _DECISIVE]
    if not forms or not notes:
        return False
    told = decide(notes, kind)
    for form in forms:
        other = [m for m in notes if m.status is told]
        changed = form.on is not None and all(m.on is not None and m.on > form.on for m in other)
        if {form.status, told} in _DISPUTES and not changed:
            return True
    return False


def _superseded(mentions: list[Mention]) -> list[Mention]:
    """A study without an answer is settled by a later one that gave it."""
    answered = [_when(m) for m in mentions if m.status is Status.ABSENT]
    if not answered:
        return mentions
    update = {"status": Status.HISTORICAL_RESOLVED, "reason": "a later study gave the answer"}
    early = (Status.PRESENT, Status.UNCERTAIN)
    return [m.model_copy(update=update) if m.status in early and _when(m) < max(answered) else m for m in mentions]


def _evidence(mentions: list[Mention]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            start=m.start, end=m.end, text=m.text, status=m.status, cues=m.cues, section=m.section,
            reason=m.reason, facet=m.facet, confidence=m.confidence,
        )
        for m in mentions[:_MOST_EVIDENCE]
    )  # fmt: skip


def decide(mentions: list[Mention], kind: ConceptKind) -> Status:
    """The status with which a careful reviewer ends."""
    mentions = _without_weak(mentions)
    by_status: dict[Status, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_status[mention.status].append(mention)
    if len(by_status) == 1:
        return next(iter(by_status))
    corrections = [m for m in mentions if m.weight >= CORRECTION_WEIGHT and m.status in _DECISIVE]
    if corrections:
        return corrections[-1].status if len({m.status for m in corrections}) > 1 else corrections[0].status
    present, absent = by_status[Status.PRESENT], by_status[Status.ABSENT]
    uncertain, resolved = by_status[Status.UNCERTAIN], by_status[Status.HISTORICAL_RESOLVED]
    if present and resolved:
        return _present_or_resolved(present, resolved, kind)
    if present and absent and _settled_after([m for m in absent if not m.group], present):
        return Status.ABSENT
    if present and absent and _only_quoted(present, absent):
        return Status.ABSENT
    if present:
        return Status.PRESENT
    if resolved:
        return Status.HISTORICAL_RESOLVED
    if uncertain and absent:
        return _uncertain_or_absent(uncertain, absent)
    if uncertain:
        return Status.UNCERTAIN
    kinds = [{c.kind for c in m.cues} for m in by_status[Status.HYPOTHETICAL]]
    planned = any("planned" in found and "hypothetical" not in found for found in kinds)
    if absent and not planned:  # a leaflet or an "if" does not outweigh a plain no
        return Status.ABSENT
    return next(s for s in (Status.HYPOTHETICAL, Status.FAMILY) if by_status[s])


def _without_weak(mentions: list[Mention]) -> list[Mention]:
    """What only a cover sheet says (a weight below 0) decides where the records say nothing else of this patient."""
    strong = [m for m in mentions if m.weight >= 0]
    return strong if any(m.status is not Status.HYPOTHETICAL for m in strong) else mentions


def _present_or_resolved(present: list[Mention], resolved: list[Mention], kind: ConceptKind) -> Status:
    """Removal ends presence, unless a later statement says that a device is in place (again)."""
    last_resolved = max(map(_when, resolved))
    later = [m for m in present if _when(m) > last_resolved]
    if kind is not ConceptKind.DEVICE:
        return Status.PRESENT if later or len(present) > len(resolved) else Status.HISTORICAL_RESOLVED
    active = [m for m in later if any(word in f"{m.text} {m.reason}".lower() for word in _ACTIVE_CUES)]
    return Status.PRESENT if active else Status.HISTORICAL_RESOLVED


def _settled_after(absent: list[Mention], present: list[Mention]) -> bool:
    """Whether an exclusion in so many words, or one that outranks them, follows all that said "present"."""
    last_present = max(map(_when, present))
    strongest = max(m.weight for m in present)
    return any(
        _when(m) > last_present and (_settling(m) or (m.weight >= SETTLED_WEIGHT and m.weight > strongest))
        for m in absent
    )


def _only_quoted(present: list[Mention], absent: list[Mention]) -> bool:
    """ "Chart lists an aneurysm clip. ... no clip was placed": what is only quoted from elsewhere and then denied."""
    quoted = all(any(c.kind == "reported" for c in m.cues) for m in present)
    return quoted and any(not m.group and m.start > max(p.start for p in present) for m in absent)


def _settling(mention: Mention) -> bool:
    return any(word in mention.reason for word in _SETTLING_CUES)


def _uncertain_or_absent(uncertain: list[Mention], absent: list[Mention]) -> Status:
    """The higher-ranking statement wins (impression over indication); between equals, the later one."""
    best_uncertain = max(uncertain, key=lambda m: (m.weight, _when(m)))
    best_absent = max(absent, key=lambda m: (m.weight, _when(m)))
    if best_uncertain.weight != best_absent.weight:
        return max(best_uncertain, best_absent, key=lambda m: m.weight).status
    return max(best_uncertain, best_absent, key=_when).status
