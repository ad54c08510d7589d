"""What changed between two versions of a guideline, criterion by criterion, concept by concept, term by term.

Every field of the records is compared, also one that is added to them some day; only criteria and terms, which have no
key of their own, are paired by what they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from chart_triage.guidelines.criteria_pairs import pair
from chart_triage.records.guideline import Guideline, Node, SafetyList
from chart_triage.records.lexicon import Term
from chart_triage.records.page import Record

Part = Literal["about", "criterion", "safety", "concept", "group", "other", "reference", "term", "file"]
_CRITERION_PARTS = {"number", "any_of", "all_of"}  # told as moved, as logic, and as criteria of their own
_KEYED: dict[str, tuple[Part, Callable[[Any], str]]] = {
    "codes": ("about", lambda code: f"{code.system} {code.code}"),
    "changes": ("about", lambda change: f"{change.dated} {change.summary}"),
    "others": ("other", lambda other: str(other.kind)),
    "items": ("safety", lambda item: str(item.concept)),
}
_MAPPED: dict[str, Part] = {"concepts": "concept", "groups": "group", "references": "reference"}
_OWN_FILES = {"guideline.yaml", "terms.csv"}


class Difference(Record):
    """One thing that changed.

    - `at`: the criterion's number ("4 / Label" for a part without one), concept key, name of the group or field,
      number of the reference, file name.
    - `field`: which of its fields changed; empty where the whole came, went or moved.
    - `old`, `new`: plain values; None on the side where it was not. For a move, the old and the new address.
    """

    part: Part
    at: str
    what: Literal["added", "removed", "moved", "changed"]
    field: str = ""
    old: Any = None
    new: Any = None


def compare(old: Guideline, new: Guideline) -> tuple[Difference, ...]:
    """All differences but those of the checksum: criteria first, in the order of the old version."""
    found = [*_criteria(old, new), *_safety(old.contraindications, new.contraindications)]
    for field in Guideline.model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if field in ("criteria", "contraindications", "terms", "sha256"):
            continue
        if field in _KEYED:
            found += _keyed(field, before, after)
        elif field in _MAPPED:
            found += _mapped(_MAPPED[field], before, after)
        else:
            found += _values("about", field, "", before, after)
    return (*found, *_terms(old.terms, new.terms))


def compare_files(old: Path, new: Path) -> tuple[Difference, ...]:
    """Files of the two folders beside guideline.yaml and terms.csv: examples, templates of letters."""
    before, after = _files(old), _files(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            found.append(Difference(part="file", at=name, what="removed"))
        elif name not in before:
            found.append(Difference(part="file", at=name, what="added"))
        elif before[name] != after[name]:
            found.append(Difference(part="file", at=name, what="changed", new=_lines(before[name], after[name])))
    return tuple(found)


def _criteria(old: Guideline, new: Guideline) -> Iterator[Difference]:
    pairs = pair(old.criteria, new.criteria)
    for place in pairs.removed:
        yield Difference(part="criterion", at=place.address, what="removed", old=_plain_criterion(place.node))
    for place in pairs.added:
        yield Difference(part="criterion", at=place.address, what="added", new=_plain_criterion(place.node))
    known = [*pairs.same, (None, None)]
    for before, after in pairs.same:
        if before.node.number != after.node.number:
            yield Difference(part="criterion", at=after.address, what="moved", old=before.address, new=after.address)
        elif (before.parent, after.parent) not in known:
            yield Difference(
                part="criterion", at=after.address, what="moved", field="parent",
                old=before.parent.address if before.parent else None,
                new=after.parent.address if after.parent else None,
            )  # fmt: skip
        if before.node.rule != after.node.rule:
            yield Difference(
                part="criterion", at=after.address, what="changed", field="logic",
                old=before.node.rule.value, new=after.node.rule.value,
            )  # fmt: skip
        yield from _fields("criterion", after.address, before.node, after.node, skip=_CRITERION_PARTS)


def _plain_criterion(node: Node) -> dict[str, Any]:
    """Label and findings: what a reader needs to know which one it is."""
    return {"label": node.label, "findings": sorted({leaf.finding for leaf in node.walk() if leaf.finding})}


def _safety(old: SafetyList, new: SafetyList) -> Iterator[Difference]:
    yield from _keyed("items", old.items, new.items)
    yield from _fields("safety", "list", old, new, skip={"items"})


def _keyed(field: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    part, key = _KEYED[field]
    yield from _mapped(part, {key(value): value for value in old}, {key(value): value for value in new})


def _mapped(part: Part, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            yield Difference(part=part, at=str(key), what="removed", old=_plain(old[key]))
        elif key not in old:
            yield Difference(part=part, at=str(key), what="added", new=_plain(new[key]))
        else:
            yield from _values(part, str(key), "", old[key], new[key])


def _fields(
    part: Part, at: str, old: BaseModel, new: BaseModel, skip: set[str], within: str = ""
) -> Iterator[Difference]:
    for field in type(old).model_fields:
        if field not in skip:
            yield from _values(part, at, f"{within}{field}", getattr(old, field), getattr(new, field))


def _values(part: Part, at: str, field: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, BaseModel) and type(old) is type(new):
        yield from _fields(part, at, old, new, set(), f"{field}." if field else "")
    else:
        yield Difference(part=part, at=at, what="changed", field=field, old=_plain(old), new=_plain(new))


def _terms(old: Sequence[Term], new: Sequence[Term]) -> Iterator[Difference]:
    """Rows, whatever line they stand in. A row is the same when key, words, kind and facet are."""
    before, after = Counter(map(_row, old)), Counter(map(_row, new))
    come: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in (after - before).elements():
        come.setdefault(row[:_IDENTITY], []).append(row)
    for row in (before - after).elements():
        twins = come.get(row[:_IDENTITY])
        if twins:
            yield Difference(part="term", at=row[0], what="changed", old=_plain_row(row), new=_plain_row(twins.pop(0)))
        else:
            yield Difference(part="term", at=row[0], what="removed", old=_plain_row(row))
    for row in (row for rows in come.values() for row in rows):
        yield Difference(part="term", at=row[0], what="added", new=_plain_row(row))


_IDENTITY = 4  # the first columns of these, by which a row is known
_COLUMNS = (
    "key",
    "term",
    "kind",
    "facet",
    *sorted(Term.model_fields.keys() - {"key", "term", "kind", "facet", "line"}),
)


def _row(term: Term) -> tuple[Any, ...]:
    return tuple(getattr(term, column) for column in _COLUMNS)


def _plain_row(row: tuple[Any, ...]) -> dict[str, Any]:
    """The columns that say something, without the key, which `at` tells."""
    return {name: _plain(value) for name, value in zip(_COLUMNS[1:], row[1:], strict=True) if value}


def _plain(value: Any) -> Any:
    return to_jsonable_python(value)


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    named = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in named.items() if name not in _OWN_FILES}


def _lines(old: bytes, new: bytes) -> str | None:
    """How many lines changed; None for a file that is no text."""
    try:
        told = list(unified_diff(old.decode().splitlines(), new.decode().splitlines(), n=0, lineterm=""))
    except UnicodeDecodeError:
        return None
    marks = [line[0] for line in told[2:]]  # behind the two lines that name the files
    return f"{marks.count('+')} lines added, {marks.count('-')} removed"
