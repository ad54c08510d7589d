"""Text in, mentions out: the language stage, read top to bottom.

Work is done only where something can match: the lexicon's automaton looks at the whole text first; statements,
sections and spaCy Docs are made for the places that it found.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.language import assertion, dates, forms, stents
from chart_triage.language.abbreviations import definitions, occurrences
from chart_triage.language.body_size import body_size
from chart_triage.language.cues import CueMatch, CueMatcher
from chart_triage.language.page_kinds import PageKinds
from chart_triage.language.sections import Sections
from chart_triage.language.segments import Statements, restore_breaks
from chart_triage.language.terms import Hit, TermMatcher, longest
from chart_triage.language.views import View, Views
from chart_triage.records.guideline import ConceptKind, Guideline
from chart_triage.records.lexicon import TermKind
from chart_triage.records.mention import Axis, Cue, Mention, Reading, Status, TargetAssertion
from chart_triage.settings import Settings


class SectionEffect(NamedTuple):
    effect: str
    weight: int


@lru_cache(maxsize=1)
def section_effects() -> dict[str, SectionEffect]:
    path = resources.lexicons() / "shared" / "section_effects.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {r["section"]: SectionEffect(r["effect"], int(r["weight"])) for r in csv.DictReader(file)}


class Annotator:
    """Reads texts against one guideline. Build it once; `annotate` keeps no state between texts."""

    def __init__(self, guideline: Guideline, site: Settings | None = None) -> None:
        self._site = site or Settings()
        self._groups = {f"@{name}": group.members for name, group in guideline.groups.items()}
        self._terms = TermMatcher(guideline.terms, reported={o.group for o in guideline.others} | self._groups.keys())
        self._cues = CueMatcher()
        self._kinds = {key: spec.kind for key, spec in guideline.concepts.items()}
        self._ending = {key for key, spec in guideline.concepts.items() if spec.ends_when_done}
        self._parents = {key: spec.is_a for key, spec in guideline.concepts.items()}
        self._presupposing = {key: spec.presupposes for key, spec in guideline.concepts.items() if spec.presupposes}
        self._doubting = {key: spec.doubts for key, spec in guideline.concepts.items() if spec.doubts}
        self._sure_facets = {key: spec.sure_facets for key, spec in guideline.concepts.items()}
        self._measured = [i.concept for i in guideline.contraindications.items if i.measure == "body_size"]
        self._windows = {i.concept: i.window.days for i in guideline.contraindications.items if i.window}

    def annotate(
        self,
        text: str,
        *,
        note_date: date | None = None,
        scan_date: date | None = None,
        targets: Iterable[tuple[int, int]] = (),
    ) -> Reading:
        """All mentions in `text`, with offsets into it, and the assertion of each of `targets`.

        Relative dates count from `note_date` (if not given, from the date that the text gives itself); the stent
        window counts back from `scan_date` where there is one, else from the note's.
        """
        targets = list(targets)
        raw = restore_breaks(text)
        hits = self._terms.find(raw)
        measured = self._measurements(raw)
        if not hits and not targets and not measured:
            return Reading(note_date=note_date)
        place = _Place(raw, Statements(raw), self._cues)
        day = note_date or dates.document_date(text)
        hits = self._with_definitions(raw, hits)
        mentions = [m for hit in hits if (m := self._mention(place, hit, day, scan_date or day)) is not None]
        mentions = self._doubted(place, self._presupposed(place, self._by_group(mentions))) + measured
        return Reading(
            mentions=tuple(self._with_parents(mentions)),
            targets=tuple(self._target(place, start, end) for start, end in targets),
            note_date=day,
        )

    def _with_definitions(self, raw: str, hits: list[Hit]) -> list[Hit]:
        """Abbreviations that the text defines itself count as what they were defined to be, and as nothing else."""
        if "(" not in raw and "stands for" not in raw:
            return hits
        kept = hits
        for definition in definitions(raw, self._cues):
            meant = [
                h for h in hits
                if h.start < definition.end and definition.start < h.end and h.term.kind is TermKind.LITERAL
                and h.end - h.start >= 0.6 * (definition.end - definition.start)
            ]  # fmt: skip
            short = definition.short
            same = [h for h in kept if h.term.kind is TermKind.EXACT and h.term.term == short]
            if meant:
                places = occurrences(raw, short)
                kept = kept + [Hit(s, e, h.term) for h in meant for s, e in places]
            elif same:
                kept = [h for h in kept if not (h.term.kind is TermKind.EXACT and h.term.term == short)]
        return longest(kept) if kept is not hits else hits

    def _measurements(self, raw: str) -> list[Mention]:
        """Weight or BMI compared with the scanner's limit."""
        found = body_size(raw, self._site) if self._measured else None
        if found is None:
            return []
        return [
            Mention(
                start=found.start, end=found.end, concept=key, text=raw[found.start : found.end], status=found.status,
                reason=found.reason, weight=2, source="comparison of two numbers",
            )
            for key in self._measured
        ]  # fmt: skip

    def _by_group(self, mentions: list[Mention]) -> list[Mention]:
        """A negated group ("no implanted devices") counts against each member; an affirmed one says nothing of them."""
        result = []
        for mention in mentions:
            members = self._groups.get(mention.concept)
            if members is None:
                result.append(mention)
            elif mention.status is Status.ABSENT:
                reason = f"the whole group is {mention.reason}"
                result += [mention.model_copy(update={"concept": m, "group": True, "reason": reason}) for m in members]
        return result

    def _presupposed(self, place: _Place, mentions: list[Mention]) -> list[Mention]:
        """ "Recurrent glioblastoma versus necrosis?": the doubt is about the question, the tumour is known."""
        asked = (Status.PRESENT, Status.ABSENT)
        questions = [m for m in mentions if m.status in asked and m.concept in self._presupposing]
        if not questions:
            return mentions
        index = place.views.statements.index_at
        taken = {(concept, index(q.start)): q for q in questions for concept in self._presupposing[q.concept]}
        result = []
        for mention in mentions:
            question = taken.get((mention.concept, index(mention.start)))
            doubt = question is not None and question.status is Status.PRESENT and mention.status is Status.UNCERTAIN
            both = question is not None and question.status is mention.status is Status.ABSENT  # "no recurrent glioma"
            if question is not None and (doubt or both):
                reason = f"taken for granted by '{' '.join(question.text.split())}'"
                mention = mention.model_copy(update={"status": Status.PRESENT, "reason": reason})
            result.append(mention)
        return result

    def _doubted(self, place: _Place, mentions: list[Mention]) -> list[Mention]:
        """ "Glioma or abscess?": a differential that names the tumour as one of several leaves the tumour in doubt."""
        index = place.views.statements.index_at
        spans = {
            (concept, index(m.start)): m
            for m in mentions
            for concept in self._doubting.get(m.concept, ())
            if m.status is Status.PRESENT and m.facet not in self._sure_facets.get(m.concept, ())
        }
        result = []
        for mention in mentions:
            question = spans.get((mention.concept, index(mention.start)))
            inside = question is not None and question.start < mention.end and mention.start < question.end
            if question is not None and inside and mention.status is Status.PRESENT and not mention.cues:
                reason = f"one side of the question '{' '.join(question.text.split())}'"
                mention = mention.model_copy(update={"status": Status.UNCERTAIN, "reason": reason})
            result.append(mention)
        return result

    def _mention(self, place: _Place, hit: Hit, day: date | None, reference: date | None) -> Mention | None:
        kind = self._kinds.get(
            hit.term.key, ConceptKind.DEVICE if hit.term.key == "@other_implant" else ConceptKind.DISEASE
        )
        section = place.sections.at(hit.start)
        name = section.name if section else None
        if section is not None and hit.start < section.body and hit.end <= section.body and name != "other":
            return None  # the words are the title itself
        effect = section_effects().get(name or "", SectionEffect("", 1))
        kind_of_page = place.page_kinds.at(hit.start)
        if kind_of_page is not None:
            effect = section_effects()[kind_of_page]
        judged = self._judged(place, hit, kind, effect)
        if judged is None:
            return None
        status, axes, cues, reason = judged
        if kind is ConceptKind.DEVICE and status is Status.PRESENT and day is not None:
            later = place.date_after(hit.end, day)
            if later is not None:
                status, axes, reason = Status.HYPOTHETICAL, (*axes, Axis.HYPOTHETICAL), f"{later} lies after the note"
                cues = (*cues, Cue(text=later, kind="planned"))
        on = None
        window = self._windows.get(hit.term.key)
        if window is not None and status in (Status.PRESENT, Status.UNCERTAIN):
            statement = place.views.at(hit.start).statement
            recent = stents.recency(
                place.raw, (statement.start, statement.end), (hit.start, hit.end), name, reference, window
            )
            if recent.status is None:
                return None
            if status is Status.PRESENT or recent.status is not Status.PRESENT:
                status = recent.status
            reason, on = recent.reason, recent.on
        return Mention(
            start=hit.start,
            end=hit.end,
            concept=hit.term.key,
            text=place.raw[hit.start : hit.end],
            status=status,
            axes=axes,
            cues=cues,
            section=section.title if section else None,
            on=on,
            facet=hit.term.facet,
            weight=effect.weight,
            confidence=_NOISY_CONFIDENCE if hit.fuzzy else 1.0,
            reason=reason,
            source=hit.term.source,
        )

    def _judged(
        self, place: _Place, hit: Hit, kind: ConceptKind, effect: SectionEffect
    ) -> tuple[Status, tuple[Axis, ...], tuple[Cue, ...], str] | None:
        """Status, axes, cues and reason; None where nothing is stated (an unanswered form)."""
        view = place.views.at(hit.start)
        start, end = view.tokens(hit.start, hit.end)
        found = assertion.assess(view.doc, view.cues, start, end)
        if len(hit.parts) > 1:
            inner = [view.tokens(*part) for part in hit.parts]
            assertion.add_inner(found, view.doc, view.cues, (start, end), inner)
        status, deciding = assertion.status_of(found, kind.value)
        stated = hit.term.states
        if stated is not None and status is Status.PRESENT:
            return stated, found.axes(), (), f"the words themselves say {stated.value.replace('_', ' ')}"
        if stated is not None and status is Status.ABSENT:
            return None  # "not MR unsafe" says too little
        if "***" in view.doc.text:
            return None  # a macro that nobody filled in
        if status in (Status.PRESENT, Status.UNCERTAIN) and place.next_says(_TAKEN_BACK, hit.end):
            return Status.ABSENT, (Axis.NEGATED,), (), "taken back in the next sentence: in error"
        if kind in (ConceptKind.DEVICE, ConceptKind.DISEASE, ConceptKind.CONDITION):
            answer = forms.answer_at(place.raw, hit.start, hit.end)
            if answer is not None:
                return _answered(place.raw, answer, status, found)
        if hit.term.key in self._ending and status is Status.PRESENT and found.has("settled"):
            status, deciding = _settled(found, deciding)
        if kind is ConceptKind.DEVICE and status is Status.HISTORICAL_RESOLVED and _exchanged(view):
            status, deciding = Status.PRESENT, None
        if kind is ConceptKind.DEVICE and status is Status.PRESENT:
            if place.next_says(_TAKEN_OUT, hit.end):
                axes = (Axis.NEGATED, Axis.HISTORICAL)
                return Status.HISTORICAL_RESOLVED, axes, (), "said to be removed in the next sentence"
            if place.next_says(_TO_COME, hit.end):
                cue = Cue(text="scheduled", kind="planned")
                return Status.HYPOTHETICAL, (Axis.HYPOTHETICAL,), (cue,), "said to be planned in the next sentence"
        axes = found.axes()
        cues = tuple(_cue(view, d.match, d.kind) for d in found.deciding.values() if d.kind in _AXIS_KINDS)
        reason = assertion.reason(deciding)
        if effect.effect == "uncertain" and kind is ConceptKind.DISEASE and place.has_section("diagnosis"):
            return Status.ABSENT, axes, (*cues, Cue(text="differential", kind="section")), _SUPERSEDED
        changed = _in_section(effect.effect, status, kind)
        if changed is not None:
            status, reason = changed, f"stands under a heading that makes it {changed.value.replace('_', ' ')}"
            cues = (*cues, Cue(text=effect.effect, kind="section"))
            if changed is Status.FAMILY:
                axes = tuple({*axes, Axis.FAMILY})
        return status, axes, cues, reason

    def _with_parents(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Each mention, and the same words again for every broader concept ("MELAS" is a mitochondrial disorder)."""
        result = []
        for mention in mentions:
            result.append(mention)
            # one syndrome excluded says little about the broader concept
            update = {"group": True} if mention.status is Status.ABSENT else {}
            result += [
                mention.model_copy(update={"concept": p, **update}) for p in self._parents.get(mention.concept, ())
            ]
        return result

    def _target(self, place: _Place, start: int, end: int) -> TargetAssertion:
        view = place.views.at(start)
        first, last = view.tokens(start, end)
        found = assertion.assess(view.doc, view.cues, first, last)
        status, _ = assertion.status_of(found, "disease")
        axes = set(found.axes())
        section = place.sections.at(start)
        effect = section_effects().get(section.name if section else "", SectionEffect("", 1)).effect
        if effect == "historical" or assertion.is_history_entry(view.doc, first, last):
            axes.add(Axis.HISTORICAL)
        if effect == "family":
            axes.add(Axis.FAMILY)
            status = Status.FAMILY
        cues = tuple(_cue(view, d.match, d.kind) for d in found.deciding.values() if d.kind in _AXIS_KINDS)
        return TargetAssertion(start=start, end=end, status=status, axes=tuple(a for a in Axis if a in axes), cues=cues)


_TAKEN_OUT = re.compile(
    r"\s*(?:[-*\u2022]\s*)?(?:it|this|that|the (?:device|system|unit|whole system|implant|hardware|pump|generator "
    r"and leads)|device|both leads and generator|all hardware)"
    r"\s+(?:(?:was|were|has been|had been|had to be|since|later|then|subsequently)\s+){1,3}(?:\w+ly\s+)?(?:removed|"
    r"explanted|taken out|extracted)\b(?! and replaced)",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\s*(?:[^.:\n]{0,60}:\s*)?(?:this|that|it|the entry|this entry|that entry|the diagnosis|this diagnosis|the "
    r"label)\s+(?:was|is|proved|turned out)"
    r"\s+(?:to be\s+)?(?:entered in error|in error|an error|wrong|incorrect|not correct|false|a mistake|withdrawn|"
    r"retracted|never true)\b",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    r"\s*(?:it|this|implantation|placement|insertion|surgery)\s+(?:is|was|will be)\s+(?:\w+ly\s+)?(?:scheduled|"
    r"planned|booked|set for|done next|performed next)\b",
    re.IGNORECASE,
)
_NOISY_CONFIDENCE = 0.7
_SUPERSEDED = "named only in the differential diagnosis; the final diagnosis is another"
_EXCHANGE = frozenset(
    {"replaced", "replacement", "exchange", "exchanged", "new", "upgrade", "upgraded", "reimplanted", "changeout"}
)
_EXCHANGED_PART = frozenset({"generator", "battery", "lead", "leads", "pocket"})
_AXIS_KINDS = frozenset(
    {"negated", "uncertain", "historical", "resolved", "hypothetical", "planned", "family", "settled", "example"}
)


class _Place:
    """One text with the structure that is looked up for each hit."""

    def __init__(self, raw: str, statements: Statements, cues: CueMatcher) -> None:
        self.raw = raw
        self.views = Views(raw, statements, cues)
        self._sections: Sections | None = None
        self._page_kinds: PageKinds | None = None

    def next_says(self, pattern: re.Pattern[str], offset: int) -> bool:
        """Whether one of the next two statements speaks of the device again: "It was explanted in 2013." """
        items = self.views.statements.items
        index = self.views.statements.index_at(offset)
        return any(pattern.match(self.raw, s.start, s.end) for s in items[index + 1 : index + 3])

    def date_after(self, offset: int, day: date) -> str | None:
        """A date right behind `offset` (within 40 characters of the statement) that lies after `day`."""
        statement = self.views.at(offset - 1).statement
        text = self.raw[offset : min(statement.end, offset + 40)]
        found = dates.find_dates(text, None)
        return next((w.text.strip() for w in found[:1] if w.first == w.last and w.first > day), None)

    def has_section(self, name: str) -> bool:
        return any(s.name == name for s in self.sections.starts)

    @property
    def page_kinds(self) -> PageKinds:
        if self._page_kinds is None:
            self._page_kinds = PageKinds(self.raw)
        return self._page_kinds

    @property
    def sections(self) -> Sections:
        if self._sections is None:
            self._sections = Sections(self.raw)
        return self._sections


def _settled(
    found: assertion.Assertion, deciding: assertion.Deciding | None
) -> tuple[Status, assertion.Deciding | None]:
    """A procedure that was done has answered its question, unless another one is planned."""
    if found.has("planned") or found.has("uncertain"):
        return Status.PRESENT, deciding
    return Status.HISTORICAL_RESOLVED, found.deciding["settled"]


def _exchanged(view: View) -> bool:
    """ "The old generator was explanted and a new one placed": the patient still has a device."""
    words = {t.lower_ for t in view.doc}
    return bool(words & _EXCHANGE) and bool(words & _EXCHANGED_PART) and "never" not in words and "not" not in words


def _answered(
    raw: str, answer: forms.FormAnswer, status: Status, found: assertion.Assertion
) -> tuple[Status, tuple[Axis, ...], tuple[Cue, ...], str] | None:
    words = raw[answer.start : answer.end].strip()
    cue = Cue(text=words, kind="mark", start=answer.start, end=answer.end)
    if answer.answer is forms.Answer.BLANK:
        return None
    if found.has("family"):
        return Status.FAMILY, found.axes(), (cue,), "about another person"
    if answer.answer is forms.Answer.NO:
        return Status.ABSENT, (Axis.NEGATED,), (cue,), f"answered '{words}' on a form"
    if answer.answer is forms.Answer.UNSURE:
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


def _cue(view: View, match: CueMatch, kind: str) -> Cue:
    span = view.raw_span(match.start, match.end)
    return Cue(text=match.text, kind=kind, start=span[0] if span else None, end=span[1] if span else None)
