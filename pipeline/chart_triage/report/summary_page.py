"""The first pages of `highlighted.pdf`: what the records show, on paper, with links to the passages."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)

from chart_triage.records.chart import Chart
from chart_triage.records.determination import ContraindicationStatus, Determination
from chart_triage.records.guideline import Guideline
from chart_triage.report import fonts, wording
from chart_triage.report import summary_style as style
from chart_triage.report.asked import asked_for
from chart_triage.report.dossier import Dossier, Row, joined
from chart_triage.report.summary_rows import legend, pages_linked, rows_table


def summary_pdf(
    chart: Chart, determination: Determination, dossier: Dossier, guideline: Guideline | None = None
) -> bytes:
    """The summary as a PDF of its own, of as many letter pages as it needs. Same input, same bytes."""
    fonts.register()
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=letter,
        invariant=1,
        title="chart-triage summary",
        author="chart-triage",
        leftMargin=style.MARGIN,
        rightMargin=style.MARGIN,
        topMargin=style.MARGIN,
        bottomMargin=style.MARGIN,
    )
    frame = Frame(style.MARGIN, style.MARGIN, style.WIDTH, letter[1] - 2 * style.MARGIN, 0, 0, 0, 0)
    short = chart.sha256[:12]
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _footer(canvas, short)))
    document.build(_story(chart, determination, dossier, guideline))
    return out.getvalue()


def _story(chart: Chart, determination: Determination, dossier: Dossier, guideline: Guideline | None) -> list[Flowable]:
    story = [*_opening(chart, determination, guideline), *_record(determination), *_safety(dossier.safety)]
    story += [*_headed("Criteria"), rows_table(dossier.criteria), *_asked(determination)]
    if dossier.others:
        story += [*_headed("Also in the record"), rows_table(dossier.others)]
    return [*story, *_headed("Colours on the pages"), legend(dossier.criteria), *_pins(determination)]


def _opening(chart: Chart, determination: Determination, guideline: Guideline | None) -> list[Flowable]:
    scanned, unread = wording.read_by_ocr(determination), len(wording.unread_pages(determination))
    pages = f"{len(chart.pages)} {'page' if len(chart.pages) == 1 else 'pages'}"
    pages += f", {scanned} read by OCR" if scanned else ""
    pages += f", {unread} not read" if unread else ""
    flags = ["MRI safety check needed"] if "mri_safety_check" in determination.flags else []
    lines = [
        Paragraph(escape(wording.headline(determination)), style.LEAD),
        *(Paragraph(f'<font color="#A3160B"><b>{flag}</b></font>', style.BODY) for flag in flags),
        Paragraph(wording.HUMAN_DECIDES, style.BODY),
    ]
    box = Table([[lines]], colWidths=[style.WIDTH], spaceBefore=8)
    box.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), HexColor(style.PALE)), *_padding(9)]))
    facts = f"{wording.about_guideline(determination, guideline)}  Chart {chart.sha256[:12]}  ·  {pages}"
    return [Paragraph("What the records show", style.TITLE), Paragraph(escape(facts), style.SMALL), box]


def _record(determination: Determination) -> list[Flowable]:
    """Pages that were not read, and warnings: what the result could not take into account."""
    notices = [(title, pages_linked(pages), detail) for title, pages, detail in wording.notices(determination)]
    if not notices:
        return []
    cells = [
        [Paragraph(escape(title), style.STRONG), Paragraph(pages, style.BODY), Paragraph(escape(detail), style.BODY)]
        for title, pages, detail in notices
    ]
    table = Table(cells, colWidths=[120, 90, style.WIDTH - 210], splitInRow=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(style.RULE)), *_padding(3.5)]))
    return [*_headed("About the record"), table]


def _safety(rows: tuple[Row, ...]) -> list[Flowable]:
    """Devices that may be there first, then those recorded as absent; the others by name in one line."""
    quiet = (ContraindicationStatus.ABSENT, ContraindicationStatus.NOT_DOCUMENTED)
    noted = [row for row in rows if row.status not in quiet]
    shown = [*noted, *joined(row for row in rows if row.status == ContraindicationStatus.ABSENT)]
    silent = [row.label for row in rows if row.status == ContraindicationStatus.NOT_DOCUMENTED]
    story = [*_headed("MRI safety"), *([rows_table(shown)] if shown else [])]
    if silent:
        story.append(Paragraph(escape(f"{wording.NOT_MENTIONED}: {'; '.join(silent)}."), style.BELOW))
    return story


def _asked(determination: Determination) -> list[Flowable]:
    asked = asked_for(determination)
    if not asked:
        return []
    lines = [
        Paragraph(
            f"<b>{escape(', '.join(item.keys) if determination.criteria.keys() & item.keys else '')}</b> "
            f"{escape(item.label)}: {escape(item.text)}"
            f"{escape(f' (often found in: {item.found_in})') if item.found_in else ''}",
            style.BODY,
        )
        for item in asked
    ]
    return [*_headed("What to ask for"), *lines]


def _pins(determination: Determination) -> list[Flowable]:
    versions = determination.versions
    words = (
        f"Made by chart-triage {versions.chart_triage}. Checksums (SHA-256): chart {determination.chart.sha256}, "
        f"guideline {versions.guideline_sha256}, lexicons {versions.lexicons_sha256}, "
        f"models {versions.models_sha256 or 'none'}."
        f"{f' Scans were read by {versions.ocr}.' if versions.ocr else ''}"
    )
    return [*_headed("What made this"), Paragraph(escape(words), style.SMALL)]


def _headed(words: str) -> list[Flowable]:
    """A heading that does not stand alone at a page's foot. (keepWithNext would drag a whole table along.)"""
    return [CondPageBreak(90), Paragraph(words, style.HEAD)]


def _padding(points: float) -> list[tuple[object, ...]]:
    sides = ("TOPPADDING", "BOTTOMPADDING", "LEFTPADDING", "RIGHTPADDING")
    return [("VALIGN", (0, 0), (-1, -1), "TOP"), *((side, (0, 0), (-1, -1), points) for side in sides)]


def _footer(canvas: Canvas, short: str) -> None:
    canvas.setFont(fonts.REGULAR, 7)
    canvas.setFillColor(HexColor(style.QUIET))
    canvas.drawString(style.MARGIN, 26, f"chart-triage summary · chart {short} · {wording.HUMAN_DECIDES}")
    canvas.drawRightString(letter[0] - style.MARGIN, 26, f"Summary page {canvas.getPageNumber()}")
