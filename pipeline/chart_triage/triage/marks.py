"""Marks by which a sender asks for a fast answer, or says that the ordinary time will do.

Three shapes: the answer of a form ("☒ Urgent ☐ Routine", "Priority: STAT", a stamp alone on its line), a word on an
order or cover sheet ("MRI brain STAT"), and a sentence that asks for it ("requesting expedited review"). "STAT labs
were drawn", "not urgent", "urgent care center" and "if urgent, call" are none. All words are rows of
`lexicons/shared/urgency.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chart_triage.records.chart_index import PageKind
from chart_triage.records.page import MarkState, Page
from chart_triage.records.triage import MarkSays, RequestMark
from chart_triage.triage.form_boxes import FormBox, find_boxes
from chart_triage.triage.phrases import finder

_FORMS = {PageKind.FAX_COVER, PageKind.ORDER_FORM}
_LETTERS = {PageKind.CORRESPONDENCE, PageKind.CLINIC_NOTE}
_ANSWERING = {*_FORMS, PageKind.CORRESPONDENCE, PageKind.OTHER}
_SPEAKING = {*_ANSWERING, PageKind.CLINIC_NOTE, PageKind.RADIOLOGY_REPORT, PageKind.EEG_REPORT}
_YES = re.compile(r"(?:yes|y)\b", re.IGNORECASE)
_NO = re.compile(r"(?:no|n)\b", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.;!?](?=\s)|\n\s*\n|\t")
_CELL_END = re.compile(r"\t| {2,}|$")
_ANSWER_SIGN = re.compile(r"\s*[?:]")
_LABEL_WORDS = 5  # an answer's own word stands among the first of its label
_NEAR_WORDS = 4
_STAMP_LENGTH, _STAMP_WORDS = 40, 8
_WRAPPED = 50  # characters: a shorter line was not wrapped, the next one begins something new
_BOX_LINES = 3  # lines that a box's label may run on


def read_marks(page: Page, kind: PageKind) -> list[RequestMark]:
    """The page's marks, in order, each once."""
    marks = []
    if kind in _ANSWERING:
        marks += [*_answers(page, kind), *_stamped(page)]
    if kind in _SPEAKING:
        told = [mark.text.lower() for mark in marks]
        marks += [mark for mark in _sentences(page, kind) if not any(mark.text.lower() in text for text in told)]
    return list({(mark.says, mark.text.lower()): mark for mark in reversed(marks)}.values())[::-1]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _answers(page: Page, kind: PageKind) -> Iterator[RequestMark]:
    """Boxes, fields, and words alone on their line."""
    above = ""
    for at, line in _lines(page.text):
        boxes = find_boxes(line, at, page.marks)
        for box in boxes:
            says = _box_says(box, above)
            if says:
                yield _mark(page, says, at + box.start, at + box.end, box.question)
        if not boxes:
            yield from _fields(page, at, line)
            if _is_stamp(line, capitals=kind is PageKind.OTHER):
                yield _mark(page, MarkSays.EXPEDITED, at, at + len(line))
        above = line or above


def _box_says(box: FormBox, above: str) -> MarkSays | None:
    if box.state is MarkState.UNTICKED:
        return None
    asked = box.question or above
    if finder("never_field").search(box.question):
        return None
    says = _label_says(box.label)
    question = finder("expedited", "answer").search(asked)
    if says is None and question and not finder("never").search(asked):
        says = MarkSays.EXPEDITED if _YES.match(box.label) else MarkSays.STANDARD if _NO.match(box.label) else None
    if box.state is MarkState.UNKNOWN:
        return MarkSays.UNCLEAR if says is MarkSays.EXPEDITED else None
    return says


def _label_says(label: str) -> MarkSays | None:
    """What an answer says by the first of its words that is one."""
    hidden = [found.span() for found in finder("never").finditer(label)]
    found = [
        (match.start(), -match.end(), says)
        for says, role in ((MarkSays.EXPEDITED, "expedited"), (MarkSays.STANDARD, "standard"))
        for match in finder(role, "answer").finditer(label)
        if len(label[: match.start()].split()) < _LABEL_WORDS and not _inside(match.span(), hidden)
    ]
    if not found:
        return None
    start, _, says = min(found)
    denied = says is MarkSays.EXPEDITED and finder("unless_before", "near").search(label[:start])
    return None if denied else says


