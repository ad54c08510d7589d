"""What the sender's request says beside its chart, as a form brings it: strings, most of them empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form
from pydantic import ValidationError

from chart_triage.errors import InputError
from chart_triage.records.request import RequestData
from chart_triage.triage import due_times
from chart_triage.web.site import Site

_LONGEST = 200
_SHOWN = {
    "born": "Date of birth",
    "received": "Received",
    "received_time": "Time of receipt",
    "planned_scan": "Planned scan",
    "expedited": "Expedited",
}
_Text = Annotated[str, Form()]


@dataclass(frozen=True)
class RequestForm:
    """The fields of `RequestData`; an empty one says nothing. `expedited` is "yes", "no" or ""."""

    member_name: _Text = ""
    born: _Text = ""
    member_id: _Text = ""
    mrn: _Text = ""
    reference: _Text = ""
    received: _Text = ""
    received_time: _Text = ""
    line_of_business: _Text = ""
    expedited: _Text = ""
    planned_scan: _Text = ""


def request_data(site: Site, given: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of `RequestData`. Raises InputError "request" that names the field and what it may hold."""
    said = {name: value for name in RequestData.model_fields if (value := str(given.get(name) or "").strip())}
    for name, value in said.items():
        if len(value) > _LONGEST or any(ord(sign) < 32 for sign in value):
            raise InputError("request", f"{_title(name)}: at most {_LONGEST} characters on one line.")
    line = said.get("line_of_business")
    if line and line not in lines_of_business(site):
        allowed = ", ".join(lines_of_business(site))
        raise InputError("request", f"Line of business: not one of {allowed}.")
    try:
        request = RequestData.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "received_time"
        told = "give the day with the time" if not first["loc"] else "give it as the field shows, such as 2026-11-23"
        raise InputError("request", f"{_title(name)}: {told}.") from None
    plain: dict[str, Any] = request.model_dump(mode="json", exclude_none=True)
    return plain


def lines_of_business(site: Site) -> dict[str, str]:
    """Key and label of each line of business in the site's table of due times."""
    return {line: row.label for (line, _), row in due_times.load(site.settings.due_times).items()}


def _title(name: str) -> str:
    return _SHOWN.get(name, name.replace("_", " ").capitalize())
