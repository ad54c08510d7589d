"""FHIR R4: a chart's bundle, and charts that come as DocumentReference."""

from __future__ import annotations

import io
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Response

from chart_triage import __version__
from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.store import audit, charts, reviews
from chart_triage.store.charts import State
from chart_triage.web.fhir.arriving import arrived
from chart_triage.web.fhir.bundle import bundle_of, document_of
from chart_triage.web.rates import within_rate
from chart_triage.web.uploads import take
from chart_triage.web.viewer import Client, CurrentSite
from chart_triage.web.visible import visible_chart

router = APIRouter(prefix="/fhir", tags=["FHIR R4"], dependencies=[Depends(within_rate)])
MEDIA_TYPE = "application/fhir+json"
_SINCE = "2026-11-23"


@router.get("/metadata")
def capabilities() -> Response:
    """What of FHIR is spoken here."""
    resources = [
        {"type": "Bundle", "interaction": [{"code": "read"}]},
        {"type": "DocumentReference", "interaction": [{"code": "read"}, {"code": "create"}]},
    ]
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "chart-triage", "version": __version__},
        "implementation": {"description": "chart-triage"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": resources}],
    }
    return _validated("CapabilityStatement", statement)


@router.get("/Bundle/{chart_id}")
def get_bundle(site: CurrentSite, who: Client, chart_id: str) -> Response:
    """The chart's document, an Observation for each criterion with page anchors, Task and Provenance."""
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        file = charts.file_of(session, chart_id, DETERMINATION_NAME)
        if file is None or chart.state not in (State.READY, State.SIGNED_OFF):
            raise HTTPException(404, "The chart is not ready yet.")
        review = reviews.review_of(session, chart_id)
        audit.record(session, who.name, "chart.export", f"chart/{chart_id}", kind="fhir")
    found = Determination.model_validate_json(site.blobs.get(file.blob))
    return _validated("Bundle", bundle_of(chart, found, review))


@router.get("/DocumentReference/{chart_id}")
def get_document(site: CurrentSite, who: Client, chart_id: str) -> Response:
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        audit.record(session, who.name, "chart.view", f"chart/{chart_id}")
    return _validated("DocumentReference", document_of(chart))


@router.post("/DocumentReference", status_code=201)
def send_document(site: CurrentSite, who: Client, resource: Annotated[dict[str, Any], Body()]) -> Response:
    """Hand in a chart as the data of a DocumentReference's one attachment."""
    came = arrived(resource)
    kept = take(site, who, came.name, io.BytesIO(came.content), came.request)
    with site.database.reading() as session:
        document = document_of(visible_chart(session, who, kept.chart))
    answer = _validated("DocumentReference", document, status=201)
    answer.headers["Location"] = f"/fhir/DocumentReference/{kept.chart}"
    return answer


def _validated(name: str, values: dict[str, Any], *, status: int = 200) -> Response:
    """As JSON, once fhir.resources has found nothing wrong with it."""
    from fhir.resources.R4B import get_fhir_model_class  # 1 s to load

    resource = get_fhir_model_class(name).model_validate(values)
    return Response(resource.model_dump_json(), status, {"Cache-Control": "no-store"}, MEDIA_TYPE)
