"""Small charts for the report's tests: drawn by reportlab, laid on PDF pages in every way a page can lie.

The boxes of words come from the drawing itself (string widths and baselines of the upright design), never from the
code under test: a page is designed upright and then turned, shifted and cropped by one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.determination import (
    ChartSummary,
    ConceptResult,
    ContraindicationResult,
    ContraindicationStatus,
    CriterionResult,
    CriterionStatus,
    Determination,
    GuidelineRef,
    OtherFinding,
    PageSummary,
    Suggestion,
    Versions,
)
from chart_triage.records.finding import Evidence
from chart_triage.records.geometry import Box
from chart_triage.records.mention import Cue, Status
from chart_triage.records.page import Page, PageSource, Word
from chart_triage.records.request import RequestItem

WIDTH, HEIGHT = 612.0, 792.0
FONT, SIZE, LEADING, LEFT, TOP = "Helvetica", 11.0, 16.0, 72.0, 90.0


@dataclass(frozen=True)
class Lie:
    """How a page lies in its file: `turn` makes it upright, of which /Rotate does all but `sideways` degrees.

    `origin` is the corner of the CropBox in user space; the MediaBox is `bleed` points larger on every side.
    """

    turn: int = 0
    sideways: int = 0
    origin: tuple[float, float] = (0.0, 0.0)
    bleed: float = 0.0


def drawn_page(lines: list[str]) -> tuple[bytes, str, tuple[Word, ...]]:
    """An upright letter page with `lines`, its text, and its words with boxes (points from the top-left)."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setFont(FONT, SIZE)
    words: list[Word] = []
    offset = 0
    for number, line in enumerate(lines):
        baseline = TOP + number * LEADING
        canvas.drawString(LEFT, HEIGHT - baseline, line)
        at = 0
        for word in line.split():
            at = line.index(word, at)
            x0 = LEFT + stringWidth(line[:at], FONT, SIZE)
            x1 = x0 + stringWidth(word, FONT, SIZE)
            words.append(Word(offset + at, offset + at + len(word), Box(x0, baseline - 9, x1, baseline + 3)))
            at += len(word)
        offset += len(line) + 1
    canvas.save()
    return out.getvalue(), "\n".join(lines), tuple(words)


def pdf_of(pages: list[bytes], lies: list[Lie]) -> bytes:
    """Joins upright one-page PDFs into one, each lying as told."""
    joined = pikepdf.new()
    for data, lie in zip(pages, lies, strict=True):
        with pikepdf.open(BytesIO(data)) as upright:
            joined.pages.append(upright.pages[0])
        _lay(joined, joined.pages[-1], lie)
    out = BytesIO()
    joined.save(out, deterministic_id=True)
    return out.getvalue()


def _lay(pdf: pikepdf.Pdf, page: pikepdf.Page, lie: Lie) -> None:
    ox, oy = lie.origin
    a, b, c, d, e, f = {
        0: (1, 0, 0, 1, 0, 0),
        90: (0, 1, -1, 0, HEIGHT, 0),
        180: (-1, 0, 0, -1, WIDTH, HEIGHT),
        270: (0, -1, 1, 0, 0, WIDTH),
    }[lie.turn]
    width, height = (WIDTH, HEIGHT) if lie.turn in (0, 180) else (HEIGHT, WIDTH)
    page.contents_add(f"q {a} {b} {c} {d} {e + ox} {f + oy} cm".encode(), prepend=True)
    page.contents_add(b"Q")
    crop = [ox, oy, ox + width, oy + height]
    page.obj["/MediaBox"] = Array([crop[0] - lie.bleed, crop[1] - lie.bleed, crop[2] + lie.bleed, crop[3] + lie.bleed])
    if lie.bleed:
        page.obj["/CropBox"] = Array(crop)
    page.obj["/Rotate"] = (lie.turn - lie.sideways) % 360


def chart_of(
    texts: list[list[str]], lies: list[Lie] | None = None, warnings: tuple[ChartWarning, ...] = ()
) -> tuple[bytes, Chart]:
    """A PDF with one page for each list of lines, and the chart that intake would read from it.

    A page without lines is one that could not be read.
    """
    lies = lies or [Lie()] * len(texts)
    drawn = [drawn_page(lines) for lines in texts]
    source = pdf_of([data for data, _, _ in drawn], lies)
    return source, read_back(source, [(text, words) for _, text, words in drawn], lies, warnings)


def read_back(
    source: bytes,
    pages: list[tuple[str, tuple[Word, ...]]],
    lies: list[Lie],
    warnings: tuple[ChartWarning, ...] = (),
) -> Chart:
    return Chart(
        sha256=sha256(source).hexdigest(),
        media_type="application/pdf",
        pages=tuple(
            Page(
                number=number,
                width=WIDTH,
                height=HEIGHT,
                rotation=lie.turn,
                source=PageSource.NATIVE if text else PageSource.NONE,
                readable=bool(text),
                text=text,
                words=words,
            )
            for number, ((text, words), lie) in enumerate(zip(pages, lies, strict=True), start=1)
        ),
        warnings=warnings,
    )


def text_chart(texts: list[str]) -> Chart:
    """A plain-text chart: pages without words."""
    return Chart(
        sha256=sha256("\f".join(texts).encode()).hexdigest(),
        media_type="text/plain",
        pages=tuple(
            Page(number=n, width=WIDTH, height=HEIGHT, source=PageSource.TEXT, readable=True, text=text)
            for n, text in enumerate(texts, start=1)
        ),
    )


