"""The typefaces of the PDF pages that this program sets itself (licence and origin: `fonts/LICENSE.txt`)."""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"
MONO = "DejaVuSansMono"

_FOLDER = Path(__file__).with_name("fonts")


def register() -> None:
    """Makes the three typefaces known to reportlab; does nothing the second time."""
    known = pdfmetrics.getRegisteredFontNames()
    for name in (REGULAR, BOLD, MONO):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(_FOLDER / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
