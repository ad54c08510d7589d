"""Small pieces that the resources of a chart share. All are plain values; `bundle` has them validated."""

from __future__ import annotations

from typing import Any

from chart_triage.store.tables import ChartRow

CODES = "urn:x-chart-triage:codes"
PAGE = "urn:x-chart-triage:page"
BOX = "urn:x-chart-triage:box"
SHA256 = "urn:x-chart-triage:sha256"
MEMBER, MRN, REFERENCE = "urn:x-chart-triage:member-id", "urn:x-chart-triage:mrn", "urn:x-chart-triage:reference"
MEDICAL_RECORDS = {"system": "http://loinc.org", "code": "11503-0", "display": "Medical records"}


def coded(code: str, text: str, system: str = CODES, **more: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text, **more}], "text": text}


def reference(kind: str, number: str) -> dict[str, Any]:
    return {"reference": f"{kind}/{number}"}


def subject(chart: ChartRow, printed: str | None) -> dict[str, Any] | None:
    """Whom the chart is about: as the request says, else as the chart's pages do."""
    request = chart.request_json
    shown: dict[str, Any] = {"type": "Patient"}
    name = request.get("member_name") or printed
    if name:
        shown["display"] = name
    for key, system in (("member_id", MEMBER), ("mrn", MRN)):
        if request.get(key):
            shown["identifier"] = {"system": system, "value": request[key]}
            break
    return shown if len(shown) > 1 else None


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: FHIR has no empty elements."""
    return {key: value for key, value in values.items() if value not in (None, [], {}, "")}