def evidence(
    chart: Chart,
    phrase: str,
    status: Status = Status.PRESENT,
    *,
    nth: int = 0,
    cue: str | None = None,
    section: str | None = None,
    reason: str = "",
) -> Evidence:
    """The `nth` place where the chart says `phrase`, with its boxes; `cue` is the nearest place of those words."""
    text = chart.text
    start = -1
    for _ in range(nth + 1):
        start = text.index(phrase, start + 1)
    end = start + len(phrase)
    page, boxes = chart.locate(start, end)[0]
    return Evidence(
        start=start,
        end=end,
        text=phrase,
        status=status,
        cues=(_cue(text, cue, start),) if cue else (),
        section=section,
        reason=reason,
        page=page,
        boxes=tuple((b.x0, b.y0, b.x1, b.y1) for b in boxes),
    )


def _cue(text: str, words: str, near: int) -> Cue:
    places = [i for i in range(len(text)) if text.startswith(words, i)]
    at = min(places, key=lambda i: abs(i - near))
    return Cue(text=words, kind="negated", start=at, end=at + len(words))


def determination_of(
    chart: Chart,
    criteria: dict[str, CriterionResult],
    contraindications: dict[str, ContraindicationResult] | None = None,
    *,
    suggestion: Suggestion = Suggestion.CRITERIA_SUPPORTED,
    others: tuple[OtherFinding, ...] = (),
    safety: bool = False,
) -> Determination:
    found = [e for result in criteria.values() for e in result.evidence]
    return Determination(
        concepts={"brain_tumor": ConceptResult(status=found[0].status, evidence=(found[0],))} if found else {},
        criteria=criteria,
        contraindications=contraindications or {},
        others=others,
        suggestion=suggestion,
        flags=("mri_safety_check",) if safety else (),
        warnings=chart.warnings,
        chart=ChartSummary(
            sha256=chart.sha256,
            pages=tuple(
                PageSummary(number=p.number, source=p.source, kind="other", rotation=p.rotation, readable=p.readable)
                for p in chart.pages
            ),
        ),
        guideline=GuidelineRef(id="brain-mrs-test", version="2026.1", effective="2026-02-13"),
        versions=Versions(chart_triage="0.1.0", guideline_sha256="a" * 64, lexicons_sha256="b" * 64, models_sha256=""),
    )


def supported(label: str, *found: Evidence, against: tuple[Evidence, ...] = ()) -> CriterionResult:
    status = CriterionStatus.CONFLICTING if against else CriterionStatus.SUPPORTED
    return CriterionResult(label=label, status=status, evidence=found, counter_evidence=against)


def not_found(label: str, *missing: str) -> CriterionResult:
    return CriterionResult(label=label, status=CriterionStatus.NOT_FOUND, missing=missing)


def device(label: str, status: ContraindicationStatus, *found: Evidence, note: str = "") -> ContraindicationResult:
    return ContraindicationResult(label=label, status=status, evidence=found, notes=(note,) if note else ())


NOTE = [
    "NEUROSURGERY CLINIC NOTE",
    "Indication: follow-up of glioblastoma, resected in 2024.",
    "MRI shows an enlarging lesion; recurrence versus radiation",
    "necrosis cannot be told apart. MR spectroscopy is requested.",
    "Family History: multiple sclerosis in her mother.",
    "No evidence of epilepsy. Patient has a pacemaker since 2019.",
    "Denies cochlear implant or insulin pump.",
]


def tumour_chart(lies: list[Lie] | None = None) -> tuple[bytes, Chart, Determination]:
    """Two pages: the note, and a page that was not read. Evidence of every kind, one passage over a line's end."""
    warning = ChartWarning(kind="unread_page", pages=(2,), detail="The page has no usable text layer.")
    source, chart = chart_of([NOTE, []], lies, (warning,))
    question = evidence(
        chart, "recurrence versus radiation\nnecrosis", cue="cannot be told apart", section="Impression"
    )
    criteria = {
        "1": supported("Brain tumour", evidence(chart, "glioblastoma"), question),
        "1.a": not_found("Guidance of a biopsy", "a statement that the scan is to guide a biopsy"),
        "1.b": supported("Recurrence or radiation necrosis", question),
        "2": CriterionResult(
            label="Epilepsy before surgery",
            status=CriterionStatus.CONTRADICTED,
            counter_evidence=(
                evidence(chart, "epilepsy", Status.ABSENT, cue="No evidence of", reason="negated by 'No evidence of'"),
            ),
            missing=("a statement that surgery for epilepsy is planned",),
        ),
        "4": CriterionResult(
            label="Leukodystrophy",
            status=CriterionStatus.UNCLEAR,
            evidence=(evidence(chart, "glioblastoma"),),
            missing=("a decision on therapy",),
        ),
        "7": not_found("Multiple sclerosis", "a diagnosis of multiple sclerosis"),
    }
    devices = {
        "pacemaker": device("Pacemaker", ContraindicationStatus.PRESENT, evidence(chart, "pacemaker")),
        "cochlear_implant": device(
            "Cochlear implant",
            ContraindicationStatus.ABSENT,
            evidence(chart, "cochlear implant", Status.ABSENT, cue="Denies"),
        ),
        "aneurysm_clip": device("Aneurysm clip", ContraindicationStatus.NOT_DOCUMENTED),
    }
    determination = determination_of(chart, criteria, devices, safety=True)
    asked = RequestItem(text="a note on the treatment", reason="criterion", found_in=("clinic_note",), criteria=("4",))
    return source, chart, determination.model_copy(update={"requests": (asked,)})


def with_pdf(source: bytes, change: object) -> bytes:
    """`source` after `change(pdf)`, as bytes with a stable id."""
    with pikepdf.open(BytesIO(source)) as pdf:
        change(pdf)  # type: ignore[operator]
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def javascript(pdf: pikepdf.Pdf, code: str = "app.alert(1)") -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(Type=Name.Action, S=Name.JavaScript, JS=code))
