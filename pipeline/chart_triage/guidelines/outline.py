"""Prints a guideline: its tree of criteria with numbers as printed, its safety list, and how the print is read."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from chart_triage.records.guideline import Contraindication, Guideline, Node, Rule, SafetyList
from chart_triage.records.mention import Status

_WIDTH = 110
_RULES = {Rule.ANY: "any of", Rule.ALL: "all of"}


def show(guideline: Guideline) -> str:
    """The guideline as plain text, at most 110 characters wide, for `chart-triage guideline show`."""
    lines = [*_head(guideline), "", *_safety(guideline), "", "Criteria: any of"]
    for top in guideline.criteria:
        lines += ["", *_node(top, guideline, 1)]
    if guideline.groups:
        lines += ["", "Groups: a negated group speaks against each of its members"]
    for name, group in guideline.groups.items():
        lines += _text(f"{group.label}: @{name} ({', '.join(group.members)})", 1)
    if guideline.others:
        lines += ["", "Also shown to the reviewer, without a flag"]
    for other in guideline.others:
        lines += _text(f"{other.label}: {other.group} ({_statuses(other.statuses)})", 1)
        lines += _text(other.reading, 2)
    lines += ["", "References"]
    lines += [line for number, text in guideline.references.items() for line in _text(f"[{number}] {text}", 1)]
    lines += ["", "Changes"]
    lines += [line for change in guideline.changes for line in _text(f"{change.dated}  {change.summary}", 1)]
    return "\n".join(lines) + "\n"


def _head(guideline: Guideline) -> Iterator[str]:
    scope = guideline.scope
    yield f"{guideline.id}: {guideline.title} ({guideline.publisher})"
    reviewed = f", last reviewed {guideline.last_review}" if guideline.last_review else ""
    ends = f" to {guideline.ends}" if guideline.ends else ""
    family = f"{guideline.family}, " if guideline.family else ""
    yield f"{family}version {guideline.version}, effective {guideline.effective}{ends}{reviewed}"
    yield from _text(guideline.effective_note, 1)
    yield f"{len(guideline.concepts)} concepts, {len(guideline.terms)} rows of terms"
    yield f"sha256 {guideline.sha256}"
    yield from (f"{code.system} {code.code}: {code.label}" for code in guideline.codes)
    pediatric = f" (pediatric: up to {scope.pediatric_max_age} years)" if scope.pediatric_max_age is not None else ""
    yield f"Scope: {scope.region}; {scope.ages}{pediatric}"
    for note in scope.notes:
        yield from _text(note, 1)


def _safety(guideline: Guideline) -> Iterator[str]:
    overlay: SafetyList = guideline.contraindications
    yield f"{overlay.label}: any of, with the flag mri_safety_check{_references(overlay.references)}"
    yield from _text(overlay.reading, 1)
    for item in overlay.items:
        yield from _text(f"{item.label or guideline.concepts[item.concept].label}: {item.concept}{_extent(item)}", 1)
        yield from _text(item.reading, 2)


def _extent(item: Contraindication) -> str:
    extent = ", a stated MR condition is shown beside it" if item.accepts_conditional else ""
    if item.window:
        dates = " or else the ".join(name.replace("_", " ") for name in item.window.before)
        extent += f", within {item.window.days} days before the {dates}"
    return extent


def _node(node: Node, guideline: Guideline, depth: int) -> Iterator[str]:
    name = f"{node.number or '-'}  {node.label}: "
    yield from _text(name + _rule(node, guideline) + _references(node.references), depth)
    yield from _text(node.reading, depth + 2)
    for erratum in node.errata:
        yield from _text(f"Erratum: printed '{erratum.printed}', read as '{erratum.read_as}'. {erratum.why}", depth + 2)
    for note in node.notes:
        yield from _text(f"Note to the reviewer: {note.text}", depth + 2)
    for child in node.children:
        yield from _node(child, guideline, depth + 1)


def _rule(node: Node, guideline: Guideline) -> str:
    if node.finding is None:
        return _RULES[node.rule] + ("" if node.within == "document" else f", within one {node.within}")
    fields = (("supports", node.supports), ("unclear", node.unclear), ("against", node.against))
    told = [f"{name}: {_statuses(statuses)}" for name, statuses in fields if statuses is not None]
    concept = guideline.concepts.get(node.finding)
    if concept and concept.uncertain_supports and not node.supports:
        told.append("doubt supports")
    if concept and concept.contradicted_by:
        told.append(f"contradicted by the absence of {', '.join(concept.contradicted_by)}")
    return node.finding + (f"/{node.facet}" if node.facet else "") + (f" ({'; '.join(told)})" if told else "")


def _statuses(statuses: tuple[Status, ...]) -> str:
    return ", ".join(statuses) or "nothing"


def _references(numbers: tuple[int, ...]) -> str:
    return "".join(f" [{number}]" for number in numbers)


def _text(text: str, depth: int) -> list[str]:
    indent = "  " * depth
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent) if text else []
