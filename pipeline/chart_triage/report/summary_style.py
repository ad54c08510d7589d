"""The look of the summary: type sizes and colours, chosen for paper (black on white, contrast 4.5:1 and more)."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle

from chart_triage.records.determination import ContraindicationStatus, CriterionStatus
from chart_triage.report import fonts

MARGIN = 46.0
WIDTH = letter[0] - 2 * MARGIN

INK, QUIET, RULE, PALE, LINK = "#1B232E", "#525C69", "#D4D9E0", "#F3F5F8", "#0B4A99"

BODY = ParagraphStyle("body", fontName=fonts.REGULAR, fontSize=9, leading=12, textColor=HexColor(INK))
STRONG = ParagraphStyle("strong", parent=BODY, fontName=fonts.BOLD)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, leading=10.6, textColor=HexColor(QUIET))
BELOW = ParagraphStyle("below", parent=SMALL, spaceBefore=4)
QUOTE = ParagraphStyle(
    "quote", parent=BODY, fontSize=8.4, leading=11.2, leftIndent=10, firstLineIndent=-10, spaceBefore=3
)
TITLE = ParagraphStyle("title", parent=STRONG, fontSize=17, leading=21)
HEAD = ParagraphStyle("head", parent=STRONG, fontSize=11, leading=14, spaceBefore=14, spaceAfter=5)
LEAD = ParagraphStyle("lead", parent=STRONG, fontSize=12.5, leading=16)

DOUBT = "#8A4B00"

STATUS_COLOUR: dict[str, str] = {
    CriterionStatus.SUPPORTED: "#12622F",
    CriterionStatus.CONTRADICTED: INK,
    CriterionStatus.CONFLICTING: "#8A4B00",
    CriterionStatus.UNCLEAR: "#8A4B00",
    ContraindicationStatus.PRESENT: "#A3160B",
    ContraindicationStatus.PRESENT_MR_CONDITIONAL: "#A3160B",
    ContraindicationStatus.PLANNED: "#8A4B00",
    ContraindicationStatus.REMOVED: "#8A4B00",
    ContraindicationStatus.UNCERTAIN: "#8A4B00",
}
"""Colour of a status's words; those left out are quiet."""
