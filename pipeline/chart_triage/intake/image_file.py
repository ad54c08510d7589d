"""A TIFF, PNG or JPEG to the chart's pages."""

from __future__ import annotations

from collections.abc import Iterator

from chart_triage.intake.assembly import assemble
from chart_triage.intake.images import LostPage, PageImage, read_images
from chart_triage.intake.limits import Limits
from chart_triage.intake.ocr import reader
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.intake.page_draft import PageDraft
from chart_triage.intake.scanned import read_page
from chart_triage.records.chart import ChartWarning, WarningKind
from chart_triage.records.page import Page, PageSource

_LETTER = (612.0, 792.0)
_UNDECODED: tuple[WarningKind, str] = ("unread_page", "The page's image is damaged; it was not read.")


def read_image_file(
    name: str, data: bytes, limits: Limits, ocr: OcrOptions
) -> tuple[tuple[Page, ...], tuple[ChartWarning, ...]]:
    """All pages of an image file, read by OCR. Raises `InputError`."""
    drafts: dict[int, PageDraft] = {}

    def decoded() -> Iterator[PageImage]:
        for page in read_images(name, data, limits):
            if isinstance(page, LostPage):
                drafts[page.number] = PageDraft(page.number, *_LETTER, 0, PageSource.NONE, problem=_UNDECODED)
            else:
                drafts[page.number] = PageDraft(page.number, page.width, page.height, 0, PageSource.NONE)
                yield page

    for number, outcome in reader.read_images(decoded(), ocr.processes):
        ocr.told(number)
        drafts[number] = read_page(drafts[number], outcome)
        limits.check_words(name, number, len(drafts[number].words))
    return assemble([drafts[number] for number in sorted(drafts)])
