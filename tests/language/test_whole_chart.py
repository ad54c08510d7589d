"""A chart of several documents: each is read with its own date, and places count in the whole text."""

from __future__ import annotations

from datetime import date

from chart_triage import guidelines
from chart_triage.assess import DEFAULT_GUIDELINE
from chart_triage.findings import collect
from chart_triage.language.annotator import Annotator
from chart_triage.language.whole_chart import Passage, annotate_chart
from chart_triage.records.chart_index import PageKind
from chart_triage.records.mention import Mention, Status
from chart_triage.records.reading import Reading

STENT = "Drug-eluting stent to the LAD placed three weeks ago."


def read(annotator: Annotator, documents: list[tuple[str, date | None]], skip: int | None = None) -> Reading:
    text, passages = "", []
    for order, (words, on) in enumerate(documents):
        start = len(text)
        text += words + "\f"
        if order != skip:
            passages.append(Passage(start, start + len(words), on, order))
    return annotate_chart(annotator, text, passages, scan_date=date(2026, 12, 1))


def of(reading: Reading, concept: str) -> list[Mention]:
    return [m for m in reading.mentions if m.concept == concept]


def test_a_relative_date_counts_from_its_own_document(annotator: Annotator) -> None:
    old = read(annotator, [("Clinic note.", date(2026, 11, 20)), (STENT, date(2026, 3, 1))])
    new = read(annotator, [("Clinic note.", date(2026, 3, 1)), (STENT, date(2026, 11, 20))])
    assert of(old, "recent_stent") == []
    assert [m.status for m in of(new, "recent_stent")] == [Status.PRESENT]


def test_a_problem_list_without_a_date_is_settled_by_the_note_that_dates_it(annotator: Annotator) -> None:
    problem_list = ("PROBLEM LIST\nCoronary stent", date(2026, 11, 20))
    dated = (STENT, date(2026, 3, 1))
    assert of(read(annotator, [problem_list]), "recent_stent")
    assert of(read(annotator, [problem_list, dated]), "recent_stent") == []


def test_a_heading_does_not_reach_into_the_next_document(annotator: Annotator) -> None:
    reading = read(annotator, [("FAMILY HISTORY:\nMother had MELAS.", None), ("Has a pacemaker.", None)])
    assert [m.status for m in of(reading, "pacemaker")] == [Status.PRESENT]


def test_places_and_cues_count_in_the_whole_text(annotator: Annotator) -> None:
    words = "No pacemaker."
    reading = read(annotator, [("Clinic note of some length.", None), (words, None)])
    mention = of(reading, "pacemaker")[0]
    start = len("Clinic note of some length.\f")
    assert (mention.start, mention.end) == (start + 3, start + 12)
    assert mention.order == 1
    assert [(c.start, c.end) for c in mention.cues if c.start is not None] == [(start, start + 2)]


def test_what_is_left_out_is_not_read(annotator: Annotator) -> None:
    assert of(read(annotator, [("Has a pacemaker.", None), ("Clinic note.", None)], skip=0), "pacemaker") == []
    text = "Clinic note.\fHas a pacemaker.\fThe end, with a cochlear implant."
    passage = Passage(0, len(text), None, left_out=((13, 29),))
    reading = annotate_chart(annotator, text, [passage])
    assert of(reading, "pacemaker") == []
    assert text[of(reading, "cochlear_implant")[0].start :].startswith("cochlear implant")


def test_the_kind_of_a_page_is_asked_by_its_place_in_the_chart(annotator: Annotator) -> None:
    text = "Clinic note.\fPatients with a pacemaker need a check."
    kinds = {True: PageKind.CONSENT_OR_EDUCATION, False: PageKind.CLINIC_NOTE}
    passages = [Passage(0, 12, None), Passage(13, len(text), None, 1)]
    reading = annotate_chart(annotator, text, passages, kind_at=lambda offset: kinds[offset >= 13])
    assert [m.status for m in of(reading, "pacemaker")] == [Status.HYPOTHETICAL]


def test_what_a_note_calls_removed_was_so_on_the_day_of_the_note(annotator: Annotator) -> None:
    form = ("MRI SAFETY FORM\nDate: 03/08/2022\nPacemaker: Yes", date(2022, 3, 8))
    reading = read(annotator, [form, ("The pacemaker was explanted.", date(2026, 11, 16))])
    removed = next(m for m in of(reading, "pacemaker") if m.status is Status.HISTORICAL_RESOLVED)
    assert removed.on == date(2026, 11, 16)
    finding = collect(reading.mentions, guidelines.load(DEFAULT_GUIDELINE))["pacemaker"]
    assert (finding.status, finding.conflicting) == (Status.HISTORICAL_RESOLVED, False)


def test_what_a_policy_plans_is_planned_for_nobody(annotator: Annotator) -> None:
    policy = "A pacemaker is scanned only if the benefit outweighs the risk. Pacemaker placement scheduled: call us."
    text = f"{policy}\fPacemaker: No"
    pages = (PageKind.GUIDELINE_OR_POLICY, PageKind.MRI_SAFETY_FORM)
    reading = annotate_chart(
        annotator,
        text,
        [Passage(0, len(policy), None, 0), Passage(len(policy) + 1, len(text), None, 1)],
        kind_at=lambda offset: pages[offset > len(policy)],
    )
    found = of(reading, "pacemaker")
    assert {m.status for m in found} == {Status.HYPOTHETICAL, Status.ABSENT}
    assert collect(found, guidelines.load(DEFAULT_GUIDELINE))["pacemaker"].status is Status.ABSENT
