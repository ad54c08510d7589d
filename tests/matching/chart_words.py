"""Short ways to write findings and guidelines in tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.guideline import ConceptSpec, Guideline, Node, OtherSpec, ProcedureCode, SafetyList, Scope
from chart_triage.records.mention import Cue, Status

PLACE_WIDTH = 10


def words(
    status: str, at: int = 0, text: str = "words", facet: str | None = None, section: str | None = None
) -> Evidence:
    """One piece of evidence at character `at`."""
    return Evidence(start=at, end=at + PLACE_WIDTH, text=text, status=Status(status), facet=facet, section=section)


def planned(concept: str) -> Finding:
    """A device that is to be placed in this patient: a cue says so."""
    quote = words("hypothetical", text=concept).model_copy(
        update={"cues": (Cue(text="scheduled for", kind="planned"),)}
    )
    return Finding(concept=concept, status=Status.HYPOTHETICAL, evidence=(quote,))


def finding(
    concept: str,
    status: str,
    *,
    at: int = 0,
    facet: str | None = None,
    section: str | None = None,
    counter: Iterable[Evidence] = (),
    conflicting: bool = False,
) -> Finding:
    return Finding(
        concept=concept,
        status=Status(status),
        evidence=(words(status, at, concept, facet, section),),
        counter_evidence=tuple(counter),
        conflicting=conflicting,
    )


def findings(**statuses: str) -> dict[str, Finding]:
    """`findings(krabbe="present")`; each concept's words stand at a place of their own."""
    return {key: finding(key, status, at=100 * place) for place, (key, status) in enumerate(sorted(statuses.items()))}


def guideline_of(criteria: Iterable[Node], concepts: Mapping[str, ConceptSpec]) -> Guideline:
    """A guideline around a tree; its safety list holds the first concept."""
    return Guideline.model_validate(
        {
            "id": "made-for-a-test",
            "title": "made for a test",
            "publisher": "nobody",
            "version": "1",
            "effective": date(2026, 1, 1),
            "scope": Scope(region="brain", ages="all"),
            "codes": (ProcedureCode(system="CPT", code="0", label="none"),),
            "concepts": dict(concepts),
            "contraindications": SafetyList.model_validate({"label": "safety", "items": [{"concept": min(concepts)}]}),
            "criteria": tuple(criteria),
            "others": (OtherSpec(kind="other_implant", label="another implant"),),
            "references": {},
            "terms": (),
            "sha256": "0" * 64,
        }
    )
