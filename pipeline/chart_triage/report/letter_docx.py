"""The letter as a Word file, made to be edited before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.shared import Inches, Pt

from chart_triage.report.letter_text import Block

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLES = {"heading": "Heading 1", "item": "List Bullet", "paragraph": "Normal"}
_SIZE = Pt(11)


def letter_docx(blocks: Sequence[Block], made: date) -> bytes:
    """US letter, one-inch margins. `made` is the date of the file's properties. Same input, same bytes."""
    document = docx.Document()
    for section in document.sections:
        section.page_width, section.page_height = Inches(8.5), Inches(11)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(1)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", _SIZE
    normal.paragraph_format.space_after = Pt(8)
    for block in blocks:
        paragraph = document.add_paragraph(style=_STYLES[block.kind])
        for number, line in enumerate(block.lines):
            if number:
                paragraph.add_run().add_break()
            for run in line:
                paragraph.add_run(run.text).bold = run.bold or None
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Request for records", "", ""
    properties.created = properties.modified = datetime(made.year, made.month, made.day)
    properties.last_modified_by, properties.revision = "", 1
    out = BytesIO()
    document.save(out)
    return _without_clock(out.getvalue())


def _without_clock(written: bytes) -> bytes:
    """The same archive with one fixed date on all entries: the library stamps them with the time of writing."""
    out = BytesIO()
    with ZipFile(BytesIO(written)) as source, ZipFile(out, "w", ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            fixed = ZipInfo(entry.filename, _ZIP_EPOCH)
            fixed.compress_type = ZIP_DEFLATED
            copy.writestr(fixed, source.read(entry))
    return out.getvalue()
