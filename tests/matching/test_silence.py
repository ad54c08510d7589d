from __future__ import annotations

from chart_triage import matching
from chart_triage.records.chart_index import ChartDocument, ChartIndex, IndexedPage, PageKind
from chart_triage.records.guideline import Guideline


def index(unread_share: float) -> ChartIndex:
    return ChartIndex(
        pages=(IndexedPage(number=1, kind=PageKind.ILLEGIBLE, document=1),),
        documents=(ChartDocument(number=1, pages=(1,), kind=PageKind.ILLEGIBLE),),
        unread=(1,),
        unread_share=unread_share,
    )


def test_nothing_is_called_not_found_without_a_word_of_what_is_unread(mrs: Guideline) -> None:
    told = matching.with_unread(matching.evaluate({}, mrs), index(0.4))
    assert told.criteria
    for result in (*told.criteria.values(), *told.contraindications.values()):
        assert any("40% of the record could not be read" in note for note in result.notes), result.label


def test_a_single_lost_corner_is_no_reason_to_doubt_all(mrs: Guideline) -> None:
    assessment = matching.evaluate({}, mrs)
    assert matching.with_unread(assessment, index(0.05)) == assessment
