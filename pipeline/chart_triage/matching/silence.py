"""Silence of a record of which much is unread means nothing: it is said wherever "not found" is."""

from __future__ import annotations

from chart_triage.records.chart_index import ChartIndex
from chart_triage.records.determination import Assessment, ContraindicationStatus, CriterionStatus

LARGE_SHARE = 0.15  # one page of a common fax of seven


def with_unread(assessment: Assessment, index: ChartIndex) -> Assessment:
    """The assessment with a note on everything that was not found, where much of the chart could not be read."""
    if index.unread_share < LARGE_SHARE:
        return assessment
    note = f"{index.unread_share:.0%} of the record could not be read: it may stand there."
    criteria = {
        number: c.model_copy(update={"notes": (*c.notes, note)}) if c.status is CriterionStatus.NOT_FOUND else c
        for number, c in assessment.criteria.items()
    }
    contraindications = {
        key: c.model_copy(update={"notes": (*c.notes, note)})
        if c.status is ContraindicationStatus.NOT_DOCUMENTED
        else c
        for key, c in assessment.contraindications.items()
    }
    return assessment.model_copy(update={"criteria": criteria, "contraindications": contraindications})
