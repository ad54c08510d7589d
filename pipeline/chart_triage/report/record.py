"""`determination.json`: the determination as other programs read it."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import to_json as encoded

from chart_triage.records.determination import Assessment, Determination

# Keys that say nothing when empty. "section" is always written: null means that the words stand in no section.
_LEFT_OUT_WHEN_EMPTY = {"page", "boxes", "facet"}
_LEFT_OUT_OF_CUES = {"start", "end"}
# An array of numbers that is spread over several lines. JSON strings hold no line breaks, so that no text
# of a chart can look like one.
_NUMBERS = re.compile(r"\[\n\s+([-+0-9.eE,\s]+?)\n\s+\]")


def to_json(determination: Determination) -> bytes:
    """UTF-8, fields in the order of the records, two-blank indent, one box a line. Same input, same bytes.

    `Determination.model_validate_json` reads it back.
    """
    written = encoded(as_plain(determination), indent=2).decode()
    compact = _NUMBERS.sub(lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", written)
    return (compact + "\n").encode()


def as_plain(assessment: Assessment) -> dict[str, Any]:
    """Plain dicts and lists in the published form: empty page, boxes and facet left out, boxes to 0.01 point."""
    plain: dict[str, Any] = _pruned(assessment.model_dump(mode="json"))
    return plain


def _pruned(value: Any, within: str = "") -> Any:
    if isinstance(value, dict):
        empty = _LEFT_OUT_OF_CUES if within == "cues" else _LEFT_OUT_WHEN_EMPTY
        return {
            key: _pruned(each, key) if isinstance(each, dict | list | tuple) else each
            for key, each in value.items()
            if key not in empty or (each is not None if within == "cues" else each)
        }
    if isinstance(value, list | tuple):
        return [_pruned(item, within) for item in value]
    return round(value, 2) if isinstance(value, float) and within == "boxes" else value
