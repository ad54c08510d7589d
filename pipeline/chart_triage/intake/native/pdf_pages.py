"""A PDF to the chart's pages. `_read_page` is one page's way from the file to its draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from chart_triage.intake import scanned
from chart_triage.intake.assembly import assemble
from chart_triage.intake.layout.chosen_answers import find_chosen_answers
from chart_triage.intake.layout.placed import DIAGONAL, PlacedWord, Rectangle
from chart_triage.intake.limits import Limits
from chart_triage.intake.native.annotations import draw_into_page, has_widgets
from chart_triage.intake.native.drawing import read_drawing
from chart_triage.intake.native.drawn_boxes import find_drawn_boxes
from chart_triage.intake.native.field_words import with_fields
from chart_triage.intake.native.form_fields import Fields, FormReader
from chart_triage.intake.native.hidden_text import hidden_share, may_hide_text, shown_words
from chart_triage.intake.native.page_content import PageContents
from chart_triage.intake.native.page_frame import PageFrame
from chart_triage.intake.native.pdf_file import PdfFile, open_pdf
from chart_triage.intake.native.pen_strokes import pen_strokes
from chart_triage.intake.native.ruled_tables import find_table_rows
from chart_triage.intake.native.text_layer import HIDDEN, PICTURE, TextLayerState, judge_text_layer
from chart_triage.intake.native.words import UserWord, read_text_layer
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.intake.page_draft import PageDraft
from chart_triage.intake.page_watch import in_hand, is_left_out
from chart_triage.records.chart import ChartWarning, WarningKind
from chart_triage.records.page import Page, PageSource

if TYPE_CHECKING:
    from chart_triage.intake.images import PageImage

_SIDEWAYS_SHARE = 0.6  # of the page's characters run the same way, and not upright
_SIDEWAYS_CHARACTERS = 20
_GLANCE = 400  # pixels of the longer side of the image in which a page is looked at for anything drawn
_LETTER = (0.0, 0.0, 612.0, 792.0)

_WORDS_BEYOND = 3  # the edge of the page, from which on they are told
_BACKGROUND = 0.9  # of the page's area: text on a picture this large stands on its paper
_LARGE_PICTURE = 0.08  # of the page's area: smaller ones are logos and signatures
_FORM_LOST: tuple[WarningKind, str] = ("unread_page", "Not all form fields of the page could be read; its text was.")
_NOT_SHOWN: tuple[WarningKind, str] = (
    "bad_text_layer",
    "The page has text that it does not show: unseen ink, covered, too small or beyond its edge. It was not used.",
)
_LOST: tuple[WarningKind, str] = ("unread_page", "The file is damaged and this page could not be recovered.")
_UNOPENED: tuple[WarningKind, str] = (
    "unopened_page",
    "The page draws far more than a page of a record does; it was not opened. Ask for it printed on paper, or scanned.",
)
_ATTACHED = "Files are attached to the PDF: {}. They were not opened; ask for them as files of their own."
_CUT_OFF = "The file is damaged or cut off; parts of the pages and what follows the last one may be missing."


def read_pdf(
    name: str, data: bytes, password: str | None, limits: Limits, ocr: OcrOptions
) -> tuple[tuple[Page, ...], tuple[ChartWarning, ...]]:
    """All pages of a PDF, each with its words or with the reason why it has none. Raises `InputError`."""
    with open_pdf(name, data, password, limits) as file, closing(_Reader(name, file, limits)) as reader:
        attached, first = file.attachments, []
        for index in range(len(file)):
            first.append(reader.read(index))
            if first[-1][1] is None:
                ocr.told(index + 1)
        drafts = [draft for draft, _ in first]
        scans = {draft.number: scan for draft, scan in first if scan is not None}
        if scans:
            from chart_triage.intake.ocr.reader import read_images  # OpenCV and the engines: 0.4 s to load

            images = (reader.draw(number, scan) for number, scan in scans.items())
            for number, outcome in read_images(images, ocr.processes):
                ocr.told(number)
                drafts[number - 1] = _MERGE[scans[number].purpose](drafts[number - 1], outcome)
                limits.check_words(name, number, len(drafts[number - 1].words))
    pages, warnings = assemble(drafts)
    if attached:
        detail = _ATTACHED.format(attached)
        warnings += (ChartWarning(kind="attachment", pages=(1,), detail=detail),)
    if file.repaired:
        warnings += (ChartWarning(kind="unread_page", pages=(len(pages),), detail=_CUT_OFF),)
    return pages, warnings


class _Purpose(Enum):
    """Why a page is drawn and read by OCR."""

    NO_TEXT = auto()
    GARBLED_TEXT = auto()
    HIDDEN_TEXT = auto()
    BESIDE_TEXT = auto()
    PICTURES = auto()


_MERGE = {
    _Purpose.NO_TEXT: scanned.read_page,
    _Purpose.GARBLED_TEXT: scanned.read_garbled,
    _Purpose.HIDDEN_TEXT: scanned.read_hidden,
    _Purpose.BESIDE_TEXT: scanned.read_beside_text,
    _Purpose.PICTURES: scanned.read_pictures,
}
_WHOLE_PAGE = {
    TextLayerState.MISSING: _Purpose.NO_TEXT,
    TextLayerState.GARBLED: _Purpose.GARBLED_TEXT,
    TextLayerState.HIDDEN: _Purpose.HIDDEN_TEXT,
    TextLayerState.PARTIAL: _Purpose.BESIDE_TEXT,
}


class _Scan(NamedTuple):
    """What of a page is to be read by OCR: the `pictures` (points of the page as shown), or all of it (None)."""

    purpose: _Purpose
    pictures: tuple[Rectangle, ...] | None = None


class _Reader:
    """Reads page after page of one file; form fields need a second reader, made for the first page that has some."""

    def __init__(self, name: str, file: PdfFile, limits: Limits) -> None:
        self._name = name
        self._file = file
        self._limits = limits
        self._forms: FormReader | None = None
        self._contents = PageContents(file.data, file.password, len(file))
        self._annotations = 0

    def close(self) -> None:
        self._contents.close()
        if self._forms is not None:
            self._forms.close()

    def draw(self, number: int, scan: _Scan) -> PageImage:
        """The page `number` (1-based) as an image for OCR."""
        from chart_triage.intake.raster import draw  # OpenCV's numpy arrays: not for native pages

        with in_hand(number), closing(self._file.document[number - 1]) as page:
            return draw(page, number, scan.pictures)

    def read(self, index: int) -> tuple[PageDraft, _Scan | None]:
        """The draft of the page `index` (0-based), and what of it is left to OCR."""
        if is_left_out(index + 1):
            return _unread(index + 1, _unopened_frame(self._file.document, index), scanned.GIVEN_UP), None
        with in_hand(index + 1):
            return self._read(index)

    def _read(self, index: int) -> tuple[PageDraft, _Scan | None]:
        if self._contents.exceed(index, self._limits.max_page_content):
            return _unread(index + 1, _unopened_frame(self._file.document, index), _UNOPENED), None
        try:
            page = self._file.document[index]
            self._annotations += pdfium_c.FPDFPage_GetAnnotCount(page)
            self._limits.check_fields(self._name, self._annotations)
            kinds = draw_into_page(page)
            if kinds:
                page.close()
                page = self._file.document[index]
        except pdfium.PdfiumError:
            return _unread(index + 1, PageFrame(*_LETTER, 0), _LOST), None
        with closing(page):
            return self._read_page(page, index, has_widgets(kinds))

    def _read_page(self, page: Any, index: int, with_widgets: bool) -> tuple[PageDraft, _Scan | None]:
        number = index + 1
        shown = frame = _frame(page)
        self._limits.check_page_size(self._name, number, frame.width, frame.height)
        layer = read_text_layer(page)
        self._limits.check_words(self._name, number, len(layer.words), len(layer.text))
        turn = _common_turn(layer.words, frame.rotation)
        frame = frame.turned(-turn)
        words = _place(layer.words, frame)
        drawing = read_drawing(page, frame)
        for width, height in drawing.picture_sizes:
            self._limits.check_picture(self._name, number, width, height)
        image_share = _image_share(drawing.images, frame)
        is_drawn = bool(words) or image_share > 0 or _shows_anything(page)
        hidden = hidden_share(page, frame.width * frame.height) if words and image_share >= PICTURE else 0.0
        beyond = len(layer.words) - len(words)
        notices: tuple[tuple[WarningKind, str], ...] = (_NOT_SHOWN,) if beyond >= _WORDS_BEYOND else ()
        if words and hidden < HIDDEN and may_hide_text(drawing, layer.words, frame):
            seen = shown_words(page, shown)
            if len(seen) < len(layer.words):
                hidden = 1 - len(seen) / len(layer.words)
                words = _place(seen, frame) if hidden < HIDDEN else words
                notices = (_NOT_SHOWN,) if hidden < HIDDEN else ()
        state = judge_text_layer(layer.text, len(words), image_share, is_drawn, hidden)
        if state is TextLayerState.BLANK:
            return _unread(number, frame, _LOST if self._file.repaired else scanned.BLANK), None
        if state in (TextLayerState.MISSING, TextLayerState.GARBLED):
            return _unread(number, shown, None), _Scan(_WHOLE_PAGE[state])
        problem: tuple[WarningKind, str] | None = None
        field_places: list[Rectangle] = []
        if with_widgets:
            fields = self._fields(index, frame)
            field_places = [button.place for button in fields.buttons]
            words = with_fields(words, fields)
            if not fields.complete:
                problem = _FORM_LOST
        boxes = find_drawn_boxes(drawing, words, field_places, frame)
        if boxes.marks:
            words = [word for word in words if word not in boxes.consumed] + boxes.marks
        chosen = find_chosen_answers(tuple(pen_strokes(drawing.strokes)), words, boxes.places)
        if chosen.marks:
            words = [word for word in words if word not in chosen.parted] + chosen.parts + chosen.marks
        draft = PageDraft(
            number=number,
            width=frame.width,
            height=frame.height,
            rotation=frame.rotation,
            source=PageSource.NATIVE,
            words=tuple(words),
            table_rows=find_table_rows(drawing, boxes.places, frame.width, frame.height),
            problem=problem,
            notices=notices,
            was_sideways=turn != 0,
        )
        if state is not TextLayerState.USABLE:
            return draft, _Scan(_WHOLE_PAGE[state])
        pictures = _pictures_to_read(drawing.images, frame) if turn == 0 else ()
        return draft, _Scan(_Purpose.PICTURES, pictures) if pictures else None

    def _fields(self, index: int, frame: PageFrame) -> Fields:
        if self._forms is None:
            self._forms = FormReader(self._file)
        return self._forms.read(index, frame)


def _unread(number: int, frame: PageFrame, problem: tuple[WarningKind, str] | None) -> PageDraft:
    return PageDraft(number, frame.width, frame.height, frame.rotation, PageSource.NONE, problem=problem)


def _frame(page: Any) -> PageFrame:
    """The crop box within the media box, turned by /Rotate."""
    box = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDF_GetPageBoundingBox(page, box) or box.right <= box.left or box.top <= box.bottom:
        return PageFrame(*_LETTER, 0)
    rotation = 90 * pdfium_c.FPDFPage_GetRotation(page)
    return PageFrame(box.left, box.bottom, box.right, box.top, rotation)


def _unopened_frame(document: Any, index: int) -> PageFrame:
    """As large as the page is shown, without a look at what is on it."""
    size = pdfium_c.FS_SIZEF()
    if not pdfium_c.FPDF_GetPageSizeByIndexF(document, index, size) or size.width <= 0 or size.height <= 0:
        return PageFrame(*_LETTER, 0)
    return PageFrame(0.0, 0.0, size.width, size.height, 0)


def _common_turn(words: Sequence[UserWord], rotation: int) -> int:
    """Clockwise degrees by which most of the page's text is turned as the page is shown; 0 where it stands upright."""
    characters: Counter[int] = Counter()
    for word in words:
        characters[word.angle if word.angle == DIAGONAL else (word.angle + rotation) % 360] += len(word.text)
    if characters.total() < _SIDEWAYS_CHARACTERS:
        return 0
    turn, count = characters.most_common(1)[0]
    return turn if turn != DIAGONAL and count > _SIDEWAYS_SHARE * characters.total() else 0


