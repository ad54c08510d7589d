"""`highlighted.pdf`: the chart as it came, with a summary before it and each cited passage highlighted.

Pages that were read by OCR also get their words as an invisible text layer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array

from chart_triage.errors import InputError
from chart_triage.intake.limits import WITHOUT_LIMITS
from chart_triage.intake.native.pdf_file import open_pdf
from chart_triage.records.chart import Chart
from chart_triage.records.determination import Determination
from chart_triage.records.geometry import Box
from chart_triage.records.guideline import Guideline
from chart_triage.report.active_content import remove_active_content
from chart_triage.report.dossier import Dossier, lay_out
from chart_triage.report.highlights import Stroke, highlight
from chart_triage.report.image_pdf import image_pdf
from chart_triage.report.layering import ruled_only
from chart_triage.report.page_tabs import tab_annotations
from chart_triage.report.plane import Plane, visible_part
from chart_triage.report.summary_links import Listing, Targets, link, put_first
from chart_triage.report.summary_page import summary_pdf
from chart_triage.report.tab_layout import place_tabs
from chart_triage.report.text_layer import TextLayer
from chart_triage.report.typeset import HEIGHT, WIDTH, Typeset, typeset

# What pikepdf raises for what it cannot make sense of, beside its own errors: numbers of 30 digits, names in odd bytes.
_BROKEN = (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)


def highlighted_pdf(
    source: bytes | None,
    chart: Chart,
    determination: Determination,
    guideline: Guideline | None = None,
    *,
    password: str | None = None,
) -> bytes:
    """The file `source` that `chart` was read from, with summary pages and highlights; same input, same bytes.

    `source` is None for a plain-text chart, which is set on pages first; an image file is made a PDF (`image_pdf`).
    What the pages show stays as it is; whatever could act by itself is taken out (`active_content`). `password`
    opens an encrypted source; the result is not encrypted, and an owner's restrictions are not carried over.

    Raises:
        InputError: `source` is not the file that `chart` was read from, or cannot be opened.
    """
    dossier = lay_out(chart, determination, guideline)
    summary = summary_pdf(chart, determination, dossier, guideline)
    if source is None:
        text = typeset(chart)
        return _joined(_opened(text.pdf, None), summary, chart, dossier, text)
    if sha256(source).hexdigest() != chart.sha256:
        raise InputError("changed", "The file has changed since it was read. Assess it again.")
    if chart.media_type.startswith("image/"):
        return _joined(image_pdf(source, chart), summary, chart, dossier, None)
    try:
        return _joined(_with_all_pages(source, chart, password), summary, chart, dossier, None)
    except _BROKEN:  # qpdf reads the file, and fails at what it says: pdfium, which has read it, may put it right
        return _joined_anew(source, password, summary, chart, dossier)


def _with_all_pages(source: bytes, chart: Chart, password: str | None) -> pikepdf.Pdf:
    """The source with the pages that were read: as qpdf sees it, or else as pdfium, which has read it, writes it."""
    try:
        pdf = _opened(source, password)
        if len(pdf.pages) == len(chart.pages):
            pdf.Root["/Pages"]["/Count"] = len(pdf.pages)  # where it is wrong, qpdf adds no pages
            return pdf
        pdf.close()
    except InputError as error:
        if error.kind == "encrypted":
            raise
    pdf = _opened(_written_anew(source, password), None)
    if len(pdf.pages) == len(chart.pages):
        return pdf
    found = f"{len(pdf.pages)} pages, but {len(chart.pages)} were read"
    pdf.close()
    raise InputError("damaged", f"The PDF is damaged: it has {found}. Print it to a new PDF and try again.")


def _opened(source: bytes, password: str | None) -> pikepdf.Pdf:
    try:
        return pikepdf.open(BytesIO(source), password=password or "")
    except pikepdf.PasswordError as error:
        raise InputError("encrypted", "The PDF asks for a password. Save it without one and try again.") from error
    except _BROKEN:
        raise InputError("damaged", "The file cannot be opened as a PDF, so no highlights can be drawn.") from None


def _written_anew(source: bytes, password: str | None) -> bytes:
    out = BytesIO()
    with open_pdf("The file", source, password, WITHOUT_LIMITS) as file:
        try:
            file.document.save(out)
        except pypdfium2.PdfiumError:
            raise InputError("damaged", "The file is damaged, so no highlights can be drawn.") from None
    return out.getvalue()


def _joined_anew(source: bytes, password: str | None, summary: bytes, chart: Chart, dossier: Dossier) -> bytes:
    pdf = _opened(_written_anew(source, password), None)
    try:
        return _joined(pdf, summary, chart, dossier, None)
    except _BROKEN:
        told = "The file is damaged, so no highlights can be drawn. Print it to a new PDF and try again."
        raise InputError("damaged", told) from None


def _joined(pdf: pikepdf.Pdf, summary: bytes, chart: Chart, dossier: Dossier, text: Typeset | None) -> bytes:
    with pdf, pikepdf.open(BytesIO(summary)) as first:
        remove_active_content(pdf)
        sheets = list(pdf.pages)
        planes = [_plane(sheet, chart, index, text) for index, sheet in enumerate(sheets)]
        strokes = list(_strokes(dossier, text))
        targets = Targets(sheets, planes, strokes, _first_sheets(chart, text))
        listed = link(put_first(pdf, first), targets)
        layer = TextLayer(pdf, chart)
        for index, (sheet, plane) in enumerate(zip(sheets, planes, strict=True)):
            words = () if text else tuple(word.box for word in chart.pages[index].words)
            if text is None:
                layer.add(sheet, plane, chart.pages[index])
            _annotate(pdf, sheet, plane, [s for s in strokes if s.sheet == index], words, listed)
        return _saved(pdf)


def _plane(page: pikepdf.Page, chart: Chart, index: int, text: Typeset | None) -> Plane:
    if text is not None:
        return Plane(visible_part(page), 0, WIDTH, HEIGHT)
    upright = chart.pages[index]
    return Plane(visible_part(page), upright.rotation, upright.width, upright.height)


def _strokes(dossier: Dossier, text: Typeset | None) -> Iterable[Stroke]:
    """Every citation on every sheet that it touches."""
    for citation in dossier.citations:
        for place in citation.places:
            if text is None:
                if place.lines:
                    yield Stroke(citation, place.page - 1, place.lines)
                continue
            lines = text.lines(place.page, place.start, place.end)
            for sheet in dict.fromkeys(sheet for sheet, _ in lines):
                yield Stroke(citation, sheet, tuple(line for at, line in lines if at == sheet))


def _first_sheets(chart: Chart, text: Typeset | None) -> dict[int, int]:
    return {p.number: text.first_sheet(p.number) if text else p.number - 1 for p in chart.pages}


def _annotate(
    pdf: pikepdf.Pdf,
    sheet: pikepdf.Page,
    plane: Plane,
    strokes: list[Stroke],
    words: Sequence[Box],
    listed: dict[int, Listing],
) -> None:
    """Adds the highlights and tabs of one sheet to the annotations that it has."""
    ruled = ruled_only([(stroke.citation, [box for line in stroke.lines for box in line]) for stroke in strokes])
    added = [
        highlight(pdf, plane, stroke, line, filled=stroke.citation.number not in ruled)
        for stroke in strokes
        for line in range(len(stroke.lines))
    ]
    beginnings = [(stroke.citation, stroke.lines[0][0]) for stroke in strokes]
    for tab in place_tabs(beginnings, plane.width, plane.height, words):
        added += tab_annotations(pdf, plane, tab, listed.get(tab.citations[0].number))
    if added:
        present = sheet.obj.get("/Annots")
        sheet.obj["/Annots"] = Array([*(present if isinstance(present, Array) else ()), *added])


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    with warnings.catch_warnings():
        # A source's form fields that its form does not know: they are as they were, and not our reader's concern.
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
        pdf.save(out, deterministic_id=True, encryption=False, fix_metadata_version=False, min_version="1.6")
    return out.getvalue()
