"""Checks what `guideline.yaml` names elsewhere: concepts, facets, references, numbers, groups of terms.csv.

Works on the plain values, so that one bad field does not hide the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.yaml_source import Place, YamlSource

_CONCEPTS_ARE = "the concepts are the keys under `concepts`"


class _Named(NamedTuple):
    """A name at a place, and the numbered criterion around it."""

    place: Place
    name: Any


def vocabulary(data: Any) -> dict[str, list[str]]:
    """Concept key -> facet keys, as far as they can be read."""
    concepts = _mapping(_mapping(data).get("concepts"))
    return {
        str(key): [str(facet) for facet in _mapping(_mapping(spec).get("facets"))] for key, spec in concepts.items()
    }


def check_links(source: YamlSource, folder: str, with_terms: set[str]) -> list[Problem]:
    """`with_terms`: keys and groups that have a row in terms.csv; empty where that file could not be read."""
    data = _mapping(source.data)
    checks = (_findings, _concept_names, _references, _numbers, _unused, _broader_in_circles)
    told = [message for check in checks for message in check(data)]
    told += _rows_needed(data, with_terms) if with_terms else []
    problems = [source.problem(place, message) for place, message in told]
    if data.get("id") not in (None, folder):
        message = f"id '{data['id']}' differs from the folder's name '{folder}'; make the two the same"
        problems.append(source.problem(("id",), message))
    return problems


def _findings(data: dict[Any, Any]) -> Iterator[tuple[Place, str]]:
    facets = vocabulary(data)
    groups = _other_groups(data)
    for place, node in _nodes(data):
        key = node.get("finding")
        if not isinstance(key, str):
            continue
        if key.startswith("@"):
            if key not in groups:
                yield (*place, "finding"), unknown("group", key, groups) + " (its kind must stand under `others`)"
        elif key not in facets:
            yield (*place, "finding"), unknown("concept", key, facets, _CONCEPTS_ARE)
        elif node.get("facet") is not None and node["facet"] not in facets[key]:
            yield (*place, "facet"), f"{unknown('facet', node['facet'], facets[key])} (`facets` of {key})"


def _concept_names(data: dict[Any, Any]) -> Iterator[tuple[Place, str]]:
    """Everywhere else that a concept is named."""
    concepts = vocabulary(data)
    groups = _other_groups(data)
    for place, name in _named_concepts(data):
        if isinstance(name, str) and name not in concepts and name not in groups:
            yield place, unknown("concept", name, concepts, _CONCEPTS_ARE)


def _named_concepts(data: dict[Any, Any]) -> Iterator[_Named]:
    for key, spec in _mapping(data.get("concepts")).items():
        for field in ("is_a", "contradicted_by", "presupposes"):
            yield from _list(spec, field, ("concepts", key))
    for name, group in _mapping(data.get("groups")).items():
        yield from _list(group, "members", ("groups", name))
    overlay = _mapping(data.get("contraindications"))
    if "conditional_concept" in overlay:
        yield _Named(("contraindications", "conditional_concept"), overlay["conditional_concept"])
    for index, item in enumerate(_sequence(overlay.get("items"))):
        place: Place = ("contraindications", "items", index)
        yield _Named((*place, "concept"), _mapping(item).get("concept"))
        yield from _conditions_of_notes(item, place)
    for place, node in _nodes(data):
        yield from _conditions_of_notes(node, place)


def _conditions_of_notes(holder: Any, place: Place) -> Iterator[_Named]:
    for field in ("notes", "errata"):
        for index, note in enumerate(_sequence(_mapping(holder).get(field))):
            yield from _list(note, "when", (*place, field, index))


def _references(data: dict[Any, Any]) -> Iterator[tuple[Place, str]]:
    known = _mapping(data.get("references"))
    holders = [(("contraindications",), _mapping(data.get("contraindications"))), *_nodes(data)]
    for holder_place, holder in holders:
        for place, number in _list(holder, "references", holder_place):
            if isinstance(number, int) and number not in known:
                yield place, f"reference {number} is not under `references`; add it there or take it out here"


def _numbers(data: dict[Any, Any]) -> Iterator[tuple[Place, str]]:
    seen: dict[str, Place] = {}
    for index, top in enumerate(_sequence(data.get("criteria"))):
        place: Place = ("criteria", index)
        if isinstance(top, dict) and top.get("number") is None:
            yield place, "a top-level criterion needs its printed `number`"
        yield from _numbers_below(top, place, None, seen)


def _numbers_below(node: Any, place: Place, above: str | None, seen: dict[str, Place]) -> Iterator[tuple[Place, str]]:
    number = _mapping(node).get("number")
    if isinstance(number, str):
        if number in seen:
            yield (*place, "number"), f"number '{number}' stands here a second time; each printed number once"
        elif above is not None and not number.startswith(f"{above}."):
            yield (*place, "number"), f"number '{number}' stands below '{above}'; it must begin with '{above}.'"
        seen.setdefault(number, place)
        above = number
    for child_place, child in _children(node, place):
        yield from _numbers_below(child, child_place, above, seen)


def _unused(data: dict[Any, Any]) -> Iterator[tuple[Place, str]]:
    concepts = _mapping(data.get("concepts"))
    overlay = _mapping(data.get("contraindications"))
    used = {str(node.get("finding")) for _, node in _nodes(data)} | {str(overlay.get("conditional_concept"))}
    used |= {str(_mapping(item).get("concept")) for item in _sequence(overlay.get("items"))}
    used |= {str(name) for spec in concepts.values() for _, name in _list(spec, "contradicted_by", ())}
    for key, spec in concepts.items():
        if key not in used and not used & {str(broader) for _, broader in _list(spec, "is_a", ())}:
            yield (
                ("concepts", key),
                f"no criterion and no contraindication uses '{key}'; name it in one, or take it out",
            )


def _broader_in_circles(data: dict[Any, Any]) -> Iterator[tuple[Place, str]]:
    broader = {
        key: [str(b) for _, b in _list(spec, "is_a", ())] for key, spec in _mapping(data.get("concepts")).items()
    }
    for key in broader:
        reached, following = set[str](), list(broader[key])
        while following:
            name = following.pop()
            if name not in reached:
                reached.add(name)
                following += broader.get(name, [])
        if key in reached:
            yield ("concepts", key, "is_a"), f"'{key}' is, by `is_a`, broader than itself; take one `is_a` out"


def _rows_needed(data: dict[Any, Any], with_terms: set[str]) -> Iterator[tuple[Place, str]]:
    needed: list[tuple[Place, str, str]] = [(("concepts", key), "concept", key) for key in vocabulary(data)]
    needed += [(("groups", name), "group", f"@{name}") for name in _mapping(data.get("groups"))]
    needed += [(("others", index), "group", group) for index, group in enumerate(_other_groups(data))]
    for place, what, key in needed:
        if key not in with_terms:
            yield place, f"{what} '{key}' has no row in terms.csv and would never be found; add at least one"


def _other_groups(data: dict[Any, Any]) -> list[str]:
    return [f"@{_mapping(other).get('kind')}" for other in _sequence(data.get("others"))]


def _nodes(data: dict[Any, Any]) -> Iterator[tuple[Place, dict[Any, Any]]]:
    following: list[tuple[Place, Any]] = [(("criteria", i), n) for i, n in enumerate(_sequence(data.get("criteria")))]
    while following:
        place, node = following.pop(0)
        if isinstance(node, dict):
            yield place, node
        following[:0] = _children(node, place)


def _children(node: Any, place: Place) -> list[tuple[Place, Any]]:
    fields = ("any_of", "all_of")
    return [
        ((*place, field, i), child) for field in fields for i, child in enumerate(_sequence(_mapping(node).get(field)))
    ]


def _list(holder: Any, field: str, place: Place) -> Iterator[_Named]:
    for index, name in enumerate(_sequence(_mapping(holder).get(field))):
        yield _Named((*place, field, index), name)


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
