"""A chart as a FHIR bundle: its document, an observation for each criterion and device, the task, where it is from.

Evidence stands in components: the quoted words, with page and boxes as extensions (points from the top-left of the
upright page). Observations are preliminary until a reviewer signed off: the program suggests, a human decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from chart_triage import __version__
from chart_triage.records.determination import ContraindicationResult, CriterionResult, Determination
from chart_triage.records.finding import Evidence
from chart_triage.report.wording import CONTRAINDICATION, CRITERION, why
from chart_triage.store.charts import State
from chart_triage.store.reviews import Decision, Review
from chart_triage.store.tables import ChartRow
from chart_triage.web.fhir.resources import (
    BOX,
    CODES,
    MEDICAL_RECORDS,
    PAGE,
    REFERENCE,
    SHA256,
    coded,
    given,
    reference,
    subject,
)
from chart_triage.web.views.words import SUGGESTIONS

_TASK_STATUS = {
    State.WAITING: "received",
    State.PROCESSING: "in-progress",
    State.READY: "ready",
    State.PARKED: "on-hold",
    State.SIGNED_OFF: "completed",
}


def document_of(chart: ChartRow, printed: str | None = None) -> dict[str, Any]:
    """The chart's original as a DocumentReference; its bytes are fetched by the REST interface."""
    attachment = {
        "contentType": chart.media_type,
        "url": f"/api/v1/charts/{chart.id}/files/original",
        "size": chart.size if chart.size < 2**31 else None,
        "title": chart.file_name,
    }
    number = chart.request_json.get("reference")
    return given(
        {
            "resourceType": "DocumentReference",
            "id": chart.id,
            "masterIdentifier": {"system": SHA256, "value": chart.sha256},
            "identifier": [{"system": REFERENCE, "value": number}] if number else None,
            "status": "current",
            "type": {"coding": [MEDICAL_RECORDS]},
            "subject": subject(chart, printed),
            "date": chart.created_at.isoformat(),
            "content": [{"attachment": given(attachment)}],
        }
    )


def bundle_of(chart: ChartRow, found: Determination, review: Review) -> dict[str, Any]:
    """All resources of a chart that was processed, as a collection."""
    patient = found.index.patient if found.index else None
    about = subject(chart, patient.name if patient else None)
    document = document_of(chart, patient.name if patient else None)
    observations = list(_observations(chart, found, review, about))
    task = _task(chart, about, review)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": (chart.signed_off_at or chart.ready_at or chart.created_at).isoformat(),
        "entry": [
            {"fullUrl": f"urn:x-chart-triage:{r['resourceType']}/{r['id']}", "resource": r}
            for r in (document, *observations, task, _provenance(chart, found, observations))
        ],
    }


def _observations(
    chart: ChartRow, found: Determination, review: Review, about: dict[str, Any] | None
) -> Iterator[dict[str, Any]]:
    system = f"urn:x-chart-triage:guideline:{found.guideline.id}"
    for kind, results in (("criterion", found.criteria), ("device", found.contraindications)):
        for key, result in results.items():
            decision = review.decisions.get(key)
            yield given(
                {
                    "resourceType": "Observation",
                    "id": _identifier(chart.id, kind, key),
                    "status": "final" if chart.state == State.SIGNED_OFF else "preliminary",
                    "category": [coded(kind, {"criterion": "Guideline criterion", "device": "MRI safety"}[kind])],
                    "code": coded(key, result.label, system, version=found.guideline.version),
                    "subject": about,
                    "effectiveDateTime": (chart.ready_at or chart.created_at).isoformat(),
                    "valueCodeableConcept": coded(result.status.value, _words(result)),
                    "derivedFrom": [reference("DocumentReference", chart.id)],
                    "note": [{"text": text} for text in _notes(result)],
                    "component": [*_evidence(result), *_decided(decision)],
                }
            )


def _words(result: CriterionResult | ContraindicationResult) -> str:
    if isinstance(result, CriterionResult):
        return CRITERION[result.status]
    return CONTRAINDICATION[result.status]


def _notes(result: CriterionResult | ContraindicationResult) -> Iterable[str]:
    missing = result.missing if isinstance(result, CriterionResult) else ()
    return [*result.notes, *(f"Missing: {text}" for text in missing)]


def _evidence(result: CriterionResult | ContraindicationResult) -> Iterator[dict[str, Any]]:
    sides = (
        ("evidence-for", "Speaks for", result.evidence),
        ("evidence-against", "Says otherwise", result.counter_evidence),
    )
    for code, text, listed in sides:
        for piece in listed:
            yield given(
                {
                    "code": coded(code, text),
                    "valueString": piece.text.strip() or None,
                    "interpretation": [{"text": why(piece)}],
                    "extension": list(_anchors(piece)),
                }
            )


def _anchors(piece: Evidence) -> Iterator[dict[str, Any]]:
    if piece.page is not None:
        yield {"url": PAGE, "valuePositiveInt": piece.page}
    for box in piece.boxes:
        yield {"url": BOX, "valueString": " ".join(f"{edge:.1f}" for edge in box)}


def _decided(decision: Decision | None) -> Iterator[dict[str, Any]]:
    if decision is not None:
        said = ": ".join(part for part in (decision.kind, decision.status, decision.reason) if part)
        yield {"code": coded("reviewer", "What the reviewer decided"), "valueString": said}


def _task(chart: ChartRow, about: dict[str, Any] | None, review: Review) -> dict[str, Any]:
    suggestion = SUGGESTIONS.get(chart.suggestion or "")
    outcome = (review.signed_off or {}).get("outcome")
    return given(
        {
            "resourceType": "Task",
            "id": _identifier(chart.id, "task", "review"),
            "status": _TASK_STATUS[chart.state],
            "businessStatus": {"text": f"Suggestion: {suggestion.words}"} if suggestion else None,
            "intent": "order",
            "priority": "urgent" if chart.expedited else "routine",
            "code": coded("review", "Review of the records against the guideline"),
            "focus": reference("DocumentReference", chart.id),
            "for": about,
            "authoredOn": chart.created_at.isoformat(),
            "restriction": {"period": {"end": chart.due_at.isoformat()}} if chart.due_at else None,
            "output": [{"type": coded("outcome", "The reviewer's own determination"), "valueString": outcome}]
            if outcome
            else None,
        }
    )


def _provenance(chart: ChartRow, found: Determination, observations: list[dict[str, Any]]) -> dict[str, Any]:
    made_by = {
        "guideline": f"{found.guideline.id} {found.guideline.version} {found.versions.guideline_sha256}",
        "lexicons": found.versions.lexicons_sha256,
        "models": found.versions.models_sha256,
    }
    sources = [
        {"role": "source", "what": {"identifier": {"system": f"{CODES}:{key}", "value": value}}}
        for key, value in made_by.items()
    ]
    return {
        "resourceType": "Provenance",
        "id": _identifier(chart.id, "provenance", "1"),
        "target": [reference("Observation", o["id"]) for o in observations],
        "recorded": (chart.ready_at or chart.created_at).isoformat(),
        "agent": [{"type": coded("assembler", "Program"), "who": {"display": f"chart-triage {__version__}"}}],
        "entity": [{"role": "source", "what": reference("DocumentReference", chart.id)}, *sources],
    }


def _identifier(chart: str, kind: str, key: str) -> str:
    """At most 64 of the signs that FHIR allows."""
    return f"{chart}-{kind}-{re.sub(r'[^A-Za-z0-9.-]', '-', key)}"[:64]
