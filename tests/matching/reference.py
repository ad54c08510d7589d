"""The matcher once more, plainly, from docs/guideline-authoring.md and not from the code. Slow, small, no sharing.

Works with sets of places (start, end, status, facet, section), so that it says nothing about order.
"""

from __future__ import annotations

from itertools import product
from typing import Any

SUPPORTED, CONTRADICTED, CONFLICTING, UNCLEAR, NOT_FOUND = (
    "supported",
    "contradicted",
    "conflicting",
    "unclear",
    "not_found",
)


def place(item: Any) -> tuple[Any, ...]:
    return (item.start, item.end, str(item.status), item.facet, item.section)


def places(items: Any) -> frozenset[tuple[Any, ...]]:
    return frozenset(place(item) for item in items)


def criterion(node: Any, findings: Any, concepts: Any) -> tuple[str, frozenset[Any], frozenset[Any], frozenset[str]]:
    """Status, words for, words against, what is missing."""
    if node.finding:
        return leaf(node, findings, concepts)
    parts = [criterion(child, findings, concepts) for child in node.any_of or node.all_of]
    statuses = [part[0] for part in parts]
    if node.any_of:
        return alternatives(parts, statuses, node.missing)
    return conjunction(parts, statuses, node.within)


def alternatives(parts: Any, statuses: list[str], missing: str) -> Any:
    if SUPPORTED in statuses:
        supported = [part for part in parts if part[0] == SUPPORTED]
        return SUPPORTED, union(supported, 1), union(supported, 2), frozenset()
    doubtful = [part for part in parts if part[0] in (CONFLICTING, UNCLEAR)]
    if doubtful:
        status = CONFLICTING if CONFLICTING in statuses else UNCLEAR
        return status, union(doubtful, 1), union(doubtful, 2), union(doubtful, 3)
    status = CONTRADICTED if all(s == CONTRADICTED for s in statuses) else NOT_FOUND
    return status, union(parts, 1), union(parts, 2), frozenset([missing])


def conjunction(parts: Any, statuses: list[str], within: str) -> Any:
    if CONTRADICTED in statuses:
        status = CONTRADICTED
    elif NOT_FOUND in statuses:
        status = NOT_FOUND
    elif CONFLICTING in statuses:
        status = CONFLICTING
    elif UNCLEAR in statuses:
        status = UNCLEAR
    else:
        status = SUPPORTED
    if status == SUPPORTED and not any(near(choice, within) for choice in product(*(part[1] for part in parts))):
        return (
            UNCLEAR,
            union(parts, 1),
            union(parts, 2),
            frozenset([f"one {within} that states all parts of this together"]),
        )
    return status, union(parts, 1), union(parts, 2), union(parts, 3)


def near(choice: Any, within: str) -> bool:
    """Whether one quoted place from each part stand together."""
    if within == "section":
        return len({section for *_, section in choice}) == 1
    if within == "sentence":
        return max(end for _, end, *_ in choice) - min(start for start, *_ in choice) <= 250
    return True


def union(parts: Any, index: int) -> frozenset[Any]:
    return frozenset(item for part in parts for item in part[index])


def leaf(node: Any, findings: Any, concepts: Any) -> Any:
    found = findings.get(node.finding)
    concept = concepts.get(node.finding)
    status, for_it, against_it = NOT_FOUND, frozenset(), frozenset()
    if found is not None:
        role = {
            s: role_of(s, node, concept)
            for s in ("present", "absent", "family", "hypothetical", "historical_resolved", "uncertain")
        }
        said = whole(found) if node.facet is None else part(found, node.facet, role)
        if said is not None:
            status, for_it, against_it = judged(said, role)
    for key in concept.contradicted_by if concept else ():
        other = findings.get(key)
        if other is not None and other.status == "absent" and not other.conflicting:
            status = {SUPPORTED: CONFLICTING, NOT_FOUND: CONTRADICTED}.get(status, status)
            against_it = against_it | places(other.evidence)
    missing = frozenset() if status == SUPPORTED else frozenset([node.missing])
    return status, for_it, against_it, missing


def role_of(status: str, node: Any, concept: Any) -> str:
    """What a status does to a leaf: a status that the node names does what is said there, the others the default."""
    for role in ("supports", "unclear", "against"):
        if status in (getattr(node, role) or ()):
            return role
    if status == "present" and node.supports is None:
        return "supports"
    if status == "uncertain":
        if concept is not None and concept.uncertain_supports and node.supports is None:
            return "supports"
        return "unclear" if node.unclear is None else "nothing"
    if status == "absent" and node.against is None:
        return "against"
    return "nothing"


def whole(found: Any) -> Any:
    return str(found.status), found.evidence, found.counter_evidence, found.conflicting


def part(found: Any, facet: str, role: Any) -> Any:
    evidence = [item for item in found.evidence if item.facet == facet]
    counter = [item for item in found.counter_evidence if item.facet == facet]
    if evidence:
        statuses = [str(item.status) for item in evidence]
        if found.status in statuses:
            return str(found.status), evidence, counter, found.conflicting and len(counter) > 0
        best_first = sorted(statuses, key=lambda s: ["supports", "unclear", "against", "nothing"].index(role[s]))
        return best_first[0], evidence, counter, found.conflicting and len(counter) > 0
    overruled = role[found.status] not in ("supports", "unclear")
    for wanted in ["against"] if overruled else ["supports", "unclear", "against"]:
        said = [item for item in counter if role[item.status] == wanted]
        if said:
            return str(said[0].status), said, [item for item in counter if role[item.status] != wanted], False
    everything = [item for item in found.evidence if item.facet is None and item.status == found.status]
    if everything and role[found.status] == "against":
        return str(found.status), everything, counter, False
    return None


def judged(said: Any, role: Any) -> Any:
    status, evidence, counter, conflicting = said
    if role[status] == "supports":
        return CONFLICTING if conflicting else SUPPORTED, places(evidence), places(counter)
    if role[status] == "unclear":
        return UNCLEAR, places(evidence), places(counter)
    for_it = places(item for item in counter if role[item.status] in ("supports", "unclear"))
    against_it = places(evidence) | places(item for item in counter if role[item.status] not in ("supports", "unclear"))
    if role[status] == "against":
        return CONFLICTING if conflicting and for_it else CONTRADICTED, for_it, against_it
    return NOT_FOUND, for_it, against_it
