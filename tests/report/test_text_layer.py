"""The invisible words over a scan, read back by pdfium and pdfplumber: the right words at the right places."""

from __future__ import annotations

from io import BytesIO

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from report_charts import chart_of, determination_of, evidence, supported
from scanned_charts import SCAN, SIZE, Feed, Scan, chart_of_scans, fax_chart, pdf_of_scan, scan, tiff

from chart_triage.records.chart import Chart
from chart_triage.records.determination import Determination
from chart_triage.records.geometry import Box
from chart_triage.records.page import FurnitureLine, FurnitureRole, Page, PageSource, Word
from chart_triage.report import highlighted_pdf

FEEDS = [Feed(), Feed(dpi=(204, 98)), Feed(turn=90), Feed(turn=180, grey=True, dpi=(100, 100)), Feed(turn=270)]
LINE_END_HYPHEN = "\ufffe"  # what pdfium reads it as, and joins the word over it when searching
QUESTION = "recurrence versus radiation necrosis."


def highlighted(source: bytes, chart: Chart, phrase: str = QUESTION) -> bytes:
    return highlighted_pdf(source, chart, found(chart, phrase))


def found(chart: Chart, phrase: str = QUESTION) -> Determination:
    return determination_of(chart, {"1": supported("Tumour", evidence(chart, phrase))})


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    shared = max(min(a.x1, b.x1) - max(a.x0, b.x0), 0) * max(min(a.y1, b.y1) - max(a.y0, b.y0), 0)
    return shared / (a.width * a.height + b.width * b.height - shared)


def plumbed(pdf: bytes, pages: int) -> list[list[tuple[str, Box]]]:
    """Words of the last `pages` pages as pdfplumber reads them, in points of the page as shown."""
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return [
            [(w["text"], Box(w["x0"], w["top"], w["x1"], w["bottom"])) for w in page.extract_words()]
            for page in opened.pages[-pages:]
        ]


def text_of(pdf: bytes, page: int = -1) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return str(document[len(document) + page].get_textpage().get_text_range())


def assert_in_place(read: list[tuple[str, Box]], page: Page) -> None:
    words = [(page.text[w.start : w.end], w.box) for w in page.words]
    assert [text for text, _ in read] == [text for text, _ in words]
    for (_, seen), (text, box) in zip(read, words, strict=True):
        assert overlap(seen, box) > 0.9, text


@pytest.mark.parametrize("feed", FEEDS, ids=str)
def test_the_words_of_an_image_file_lie_on_their_boxes(feed: Feed) -> None:
    source, chart = fax_chart([feed, Feed()])
    pdf = highlighted(source, chart)
    for read, page in zip(plumbed(pdf, 2), chart.pages, strict=True):
        assert_in_place(read, page)
    assert text_of(pdf, -2).splitlines() == SCAN


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_words_of_a_scanned_pdf_page_lie_on_their_boxes(rotate: int) -> None:
    """The page lies turned in a shifted crop box, and its content leaves a changed coordinate system behind."""
    one = scan(feed=Feed(turn=rotate, dpi=(100, 100)))
    source = pdf_of_scan(one, rotate, origin=(30, -50), bleed=20)
    chart = chart_of_scans(source, "application/pdf", [one.page()])
    pdf = highlighted(source, chart)
    page = pypdfium2.PdfDocument(pdf)[1]
    assert page.get_textpage().get_text_range().splitlines() == SCAN
    left, bottom, _, top = page.get_cropbox()
    textpage = page.get_textpage()
    for word in chart.pages[0].words:
        box = word.box
        rect = {
            0: (left + box.x0, top - box.y1, left + box.x1, top - box.y0),
            90: (left + box.y0, bottom + box.x0, left + box.y1, bottom + box.x1),
            180: (left + one.page().width - box.x1, bottom + box.y0, left + one.page().width - box.x0, bottom + box.y1),
            270: (left + one.page().height - box.y1, top - box.x1, left + one.page().height - box.y0, top - box.x0),
        }[rotate]
        seen = textpage.get_text_bounded(rect[0] - 0.5, rect[1] - 0.5, rect[2] + 0.5, rect[3] + 0.5)
        assert seen.strip() == chart.text[word.start : word.end]


def test_a_page_scanned_sideways_is_searchable_though_viewers_show_it_sideways() -> None:
    one = scan(feed=Feed(turn=90, dpi=(100, 100)))
    source = pdf_of_scan(one)
    pdf = highlighted(source, chart_of_scans(source, "application/pdf", [one.page()]))
    assert text_of(pdf).splitlines() == SCAN


@pytest.mark.parametrize("feed", FEEDS, ids=str)
def test_highlights_lie_on_the_words(feed: Feed) -> None:
    source, chart = fax_chart([feed])
    with pdfplumber.open(BytesIO(highlighted(source, chart))) as pdf:
        page = pdf.pages[-1]
        (mark,) = (a for a in page.annots if a["data"]["Subtype"].name == "Highlight")
        below = page.within_bbox((mark["x0"] - 0.5, mark["top"] - 0.5, mark["x1"] + 0.5, mark["bottom"] + 0.5))
        assert below.extract_text() == QUESTION


