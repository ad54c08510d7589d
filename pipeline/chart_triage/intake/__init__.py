"""Bytes to Chart: what a file is, whether it can be read, and its pages as words with boxes.

`read_chart` and `read_chart_bytes` are the doors, `first_look` looks through the keyhole. `native/` reads a PDF's own
text layer, `ocr/` reads page images, `layout/` turns placed words into a page's text; both hand the same `PageDraft`s
to `assembly`. `scanned` decides what of both is used.
"""

from chart_triage.intake.first_look import FirstLook, first_look, unlocked
from chart_triage.intake.limits import Limits
from chart_triage.intake.ocr.options import OcrOptions, available_cores
from chart_triage.intake.reading import is_final, ocr_version, read_bytes, read_chart, read_chart_bytes
from chart_triage.intake.versions import reading_version

__all__ = [
    "FirstLook",
    "Limits",
    "OcrOptions",
    "available_cores",
    "first_look",
    "is_final",
    "ocr_version",
    "read_bytes",
    "read_chart",
    "read_chart_bytes",
    "reading_version",
    "unlocked",
]
