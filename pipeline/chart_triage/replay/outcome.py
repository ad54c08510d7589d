"""What of a determination a new version can change, and the changes between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chart_triage.records.determination import GuidelineRef, Inputs, Versions
from chart_triage.records.page import Record

_SILENT = {"not_found", "not_documented"}  # a criterion that only one version has and that nothing was found for


class _View(BaseModel):
    """A part of a stored determination. What else it holds does not matter, so that older ones can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True, hide_input_in_errors=True)


class Judged(_View):
    label: str
    status: str


class ChartId(_View):
    sha256: str


class Outcome(_View):
    """Statuses, suggestion and flags, with what they were made from. `inputs` must be there: without them the same
    chart could be judged otherwise for a reason that is not the guideline."""

    chart: ChartId
    guideline: GuidelineRef
    inputs: Inputs
    versions: Versions
    criteria: dict[str, Judged]
    contraindications: dict[str, Judged]
    suggestion: str
    flags: tuple[str, ...]


class Change(Record):
    """`at` and `new_at`: number of the criterion in either version, or concept key of the device.

    `old` and `new` are statuses; None where the version has no such criterion. For the suggestion `at` is empty, for a
    flag it is its name, and the statuses are yes and no.
    """

    part: Literal["criterion", "contraindication", "suggestion", "flag"]
    at: str = ""
    new_at: str = ""
    label: str = ""
    old: str | None = None
    new: str | None = None


def changes(old: Outcome, new: Outcome) -> tuple[Change, ...]:
    """In the order of the old version's criteria. A criterion that only changed its number is none."""
    found = [*_suggestion(old, new), *_criteria(old.criteria, new.criteria)]
    for key in dict.fromkeys((*old.contraindications, *new.contraindications)):
        before, after = old.contraindications.get(key), new.contraindications.get(key)
        found += _judged("contraindication", key, key, before, after)
    for flag in dict.fromkeys((*old.flags, *new.flags)):
        if (flag in old.flags) != (flag in new.flags):
            told = {True: "yes", False: "no"}
            found.append(
                Change(part="flag", at=flag, new_at=flag, old=told[flag in old.flags], new=told[flag in new.flags])
            )
    return tuple(found)


def _suggestion(old: Outcome, new: Outcome) -> Iterator[Change]:
    if old.suggestion != new.suggestion:
        yield Change(part="suggestion", old=old.suggestion, new=new.suggestion)


def _criteria(old: Mapping[str, Judged], new: Mapping[str, Judged]) -> Iterator[Change]:
    twins = _same_criteria(old, new)
    for number, before in old.items():
        twin = twins.get(number)
        yield from _judged("criterion", number, twin or "", before, new[twin] if twin else None)
    for number, after in new.items():
        if number not in twins.values():
            yield from _judged("criterion", "", number, None, after)


def _same_criteria(old: Mapping[str, Judged], new: Mapping[str, Judged]) -> dict[str, str]:
    """Number in the old version -> number in the new one.

    The same number with the same label first; then the only one with that label, since numbers shift; then the same
    number, reworded.
    """
    twins = {number: number for number, judged in old.items() if number in new and new[number].label == judged.label}
    for number, judged in old.items():
        named = [n for n, other in new.items() if other.label == judged.label and n not in twins.values()]
        if number not in twins and len(named) == 1:
            twins[number] = named[0]
    for number in old:
        if number not in twins and number in new and number not in twins.values():
            twins[number] = number
    return twins


def _judged(
    part: Literal["criterion", "contraindication"], at: str, new_at: str, old: Judged | None, new: Judged | None
) -> Iterator[Change]:
    before, after = old and old.status, new and new.status
    if before == after or (None in (before, after) and _SILENT & {before, after}):
        return
    label = new.label if new else old.label if old else ""
    yield Change(part=part, at=at, new_at=new_at, label=label, old=before, new=after)