def _fields(page: Page, at: int, line: str) -> Iterator[RequestMark]:
    """ "Priority: STAT", "Expedited? Yes"."""
    for found in finder("field").finditer(line):
        sign = re.compile(r"\s*[:=\t]\s*").match(line, found.end())
        if sign and not finder("never_field").search(line[: found.start()]):
            end = _end_of_cell(line, sign.end())
            says = _label_says(line[sign.end() : end])
            if says:
                yield _mark(page, says, at + found.start(), at + end)
    for found in finder("expedited", "answer").finditer(line):
        sign = re.compile(r"(?:\s+(?:request|review|order))?\s*[?:]\s*").match(line, found.end())
        answered = sign and re.compile(r"(?:(yes|y)|no|n)\b", re.IGNORECASE).match(line, sign.end())
        if answered and not finder("never").search(line):
            says = MarkSays.EXPEDITED if answered[1] else MarkSays.STANDARD
            yield _mark(page, says, at + found.start(), at + answered.end())


def _end_of_cell(line: str, start: int) -> int:
    end = _CELL_END.search(line, start)
    return end.start() if end else len(line)


def _is_stamp(line: str, *, capitals: bool) -> bool:
    """ "*** URGENT ***": a short line that begins with the word; on a page of unknown kind in capitals."""
    words = line.strip(" \t*!#-–—=:<>[]()\"'.|")
    if not words[:1].isupper() and not words[:1].isdigit():  # in lower case it goes on from the line above
        return False
    if len(words) > _STAMP_LENGTH or (capitals and words != words.upper()):
        return False
    begins = finder("expedited", "stamp").match(words)
    if not begins or finder("never").search(words) or finder("unless_after").search(words):
        return False
    return len(words.split()) <= _STAMP_WORDS and "?" not in words


def _stamped(page: Page) -> Iterator[RequestMark]:
    """Words in the running head or foot of a page."""
    for line in page.furniture:
        if _is_stamp(line.text, capitals=True):
            box = line.box
            boxes = ((box.x0, box.y0, box.x1, box.y1),)
            yield RequestMark(says=MarkSays.EXPEDITED, text=line.text.strip(), page=page.number, boxes=boxes)


def _sentences(page: Page, kind: PageKind) -> Iterator[RequestMark]:
    where = ["sentence", *(["request_page"] if kind in _FORMS else []), *(["prose"] if kind in _LETTERS else [])]
    hidden = [found.span() for found in finder("never").finditer(page.text)]
    boxed = _boxed(page)
    for found in finder("expedited", *where).finditer(page.text):
        if _inside(found.span(), hidden) or any(start <= found.start() < end for start, end in boxed):
            continue
        if not _taken_back(page.text, found.start(), found.end()):
            yield _mark(page, MarkSays.EXPEDITED, found.start(), found.end())


def _boxed(page: Page) -> list[tuple[int, int]]:
    """Stretches that belong to boxes: their lines, and the lines that a label runs on, up to a blank line."""
    stretches, left = [], 0
    for at, line in _lines(page.text):
        left = _BOX_LINES if find_boxes(line) else left - 1 if line.strip() else 0
        if left > 0:
            stretches.append((at, at + len(line)))
    return stretches


def _taken_back(text: str, start: int, end: int) -> bool:
    """Whether its sentence is a question, or words before or right after it make it a condition, denial or rule."""
    before = text[_sentence_start(text, start) : start]
    near = " ".join(before.split()[-_NEAR_WORDS:])
    begins = finder("unless_before", "start").match(before.strip())
    if finder("unless_before", "sentence").search(before) or finder("unless_before", "near").search(near) or begins:
        return True
    after = text[end : end + 40]
    closing = _ENDS_SENTENCE.search(text, end)
    if closing and closing.group() == "?":
        return True
    sign = _ANSWER_SIGN.match(after)
    if sign:
        return bool(finder("unless_after", "answer").match(after[sign.end() :].lstrip()))
    words = re.sub(r"^\s*(?:is|are|was|were|has|been)?\s*", "", after)
    return bool(finder("unless_after", "word").match(words))


def _sentence_start(text: str, at: int) -> int:
    """After the last full stop, blank line, cell or unwrapped line before `at`."""
    start = max((end.end() for end in _ENDS_SENTENCE.finditer(text, 0, at)), default=0)
    for newline in reversed([found.start() for found in re.finditer("\n", text[:at]) if found.start() >= start]):
        if newline - (text.rfind("\n", 0, newline) + 1) < _WRAPPED:
            return newline + 1
    return start


def _inside(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] < end or start < span[1] <= end for start, end in others)


def _mark(page: Page, says: MarkSays, start: int, end: int, question: str = "") -> RequestMark:
    text = " ".join(page.text[start:end].split())
    boxes = tuple((w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in page.words_in(start, end))
    return RequestMark(
        says=says, text=f"{question} {text}".strip() if question else text, page=page.number, boxes=boxes
    )
