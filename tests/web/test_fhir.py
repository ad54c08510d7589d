from __future__ import annotations

import base64
import json
from typing import Any

from fastapi.testclient import TestClient
from fhir.resources.R4B.bundle import Bundle
from listed import api_key, row

from chart_triage.store.people import Role
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

_JSON = {"Content-Type": "application/fhir+json"}
NOTE = b"Clinic note. The patient has Krabbe disease."


def _client(site: Site, role: Role = Role.INTAKE) -> TestClient:
    return TestClient(create_app(site), headers={"Authorization": f"Bearer {api_key(site, role)[0]}"})


def _document(**changed: Any) -> dict[str, Any]:
    attachment = {"contentType": "text/plain", "title": "note.txt", "data": base64.b64encode(NOTE).decode()}
    patient = {
        "resourceType": "Patient", "id": "p", "name": [{"family": "Krab", "given": ["Ann", "B"]}],
        "birthDate": "2019-02-03", "identifier": [{"system": "http://payer", "value": "M-9"}],
    }  # fmt: skip
    document = {
        "resourceType": "DocumentReference", "status": "current", "contained": [patient],
        "date": "2026-11-20T09:00:00Z",
        "subject": {"reference": "#p"}, "identifier": [{"system": "http://sender", "value": "R-4"}],
        "content": [{"attachment": attachment}],
    }  # fmt: skip
    return document | changed


def test_a_document_reference_is_taken_with_what_it_says_of_the_request(site: Site) -> None:
    client = _client(site)
    answer = client.post("/fhir/DocumentReference", json=_document(), headers=_JSON)
    assert answer.status_code == 201, answer.text
    location = answer.headers["location"]
    assert "data" not in answer.json()["content"][0]["attachment"]
    kept = row(site, location.rpartition("/")[2])
    assert kept.file_name == "note.txt"
    assert kept.request_json == {
        "member_name": "Krab, Ann B", "born": "2019-02-03", "member_id": "M-9", "reference": "R-4",
        "received": "2026-11-20",
    }  # fmt: skip
    assert client.get(location).json()["masterIdentifier"]["value"] == kept.sha256


def test_what_cannot_be_taken_is_an_operation_outcome_that_repeats_nothing(site: Site) -> None:
    client = _client(site)
    for document, words in (
        (_document(date="SECRETWORDS"), "date"),
        (_document(content=[{"attachment": {"url": "http://elsewhere/a.pdf"}}]), "attachment.data"),
        (_document(content=_document()["content"] * 2), "one content"),
        (_document(content=[{"attachment": {"data": "SECRETWORDS"}}]), "attachment.data"),
        ({"resourceType": "Patient"}, "DocumentReference"),
    ):
        answer = client.post("/fhir/DocumentReference", json=document)
        assert answer.status_code == 422
        assert answer.json()["resourceType"] == "OperationOutcome"
        assert words in answer.text
        assert "SECRETWORDS" not in answer.text
    assert client.get("/fhir/Bundle/nothing").json()["issue"][0]["code"] == "not-found"


ODD_TYPES: list[Any] = ["Docu\ud800ment", "\ud800", "Nothing", "", None, 5, True, [], {}]


def test_a_type_that_is_none_is_refused(site: Site) -> None:
    """Found by `./run fuzz bodies`: the library of FHIR ends in many ways for a type that it does not know."""
    client = _client(site)
    documents = [_document(resourceType=odd or "x") for odd in ODD_TYPES]
    documents += [_document(contained=[{"resourceType": odd}]) for odd in ODD_TYPES]
    documents.append(_document(meta={"resourceType": "\ud800"}))
    for document in documents:
        answer = client.post("/fhir/DocumentReference", content=json.dumps(document), headers=_JSON)
        assert answer.status_code == 422, answer.text
        assert answer.json()["issue"][0]["diagnostics"].startswith("This is no valid DocumentReference: look at ")


def test_the_bundle_of_a_chart_holds_each_criterion_with_its_anchors(processed: Any) -> None:
    _, chart, browser = processed
    answer = browser("reviewer").get(f"/fhir/Bundle/{chart}")
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = Bundle.model_validate_json(answer.content)
    resources = [entry.resource for entry in bundle.entry]
    assert {r.get_resource_type() for r in resources} == {"DocumentReference", "Observation", "Task", "Provenance"}
    determination = browser("reviewer").get(f"/charts/{chart}/files/determination.json").json()
    observations = [r for r in resources if r.get_resource_type() == "Observation"]
    shown = {o.code.coding[0].code: o for o in observations}
    assert set(shown) == {*determination["criteria"], *determination["contraindications"]}
    assert len({r.id for r in resources}) == len(resources)
    for key, result in determination["criteria"].items():
        assert shown[key].valueCodeableConcept.coding[0].code == result["status"]
        assert shown[key].status == "preliminary"
    supported = shown["6"]
    anchor = supported.component[0].extension[0]
    assert anchor.url.endswith(":page")
    assert anchor.valuePositiveInt == determination["criteria"]["6"]["evidence"][0]["page"]
    task = next(r for r in resources if r.get_resource_type() == "Task")
    assert task.status == "ready"
    assert "denied" not in answer.text.lower()
    assert "rejected" not in answer.text.lower()


def test_what_is_spoken_is_told(processed: Any) -> None:
    site, _, _ = processed
    statement = _client(site).get("/fhir/metadata").json()
    assert statement["resourceType"] == "CapabilityStatement"
