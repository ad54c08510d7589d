"""What is asked of the sender, as the determination holds it, with what each item is about in a reviewer's words."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.records.determination import Determination
from chart_triage.records.request import RequestItem, RequestReason
from chart_triage.report import wording


@dataclass(frozen=True, slots=True)
class Asked:
    """`keys` are the criteria or devices that it is about, `label` says so in words, `found_in` where to look."""

    keys: tuple[str, ...]
    label: str
    text: str
    found_in: str


def asked_for(determination: Determination) -> tuple[Asked, ...]:
    return tuple(
        Asked(item.criteria or item.concepts, _label(item, determination), item.text, wording.page_kinds(item.found_in))
        for item in determination.requests
    )


def _label(item: RequestItem, determination: Determination) -> str:
    if item.criteria:
        named = [determination.criteria[key].label for key in item.criteria if key in determination.criteria]
    else:
        named = [determination.contraindications[key].label for key in item.concepts]
    return wording.listed(named) or _GENERAL[item.reason]


_GENERAL = {
    RequestReason.CRITERION: "The criteria",
    RequestReason.NOTHING_FOUND: "Nothing found for any criterion",
    RequestReason.IMPLANT_CONDITION: "MRI safety",
    RequestReason.SAFETY_CONFLICT: "MRI safety",
    RequestReason.SAFETY_QUESTION: "MRI safety",
    RequestReason.UNREAD_PAGES: "Pages that could not be read",
}
