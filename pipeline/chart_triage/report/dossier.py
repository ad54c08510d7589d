"""A determination laid out for reading: what both the PDF and the HTML report show, in the order they show it.

The rows are those of the determination; nothing is judged anew. Passages are numbered in the order of the rows, and
a passage that several rows cite is one `Citation`, so that it is highlighted once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from chart_triage.records.chart import Chart
from chart_triage.records.determination import (
    ContraindicationResult,
    ContraindicationStatus,
    CriterionResult,
    CriterionStatus,
    Determination,
    OtherFinding,
)
from chart_triage.records.finding import Evidence
from chart_triage.records.geometry import Box
from chart_triage.records.guideline import Guideline, Node, Rule
from chart_triage.records.mention import Status
from chart_triage.report import palette, wording
from chart_triage.report.doubts import doubtful_words
from chart_triage.report.implant_words import implant_line
from chart_triage.report.lines import Line, text_lines
from chart_triage.report.quotes import Piece, quote

Side = Literal["for", "against"]
Kind = Literal["safety", "criterion", "other"]

# Evidence with these statuses says that there is nothing to be careful about: it is not drawn in the safety colour.
_HARMLESS = {Status.ABSENT, Status.FAMILY}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: `start`/`end` in the page's text, `lines` empty where the page has no boxes."""

    page: int
    start: int
    end: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A row's reference to a passage. `number` is the citation's; `pieces` quote it in context.

    `doubt` names the words that OCR was not sure of, empty where there are none.
    """

    number: int
    evidence: Evidence
    page: int
    pieces: tuple[Piece, ...]
    why: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A contraindication, a criterion or another finding.

    `badge` is what stands on the page beside its passages ("1.b", "MRI"), `depth` its level in the tree, `status` the
    machine word and `status_words` the plain ones. Passages that a part of the criterion cites are left to that part:
    `parts_citing` names those parts. `rule` says which of its parts the criterion needs.
    """

    kind: Kind
    key: str
    badge: str
    label: str
    depth: int
    status: str
    status_words: str
    tone: palette.Tone
    speaks_for: tuple[Cited, ...]
    speaks_against: tuple[Cited, ...]
    parts_citing: tuple[str, ...] = ()
    rule: str = ""
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A row that cites a passage, as the highlight on the page tells it."""

    row: Row
    side: Side
    evidence: Evidence
    doubt: str = ""

    @property
    def sign(self) -> str:
        """`"+1.b"` or `"−1.b"`: which criterion, and whether the passage speaks for or against it; else "MRI"."""
        if self.row.kind != "criterion":
            return self.row.badge
        return f"{'+' if self.side == 'for' else '−'}{self.row.badge}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A highlighted passage with all rows that cite it (at least one)."""

    number: int
    places: tuple[Place, ...]
    uses: tuple[Use, ...]

    @property
    def tone(self) -> palette.Tone:
        """Safety before all else, then the first criterion it speaks for, then the rest."""
        tones = [_tone(use) for use in self.uses]
        ranked = (palette.SAFETY, *(t for t in tones if t in palette.GROUPS), palette.OTHER, palette.AGAINST)
        return next(tone for tone in ranked if tone in tones)


@dataclass(frozen=True, slots=True)
class Dossier:
    safety: tuple[Row, ...]
    criteria: tuple[Row, ...]
    others: tuple[Row, ...]
    citations: tuple[Citation, ...]

    def on_page(self, number: int) -> list[tuple[Citation, Place]]:
        """The passages of a page, from top to bottom of its text."""
        found = [(c, place) for c in self.citations for place in c.places if place.page == number]
        return sorted(found, key=lambda pair: (pair[1].start, pair[0].number))


def lay_out(chart: Chart, determination: Determination, guideline: Guideline | None = None) -> Dossier:
    """Rows and citations of `determination`, whose offsets count in `chart.text`.

    `guideline` adds to each criterion which of its parts it needs.
    """
    builder = _Builder(chart, determination, guideline)
    safety = tuple(builder.contraindication(k, r) for k, r in determination.contraindications.items())
    groups = list(dict.fromkeys(key.partition(".")[0] for key in determination.criteria))
    criteria = tuple(
        builder.criterion(key, result, determination.criteria, groups.index(key.partition(".")[0]))
        for key, result in determination.criteria.items()
    )
    others = tuple(builder.other(finding) for finding in determination.others)
    return Dossier(safety, criteria, others, builder.citations((*safety, *criteria, *others)))


def joined(rows: Iterable[Row]) -> list[Row]:
    """Rows that say the same by the same passages as one: "no implanted devices" speaks of each device on the list."""
    alike: dict[tuple[object, ...], Row] = {}
    for row in rows:
        passages = (tuple(c.number for c in row.speaks_for), tuple(c.number for c in row.speaks_against))
        key = (row.status, row.notes, *passages)
        first = alike.get(key)
        alike[key] = row if first is None else replace(first, label=f"{first.label}; {row.label}")
    return list(alike.values())


