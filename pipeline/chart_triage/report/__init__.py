"""Determination + Chart -> `determination.json`, `highlighted.pdf` and `report.html`. Renders, judges nothing.

The libraries behind each are loaded when its function is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chart_triage.report.browser_page import html_report as html_report
    from chart_triage.report.deidentified_copy import deidentified as deidentified
    from chart_triage.report.file_names import MEDIA_TYPES as MEDIA_TYPES
    from chart_triage.report.files import contents as contents
    from chart_triage.report.files import write_all as write_all
    from chart_triage.report.marked_pdf import highlighted_pdf as highlighted_pdf
    from chart_triage.report.page_images import draw_pages as draw_pages
    from chart_triage.report.record import as_plain as as_plain
    from chart_triage.report.record import to_json as to_json
    from chart_triage.report.review_files import page_files as page_files
    from chart_triage.report.writing import write_files as write_files

_HOME = {
    "MEDIA_TYPES": "file_names",
    "as_plain": "record",
    "contents": "files",
    "deidentified": "deidentified_copy",
    "draw_pages": "page_images",
    "highlighted_pdf": "marked_pdf",
    "html_report": "browser_page",
    "page_files": "review_files",
    "to_json": "record",
    "write_all": "files",
    "write_files": "writing",
}

__all__ = [
    "MEDIA_TYPES",
    "as_plain",
    "contents",
    "deidentified",
    "draw_pages",
    "highlighted_pdf",
    "html_report",
    "page_files",
    "to_json",
    "write_all",
    "write_files",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
