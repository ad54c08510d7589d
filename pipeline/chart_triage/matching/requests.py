"""The shortest list of documents or statements to ask the sender for. How it is chosen: docs/requests.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from chart_triage.matching.completion import (
    Part,
    Together,
    Wanted,
    Ways,
    read_tree,
    supported_with,
    ways_to_complete,
)
from chart_triage.records.determination import (
    Assessment,
    ContraindicationResult,
    ContraindicationStatus,
    CriterionStatus,
)
from chart_triage.records.finding import Finding
from chart_triage.records.guideline import Ask, ConceptKind, Contraindication, Guideline, Rule
from chart_triage.records.mention import Status
from chart_triage.records.request import RequestItem, RequestReason

EQUALLY_NEAR = 3  # criteria at most that are asked for side by side
_INDICATIONS = frozenset({ConceptKind.DISEASE, ConceptKind.QUESTION})
_SPEAKING = frozenset({CriterionStatus.SUPPORTED, CriterionStatus.UNCLEAR, CriterionStatus.CONFLICTING})
_SETTLED_CONDITION = frozenset({Status.PRESENT, Status.ABSENT})


def wanted(
    findings: Mapping[str, Finding],
    assessment: Assessment,
    guideline: Guideline,
    unread_pages: Collection[int] = (),
) -> tuple[RequestItem, ...]:
    """What would complete the nearest criterion or criteria, settle the safety list, and replace unread pages.

    `assessment` is what `evaluate` made of the same findings and guideline. Empty where nothing is missing. The same
    words are asked for once.
    """
    items = [*_for_criteria(findings, guideline), *_for_safety(findings, assessment, guideline)]
    if unread_pages:
        items.append(_clear_copy(sorted(unread_pages), guideline))
    return tuple(_merged(items))


def documented_share(findings: Mapping[str, Finding], guideline: Guideline) -> float:
    """How much of the nearest criterion the records hold: 1 where one is supported, 0 where nothing speaks for any."""
    tops = _trees(findings, guideline)
    if any(top.supported for top in tops):
        return 1.0
    return max((way.documented for way in _nearest(tops, guideline)), default=0.0)


def _trees(findings: Mapping[str, Finding], guideline: Guideline) -> list[Part]:
    return [read_tree(top, findings, guideline.concepts) for top in guideline.criteria]


def _nearest(tops: Sequence[Part], guideline: Guideline) -> list[Ways]:
    """The criteria with the fewest missing statements among those that the records speak for, the nearest first.

    To speak for one takes a disease or a question of it: an MRI or a treatment alone is no reason for the examination.
    """

    def speaks(leaf: Part) -> bool:
        concept = guideline.concepts.get(leaf.node.finding or "")
        return leaf.outcome.status in _SPEAKING and concept is not None and concept.kind in _INDICATIONS

    found = [way for top in tops if any(map(speaks, top.leaves())) and (way := ways_to_complete(top)).sets]
    least = min((way.size for way in found), default=0)
    near = [way for way in found if way.size == least]
    return sorted(near, key=lambda way: (-way.doubts, -way.held))[:EQUALLY_NEAR]


def _for_criteria(findings: Mapping[str, Finding], guideline: Guideline) -> Iterator[RequestItem]:
    tops = _trees(findings, guideline)
    if any(top.supported for top in tops):
        return
    near = _nearest(tops, guideline)
    for way in near:
        for ask in _asks(way, guideline):
            number = way.top.node.number
            yield RequestItem(
                text=ask.text,
                reason=RequestReason.CRITERION,
                found_in=ask.found_in,
                criteria=(number,) if number else (way.top.node.label,),
            )
    if not near and not any(top.in_doubt for top in tops):  # a doubt that nothing can be asked about: the reviewer's
        for ask in guideline.requests.nothing_found:
            yield RequestItem(text=ask.text, reason=RequestReason.NOTHING_FOUND, found_in=ask.found_in)


def _asks(way: Ways, guideline: Guideline) -> list[Ask]:
    """One ask for each statement that every way needs; for the rest, the ask of the choice that the ways make.

    Where several statements would do ("one of eight diseases") the `any_of` around them is asked for, so that the
    question leads to none of them. Should that make the list longer than one of the ways is, that way is taken.
    """
    sure = frozenset.intersection(*way.sets)
    choices = list(_open_choices(way.top, sure))
    if len(sure) + len(choices) > way.size:
        sure, choices = way.sets[0], []
    asks = [_ask_of(item, way.top, guideline) for item in _in_order(sure, way.top)]
    asks += [choice.node.ask or Ask(text=choice.node.missing) for choice in choices]
    return list(dict.fromkeys(asks))


def _open_choices(part: Part, added: Collection[Wanted]) -> Iterator[Part]:
    """The outermost `any_of`s that still have to be made supported."""
    if supported_with(part, added):
        return
    if part.node.rule is Rule.ANY:
        yield part
    for child in part.parts if part.node.rule is Rule.ALL else ():
        yield from _open_choices(child, added)


def _in_order(items: Collection[Wanted], top: Part) -> list[Wanted]:
    """Statements as printed, then what must be said together."""
    printed = list(dict.fromkeys(leaf.statement for leaf in top.leaves() if leaf.statement))
    together = sorted(item for item in items if isinstance(item, Together))
    return [*(item for item in printed if item in items), *together]


def _ask_of(item: Wanted, top: Part, guideline: Guideline) -> Ask:
    if isinstance(item, Together):
        return Ask(text=f"one {item.within} that says all of this together")
    node = next(leaf.node for leaf in top.leaves() if leaf.statement == item and leaf.open and not leaf.supported)
    concept = guideline.concepts.get(item.finding)
    return node.ask or (concept.ask if concept else None) or Ask(text=node.missing)


def _for_safety(findings: Mapping[str, Finding], assessment: Assessment, guideline: Guideline) -> Iterator[RequestItem]:
    for item in guideline.contraindications.items:
        result = assessment.contraindications[item.concept]
        finding = findings.get(item.concept)
        asked = finding and _safety_ask(item, result, finding, assessment, guideline)
        if asked:
            reason, ask = asked
            text = ask.text.replace("{device}", _mid_sentence(result.label))
            yield RequestItem(text=text, reason=reason, found_in=ask.found_in, concepts=(item.concept,))


def _safety_ask(
    item: Contraindication,
    result: ContraindicationResult,
    finding: Finding,
    assessment: Assessment,
    guideline: Guideline,
) -> tuple[RequestReason, Ask] | None:
    own, general = item.asks, guideline.contraindications.asks
    if finding.conflicting:
        reason, ask = RequestReason.SAFETY_CONFLICT, own.conflict or general.conflict
    elif result.status is ContraindicationStatus.UNCERTAIN:
        reason, ask = RequestReason.SAFETY_QUESTION, own.unsure or general.unsure
    elif result.status is ContraindicationStatus.PRESENT and item.accepts_conditional:
        reason, ask = RequestReason.IMPLANT_CONDITION, own.condition or general.condition
        if _condition_known(result, assessment, guideline):
            return None
    else:
        return None
    return (reason, ask) if ask else None


def _condition_known(result: ContraindicationResult, assessment: Assessment, guideline: Guideline) -> bool:
    """Whether the records say of this device that it is, or is not, MR conditional or safe."""
    stated = assessment.concepts.get(guideline.contraindications.conditional_concept or "")
    said = (*stated.evidence, *stated.counter_evidence) if stated else ()
    return any(item in said and item.status in _SETTLED_CONDITION for item in result.evidence)


def _clear_copy(pages: Sequence[int], guideline: Guideline) -> RequestItem:
    ask = guideline.requests.unread_pages
    text = ask.text.replace("{pages}", _page_list(pages))
    return RequestItem(text=text, reason=RequestReason.UNREAD_PAGES, found_in=ask.found_in, pages=tuple(pages))


def _page_list(pages: Sequence[int]) -> str:
    """
    >>> _page_list([3]), _page_list([1, 3, 4, 5, 9, 10])
    ('page 3', 'pages 1, 3 to 5, 9 and 10')
    """
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    told = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    parts = ", ".join(told).split(", ")
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"{'page' if len(pages) == 1 else 'pages'} {listed}"


def _mid_sentence(label: str) -> str:
    """The label as it stands within a sentence: "pacemaker", but "ICD"."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _merged(items: Iterable[RequestItem]) -> Iterator[RequestItem]:
    """The same text of the same reason once, for all criteria and concepts that it serves."""
    together: dict[tuple[str, RequestReason], list[RequestItem]] = {}
    for item in items:
        together.setdefault((item.text, item.reason), []).append(item)
    for group in together.values():
        yield group[0].model_copy(
            update={
                field: tuple(dict.fromkeys(value for item in group for value in getattr(item, field)))
                for field in ("criteria", "concepts", "found_in")
            }
        )
