"""The result for one chart: what speaks for and against each criterion. It suggests; a human decides."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chart_triage.records.chart import ChartWarning
from chart_triage.records.chart_index import ChartIndex, PageNumber
from chart_triage.records.finding import Evidence
from chart_triage.records.implant import Implant
from chart_triage.records.mention import Status, TargetAssertion
from chart_triage.records.page import FaxBanner, FormRow, PageSource, Record
from chart_triage.records.request import RequestData, RequestItem
from chart_triage.records.triage import Triage

DETERMINATION_NAME = "determination.json"


class CriterionStatus(StrEnum):
    """Three-valued logic with two shades of doubt. Silence is `not_found`, never "no"."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    CONFLICTING = "conflicting"
    UNCLEAR = "unclear"
    NOT_FOUND = "not_found"


class ContraindicationStatus(StrEnum):
    PRESENT = "present"
    PRESENT_MR_CONDITIONAL = "present_mr_conditional"
    PLANNED = "planned"
    REMOVED = "removed"
    UNCERTAIN = "uncertain"
    ABSENT = "absent"
    NOT_DOCUMENTED = "not_documented"


class Suggestion(StrEnum):
    """What the program suggests to the human who decides. There is no negative suggestion."""

    CRITERIA_SUPPORTED = "criteria_supported"
    MORE_INFORMATION_NEEDED = "more_information_needed"
    NEEDS_CLINICAL_REVIEW = "needs_clinical_review"


class ConceptResult(Record):
    status: Status
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    counter_evidence: tuple[Evidence, ...] = ()


class CriterionResult(Record):
    """`label` is our short paraphrase; `missing` says in plain words what would complete the criterion.

    Invariant: supported, contradicted and conflicting carry the evidence that made them so.
    """

    label: str
    status: CriterionStatus
    evidence: tuple[Evidence, ...] = ()
    counter_evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _cited(self) -> Self:
        if self.status is CriterionStatus.SUPPORTED and not self.evidence:
            raise ValueError("a supported criterion needs evidence")
        if self.status is CriterionStatus.CONTRADICTED and not self.counter_evidence:
            raise ValueError("a contradicted criterion needs counter-evidence")
        if self.status is CriterionStatus.CONFLICTING and not (self.evidence and self.counter_evidence):
            raise ValueError("a conflicting criterion needs evidence on both sides")
        return self


class ContraindicationResult(Record):
    """One device or condition of the guideline's MRI safety list. `notes` show arithmetic and stated MR conditions.

    `implants`: what the record says of the device itself, one each where there are several.
    """

    label: str
    status: ContraindicationStatus
    evidence: tuple[Evidence, ...] = ()
    counter_evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    implants: tuple[Implant, ...] = ()

    @model_validator(mode="after")
    def _cited(self) -> Self:
        if self.status is not ContraindicationStatus.NOT_DOCUMENTED and not self.evidence:
            raise ValueError(f"contraindication status {self.status} needs evidence")
        return self


class OtherFinding(Record):
    """Shown to the reviewer though no criterion names it: another implant, an unlisted metabolic disease.

    `kind` and `label` are those of the guideline's `others`.
    """

    kind: str
    label: str
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    implants: tuple[Implant, ...] = ()


class PageSummary(Record):
    """`unclear`: regions of a scan where hardly a word was read, as (x0, y0, x1, y1) in points of the upright page."""

    number: Annotated[int, Field(ge=1)]
    source: PageSource
    kind: str
    rotation: Literal[0, 90, 180, 270]
    readable: bool
    legibility: Annotated[float, Field(ge=0, le=1)] | None = None
    unclear: tuple[tuple[float, float, float, float], ...] = ()
    fax: FaxBanner | None = None


class ChartSummary(Record):
    sha256: str
    pages: tuple[PageSummary, ...]


class GuidelineRef(Record):
    id: str
    version: str
    effective: str


class Inputs(Record):
    """What was given beside the chart and has a say in the result, so that a replay can use the same.

    `request` is what the caller told of it; `set_aside` and `taken_back` are pages as a reviewer decided. The limits
    are the site's settings (kilograms, kg/m2), None where they are not set.
    """

    request: RequestData = RequestData()
    set_aside: tuple[PageNumber, ...] = ()
    taken_back: tuple[PageNumber, ...] = ()
    scanner_weight_limit_kg: float | None = None
    scanner_bmi_limit: float | None = None


class Versions(Record):
    """What made this result: code version and checksums of the data that was used; `ocr` names engine and models."""

    chart_triage: str
    guideline_sha256: str
    lexicons_sha256: str
    models_sha256: str
    ocr: str | None = None


class Assessment(Record):
    """What the matching stage concludes. Keys of `criteria` are the printed numbers, in the guideline's order."""

    concepts: dict[str, ConceptResult]
    criteria: dict[str, CriterionResult]
    contraindications: dict[str, ContraindicationResult]
    others: tuple[OtherFinding, ...] = ()
    suggestion: Suggestion
    flags: tuple[Literal["mri_safety_check"], ...] = ()
    warnings: tuple[ChartWarning, ...] = ()


class Determination(Assessment):
    """An assessment of a chart, with what it was made from: `determination.json`.

    `requests` is the shortest list of what to ask the sender for, `triage` how soon the chart must be decided;
    `form_rows` are the rows of all forms on pages that count, by page, with offsets into the whole chart's text.
    """

    requests: tuple[RequestItem, ...] = ()
    triage: Triage | None = None
    form_rows: tuple[FormRow, ...] = ()
    chart: ChartSummary
    index: ChartIndex | None = None
    guideline: GuidelineRef
    inputs: Inputs = Inputs()
    versions: Versions


class Annotation(Assessment):
    """An assessment of a bare text, as `chart-triage annotate` writes it."""

    id: str
    targets: tuple[TargetAssertion, ...] = ()
