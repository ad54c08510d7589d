"""Text in, mentions out: the language stage, read top to bottom.

Work is done only where something can match: the lexicon's automaton looks at the whole text first; statements,
sections and spaCy Docs are made for the places that it found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date

from chart_triage import document_dates
from chart_triage.language import assertion, forms, stents
from chart_triage.language.abbreviations import definitions, occurrences
from chart_triage.language.ages import age_by_birth
from chart_triage.language.body_size import body_size
from chart_triage.language.cues import CueMatcher
from chart_triage.language.flat import Flat
from chart_triage.language.form_answers import Answer
from chart_triage.language.hits import Hit, longest
from chart_triage.language.implants import dated, find_implants
from chart_triage.language.judgement import AXIS_KINDS, SectionEffect, by_sense, cue_at, judge, section_effects
from chart_triage.language.page_effects import KindAt, page_effects, unknown
from chart_triage.language.relations import Relations
from chart_triage.language.segments import Statements, restore_breaks
from chart_triage.language.senses import Outcome, sense_model
from chart_triage.language.surroundings import Surroundings
from chart_triage.language.terms import TermMatcher
from chart_triage.records.guideline import ConceptKind, Guideline
from chart_triage.records.lexicon import TermKind
from chart_triage.records.mention import Axis, Cue, Mention, Status, TargetAssertion
from chart_triage.records.page import FormRow
from chart_triage.records.reading import Reading
from chart_triage.settings import Settings


class Annotator:
    """Reads texts against one guideline. Build it once; `annotate` keeps no state between texts."""

    def __init__(self, guideline: Guideline, site: Settings | None = None) -> None:
        self._site = site or Settings()
        self._relations = Relations(guideline)
        reported = {other.group for other in guideline.others} | self._relations.groups.keys()
        self._terms = TermMatcher(guideline.terms, reported)
        self._cues = CueMatcher()
        self._kinds = {key: spec.kind for key, spec in guideline.concepts.items()}
        self._kinds |= {other.group: other.concept_kind for other in guideline.others}
        self._ending = {key for key, spec in guideline.concepts.items() if spec.ends_when_done}
        self._measured = [i.concept for i in guideline.contraindications.items if i.measure == "body_size"]
        self._devices = {
            i.concept: i.label or guideline.concepts[i.concept].label
            for i in guideline.contraindications.items
            if guideline.concepts[i.concept].kind is ConceptKind.DEVICE
        }
        self._condition = guideline.contraindications.conditional_concept
        self._aged = next((other.group for other in guideline.others if other.measure == "age"), None)
        self._pediatric = guideline.scope.pediatric_max_age
        self._unlisted = frozenset(o.group for o in guideline.others if o.concept_kind is ConceptKind.DEVICE)
        self._windows = {i.concept: i.window.days for i in guideline.contraindications.items if i.window}

    def annotate(
        self,
        text: str,
        *,
        note_date: date | None = None,
        scan_date: date | None = None,
        targets: Iterable[tuple[int, int]] = (),
        kind_at: KindAt = unknown,
        form_rows: Iterable[FormRow] = (),
    ) -> Reading:
        """All mentions in `text`, with offsets into it, and the assertion of each of `targets`.

        `kind_at` is asked for the page kind at each mention, and not at all where there is none.

        Relative dates count from `note_date` (if not given, from the date that the text gives itself); the stent
        window counts back from `scan_date` where there is one, else from the note's. `form_rows` (offsets into `text`)
        tell what forms answer, where their pages were seen; other form lines are read from the text.
        """
        targets = list(targets)
        raw = restore_breaks(text)
        flat, statements = Flat(raw, hyphens=False, join=False), Statements(raw)
        hits = self._with_definitions(raw, self._terms.find(raw, flat, statements))
        hits = _with_senses(raw, _bounded(raw, hits, statements))
        measured = self._measurements(raw)
        if not hits and not targets and not measured:
            return Reading(note_date=note_date)
        place = Surroundings(text, raw, statements, self._cues, kind_at, form_rows)
        day = note_date or document_dates.document_date(text)
        old: set[str] = set()  # concepts with a window (a recent stent) that are dated before it
        mentions = [m for hit in hits if (m := self._mention(place, hit, day, scan_date or day, old)) is not None]
        # "stent to LAD" on a problem list is the stent that a note dates
        mentions = [m for m in mentions if m.concept not in old or m.reason != stents.UNDATED]
        related = self._relations.apply(mentions, place.views.statements.index_at)
        implants = find_implants(
            place, related, self._devices, self._unlisted, self._condition, lambda at: _day(place, at, day)
        )
        return Reading(
            mentions=(*dated(related, implants, place), *measured, *self._by_birth(raw, day)),
            implants=implants,
            targets=tuple(self._target(place, start, end) for start, end in targets),
            note_date=day,
            outdated=tuple(sorted(old)),
        )

    def _with_definitions(self, raw: str, hits: list[Hit]) -> list[Hit]:
        """Abbreviations that the text defines itself count as what they were defined to be, and as nothing else."""
        if "(" not in raw and "stands for" not in raw:
            return hits
        kept = hits
        literals = [h for h in hits if h.term.kind is TermKind.LITERAL]
        starts = [h.start for h in literals]

        def within(start: int, end: int) -> list[Hit]:
            near = literals[bisect_left(starts, start - _LONGEST_TERM) : bisect_left(starts, end)]
            return [h for h in near if h.end > start]

        abbreviations = {h.term.term for h in hits if h.term.kind is TermKind.EXACT}
        for short, start, end in definitions(raw, self._cues, abbreviations, lambda s, e: bool(within(s, e))):
            meant = [h for h in within(start, end) if h.end - h.start >= 0.6 * (end - start)]
            if meant:
                kept = kept + [Hit(s, e, h.term) for h in meant for s, e in occurrences(raw, short)]
            elif short in abbreviations:
                kept = [h for h in kept if not (h.term.kind is TermKind.EXACT and h.term.term == short)]
        return longest(kept) if kept is not hits else hits

    def _by_birth(self, raw: str, day: date | None) -> list[Mention]:
        """The age at the note's date, where the publisher counts it as pediatric: a note on the scope."""
        if self._aged is None or self._pediatric is None:
            return []
        age = age_by_birth(raw, day)
        if age is None or age.years > self._pediatric:
            return []
        return [
            Mention(
                start=age.start, end=age.end, concept=self._aged, text=raw[age.start : age.end], status=Status.PRESENT,
                reason=age.reason, source="date of birth",
            )
        ]  # fmt: skip

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

    def _mention(
        self, place: Surroundings, hit: Hit, day: date | None, reference: date | None, old: set[str]
    ) -> Mention | None:
        kind = self._kinds.get(hit.term.key, ConceptKind.DISEASE)
        section = place.sections.at(hit.start)
        name = section.name if section else None
        if section is not None and hit.start < section.body and hit.end <= section.body and name != "other":
            return None  # the words are the title itself
        effect = section_effects().get(name or "", SectionEffect("", 1))
        kind_of_page = place.kind_at(hit.start)
        page = page_effects().get(kind_of_page) if kind_of_page is not None else None
        if page is not None:
            effect = SectionEffect(page.effect or effect.effect, page.weight, page.effect and page.says)
        general = page is not None and page.effect == "hypothetical"
        if not effect.effect and place.genres.at(hit.start):
            general = True
            effect = SectionEffect("hypothetical", 0, "stands in teaching, policy or education text about anybody")
        judged = judge(place, hit, kind, effect, hit.term.key in self._ending)
        if judged is None:
            return None
        status, axes, cues, reason = judged
        if general:  # whatever is planned there is planned for nobody
            cues = tuple(cue for cue in cues if cue.kind != "planned")
        if kind is ConceptKind.DEVICE and status is Status.PRESENT:
            own_day = _day(place, hit.start, day)
            later = place.date_after(hit.end, own_day) if own_day is not None else None
            if later is not None:
                status, axes, reason = Status.HYPOTHETICAL, (*axes, Axis.HYPOTHETICAL), f"{later} lies after the note"
                cues = (*cues, Cue(text=later, kind="planned"))
        on = None
        window = self._windows.get(hit.term.key)
        if window is not None and status in (Status.PRESENT, Status.UNCERTAIN, Status.HISTORICAL_RESOLVED):
            statement = place.views.at(hit.start).statement
            recent = stents.recency(
                place.raw,
                (statement.start, statement.end),
                (hit.start, hit.end),
                name,
                reference,
                window,
                noted=day,
            )
            if recent.status is None:
                old.add(hit.term.key)
                return None
            if status is not Status.HISTORICAL_RESOLVED:  # what is gone stays gone
                if status is Status.PRESENT or recent.status is not Status.PRESENT:
                    status = recent.status
                reason, on = recent.reason, recent.on
        told = by_sense((status, axes, cues, reason), hit)
        if told is None:
            return None
        status, axes, cues, reason = told
        if page is not None and page.says not in reason:
            reason = f"{reason}; {page.says}" if reason else page.says
        return Mention(
            start=hit.start,
            end=hit.end,
            concept=hit.term.key,
            text=place.text[hit.start : hit.end],
            status=status,
            axes=axes,
            cues=cues,
            section=section.title if section else None,
            on=on,
            facet=hit.term.facet,
            weight=effect.weight,
            confidence=round(hit.sense.probability, 2) if hit.sense else _NOISY_CONFIDENCE if hit.fuzzy else 1.0,
            reason=reason,
            source=hit.term.source,
        )

    def _target(self, place: Surroundings, start: int, end: int) -> TargetAssertion:
        view = place.views.at(start)
        first, last = view.tokens(start, end)
        found = assertion.assess(view.lowers, view.cues, first, last)
        status, _ = assertion.status_of(found, "disease")
        axes = set(found.axes())
        section = place.sections.at(start)
        effect = section_effects().get(section.name if section else "", SectionEffect("", 1)).effect
        if effect == "historical" or assertion.is_history_entry(view.doc, first, last):
            axes.add(Axis.HISTORICAL)
        if effect == "family":
            axes.add(Axis.FAMILY)
            status = Status.FAMILY
        cues = tuple(cue_at(view, d.match, d.kind) for d in found.deciding.values() if d.kind in AXIS_KINDS)
        answer = None if found.deciding else forms.answer_at(place.raw, start, end)
        if answer is not None and answer.answer is Answer.NO:
            axes, status = axes | {Axis.NEGATED}, Status.ABSENT
            cues = (
                *cues,
                Cue(text=place.raw[answer.start : answer.end], kind="mark", start=answer.start, end=answer.end),
            )
        return TargetAssertion(start=start, end=end, status=status, axes=tuple(a for a in Axis if a in axes), cues=cues)


