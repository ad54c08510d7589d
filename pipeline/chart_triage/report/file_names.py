"""What the files of a chart's result are called, and their media types. Loads no library."""

from __future__ import annotations

import re

from chart_triage.records.determination import DETERMINATION_NAME

PDF_NAME, HTML_NAME = "highlighted.pdf", "report.html"
DOCX_LETTER, PDF_LETTER = "request_letter.docx", "request_letter.pdf"
MEDIA_TYPES = {
    DETERMINATION_NAME: "application/json",
    PDF_NAME: "application/pdf",
    HTML_NAME: "text/html",
    DOCX_LETTER: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PDF_LETTER: "application/pdf",
}
DEIDENTIFIED = {
    "deidentified.txt": "text/plain",
    "deidentified.json": "application/json",
    "deidentified.pdf": "application/pdf",
}
_PAGE_FILE = re.compile(r"(words|page|thumb)/[1-9]\d{0,6}")
_IMAGES = frozenset({"image/png", "image/webp"})


def is_result_file(name: str, media_type: str) -> bool:
    """Whether a result has a file of this name and type: those named above, and those that `page_files` makes."""
    if (known := MEDIA_TYPES.get(name, DEIDENTIFIED.get(name))) is not None:
        return known == media_type
    found = _PAGE_FILE.fullmatch(name)
    if found is None:
        return False
    return media_type == "application/json" if found[1] == "words" else media_type in _IMAGES
