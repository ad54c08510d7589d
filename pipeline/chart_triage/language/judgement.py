"""What the text says of one hit: its status, the axes that hold, the cues that decided and the reason in plain words.

In this order: words that carry their own status, unfilled macros, entries taken back, form answers, cues, settled
questions, devices exchanged or taken out, the section.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.language import assertion, forms, next_sentence
from chart_triage.language.cues import CueMatch
from chart_triage.language.form_answers import Answer, FormAnswer
from chart_triage.language.hits import Hit
from chart_triage.language.senses import Outcome
from chart_triage.language.surroundings import Surroundings
from chart_triage.language.views import View
from chart_triage.records.guideline import ConceptKind
from chart_triage.records.mention import Axis, Cue, Status

Judgement = tuple[Status, tuple[Axis, ...], tuple[Cue, ...], str]

_OTHER = re.compile(r"\b(?:an)?other\b[^.?:\n]*$", re.IGNORECASE)
_SUPERSEDED = "named only in the differential diagnosis; the final diagnosis is another"
UNSURE_SENSE = "abbreviation of unsure sense"
_IN_USE = re.compile(
    r"[\s,(]{0,3}(?:is |are |still |currently |now ){0,2}(?:in situ|in use|in place|working)\b", re.IGNORECASE
)
_EXCHANGE = frozenset(
    {"replaced", "replacement", "exchange", "exchanged", "new", "upgrade", "upgraded", "reimplanted", "changeout"}
)
_EXCHANGED_PART = frozenset({"generator", "battery", "lead", "leads", "pocket"})
_PUT_IN = frozenset({"implantation", "placement", "insertion", "fitting", "upgrade"})
_DONE = frozenset(
    {"was", "were", "had", "has", "underwent", "s/p", "status", "since", "after", "following", "post", "done"}
)
AXIS_KINDS = frozenset(
    {
        "negated",
        "uncertain",
        "historical",
        "resolved",
        "hypothetical",
        "planned",
        "family",
        "settled",
        "example",
        "unverified",
        "conditional",
        "reported",
    }
)


class SectionEffect(NamedTuple):
    """`says` is the reason in plain words where it is no heading that has the effect."""

    effect: str
    weight: int
    says: str = ""


@lru_cache(maxsize=1)
def section_effects() -> dict[str, SectionEffect]:
    path = resources.lexicons() / "shared" / "section_effects.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {r["section"]: SectionEffect(r["effect"], int(r["weight"])) for r in csv.DictReader(file)}


def judge(
    place: Surroundings, hit: Hit, kind: ConceptKind, effect: SectionEffect, ends_when_done: bool
) -> Judgement | None:
    """Status, axes, cues and reason; None where nothing is stated (an unanswered form)."""
    judged = _judge(place, hit, kind, effect, ends_when_done)
    if judged is None:
        return None
    own = kind in (ConceptKind.DEVICE, ConceptKind.DISEASE)
    if judged[0] is Status.FAMILY:
        return (next_sentence.said_of_patient(place, hit.end) if own else None) or judged
    if not place.others.at(hit.start):
        return judged
    if judged[0] is Status.ABSENT:
        return None  # what somebody else does not have
    if own and (told := next_sentence.said_of_patient(place, hit.end)) is not None:
        return told
    return Status.FAMILY, (Axis.FAMILY,), judged[2], "stands in a part of the text about another person"


def _judge(
    place: Surroundings, hit: Hit, kind: ConceptKind, effect: SectionEffect, ends_when_done: bool
) -> Judgement | None:
    view = place.views.at(hit.start)
    start, end = view.tokens(hit.start, hit.end)
    found = assertion.assess(view.lowers, view.cues, start, end)
    if len(hit.parts) > 1:
        inner = [view.tokens(*part) for part in hit.parts]
        assertion.add_inner(found, view.lowers, view.cues, (start, end), inner)
    status, deciding = assertion.status_of(found, kind.value)
    if "***" in view.text:
        return None  # a macro that nobody filled in
    if next_sentence.misquoted(place.raw, view.statement[:2], hit.end):
        return None
    if status in (Status.PRESENT, Status.UNCERTAIN):
        back = next_sentence.taken_back(place, hit.end) or next_sentence.misread_before(place, hit.start, hit.end)
        if back is not None:
            return back
    if status is Status.ABSENT and kind is ConceptKind.DEVICE and not hit.term.key.startswith("@"):
        back = next_sentence.there_after_all(place, hit.end)
        if back is not None:
            return back
    if status is Status.HISTORICAL_RESOLVED and kind is ConceptKind.DEVICE:
        back = next_sentence.still_there(place, hit.start, hit.end)
        if back is not None:
            return back
    if kind is ConceptKind.DEVICE and _planned_of_one_in_use(place, hit, deciding):
        status, deciding = Status.PRESENT, None
    if kind in (ConceptKind.DEVICE, ConceptKind.DISEASE, ConceptKind.CONDITION):
        row = place.form_row(hit.start)
        answer = forms.of_row(row) if row is not None else forms.answer_at(place.raw, hit.start, hit.end)
        if answer and row is None and answer.answer is Answer.NO and place.on_marked_form(hit.start):
            answer = answer._replace(answer=Answer.UNSURE)  # its marks could not be read: a "no" may be a title
        if answer is not None:
            if hit.term.key.startswith("@") and _OTHER.search(place.raw[max(0, hit.start - 30) : hit.start]):
                return None  # "any other implant: no" says nothing of the devices that were asked for by name
            return _answered(place.raw, answer, status, found)
    elif (box := forms.box_at(place.raw, hit.start, hit.end)) is not None:
        return _answered(place.raw, box, status, found)
    elif forms.is_unmade_choice(place.raw, hit.start, hit.end):
        return None
    if kind is ConceptKind.DEVICE and forms.is_question(place.raw, hit.start, hit.end):
        return None  # asked, and answered nowhere on its line
    stated = hit.term.states
    if stated is not None and status is Status.PRESENT:
        return stated, found.axes(), (), f"the words themselves say {stated.value.replace('_', ' ')}"
    if stated is not None and status is Status.ABSENT:
        if stated is Status.ABSENT and assertion.denies_itself(view.lowers[start:end]):  # "no abscess, no tumor"
            return stated, found.axes(), (), "the words themselves say absent"
        return None  # "not MR unsafe" says too little
    if ends_when_done and status is Status.PRESENT and found.has("settled"):
        status, deciding = _settled(found, deciding)
    if kind is ConceptKind.DEVICE and status is Status.HISTORICAL_RESOLVED and _exchanged(view):
        status, deciding = Status.PRESENT, None
    if status is Status.PRESENT and kind is ConceptKind.QUESTION and place.answered_in_report(hit.start):
        return (
            Status.HISTORICAL_RESOLVED,
            (Axis.HISTORICAL,),
            (),
            "answered by the diagnosis of the same pathology report",
        )
    if status is Status.PRESENT and (told := next_sentence.told_of(place, kind, hit.end)) is not None:
        return told
    axes = found.axes()
    cues = tuple(cue_at(view, d.match, d.kind) for d in found.deciding.values() if d.kind in AXIS_KINDS)
    reason = assertion.reason(deciding, asked=status is Status.PRESENT)
    if kind is ConceptKind.DEVICE and status is Status.ABSENT and _denied_by_another_row(place, hit, cues):
        return Status.UNCERTAIN, (Axis.UNCERTAIN,), cues, "a row of a form whose answer could not be read"
    if effect.effect == "uncertain" and kind is ConceptKind.DISEASE and place.has_section("diagnosis"):
        return Status.ABSENT, axes, (*cues, Cue(text="differential", kind="section")), _SUPERSEDED
    if _put_in_by_plan(place, hit, view, start, kind, status):
        cue = Cue(text="plan", kind="planned")
        return Status.HYPOTHETICAL, (Axis.HYPOTHETICAL,), (*cues, cue), "an operation under the heading of the plan"
    changed = _in_section(effect.effect, status, kind)
    if changed is not None:
        status = changed
        reason = effect.says or f"stands under a heading that makes it {changed.value.replace('_', ' ')}"
        cues = (*cues, Cue(text=effect.effect, kind="section"))
        if changed is Status.FAMILY:
            axes = tuple(a for a in Axis if a in axes or a is Axis.FAMILY)
    return status, axes, cues, reason


def _planned_of_one_in_use(place: Surroundings, hit: Hit, deciding: assertion.Deciding | None) -> bool:
    """ "ICD in situ, awaiting a date for MRI": the plan is about something else."""
    if deciding is None or deciding.kind != "planned" or deciding.before:
        return False
    return _IN_USE.search(place.raw, hit.start, hit.end) is not None or _IN_USE.match(place.raw, hit.end) is not None


def _put_in_by_plan(place: Surroundings, hit: Hit, view: View, start: int, kind: ConceptKind, status: Status) -> bool:
    """ "Plan: pacemaker implantation on 3 December": what a plan puts in is not there yet, unless it "
    "tells of the past."""
    if kind is not ConceptKind.DEVICE or status is not Status.PRESENT:
        return False
    section = place.sections.at(hit.start)
    if section is None or section.name != "plan":
        return False
    end = view.tokens(hit.start, hit.end)[1]
    return not _PUT_IN.isdisjoint(view.lowers[start : end + 1]) and _DONE.isdisjoint(view.lowers)