def _place(words: Sequence[UserWord], frame: PageFrame) -> list[PlacedWord]:
    """The words of the visible page, in points of the upright page."""
    placed = []
    width, height = frame.width, frame.height
    for text, left, bottom, right, top, angle in words:
        x0, y0, x1, y1 = frame.rectangle(left, bottom, right, top)
        turn = angle if angle == DIAGONAL else (angle + frame.rotation) % 360
        if x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height:
            placed.append(PlacedWord(text, x0, y0, x1, y1, turn))
        elif (clipped := frame.clip((x0, y0, x1, y1))) is not None:
            placed.append(PlacedWord(text, *clipped, turn))
    return placed


def _image_share(images: Sequence[Rectangle], frame: PageFrame) -> float:
    area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in images)
    return min(area / (frame.width * frame.height), 1.0)


def _pictures_to_read(images: Sequence[Rectangle], frame: PageFrame) -> tuple[Rectangle, ...]:
    """Pictures large enough to hold a passage of the record, but no page backgrounds: text stands on those."""
    area = frame.width * frame.height
    sizes = [(image, (image[2] - image[0]) * (image[3] - image[1]) / area) for image in images]
    return tuple(image for image, share in sizes if _LARGE_PICTURE <= share < _BACKGROUND)


def _shows_anything(page: Any) -> bool:
    """Whether the page, drawn small, is of more than one colour."""
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        return False
    bitmap = page.render(scale=_GLANCE / max(width, height, 1.0), grayscale=True)
    try:
        return len(set(bytes(bitmap.buffer))) > 1
    finally:
        bitmap.close()
