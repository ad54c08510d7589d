"""A guideline as data: what `guideline.yaml` and `terms.csv` of one folder say. Nothing here computes a result.

Field names are the keys of `guideline.yaml`; docs/guideline-authoring.md explains each for a clinician.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from chart_triage.records.chart_index import PageKind
from chart_triage.records.lexicon import Term
from chart_triage.records.mention import Status
from chart_triage.records.page import Record

ConceptKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FindingKey = Annotated[str, StringConstraints(pattern=r"^@?[a-z][a-z0-9_]*$")]
GuidelineId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ReferenceNumber = Annotated[int, Field(ge=1)]


class ConceptKind(StrEnum):
    """What sort of thing a concept is. A question is a purpose of the scan, not a disease."""

    DISEASE = "disease"
    QUESTION = "question"
    DEVICE = "device"
    IMAGING = "imaging"
    TREATMENT = "treatment"
    CONDITION = "condition"


class Ask(Record):
    """What the sender is asked for, in plain words that leave the answer open, and where it is mostly written.

    `text` stands in a letter after "Please send": a document or a statement. It names no disease that the records may
    or may not show, so that nobody is led to an answer.
    """

    text: Text
    found_in: tuple[PageKind, ...] = ()


class ConceptSpec(Record):
    """One thing that a chart can say about the patient.

    - `uncertain_supports`: doubt is the evidence itself ("recurrence versus necrosis"), so `uncertain` supports.
    - `is_a`: broader concepts that are set whenever this one is (MELAS is a mitochondrial disorder).
    - `contradicted_by`: concepts whose absence speaks against this one (no tumour, no differential of a glioma).
    - `presupposes`: concepts that the question takes for granted (recurrence: there is a known tumour).
    - `doubts`: concepts that the question leaves open when it names them as one side ("glioma or abscess"), unless its
      facet is one of `sure_facets` (low or high grade: the glioma is sure).
    - `ends_when_done`: the question is settled once the procedure was done (a biopsy that showed its result).
    - `facets`: the parts that criteria ask for one by one, key -> label (lymphoma of glioma_differential).
    - `ask`: what to ask the sender for where the records do not state it; left out, the criterion's `missing`.
    """

    label: Text
    kind: ConceptKind
    uncertain_supports: bool = False
    is_a: tuple[ConceptKey, ...] = ()
    contradicted_by: tuple[ConceptKey, ...] = ()
    presupposes: tuple[ConceptKey, ...] = ()
    doubts: tuple[ConceptKey, ...] = ()
    sure_facets: tuple[ConceptKey, ...] = ()
    ends_when_done: bool = False
    facets: dict[ConceptKey, Text] = Field(default_factory=dict)
    ask: Ask | None = None


class Note(Record):
    """Said to the reviewer when one of `when` has one of `status` in the chart; without `when`, always."""

    text: Text
    when: tuple[FindingKey, ...] = ()
    status: tuple[Status, ...] = (Status.PRESENT, Status.UNCERTAIN)


class Erratum(Record):
    """A slip of the printed document and how it is read here; shown to the reviewer when one of `when` is found."""

    printed: Text
    read_as: Text
    why: Text
    when: tuple[FindingKey, ...] = ()


class Rule(StrEnum):
    ANY = "any"
    ALL = "all"
    FINDING = "finding"


class GroupSpec(Record):
    """Words for several concepts at once ("implanted devices"), the rows "@name" of terms.csv.

    A negated group counts against each member, marked as a statement about the group; a group that is affirmed says
    nothing about a single member.
    """

    label: Text
    members: Annotated[tuple[ConceptKey, ...], Field(min_length=1)]


class Node(Record):
    """A criterion or a part of one: any of some nodes, all of some nodes, or a finding.

    - `number`: as printed; a part without a number of its own is not reported by itself.
    - `label`: our short paraphrase. `reading`: how we understand the print; shown by `guideline show`.
    - `supports`, `unclear`, `against`: statuses of the finding. Left out: present supports (uncertain too where the
      concept says so), uncertain is unclear, absent speaks against. Any other status is "not found".
    - `missing`: what the record would have to contain, in words that can stand in a letter.
    - `ask`: what to ask the sender for instead of `missing`; on a finding it goes before its concept's.
    - `within` (of `all_of`): how near the parts' words must stand for the whole to be supported.
    """

    number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]+(\.[0-9A-Za-z]+)*$")] | None = None
    label: Text
    any_of: tuple[Node, ...] = ()
    all_of: tuple[Node, ...] = ()
    finding: FindingKey | None = None
    facet: ConceptKey | None = None
    supports: tuple[Status, ...] | None = None
    unclear: tuple[Status, ...] | None = None
    against: tuple[Status, ...] | None = None
    missing: str = ""
    ask: Ask | None = None
    within: Literal["document", "section", "sentence"] = "document"
    reading: str = ""
    notes: tuple[Note, ...] = ()
    errata: tuple[Erratum, ...] = ()
    references: tuple[ReferenceNumber, ...] = ()

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if sum(map(bool, (self.any_of, self.all_of, self.finding))) != 1:
            raise ValueError("a criterion needs exactly one of `any_of`, `all_of` and `finding`, and that not empty")
        if not self.finding and (self.facet or self.supports or self.unclear or self.against):
            raise ValueError("`facet`, `supports`, `unclear` and `against` belong to a `finding`")
        if not self.all_of and self.within != "document":
            raise ValueError("`within` belongs to `all_of`")
        if not self.all_of and not self.missing:
            raise ValueError("`missing` is empty: say what the record would have to contain")
        stated = [*(self.supports or ()), *(self.unclear or ()), *(self.against or ())]
        if len(stated) != len(set(stated)):
            raise ValueError("a status may stand in only one of `supports`, `unclear` and `against`, and once")
        return self

    @property
    def rule(self) -> Rule:
        return Rule.FINDING if self.finding else Rule.ANY if self.any_of else Rule.ALL

    @property
    def children(self) -> tuple[Node, ...]:
        return self.any_of or self.all_of

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()


class Window(Record):
    """A stretch of `days` that ends at the first known of the dates in `before`; the result says which was used."""

    days: Annotated[int, Field(ge=1)]
    before: Annotated[tuple[Literal["planned_scan", "request", "note"], ...], Field(min_length=1)]


class SafetyAsks(Record):
    """What to ask for about a device or condition; "{device}" in a text becomes its label.

    - `condition`: it is in place, and the records do not say under which conditions it may be scanned.
    - `conflict`: the records contradict themselves. `unsure`: they leave it open (a stent without a date).
    """

    condition: Ask | None = None
    conflict: Ask | None = None
    unsure: Ask | None = None


class RequestAsks(Record):
    """What to ask for whatever the criteria are. "{pages}" in `unread_pages` becomes "page 3" or "pages 3 and 4".

    `nothing_found`: when the records say nothing for any criterion.
    """

    nothing_found: tuple[Ask, ...] = (Ask(text="the note that says why this scan was ordered"),)
    unread_pages: Ask = Ask(text="a clear copy of {pages}")


class Contraindication(Record):
    """A device or condition of the safety list.

    `accepts_conditional`: a stated MR condition is shown beside it. `measure`: the condition can also be read from two
    numbers, a weight or BMI and the scanner's limit. `asks`: where the safety list's own do not fit.
    """

    concept: ConceptKey
    label: Text | None = None
    accepts_conditional: bool = False
    window: Window | None = None
    measure: Literal["body_size"] | None = None
    asks: SafetyAsks = SafetyAsks()
    reading: str = ""
    notes: tuple[Note, ...] = ()


class SafetyList(Record):
    """The overlay: whatever the criteria say, one of these calls for an MRI safety check.

    `conditional_concept` is the concept that says that an implant is MR conditional or safe.
    """

    label: Text
    items: Annotated[tuple[Contraindication, ...], Field(min_length=1)]
    conditional_concept: ConceptKey | None = None
    asks: SafetyAsks = SafetyAsks()
    reading: str = ""
    references: tuple[ReferenceNumber, ...] = ()


class OtherSpec(Record):
    """Shown to the reviewer without a flag. Its words are the rows of terms.csv with the key `group`.

    `kind` is its key, `concept_kind` what sort of thing its words name. `measure` "age": ages up to the scope's limit,
    counted from a date of birth, belong to it as well.
    """

    kind: ConceptKey
    label: Text
    concept_kind: ConceptKind = ConceptKind.DISEASE
    measure: Literal["age"] | None = None
    statuses: tuple[Status, ...] = (Status.PRESENT, Status.UNCERTAIN)
    reading: str = ""

    @property
    def group(self) -> str:
        return f"@{self.kind}"


class ProcedureCode(Record):
    system: Text
    code: Text
    label: Text


class Scope(Record):
    """What the guideline is about. `pediatric_max_age` (years) is for a note and never a gate."""

    region: Text
    ages: Text
    pediatric_max_age: Annotated[int, Field(ge=0)] | None = None
    notes: tuple[Text, ...] = ()


class Change(Record):
    dated: date
    summary: Text


class Guideline(Record):
    """One version of one guideline. `criteria` are the top-level indications; any of them is enough.

    `family` is the name that all its versions share; this one counts from `effective` to `ends`, both days included.
    `ambiguous` are abbreviations that never count without a condition in terms.csv: abbreviation -> other meanings.
    `request_letter` is the text of `request_letter.md`, "" where the folder has none. `sha256` covers names and bytes
    of all files of the folder.
    """

    id: GuidelineId
    family: GuidelineId | None = None
    title: Text
    publisher: Text
    version: Text
    effective: date
    ends: date | None = None
    effective_note: str = ""
    last_review: date | None = None
    previous_review: date | None = None
    initiated: date | None = None
    scope: Scope
    codes: Annotated[tuple[ProcedureCode, ...], Field(min_length=1)]
    concepts: Annotated[dict[ConceptKey, ConceptSpec], Field(min_length=1)]
    contraindications: SafetyList
    criteria: Annotated[tuple[Node, ...], Field(min_length=1)]
    others: tuple[OtherSpec, ...] = ()
    requests: RequestAsks = RequestAsks()
    groups: dict[ConceptKey, GroupSpec] = Field(default_factory=dict)
    ambiguous: dict[Text, Text] = Field(default_factory=dict)
    references: dict[ReferenceNumber, Text]
    changes: tuple[Change, ...] = ()
    terms: tuple[Term, ...]
    request_letter: str = ""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @field_validator("ends")
    @classmethod
    def _ends_after_it_begins(cls, ends: date | None, info: ValidationInfo) -> date | None:
        effective = info.data.get("effective")  # not there where it is no date itself
        if ends is not None and effective is not None and ends < effective:
            raise ValueError(f"`ends` ({ends}) lies before `effective` ({effective}); change one of them")
        return ends

    def numbered(self) -> tuple[Node, ...]:
        """All criteria that carry a printed number, in printed order."""
        return tuple(node for top in self.criteria for node in top.walk() if node.number)