def _denied_by_another_row(place: Surroundings, hit: Hit, cues: tuple[Cue, ...]) -> bool:
    """Whether the "no" that seems to deny a device of a form stands on another line: it is another row's answer."""
    if not cues or not place.on_marked_form(hit.start):
        return False
    low, high = place.raw.rfind("\n", 0, hit.start), place.raw.find("\n", hit.end)
    return all(cue.start is not None and (cue.start < low or cue.start > high > 0) for cue in cues)


def by_sense(judged: Judgement, hit: Hit) -> Judgement | None:
    """`judged` with what the sense model made of an abbreviation: the words that told its sense, or that it is unsure.

    What an abbreviation of unsure sense asserts is uncertain; what it denies, or says of somebody else, is left out.
    """
    status, axes, cues, reason = judged
    if hit.sense is None:
        return judged
    short, meaning, words = hit.term.term, hit.term.key.replace("_", " "), ", ".join(hit.sense.words)
    if hit.sense.outcome is Outcome.NAMED:
        read = f"'{short}' read as {meaning} from the words around it"
        return status, axes, (*cues, Cue(text=words, kind="context")), f"{reason}; {read}" if reason else read
    if status not in (Status.PRESENT, Status.UNCERTAIN):
        return None
    axes = tuple(a for a in Axis if a in axes or a is Axis.UNCERTAIN)
    reason = f"{UNSURE_SENSE}: '{short}' may mean {meaning} here ({words})"
    return Status.UNCERTAIN, axes, (*cues, Cue(text=UNSURE_SENSE, kind="context")), reason


