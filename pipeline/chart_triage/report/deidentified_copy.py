"""A copy of the result that shall not say whose chart it is: text, JSON and, for charts with pages, a PDF.

All three are made from what may stay, not by taking away from what is there. The JSON holds chosen fields alone. The
PDF is white paper with the pixels of those words that were read and kept: what was not read (handwriting, signatures,
stamps, bar codes, logos, photographs, unseen text) is not in it, nor is any text layer, form, attachment or metadata.
It is no guarantee: a name that is not recognised as one stays, and rare findings may tell a person: docs/security.md.
"""

from __future__ import annotations

import io
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pikepdf
from PIL import Image, ImageDraw

from chart_triage import __version__
from chart_triage.indexing.identifiers import Identifier, identifiers
from chart_triage.records.chart import Chart
from chart_triage.records.determination import Determination
from chart_triage.records.finding import Evidence
from chart_triage.records.page import Page
from chart_triage.report.file_names import DEIDENTIFIED
from chart_triage.report.page_images import draw_pages

TEXT_NAME, JSON_NAME, PDF_NAME = DEIDENTIFIED
NOTICE = (
    "Names, dates, numbers, addresses and ages above 89 were taken out by a program that does not find all of them. "
    "A person must read this copy before it is shown to anybody who may not see the chart."
)
_DPI = 110.0
_TAKEN = 215  # grey of what was taken out
_TAGS = {"birth": "DATE OF BIRTH", "age": "AGE 90+"}


def deidentified(
    source: bytes | None, chart: Chart, determination: Determination, *, password: str | None = None
) -> dict[str, bytes]:
    """The files of the copy by their names. `source` as for `contents`; a text chart has no PDF.

    Raises InputError where `source` cannot be opened.
    """
    found = _found(chart, determination)
    text = Redacted(chart.text, found)
    made = {
        TEXT_NAME: f"{NOTICE}\n\n{text.whole()}\n".encode(),
        JSON_NAME: (json.dumps(_facts(determination, text), ensure_ascii=False, indent=2) + "\n").encode(),
    }
    if source is not None and chart.media_type != "text/plain":
        made[PDF_NAME] = _pdf(source, chart, found, password)
    return made


class Redacted:
    """A text and what must not be said of it. `part` gives a stretch with tags such as [NAME] or [DATE 2026]."""

    def __init__(self, text: str, found: Sequence[Identifier]) -> None:
        self._text = text
        self._found = found
        self._ends = [each.end for each in found]
        self.counts = dict(sorted(Counter(each.kind for each in found).items()))

    def whole(self) -> str:
        return self.part(0, len(self._text))

    def part(self, start: int, end: int) -> str:
        """`text[start:end]`; an identifier that reaches out of it is left out all the same."""
        pieces, at = [], start
        for each in self._found[bisect_right(self._ends, start) :]:
            if each.start >= end:
                break
            pieces += [self._text[at : max(at, each.start)], tag(each, self._text)]
            at = each.end
        return "".join([*pieces, self._text[at:end]])


def tag(each: Identifier, text: str) -> str:
    """What stands in its place. Of a date the year stays, where it is written in full; not of a date of birth."""
    words = _TAGS.get(each.kind, each.kind.upper())
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text[each.start : each.end]) if each.kind == "date" else None
    return f"[{words} {year[0]}]" if year else f"[{words}]"


def _found(chart: Chart, determination: Determination) -> list[Identifier]:
    index = determination.index
    persons = [determination.inputs.request.patient] if determination.inputs.request.patient else []
    names: list[str] = []
    if index is not None:
        persons += [person for person in (index.patient, *(page.identity for page in index.pages)) if person]
        names = [document.author for document in index.documents if document.author]
    return identifiers(chart.text, persons, names)


def _facts(determination: Determination, text: Redacted) -> dict[str, Any]:
    return {
        "notice": NOTICE,
        "chart_triage": __version__,
        "guideline": {"id": determination.guideline.id, "version": determination.guideline.version},
        "suggestion": determination.suggestion.value,
        "taken_out": text.counts,
        "pages": [{"number": p.number, "kind": p.kind, "readable": p.readable} for p in determination.chart.pages],
        "criteria": {key: _stated(c, text) for key, c in determination.criteria.items()},
        "contraindications": {key: _stated(c, text) for key, c in determination.contraindications.items()},
        "concepts": {key: _stated(c, text) for key, c in determination.concepts.items()},
    }


def _stated(result: Any, text: Redacted) -> dict[str, Any]:
    return {
        "status": result.status.value,
        "evidence": _quoted(result.evidence, text),
        "counter_evidence": _quoted(result.counter_evidence, text),
    }


def _quoted(evidence: Iterable[Evidence], text: Redacted) -> list[dict[str, Any]]:
    return [{"page": e.page, "status": e.status.value, "text": text.part(e.start, e.end)} for e in evidence]


def _pdf(source: bytes, chart: Chart, found: Sequence[Identifier], password: str | None) -> bytes:
    starts = chart.page_starts()
    with pikepdf.new() as pdf:
        for number, images in draw_pages(source, chart, range(1, len(chart.pages) + 1), (_DPI,), password=password):
            page = chart.pages[number - 1]
            with Image.open(io.BytesIO(images[0].data)) as drawn:
                kept = _kept(drawn.convert("L"), page, starts[number - 1], found)
            _add(pdf, kept, page)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _kept(drawn: Image.Image, page: Page, start: int, found: Sequence[Identifier]) -> Image.Image:
    """White, but for the words that are no identifiers, and no part of one; those are grey. Where words overlap, taking
    out wins."""
    scale_x, scale_y = drawn.width / page.width, drawn.height / page.height
    said = [(each.start - start, each.end - start) for each in found if start <= each.end]
    mask = Image.new("L", drawn.size, 0)
    draw = ImageDraw.Draw(mask)
    words = [(any(s < w.end and w.start < e for s, e in said), w.box) for w in page.words]
    white = Image.new("L", drawn.size, 255)
    grey = ImageDraw.Draw(white)
    for taken, box in sorted(words, key=lambda word: word[0]):
        corners = (box.x0 * scale_x, box.y0 * scale_y, box.x1 * scale_x, box.y1 * scale_y)
        draw.rectangle(corners, fill=0 if taken else 255)
        if taken:
            grey.rectangle(corners, fill=_TAKEN)
    return Image.composite(drawn, white, mask)


def _add(pdf: pikepdf.Pdf, image: Image.Image, page: Page) -> None:
    added = pdf.add_blank_page(page_size=(page.width, page.height))
    picture = pikepdf.Stream(pdf, image.tobytes())
    picture.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=image.width, Height=image.height,
        ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
    )  # fmt: skip
    added.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=picture))
    added.obj.Contents = pikepdf.Stream(pdf, f"{page.width:.3f} 0 0 {page.height:.3f} 0 0 cm /Page Do".encode())
