"""What the next sentences say of the thing just named: in error, taken out, still to come, question closed.

A sentence names a thing, the next one speaks of it by "it", "the device", "the entry" or by no word at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from chart_triage.language.surroundings import Surroundings
from chart_triage.records.guideline import ConceptKind
from chart_triage.records.mention import Axis, Cue, Status

_TAKEN_OUT = re.compile(
    r"\s*(?:[-*\u2022]\s*)?(?:it|this|that|the (?:device|system|unit|whole system|implant|hardware|pump|generator "
    r"and leads)|device|both leads and generator|all hardware)"
    r"\s+(?:(?:was|were|has been|had been|had to be|since|later|then|subsequently)\s+){1,3}(?:\w+ly\s+)?(?:removed|"
    r"explanted|taken out|extracted)\b(?! and replaced)",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\s*(?:[^.\n]{0,90}[:,;]\s*|[^.\n]{0,90}\band\s+)?(?:this|that|it|(?:the|this|that) (?:entry|diagnosis|dx|label|"
    r"statement|finding|listing|line|item|code|history|mention|report|record|note|page)|diagnosis|entry|"
    r"label)\s+(?:\w+\s+)?"
    r"(?:was|is|has been|had been|have been|proved|turned out)\s+(?:to be\s+|since\s+|later\s+|now\s+|therefore\s+)?"
    r"(?:entered in error|made in error|in error|an error|wrong|incorrect|inaccurate|mistaken|not correct|"
    r"not accurate|not "
    r"true|untrue|false|a mistake|a typo|withdrawn|retracted|deleted|struck|retired|never true|never confirmed|never "
    r"proven|not confirmed|disproved|disproven|refuted|overturned|revoked|removed from|taken off|"
    r"about another patient|"
    r"from another patient|of another patient|for another patient|copied from another)\b",
    re.IGNORECASE,
)
_TAKEN_BACK_BRIEFLY = re.compile(
    r"\s*(?:\(|\*|-)?\s*(?:(?:please\s+)?disregard\b|scratch that|strike that|entered in error|"
    r"charted in error|wrong "
    r"(?:chart|patient)\b|(?:proved|proven|turned out to be)\s+(?:wrong|incorrect|false|an error)|"
    r"belongs to (?:another|a "
    r"different) patient|[^.\n]{0,90}\bno such (?:disease|diagnosis|history|device|implant|finding)\b)",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"\s*(?:it|this|implantation|placement|insertion|surgery)\s+(?:is|was|will be)\s+(?:\w+ly\s+)?(?:scheduled|"
    r"planned|booked|set for|done next|performed next)\b",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\s*[^.\n]{0,70}?\b(?:(?:question|matter|issue|differential)\s+(?:(?:is|was|has been|now|then|"
    r"thus)\s+){0,2}(?:closed|"
    r"settled|answered|resolved|moot)|closes the (?:question|matter|issue|case)|settle[sd] the (?:question|"
    r"matter|issue)|"
    r"no (?:\w+\s+)?question (?:remains|is open|open|left)|(?:settled|answered|resolved) (?:in|by|at|on|after)\b)",
    re.IGNORECASE,
)
_SHOULD_READ = re.compile(
    r"\b(?:should (?:have )?(?:read|said|say|be read as|been)|(?:please|to|"
    r"must) (?:be )?read(?: instead)?(?: as)?|is to be "
    r"read as|correct to read|amend(?:ed)? to read|replace (?:it )?(?:with|by))\b[:,]?\s*(?=[\"'\u2018\u201c])",
    re.IGNORECASE,
)
_HAS_NOT = re.compile(
    r"[^.\n]{0,160}?\b(?:our|the|this) (?:patient|pt)\b[^.;\n]{0,70}?\b(?:has|have|had|carries|wears|uses|herself|himself) "
    r"(?:has )?(?:neither|none|no such|nothing of the (?:sort|kind))\b",
    re.IGNORECASE,
)
_HAS_TOO = re.compile(
    r"[^.\n]{0,160}?\b(?:our|the|this) (?:patient|pt)\b[^.;\n]{0,70}?\b(?:has (?:it|this|one)(?: \w+)? (?:too|as well)|also "
    r"has (?:it|this|one)|has the same|is also affected|is affected (?:too|as well))\b",
    re.IGNORECASE,
)
_ASKED = (ConceptKind.QUESTION, ConceptKind.TREATMENT)


class Changed(NamedTuple):
    """The status that the next sentences give, with the axes, the cue if there are words for it, and the reason."""

    status: Status
    axes: tuple[Axis, ...]
    cues: tuple[Cue, ...]
    reason: str


def misquoted(raw: str, statement: tuple[int, int], end: int) -> bool:
    """Whether the words before `end` are the wrong version in "A" should read "B"."""
    return _SHOULD_READ.search(raw, end, statement[1]) is not None


def taken_back(place: Surroundings, end: int) -> Changed | None:
    if place.next_says(_TAKEN_BACK, end) or place.next_says(_TAKEN_BACK_BRIEFLY, end):
        return Changed(Status.ABSENT, (Axis.NEGATED,), (), "taken back in the next sentence: in error")
    return None


def said_of_patient(place: Surroundings, end: int) -> Changed | None:
    """ "Father has an ICD, and our patient has none": what is said of the patient after somebody else was told of."""
    for pattern, status in ((_HAS_NOT, Status.ABSENT), (_HAS_TOO, Status.PRESENT)):
        if place.goes_on(pattern, end) or place.next_says(pattern, end):
            axes = (Axis.NEGATED,) if status is Status.ABSENT else ()
            return Changed(status, axes, (), "said of the patient after another person")
    return None


def told_of(place: Surroundings, kind: ConceptKind, end: int) -> Changed | None:
    """Of a device whether it is gone or still to come, of a question whether it is settled."""
    if kind in _ASKED and place.next_says(_CLOSED, end):
        return Changed(Status.HISTORICAL_RESOLVED, (Axis.HISTORICAL,), (), "the question is said to be settled")
    if kind is not ConceptKind.DEVICE:
        return None
    if place.next_says(_TAKEN_OUT, end):
        gone = (Axis.NEGATED, Axis.HISTORICAL)
        return Changed(Status.HISTORICAL_RESOLVED, gone, (), "said to be removed in the next sentence")
    if place.next_says(_TO_COME, end):
        cue = Cue(text="scheduled", kind="planned")
        return Changed(Status.HYPOTHETICAL, (Axis.HYPOTHETICAL,), (cue,), "said to be planned in the next sentence")
    return None