def _settled(
    found: assertion.Assertion, deciding: assertion.Deciding | None
) -> tuple[Status, assertion.Deciding | None]:
    """A procedure that was done has answered its question, unless another one is planned."""
    if found.has("planned") or found.has("uncertain"):
        return Status.PRESENT, deciding
    return Status.HISTORICAL_RESOLVED, found.deciding["settled"]


def _exchanged(view: View) -> bool:
    """ "The old generator was explanted and a new one placed": the patient still has a device."""
    words = set(view.lowers)
    return bool(words & _EXCHANGE) and bool(words & _EXCHANGED_PART) and not words & {"never", "not", "no", "without"}


def _answered(raw: str, answer: FormAnswer, status: Status, found: assertion.Assertion) -> Judgement | None:
    words = raw[answer.start : answer.end].strip()
    cue = Cue(text=words, kind="mark", start=answer.start, end=answer.end)
    if answer.answer is Answer.BLANK:
        return None
    if found.has("family"):
        return Status.FAMILY, found.axes(), (cue,), "about another person"
    if answer.answer is Answer.NO:
        return Status.ABSENT, (Axis.NEGATED,), (cue,), f"answered '{words}' on a form"
    if answer.answer is Answer.UNSURE:
        return Status.UNCERTAIN, (Axis.UNCERTAIN,), (cue,), f"answered '{words}' on a form"
    if status is Status.HISTORICAL_RESOLVED:
        return status, found.axes(), (cue,), "answered yes on a form, and said to be removed"
    return Status.PRESENT, (), (cue,), f"answered '{words}' on a form"


def _in_section(effect: str, status: Status, kind: ConceptKind) -> Status | None:
    """The status that a section gives, where it changes the one from the sentence."""
    if effect == "family" and kind is ConceptKind.DISEASE:
        return Status.FAMILY if status in (Status.PRESENT, Status.UNCERTAIN, Status.HISTORICAL_RESOLVED) else None
    if effect == "hypothetical" and status in (Status.PRESENT, Status.UNCERTAIN, Status.ABSENT):
        return Status.HYPOTHETICAL
    if effect == "uncertain" and status is Status.PRESENT and kind is ConceptKind.DISEASE:
        return Status.UNCERTAIN
    if effect == "planned" and status is Status.PRESENT and kind in (ConceptKind.DEVICE, ConceptKind.TREATMENT):
        return Status.HYPOTHETICAL
    return None


def cue_at(view: View, match: CueMatch, kind: str) -> Cue:
    span = view.raw_span(match.start, match.end)
    return Cue(text=match.text, kind=kind, start=span[0] if span else None, end=span[1] if span else None)
