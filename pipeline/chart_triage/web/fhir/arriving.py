"""A DocumentReference that a program hands in: its file, and what it says of the request."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import ValidationError

from chart_triage.errors import InputError
from chart_triage.web.fhir.resources import MEMBER, MRN, REFERENCE

_LONGEST = 200


class Arrived(NamedTuple):
    """`request` are fields of RequestForm."""

    name: str
    content: bytes
    request: dict[str, str]


def arrived(resource: dict[str, Any]) -> Arrived:
    """Raises InputError (kind "fhir") for what is no DocumentReference with one attachment that holds its data."""
    from fhir.resources.R4B.documentreference import DocumentReference  # 1 s to load

    try:
        document = DocumentReference.model_validate(resource)
    except Exception as error:  # the library knows more ends than its own for contained resources of no known type
        places = _places(error) if isinstance(error, ValidationError) else set()
        raise InputError("fhir", f"This is no valid DocumentReference: look at {_listed(places)}.") from None
    contents = document.content or []
    if len(contents) != 1:
        raise InputError("fhir", "A DocumentReference with one content is taken, one chart at a time.")
    attachment = contents[0].attachment
    if not attachment.data:
        raise InputError("fhir", "content.attachment.data is needed: files are not fetched from addresses.")
    return Arrived(str(attachment.title or "document"), attachment.data, _request(document))


def _request(document: Any) -> dict[str, str]:
    subject = document.subject
    said = {
        "member_name": subject.display if subject else None,
        "received": str(document.date)[:10] if document.date else None,
        "reference": _identifier(document.identifier, REFERENCE),
    }
    if subject and subject.identifier:
        said["mrn" if subject.identifier.system == MRN else "member_id"] = subject.identifier.value
    for person in document.contained or []:
        if person.get_resource_type() == "Patient":
            said |= _patient(person)
    return {key: str(value)[:_LONGEST] for key, value in said.items() if value}


def _patient(person: Any) -> dict[str, str | None]:
    name = (person.name or [None])[0]
    full = None
    if name is not None:
        given = " ".join(name.given or [])
        full = f"{name.family}, {given}".rstrip(", ") if name.family else name.text or given
    said = {
        "member_name": full,
        "born": str(person.birthDate) if person.birthDate and len(str(person.birthDate)) == 10 else None,
        "member_id": _identifier(person.identifier, MEMBER),
        "mrn": _identifier(person.identifier, MRN),
    }
    return {key: value for key, value in said.items() if value}


def _identifier(identifiers: Any, system: str) -> str | None:
    """The value under `system`; without such a one, a single value of any system."""
    listed = list(identifiers or [])
    for identifier in listed:
        if identifier.system == system:
            return str(identifier.value) if identifier.value else None
    return str(listed[0].value) if len(listed) == 1 and listed[0].value and system in (REFERENCE, MEMBER) else None


def _places(error: ValidationError) -> set[str]:
    try:
        return {".".join(map(str, each["loc"])) for each in error.errors(include_url=False, include_input=False)}
    except UnicodeError:  # half a character in what was sent
        return set()


def _listed(places: set[str]) -> str:
    return ", ".join(sorted(place for place in places if place)[:5]) or "its form"
