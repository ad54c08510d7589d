"""The rows beside the pages: each criterion, device and other finding with its evidence, and what reviewers said.

Stops are the pieces of evidence in the order in which a reviewer walks through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chart_triage.records.determination import ContraindicationStatus, CriterionStatus
from chart_triage.report import wording
from chart_triage.report.dossier import Cited, Dossier, Row, Side
from chart_triage.report.quotes import Piece
from chart_triage.store.reviews import Decision, Note, Review

TAGS = {
    CriterionStatus.SUPPORTED.value: "good",
    CriterionStatus.CONTRADICTED.value: "bad",
    CriterionStatus.CONFLICTING.value: "doubt",
    CriterionStatus.UNCLEAR.value: "warn",
    ContraindicationStatus.PRESENT.value: "bad",
    ContraindicationStatus.PRESENT_MR_CONDITIONAL.value: "warn",
    ContraindicationStatus.PLANNED.value: "warn",
    ContraindicationStatus.UNCERTAIN.value: "doubt",
}
"""The look of a status; those not named here are plain."""

_QUIET = (ContraindicationStatus.ABSENT.value, ContraindicationStatus.NOT_DOCUMENTED.value)
_LEADING = (CriterionStatus.SUPPORTED.value, CriterionStatus.CONFLICTING.value)
_SIDES: tuple[Side, Side] = ("for", "against")

Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a page that a row cites. `start`, `end` count in the page's text; `boxes` in points, one a line."""

    number: int
    row: str
    side: Side
    page: int
    start: int
    end: int
    boxes: tuple[Corners, ...]
    tone: str
    sign: str