class _Builder:
    """Numbers each passage when it is first cited."""

    def __init__(self, chart: Chart, determination: Determination, guideline: Guideline | None) -> None:
        self._text = chart.text
        self._starts = chart.page_starts()
        self._chart = chart
        self._rules = {node.number: _rule(node) for node in guideline.numbered()} if guideline else {}
        self._numbers: dict[tuple[int, int], int] = {}
        results = determination.criteria.values()
        self._shared = Counter(s for r in results for s in {_span(e) for e in (*r.evidence, *r.counter_evidence)})

    def contraindication(self, key: str, result: ContraindicationResult) -> Row:
        quiet = result.status in (ContraindicationStatus.ABSENT, ContraindicationStatus.NOT_DOCUMENTED)
        return Row(
            kind="safety",
            key=key,
            badge="MRI",
            label=result.label,
            depth=0,
            status=result.status,
            status_words=wording.CONTRAINDICATION[result.status],
            tone=palette.AGAINST if quiet else palette.SAFETY,
            speaks_for=self._cited(result.evidence),
            speaks_against=self._cited(result.counter_evidence),
            notes=(*map(implant_line, result.implants), *result.notes),
        )

    def criterion(self, key: str, result: CriterionResult, criteria: dict[str, CriterionResult], group: int) -> Row:
        parts = {k: r for k, r in criteria.items() if k.startswith(f"{key}.")}
        spans_for = {_span(e) for r in parts.values() for e in r.evidence}
        spans_against = {_span(e) for r in parts.values() for e in r.counter_evidence}
        mine = {_span(e) for e in (*result.evidence, *result.counter_evidence)}
        citing = [k for k, r in parts.items() if mine & {_span(e) for e in (*r.evidence, *r.counter_evidence)}]
        return Row(
            kind="criterion",
            key=key,
            badge=key,
            label=result.label,
            depth=key.count("."),
            status=result.status,
            status_words=wording.CRITERION[result.status],
            tone=palette.of_group(group),
            speaks_for=self._cited(e for e in result.evidence if _span(e) not in spans_for),
            speaks_against=self._cited(e for e in result.counter_evidence if _span(e) not in spans_against),
            parts_citing=tuple(k for k in citing if not any(other.startswith(f"{k}.") for other in citing)),
            rule=self._rules.get(key, ""),
            missing=() if result.status is CriterionStatus.SUPPORTED else result.missing,
            notes=result.notes,
        )

    def other(self, finding: OtherFinding) -> Row:
        return Row(
            kind="other",
            key=finding.kind,
            badge="other",
            label=finding.label,
            depth=0,
            status="shown",
            status_words="Shown for your attention",
            tone=palette.OTHER,
            speaks_for=self._cited(finding.evidence),
            speaks_against=(),
            notes=tuple(map(implant_line, finding.implants)),
        )

    def citations(self, rows: Iterable[Row]) -> tuple[Citation, ...]:
        uses: dict[int, list[Use]] = {}
        for row in rows:
            for side, cited in (("for", row.speaks_for), ("against", row.speaks_against)):
                for one in cited:
                    uses.setdefault(one.number, []).append(
                        Use(row, "for" if side == "for" else "against", one.evidence, one.doubt)
                    )
        return tuple(Citation(n, self._places(found[0].evidence), tuple(found)) for n, found in sorted(uses.items()))

    def _cited(self, evidence: Iterable[Evidence]) -> tuple[Cited, ...]:
        """References in the given order, but what few criteria cite before what many do: it says more about each."""
        return tuple(
            Cited(
                number=self._numbers.setdefault(_span(e), len(self._numbers) + 1),
                evidence=e,
                page=self._places(e)[0].page,
                pieces=quote(self._text, e),
                why=wording.why(e),
                doubt=wording.doubt(doubtful_words(self._chart, self._starts, e)),
            )
            for e in sorted(evidence, key=lambda e: self._shared[_span(e)])
        )

    def _places(self, evidence: Evidence) -> tuple[Place, ...]:
        """Each page that the passage touches. The evidence's own boxes count on its page, the chart's on others."""
        located = dict(self._chart.locate(evidence.start, evidence.end))
        boxes = dict(located)
        if evidence.page is not None and evidence.boxes:
            boxes[evidence.page] = tuple(Box(*corners) for corners in evidence.boxes)
        places = []
        for page in sorted(boxes):
            origin = self._starts[page - 1]
            length = len(self._chart.pages[page - 1].text)
            start = min(max(evidence.start - origin, 0), length)
            end = min(max(evidence.end - origin, start), length)
            places.append(Place(page, start, end, text_lines(boxes[page])))
        placed = tuple(place for place in places if place.lines)
        return placed or tuple(places)


def _rule(node: Node) -> str:
    if node.rule is Rule.ANY:
        return "Any one of its parts is enough." if any(child.number for child in node.children) else ""
    if node.rule is Rule.ALL:
        return f"All of these: {'; '.join(child.label for child in node.children)}."
    return ""


def _span(evidence: Evidence) -> tuple[int, int]:
    return (evidence.start, evidence.end)


def _tone(use: Use) -> palette.Tone:
    if use.side == "against":
        return palette.AGAINST
    if use.row.kind == "safety":
        return palette.AGAINST if use.evidence.status in _HARMLESS else palette.SAFETY
    return use.row.tone
