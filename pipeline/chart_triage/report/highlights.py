"""Highlight annotations.

Everything is an annotation: the page's own content is never touched. Each carries its own appearance, so that all
viewers draw it alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Dictionary, Name

from chart_triage.records.geometry import Box
from chart_triage.report import palette, wording
from chart_triage.report.appearance import AUTHOR, PRINTED, colour, form, numbers, words
from chart_triage.report.dossier import Citation, Use
from chart_triage.report.lines import Line
from chart_triage.report.plane import Plane, Rect


@dataclass(frozen=True, slots=True)
class Stroke:
    """A citation's lines on one sheet of the PDF (`sheet` counts from 0, the summary not included)."""

    citation: Citation
    sheet: int
    lines: tuple[Line, ...]


def highlight(pdf: pikepdf.Pdf, plane: Plane, stroke: Stroke, line: int, *, filled: bool) -> pikepdf.Object:
    """The /Highlight annotation of one line of a passage; not `filled`: only the rule below the words is drawn."""
    citation, boxes = stroke.citation, stroke.lines[line]
    tone = citation.tone
    rects = [plane.rect(box) for box in boxes]
    bounds = _bounds(rects)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Highlight,
            Rect=numbers(bounds),
            QuadPoints=numbers([v for box in boxes for v in plane.quad(box)]),
            C=numbers(palette.rgb(tone.fill)),
            F=PRINTED,
            T=words(AUTHOR),
            Subj=words(subject(citation)),
            Contents=words(contents(citation)),
            NM=words(f"{AUTHOR}-{citation.number}-{stroke.sheet + 1}-{line + 1}"),
            AP=Dictionary(N=_appearance(pdf, plane, boxes, bounds, tone, filled)),
        )
    )


def subject(citation: Citation) -> str:
    return " ".join(dict.fromkeys(use.sign for use in citation.uses))


def contents(citation: Citation) -> str:
    """What a viewer shows when the highlight is pointed at: each criterion, its status, and why."""
    return "\n\n".join(_about(use) for use in citation.uses)


def _about(use: Use) -> str:
    row, evidence = use.row, use.evidence
    parts = [f"{row.badge} {row.label}", f"Status: {row.status_words}."]
    parts.append(f"{wording.SIDES[row.kind, use.side]}: {wording.EVIDENCE[evidence.status]}.")
    parts.append(f"Why: {wording.why(evidence)}.")
    if evidence.cues:
        parts.append(f"Cue: {wording.listed([f'‘{cue.text}’' for cue in evidence.cues])}.")
    if use.doubt:
        parts.append(f"{use.doubt}.")
    if evidence.section:
        parts.append(f"Section: {evidence.section}.")
    return "\n".join(parts)


def _appearance(
    pdf: pikepdf.Pdf, plane: Plane, boxes: Sequence[Box], bounds: Rect, tone: palette.Tone, filled: bool
) -> pikepdf.Stream:
    """Boxes filled so that the words stay black, and a rule below the words in the tone's dark."""
    thickness = 0.9 if filled else 1.8
    drawing = [f"{colour(tone.fill)} rg", f"{colour(tone.line)} RG", f"{thickness} w"]
    if tone.dashed:
        drawing.append("[2.4 1.6] 0 d")
    for box in boxes:
        x0, y0, x1, y1 = plane.rect(box)
        if filled:
            drawing.append(f"{x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re f")
        rule = box.y1 - thickness / 2
        (ax, ay), (bx, by) = plane.point(box.x0, rule), plane.point(box.x1, rule)
        drawing.append(f"{ax:.3f} {ay:.3f} m {bx:.3f} {by:.3f} l S")
    return form(pdf, bounds, "\n".join(drawing))


def _bounds(rects: Sequence[Rect]) -> Rect:
    x0, y0, x1, y1 = zip(*rects, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))