@dataclass(frozen=True, slots=True)
class ShownCitation:
    """One piece of evidence. `by` is the reviewer who added it, "" for the program's own; `version` their step."""

    stop: int
    page: int
    side: Side
    pieces: tuple[Piece, ...]
    why: str
    doubt: str = ""
    section: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`id` is the row's place in the page; `key` what decisions name.

    `silent`: a part of a criterion of which the records say nothing at all; shown on demand.
    """

    id: str
    key: str
    kind: str
    label: str
    depth: int
    status: str
    status_words: str
    tag: str
    citations: tuple[ShownCitation, ...]
    rule: str
    see: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    own_notes: tuple[Note, ...]
    decision: Decision | None
    decided_words: str
    silent: bool = False

    @property
    def spoken_of(self) -> bool:
        """Whether there is something to look at: the others are shown in one line each."""
        return bool(self.citations or self.decision or self.own_notes or self.status not in ("not_found", *_QUIET))

    @property
    def decidable(self) -> bool:
        return self.kind != "other"


@dataclass(frozen=True, slots=True)
class Panel:
    """All rows, in the order in which they stand, and the stops of their evidence."""

    alerts: tuple[ShownRow, ...]
    criteria: tuple[ShownRow, ...]
    others: tuple[ShownRow, ...]
    quiet: tuple[ShownRow, ...]
    stops: tuple[Stop, ...]

    @property
    def first(self) -> int:
        """The stop at which the page opens: a device, then the first supported or conflicting criterion, then any."""
        wanted = (*self.alerts, *(row for row in self.criteria if row.status in _LEADING))
        return next((row.citations[0].stop for row in wanted if row.citations), 0)

    @property
    def silent(self) -> int:
        return sum(row.silent for row in self.criteria)

    @property
    def open(self) -> int:
        """How many rows with something to look at have no decision yet."""
        rows = (*self.alerts, *self.criteria)
        return sum(1 for row in rows if row.spoken_of and row.decision is None)


def panel(dossier: Dossier, review: Review) -> Panel:
    """Devices that are or may be there come first, those said to be absent last."""
    builder = _Builder(dossier, review)
    alerts = builder.rows(row for row in dossier.safety if row.status not in _QUIET)
    criteria = _silenced(builder.rows(dossier.criteria))
    others = builder.rows(dossier.others)
    quiet = builder.rows(row for row in dossier.safety if row.status in _QUIET)
    return Panel(alerts, criteria, others, quiet, tuple(builder.stops))


def _silenced(rows: tuple[ShownRow, ...]) -> tuple[ShownRow, ...]:
    heard = {row.key.partition(".")[0] for row in rows if row.spoken_of}
    return tuple(replace(row, silent=row.depth > 0 and row.key.partition(".")[0] not in heard) for row in rows)


def statuses(kind: str) -> tuple[tuple[str, str], ...]:
    """The statuses that a row of this kind can be given: machine word, plain words."""
    words = wording.CRITERION if kind == "criterion" else wording.CONTRAINDICATION if kind == "safety" else {}
    return tuple((status.value, told) for status, told in words.items())


class _Builder:
    def __init__(self, dossier: Dossier, review: Review) -> None:
        self._places = {c.number: c.places for c in dossier.citations}
        self._review = review
        self.stops: list[Stop] = []

    def rows(self, rows: Iterable[Row]) -> tuple[ShownRow, ...]:
        return tuple(self._row(row) for row in rows)

    def _row(self, row: Row) -> ShownRow:
        name = f"{row.kind}-{row.key}" if row.kind != "other" else f"other-{len(self.stops)}"
        citations = [
            self._citation(name, row, side, cited)
            for side, all_cited in zip(_SIDES, (row.speaks_for, row.speaks_against), strict=True)
            for cited in all_cited
        ]
        citations += [self._own(name, row, e) for e in self._review.own_evidence if e["criterion"] == row.key]
        decision = self._review.decisions.get(row.key) if row.kind != "other" else None
        return ShownRow(
            id=name, key=row.key, kind=row.kind, label=row.label, depth=row.depth, status=row.status,
            status_words=row.status_words, tag=TAGS.get(row.status, "plain"), citations=tuple(citations),
            rule=row.rule, see=wording.see_parts(row.parts_citing) if row.parts_citing else "", missing=row.missing,
            notes=row.notes, own_notes=tuple(n for n in self._review.notes if n.criterion == row.key),
            decision=decision, decided_words=_decided(decision, row),
        )  # fmt: skip

    def _citation(self, name: str, row: Row, side: Side, cited: Cited) -> ShownCitation:
        place = self._places[cited.number][0]
        boxes = [(b.x0, b.y0, b.x1, b.y1) for line in place.lines for b in line]
        tone = row.tone.name if side == "for" else "against"
        self._stop(name, row, side, place.page, (place.start, place.end), boxes, tone)
        return ShownCitation(
            stop=self.stops[-1].number, page=place.page, side=side, pieces=cited.pieces, why=cited.why,
            doubt=cited.doubt, section=cited.evidence.section or "",
        )  # fmt: skip

    def _own(self, name: str, row: Row, added: dict[str, Any]) -> ShownCitation:
        side: Side = "against" if added.get("side") == "against" else "for"
        boxes = [(x0, y0, x1, y1) for x0, y0, x1, y1 in added["boxes"]]
        span = (added.get("start", 0), added.get("end", 0))
        self._stop(name, row, side, added["page"], span, boxes, "own")
        return ShownCitation(
            stop=self.stops[-1].number, page=added["page"], side=side, pieces=(Piece(added["text"], "passage"),),
            why=f"added by {added['by']}", by=added["by"],
        )  # fmt: skip

    def _stop(
        self, name: str, row: Row, side: Side, page: int, span: tuple[int, int], boxes: Sequence[Corners], tone: str
    ) -> None:
        sign = f"{'+' if side == 'for' else '−'}{row.badge}" if row.kind == "criterion" else row.badge
        self.stops.append(Stop(len(self.stops), name, side, page, *span, tuple(boxes), tone, sign))


def _decided(decision: Decision | None, row: Row) -> str:
    if decision is None:
        return ""
    if decision.kind == "accept":
        return f"Accepted: {row.status_words}"
    if decision.kind == "reject":
        return f"Rejected: {row.status_words}"
    return f"Set to: {dict(statuses(row.kind)).get(decision.status or '', decision.status or '')}"
