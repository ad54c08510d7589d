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
    r"\s*(?:[-*\u2022]\s*)?(?:[A-Z][\w ]{1,24}:\s*)?(?:it|this|that|the (?:device|system|unit|whole system|"
    r"implant|hardware|pump|generator "
    r"and leads)|device|both leads and generator|all hardware|system|implant)"
    r"\s+(?:(?:was|were|has been|had been|had to be|since|later|then|subsequently)\s+){0,3}(?:\w+ly\s+)?(?:removed|"
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
_TAKEN_BACK_AFTER = re.compile(
    r"[\"'\u2019\u201d)]?[^.;\n\u2013\u2014]{0,25}[;\u2013\u2014]\s*(?:but\s+)?(?:this|that|it|which) "
    r"(?:was|is|has been|had been) "
    r"(?:\w+ly )?(?:entered in error|made in error|in error|an error|wrong|incorrect|inaccurate|mistaken|not correct|"
    r"not true|untrue|false|a mistake|a typo|a slip|a typing error|a clerical error|copied from another)\b",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"[^.\n]{0,120}?\b(?:(?:went|gone|moved|switched|changed|returned|reverted|came|back) (?:back )?(?:to|on|onto) "
    r"(?:insulin )?(?:pens?|injections|MDI|multiple daily injections|basal[- ]bolus)\b|"
    r"(?:handed|gave|given|sent) (?:it|the (?:pump|pod|device|system)) back\b)",
    re.IGNORECASE,
)
_TAKEN_UP_AGAIN = re.compile(
    r"\b(?:again|until|while|temporar\w{0,4}|during|resumed?|restarted|plan\w{0,4}|if|may|might|"
    r"will|never|not|wants?|back on (?:the |her |his )?pump)\b",
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
    r"no (?:\w+\s+)?question (?:remains|is open|open|left)|(?:settled|answered|resolved) (?:in|by|at|on|after)\b|"
    r"nothing (?:more|further|left|else) to (?:guide|target|plan|decide|settle|answer)\b)",
    re.IGNORECASE,
)
_NOTHING_LEFT = re.compile(
    r"[^.\n]{0,160}?\bnothing (?:more|further|left|else) to (?:guide|target|plan|decide|settle|answer)\b", re.IGNORECASE
)
_SHOULD_READ = re.compile(
    r"\b(?:should (?:have )?(?:read|said|say|be read as|been)|(?:please|to|"
    r"must) (?:be )?read(?: instead)?(?: as)?|is to be "
    r"read as|correct to read|amend(?:ed)? to read|replace (?:it )?(?:with|by))\b[:,]?\s*(?=[\"'\u2018\u201c])",
    re.IGNORECASE,
)
_ORIGINALLY = re.compile(
    r"\b(?:original|initial|first|earlier|preliminary|prelim|previous|overnight|outside) "
    r"(?:impression|read|reading|report|interpretation|diagnosis|letter|version|dictation) (?:had )?"
    r"(?:said|stated|was|read|called|gave|suggested|named|reported|listed)\b[^.;\n]{0,60}\Z",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\b(?:letter|report|note|summary|read|reading|referral|radiologist|registrar|clinic|hospital|imaging|"
    r"requisition)s?\b"
    r"[^.;\n]{0,30}\b(?:called|labelled|labeled|described|reported|named|read|took|interpreted) "
    r"(?:this|it|them|these|the [\w ]{1,30}?)(?: as| to be| for)?(?: an?)?\s*\Z",
    re.IGNORECASE,
)
_REREAD = re.compile(
    r"[^.\n]{0,30}\b(?:re-?read\w{0,3}|second (?:read|reading|opinion|look)|re-?review\w{0,3}|over-?read|"
    r"on review|reviewed)\b"
    r"[^.\n]{0,60}?\b(?:not an?|no|rather than an?|instead of an?) (?:\w+ )?(?:tumou?r|neoplasm|mass|malignan\w{1,3}|"
    r"such|glioma|disease|lesion)\b",
    re.IGNORECASE,
)
_CURED = re.compile(
    r"\s*(?:\(?(?:19|20)\d\d\)?[:,]?\s*|(?:in|since) (?:19|20)\d\d,?\s*)?(?:(?:he|she|the patient|patient|pt) "
    r"(?:was|is|has been) )?(?:declared|regarded|considered|deemed|pronounced|judged)(?: as)? (?:\w+ly )?cured\b",
    re.IGNORECASE,
)
_CLEARED = re.compile(
    r"[^.\n]{0,60}?\b(?:it|this|which)\s+(?:(?:had|has|was|were|then|since|later|now|\w+ly)\s+){0,3}(?:resolved|"
    r"cleared|"
    r"settled|lifted|disappeared)\b",
    re.IGNORECASE,
)
_EPISODE = re.compile(
    r"\W{0,3}(?:on|at|after|following|during|in|with|post) (?:\w+ )?(?:admission|arrival|presentation|onset|surgery|"
    r"arrest|january|february|march|april|may|june|july|august|september|october|november|december|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_WHICH_CLEARED = re.compile(
    r"[^.;\n]{0,40}?, which\s+(?:(?:had|has|was|then|since|later|\w+ly)\s+){0,3}(?:resolved|cleared|settled|lifted|"
    r"disappeared)\b",
    re.IGNORECASE,
)
_OLD_ENTRY = re.compile(
    r"\b(?:earlier|previous|prior|old|older|former|first|original)\s+(?:entry|note|statement|line|report|label|wording|"
    r"record|remark)\s*[:,]?\s*[\"'\u2018\u201c][^\"'\u2019\u201d\n]{0,40}\Z",
    re.IGNORECASE,
)
_NO_LONGER_HOLDS = re.compile(
    r"[^\"'\u2019\u201d\n]{0,20}[\"'\u2019\u201d]\s*(?:above\s|below\s)?(?:is|was|has been|are|"
    r"now)?\s*(?:now\s)?(?:superseded|obsolete|"
    r"out of date|outdated|withdrawn|cancell?ed|void|no longer (?:valid|holds|applies|stands)|wrong|incorrect|"
    r"in error)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:no|not|non|never|without|unsafe|incompatible|un\w+|denies)\b", re.IGNORECASE)
_ON_REVIEW = re.compile(
    r"[^\n]{0,80}?\b(?:on|after|following|at) (?:\w+ ){0,3}?(?:review|re-?review|re-?read|re-?reading|"
    r"over-?read|look|reading)\b"
    r"[^.\n]{0,60}?\b(?:this|it|these|the \w+) (?:is|are|was|were|proved|represents?|turned out)\b",
    re.IGNORECASE,
)
_HEARSAY = re.compile(
    r"\b(?:said|says|told|tells|believes?|thought|thinks|reports?|reported|recalls?|remembers?|stated|states|claims?|"
    r"according to|understands)\b",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"[^.\n]{0,60}\b(?:film|x-?ray|radiographs?|ct|cxr|scan|scout|fluoroscopy|interrogation|exam|examination|"
    r"check|imaging|"
    r"topogram|localizer)\b[^.\n]{0,120}?\b(?:still|in situ|in place|found it functioning|"
    r"shows? (?:the |an? |its |both )?(?:\w+ ){0,2}(?:generator|leads?|ipg|device|implant|receiver|battery|electrodes?|"
    r"clip|pump|can)|leads? (?:at|in|with)|generator (?:in|over|at))\b",
    re.IGNORECASE,
)
_REMOVAL_WRONG = re.compile(
    r"\s*(?:that|this|it|(?:the |this |that |my )?(?:earlier |previous |first )?(?:heading|title|entry|"
    r"statement|note|removal|"
    r"list|listing|label)) (?:was|is|had been) (?:wrong|incorrect|mistaken|an error|a mistake|in error|"
    r"not (?:correct|true|"
    r"right|so)|untrue|inaccurate|a typo)\b",
    re.IGNORECASE,
)
_STILL_IN = re.compile(
    r"[^.\n]{0,80}?\b(?:still (?:implanted|in place|in situ|inside|buried)|(?:remains?|stays?) (?:implanted|"
    r"in place|in situ|"
    r"inside)|never (?:taken out|removed|explanted)|not (?:yet )?(?:been )?(?:removed|explanted|taken out))\b",
    re.IGNORECASE,
)
_BY_MISTAKE = re.compile(
    r"[^.;\n]{0,40}?\b(?:by mistake|in error|erroneously|mistakenly|incorrectly|wrongly|by accident)\b", re.IGNORECASE
)
_NEW_ONE = re.compile(
    r"[^\n]{0,80}?(?:\bre-?implanted\b|\bre-?implantation (?:was )?(?:done|performed|completed|on)\b|\bin its place\b|"
    r"\b(?:swapped|exchanged|replaced|changed) (?:for|with|by) (?:an? |the |its )?(?:new|newer|another|"
    r"same|identical|titanium|"
    r"rechargeable|smaller|MRI?\b|conditional|compatible)|"
    r"\bnew (?:[\w-]+ ){0,3}(?:was |were )?(?:put in|placed|implanted|inserted|fitted)\b)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:not|never|no|without|declin\w{0,4}|refus\w{0,4}|await\w{0,3}|plan\w{0,4}|to be|will|pending|if|"
    r"against|consider\w{0,4}|"
    r"before|until|may|might|would|for)\b[^.;\n]{0,30}\Z",
    re.IGNORECASE,
)
_AFTER_ALL = re.compile(
    r"[^.\n]{0,60}?\b(?:(?:he|she|they|the patient|patient|pt) (?:does|do|did) (?:in fact |indeed |"
    r"actually |still )?have "
    r"(?:one|it|this)|has (?:got )?one (?:after all|in fact|on|in|since)|one (?:is|"
    r"was) (?:\w+ly )?(?:visible|seen|present|there|"
    r"felt|palpable|in place|in situ))\b",
    re.IGNORECASE,
)
_GIVEN_BACK = re.compile(
    r"\s*(?:[^.\n:]{0,30}:\s*)?(?:the |her |his )?(?:pump|pod|device|system|it|omnipod) (?:was |were |has been )?"
    r"(?:returned|handed back|given back|sent back)\b",
    re.IGNORECASE,
)
_HAS_NOT = re.compile(
    r"[^.\n]{0,160}?\b(?:(?:our|the|this) (?:patient|pt|boy|girl|child|lady|gentleman)|ours)\b[^.;\n]{0,70}?\b"
    r"(?:(?:has|have|had|carries|wears|uses|herself|himself) "
    r"(?:has )?(?:neither|none|no such|nothing of the (?:sort|kind))|(?:hasn't|has not|doesn't have|"
    r"does not have)(?: got)? "
    r"(?:one|any|it))\b",
    re.IGNORECASE,
)
_HAS_TOO = re.compile(
    r"[^.\n]{0,160}?\b(?:our|the|this) (?:patient|pt)\b[^.;\n]{0,70}?\b(?:has (?:it|this|"
    r"one)(?: \w+)? (?:too|as well)|also "
    r"has (?:it|this|one)|has the same|is also affected|is affected (?:too|as well))\b",
    re.IGNORECASE,
)
_QUOTES = ('"', "'", "\u2019", "\u201d")
_REPLACED_BY = re.compile(
    r"[^\n]{0,40}?\b(?:replaced (?:by|with)|changed to|corrected to|amended to|altered to)[:,]?\s*[\"'\u2018\u201c]",
    re.IGNORECASE,
)
_FAR = 120  # characters
_ASKED = (ConceptKind.QUESTION, ConceptKind.TREATMENT)


class Changed(NamedTuple):
    """The status that the next sentences give, with the axes, the cue if there are words for it, and the reason."""

    status: Status
    axes: tuple[Axis, ...]
    cues: tuple[Cue, ...]
    reason: str


def misquoted(raw: str, statement: tuple[int, int], end: int) -> bool:
    """Whether the words before `end` are the wrong version in "A" should read "B"."""
    if _SHOULD_READ.search(raw, end, statement[1]) is not None:
        return True
    if _denial_withdrawn(raw, statement, end):
        return True
    quoted = raw[end : end + 1] in _QUOTES or raw[end : end + 2] in ('."', ',"')
    return bool(raw[end : end + 1]) and quoted and _REPLACED_BY.match(raw, end, statement[1]) is not None


def _denial_withdrawn(raw: str, statement: tuple[int, int], end: int) -> bool:
    """ "The earlier entry 'not MRI safe' is superseded": what was denied there is not denied any more."""
    low = max(statement[0], end - _FAR)
    quote = max(raw.rfind(sign, low, end) for sign in "\"'\u2018\u201c")
    return (
        quote >= 0
        and _OLD_ENTRY.search(raw, low, end) is not None
        and _DENIAL.search(raw, quote, end) is not None
        and _NO_LONGER_HOLDS.match(raw, end, statement[1]) is not None
    )


def misread_before(place: Surroundings, start: int, end: int) -> Changed | None:
    """ "The original impression said glioma; on review this is an anomaly": said once, and taken back."""
    statement = place.views.at(start).statement
    low = max(statement.start, start - _FAR)
    if _CALLED.search(place.raw, low, start) and (place.goes_on(_REREAD, end) or place.next_says(_REREAD, end)):
        return Changed(Status.ABSENT, (Axis.NEGATED,), (), "read differently when looked at again")
    if _ORIGINALLY.search(place.raw, low, start) is None:
        return None
    if place.goes_on(_ON_REVIEW, end) or place.next_says(_ON_REVIEW, end):
        return Changed(Status.ABSENT, (Axis.NEGATED,), (), "taken back on review: in error")
    return None


def there_after_all(place: Surroundings, end: int) -> Changed | None:
    """ "Form ticked no to cochlear implant; on checking, he does have one": a device that was denied is there."""
    if place.goes_on(_AFTER_ALL, end) or place.next_says(_AFTER_ALL, end):
        return Changed(Status.PRESENT, (), (), "said to be there after all")
    return None


def still_there(place: Surroundings, start: int, end: int) -> Changed | None:
    """Of a device told to be removed whether the removal was a mistake, was only hearsay that a film corrects, or was
    followed by a new one."""
    statement = place.views.at(start).statement
    if place.goes_on(_BY_MISTAKE, end) or place.next_says(_REMOVAL_WRONG, end):
        return Changed(Status.PRESENT, (), (), "the removal is said to be an error")
    if _HEARSAY.search(place.raw, statement.start, start) and place.next_says(_SEEN, end):
        return Changed(Status.PRESENT, (), (), "said to be removed, and still seen in the next sentence")
    if place.goes_on(_STILL_IN, end):
        return Changed(Status.PRESENT, (), (), "out of use, and said to be still in place")
    if place.later_says(_NEW_ONE, end, unless=_NOT_YET):
        return Changed(Status.PRESENT, (), (), "replaced by a new one")
    return None


def taken_back(place: Surroundings, end: int) -> Changed | None:
    if place.goes_on(_TAKEN_BACK_AFTER, end):
        return Changed(Status.ABSENT, (Axis.NEGATED,), (), "taken back in the same sentence: in error")
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


def _passed(place: Surroundings, end: int) -> bool:
    """ "Encephalopathy on admission. By day 4 it had resolved.": what was told as an episode, and is over."""
    if place.goes_on(_WHICH_CLEARED, end):
        return True
    return place.goes_on(_EPISODE, end) and place.next_says(_CLEARED, end)


def told_of(place: Surroundings, kind: ConceptKind, end: int) -> Changed | None:
    """Of a device whether it is gone or still to come, of a question whether it is settled."""
    if kind in _ASKED and (place.next_says(_CLOSED, end) or place.goes_on(_NOTHING_LEFT, end)):
        return Changed(Status.HISTORICAL_RESOLVED, (Axis.HISTORICAL,), (), "the question is said to be settled")
    passing = _CURED if kind in (ConceptKind.DISEASE, ConceptKind.CONDITION) else None
    if passing is not None and (place.next_says(passing, end) or _passed(place, end)):
        over = (Axis.NEGATED, Axis.HISTORICAL)
        return Changed(Status.HISTORICAL_RESOLVED, over, (), "said to be over in the next sentence")
    if kind is not ConceptKind.DEVICE:
        return None
    if place.next_says(_TAKEN_OUT, end) or place.next_says(_GIVEN_BACK, end):
        gone = (Axis.NEGATED, Axis.HISTORICAL)
        return Changed(Status.HISTORICAL_RESOLVED, gone, (), "said to be removed in the next sentence")
    if place.says_alone(_GIVEN_UP, end, unless=_TAKEN_UP_AGAIN):
        gone = (Axis.NEGATED, Axis.HISTORICAL)
        return Changed(Status.HISTORICAL_RESOLVED, gone, (), "given up for injections, or given back")
    if place.next_says(_TO_COME, end):
        cue = Cue(text="scheduled", kind="planned")
        return Changed(Status.HYPOTHETICAL, (Axis.HYPOTHETICAL,), (cue,), "said to be planned in the next sentence")
    return None
