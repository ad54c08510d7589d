"""The letter as a PDF of letter pages, as it is faxed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from chart_triage.report import fonts
from chart_triage.report.letter_text import Block

_BODY = ParagraphStyle("letter", fontName=fonts.REGULAR, fontSize=11, leading=15, spaceAfter=9)
_STYLES = {
    "paragraph": _BODY,
    "heading": ParagraphStyle(
        "letter-heading", parent=_BODY, fontName=fonts.BOLD, fontSize=15, leading=19, spaceBefore=8, keepWithNext=True
    ),
    "item": ParagraphStyle("letter-item", parent=_BODY, leftIndent=20, bulletIndent=6, spaceAfter=5),
}


def letter_pdf(blocks: Sequence[Block]) -> bytes:
    """As many pages as it needs, numbered from the second on. Same input, same bytes."""
    fonts.register()
    out = BytesIO()
    document = BaseDocTemplate(out, pagesize=letter, invariant=1, title="Request for records", author="")
    frame = Frame(inch, inch, letter[0] - 2 * inch, letter[1] - 2 * inch, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_number))
    document.build([_paragraph(block) for block in blocks])
    return out.getvalue()


def _paragraph(block: Block) -> Paragraph:
    lines = ["".join(f"<b>{escape(r.text)}</b>" if r.bold else escape(r.text) for r in line) for line in block.lines]
    return Paragraph("<br/>".join(lines), _STYLES[block.kind], bulletText="•" if block.kind == "item" else None)


def _number(canvas: Canvas, document: BaseDocTemplate) -> None:
    if document.page > 1:
        canvas.setFont(fonts.REGULAR, 9)
        canvas.drawCentredString(letter[0] / 2, inch / 2, f"Page {document.page}")