def test_the_layer_never_shows() -> None:
    source, chart = fax_chart([Feed()])
    with pikepdf.open(BytesIO(highlighted(source, chart))) as pdf:
        sheet = pdf.pages[-1]
        del sheet.obj["/Annots"]
        del sheet.obj["/Resources"]["/XObject"]
        out = BytesIO()
        pdf.save(out)
    document = pypdfium2.PdfDocument(out.getvalue())
    sheet = document[len(document) - 1]
    assert sheet.get_textpage().get_text_range().splitlines() == SCAN
    assert sheet.render(scale=2).to_pil().convert("L").getextrema() == (255, 255)


def test_pages_with_their_own_text_get_no_second_one() -> None:
    source, chart = chart_of([["History of glioblastoma."]])
    pdf = highlighted(source, chart, "glioblastoma")
    assert text_of(pdf) == "History of glioblastoma."
    assert b"Glyphless" not in pdf


def with_words(text: str, words: list[tuple[str, Box]], furniture: tuple[FurnitureLine, ...] = ()) -> tuple[Scan, Page]:
    one = scan(["x"])
    at, placed = 0, []
    for word, box in words:
        at = text.index(word, at)
        placed.append(Word(at, at + len(word), box, 0.9))
        at += len(word)
    page = one.page().model_copy(update={"text": text, "words": tuple(placed), "furniture": furniture})
    return one, page


def exported(text: str, words: list[tuple[str, Box]], furniture: tuple[FurnitureLine, ...] = ()) -> str:
    one, page = with_words(text, words, furniture)
    source = tiff([one])
    return text_of(highlighted(source, chart_of_scans(source, "image/tiff", [page]), "glioma"))


def test_any_character_is_laid_or_left_out_without_failing() -> None:
    strange = ["☒", "≥3", "µg", "Dvořák", "日本", "😀", "a\x00b", "\u202e", "\ud800"]
    words = [(w, Box(72 + 40 * n, 100, 100 + 40 * n, 110)) for n, w in enumerate([*strange, "glioma"])]
    assert exported(" ".join([*strange, "glioma"]), words).split() == [
        *("☒", "≥3", "µg", "Dvořák", "日本", "ab", "glioma")
    ]


def test_boxes_without_extent_are_left_out() -> None:
    words = [("flat", Box(72, 100, 90, 100)), ("glioma", Box(100, 95, 140, 105))]
    assert exported("flat glioma", words).strip() == "glioma"


def test_words_that_almost_touch_are_kept_apart_and_broken_ones_keep_their_hyphen() -> None:
    words = [
        ("known", Box(72, 100, 100, 110)), ("glioma", Box(100.4, 100, 135, 110)), ("recur", Box(136, 100, 160, 110)),
        ("rence.", Box(72, 114, 100, 124)),
    ]  # fmt: skip
    assert exported("known glioma recurrence.", words) == f"known glioma recur{LINE_END_HYPHEN}rence."


def test_running_lines_are_searchable_too() -> None:
    banner = FurnitureLine(text="FROM: RIVERBEND NEURO", role=FurnitureRole.FAX_BANNER, box=Box(72, 20, 250, 30))
    read = exported("glioma", [("glioma", Box(72, 100, 110, 110))], (banner,))
    assert read.splitlines() == ["glioma", banner.text]


def test_words_of_a_skewed_scan_overlap_and_are_still_read_one_by_one() -> None:
    """Boxes are hulls in the page that is not straightened: taller than the type, each lower than the one before."""
    texts = ["MRI", "cannot", "tell", "glioma", "recurrence", "from", "necrosis"]
    boxes, x = [], 72.0
    for text in texts:
        drop = (x - 72) * 0.026
        boxes.append(Box(x, 100 + drop, x + 6 * len(text), 100 + drop + SIZE + 6 * len(text) * 0.026))
        x += 6 * len(text) + 3
    assert exported(" ".join(texts), list(zip(texts, boxes, strict=True))).split() == texts


def test_pages_that_share_their_resources_do_not_get_each_others() -> None:
    first = scan(feed=Feed(dpi=(100, 100)))
    with pikepdf.open(BytesIO(pdf_of_scan(first))) as pdf:
        shared = pdf.make_indirect(pdf.pages[0].obj["/Resources"])
        pdf.pages[0].obj["/Resources"] = shared
        pdf.pages.append(pdf.pages[0])
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    source = out.getvalue()
    unread = Page(number=2, width=612, height=792, source=PageSource.NONE, readable=False)
    chart = chart_of_scans(source, "application/pdf", [first.page(), unread])
    with pikepdf.open(BytesIO(highlighted(source, chart))) as pdf:
        assert [("/Font" in page.obj["/Resources"]) for page in list(pdf.pages)[-2:]] == [True, False]


def test_the_same_scan_gives_the_same_bytes() -> None:
    source, chart = fax_chart([Feed(), Feed(turn=90, grey=True, dpi=(100, 100))])
    assert highlighted(source, chart) == highlighted(source, chart)


def test_the_layer_is_small() -> None:
    one = scan([f"Line {n}: follow-up of glioblastoma, recurrence or necrosis, MRI of the brain." for n in range(38)])
    source = tiff([one])
    chart = chart_of_scans(source, "image/tiff", [one.page()])
    determination = found(chart, "glioblastoma")
    plain = chart.model_copy(update={"pages": (one.page().model_copy(update={"source": PageSource.NATIVE}),)})
    extra = len(highlighted_pdf(source, chart, determination)) - len(highlighted_pdf(source, plain, determination))
    assert extra < 16 * len(one.words) + 4_000
