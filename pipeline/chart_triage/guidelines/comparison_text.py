"""Prints the differences of two versions of a guideline for the person who has to approve them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from chart_triage.guidelines.comparison import Difference, Part
from chart_triage.records.guideline import Guideline

_WIDTH = 110
_TITLES: dict[Part, str] = {
    "criterion": "Criteria",
    "safety": "MRI safety list",
    "concept": "Concepts",
    "term": "Terms",
    "group": "Groups",
    "other": "Also shown to the reviewer",
    "reference": "References",
    "about": "About the guideline",
    "file": "Other files of the folder",
}
_SIGNS = {"added": "+", "removed": "-", "moved": ">", "changed": "~"}


def show_differences(old: Guideline, new: Guideline, differences: Sequence[Difference]) -> str:
    """Plain text, at most 110 characters wide: `+` added, `-` removed, `>` moved, `~` changed."""
    lines = [f"old: {_named(old)}", f"new: {_named(new)}"]
    for part, title in _TITLES.items():
        told = [difference for difference in differences if difference.part == part]
        if told:
            lines += ["", title]
            lines += _terms(told) if part == "term" else [line for one in told for line in _difference(one)]
    return "\n".join([*lines, "", _closing(old, new, differences)]) + "\n"


def _named(guideline: Guideline) -> str:
    return (
        f"{guideline.id}, version {guideline.version}, effective {guideline.effective}, sha256 {guideline.sha256[:12]}"
    )


def _closing(old: Guideline, new: Guideline, differences: Sequence[Difference]) -> str:
    if differences:
        return f"{len(differences)} difference{'s' if len(differences) > 1 else ''}"
    return "no differences" if old.sha256 == new.sha256 else "no differences but comments and the order of rows"


def _difference(one: Difference) -> Iterator[str]:
    head = f"{_SIGNS[one.what]} {one.at}"
    if one.what == "moved":
        told = f"was under {one.old or 'none'}" if one.field else f"was {one.old}"
        yield from _wrapped(f"{head}  {told}")
    elif one.part == "file":
        yield from _wrapped(f"{head}  {one.new or ''}")
    elif one.what == "changed":
        yield from _changed(f"{head}  {one.field}: " if one.field else f"{head}: ", one.old, one.new)
    else:
        yield from _wrapped(f"{head}  {_value(one.new if one.what == 'added' else one.old)}")


def _changed(head: str, old: Any, new: Any) -> Iterator[str]:
    """Short values on one line; long texts and lists of notes below each other."""
    before, after = _value(old), _value(new)
    if len(head) + len(before) + len(after) < _WIDTH - 8:
        yield from _wrapped(f"{head}{before} -> {after}")
        return
    yield from _wrapped(head.rstrip())
    yield from _wrapped(f"old: {before}", 3)
    yield from _wrapped(f"new: {after}", 3)


def _terms(told: Sequence[Difference]) -> Iterator[str]:
    """By concept, in the order in which the concepts come first, with the counts before the rows."""
    order = {key: place for place, key in enumerate(dict.fromkeys(one.at for one in told))}
    for key, group in groupby(sorted(told, key=lambda one: order[one.at]), key=lambda one: one.at):
        rows = list(group)
        counts = [f"{n} {what}" for what in _SIGNS if (n := sum(row.what == what for row in rows))]
        yield from _wrapped(f"{key}: {', '.join(counts)}")
        for row in rows:
            yield from _wrapped(f"{_SIGNS[row.what]} {_row(row)}", 2)


def _row(one: Difference) -> str:
    row = one.old or one.new
    if one.what != "changed":
        rest = [f"{name} {_value(value)}" for name, value in row.items() if name not in ("term", "kind")]
        return f"{row['term']} ({'; '.join([row['kind'], *rest])})"
    fields = [name for name in dict.fromkeys((*one.old, *one.new)) if one.old.get(name) != one.new.get(name)]
    changes = [f"{name}: {_value(one.old.get(name))} -> {_value(one.new.get(name))}" for name in fields]
    return f"{row['term']} ({row['kind']}): {'; '.join(changes)}"


def _value(value: Any) -> str:
    """A plain value in words; fields that say nothing are left out."""
    if isinstance(value, dict):
        return "; ".join(f"{name} {_value(v)}" for name, v in value.items() if v not in (None, "", [], {}, False))
    if isinstance(value, list):
        return (" | " if any(isinstance(v, dict) for v in value) else ", ").join(map(_value, value)) or "none"
    if value is None or value == "":
        return "not given"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _wrapped(text: str, depth: int = 1) -> list[str]:
    indent = "  " * depth
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
