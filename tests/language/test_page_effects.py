"""What the kind of its page makes of a mention: the caller tells the kinds, the language stage knows none."""

from __future__ import annotations

import pytest

from chart_triage import findings
from chart_triage.language.annotator import Annotator
from chart_triage.language.page_effects import page_effects
from chart_triage.records.chart_index import PageKind
from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Mention, Status

TEXT = "Glioblastoma of the left temporal lobe."


def mention_on(annotator: Annotator, kind: PageKind | None) -> Mention:
    return next(m for m in annotator.annotate(TEXT, kind_at=lambda _: kind).mentions if m.concept == "brain_tumor")


@pytest.mark.parametrize("kind", [PageKind.CONSENT_OR_EDUCATION, PageKind.GUIDELINE_OR_POLICY])
def test_what_a_page_about_anybody_names_is_hypothetical(annotator: Annotator, kind: PageKind) -> None:
    mention = mention_on(annotator, kind)
    assert mention.status is Status.HYPOTHETICAL
    assert mention.reason == page_effects()[kind].says


@pytest.mark.parametrize("kind", [None, PageKind.CLINIC_NOTE, PageKind.ORDER_FORM, PageKind.OTHER])
def test_other_pages_change_nothing(annotator: Annotator, kind: PageKind | None) -> None:
    assert mention_on(annotator, kind) == mention_on(annotator, None)
    assert mention_on(annotator, kind).status is Status.PRESENT


def test_what_a_cover_sheet_names_is_weak_and_says_so(annotator: Annotator) -> None:
    mention = mention_on(annotator, PageKind.FAX_COVER)
    assert mention.status is Status.PRESENT
    assert "fax cover sheet" in mention.reason
    assert mention.weight < 0


def test_a_cover_sheet_does_not_outweigh_the_records(annotator: Annotator, guideline: Guideline) -> None:
    text = "Fax: records of a patient with epilepsy.\fEpilepsy was ruled out by video monitoring."
    cover_end = text.index("\f")
    found = {}
    for kind in (None, PageKind.FAX_COVER):
        reading = annotator.annotate(text, kind_at=lambda at, k=kind: k if at < cover_end else None)
        found[kind] = findings.collect(reading.mentions, guideline)["epilepsy"]
    assert found[PageKind.FAX_COVER].status is Status.ABSENT
    assert [e.text for e in found[PageKind.FAX_COVER].counter_evidence] == ["epilepsy"]


def test_a_cover_sheet_counts_where_the_records_are_silent(annotator: Annotator, guideline: Guideline) -> None:
    reading = annotator.annotate(TEXT, kind_at=lambda _: PageKind.FAX_COVER)
    assert findings.collect(reading.mentions, guideline)["brain_tumor"].status is Status.PRESENT


def test_no_kind_is_asked_for_where_nothing_is_mentioned(annotator: Annotator) -> None:
    def fail(_offset: int) -> PageKind | None:
        raise AssertionError("asked")

    assert not annotator.annotate("The weather was fine.", kind_at=fail).mentions