def _day(place: Surroundings, offset: int, day: date | None) -> date | None:
    """The day from which relative dates at `offset` count: its page's own, else the text's."""
    own = place.page_day(offset)
    return own[0].first if own is not None else day


_NOISY_CONFIDENCE = 0.7
_LONGEST_TERM = 200  # characters
_MANY_HITS = 500
_MOST_REPEATS = 10
_MOST_HITS = 3000


def _bounded(raw: str, hits: list[Hit], statements: Statements) -> list[Hit]:
    """The hits of a text that has very many, so that none of them is lost that says anything new.

    Of a concept in statements of the same words (a template, a page copied forward) the first and the last
    `_MOST_REPEATS` are kept, of what is left the first and the last half of `_MOST_HITS`.
    """
    if len(hits) <= _MANY_HITS:
        return hits
    items = statements.items
    repeats: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        statement = items[statements.index_at(hit.start)]
        repeats.setdefault((hit.term.key, raw[statement.start : statement.end]), []).append(hit)
    by_key: dict[str, list[Hit]] = {}
    for (key, _), found in repeats.items():
        by_key.setdefault(key, []).extend(_ends(found, 2 * _MOST_REPEATS))
    kept = [h for found in by_key.values() for h in _ends(sorted(found, key=_place), _MOST_HITS)]
    return sorted(kept, key=_place)


def _place(hit: Hit) -> tuple[int, int, str]:
    return hit.start, hit.end, hit.term.key


def _with_senses(raw: str, hits: list[Hit]) -> list[Hit]:
    """The model of senses is asked about undecided abbreviations; those of another sense, or unknown to it, go."""
    kept: list[Hit] = []
    for hit in hits:
        if not hit.undecided:
            kept.append(hit)
        elif sense_model().knows(hit.term.term):
            sense = sense_model().sense(raw, hit.start, hit.end, hit.term.term, hit.term.key)
            if sense.outcome is not Outcome.OTHER:
                kept.append(hit._replace(undecided=False, sense=sense))
    return kept


def _ends(hits: list[Hit], most: int) -> list[Hit]:
    half = most // 2
    return hits if len(hits) <= most else [*hits[:half], *hits[-half:]]
