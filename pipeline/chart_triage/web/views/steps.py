"""What a reviewer's form asks for, checked against the chart and made into an event of the review."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fastapi import Form

from chart_triage.errors import StoreError
from chart_triage.records.page import Page
from chart_triage.store.reviews import Kind, SignOff
from chart_triage.web.views.assessed import Assessed
from chart_triage.web.views.review_rows import statuses

_LONGEST = 4000
_Text = Annotated[str, Form(max_length=_LONGEST)]
_Count = Annotated[int | None, Form(ge=0)]


class Step(NamedTuple):
    """A form of the review page as it came in. `seen` is the version that its author saw.

    Words for evidence are named by page and place (`first`, `last`: the page's words; without boxes `start`, `end`: of
    its text), never by what they say: what is kept is what the page says.
    """

    kind: Kind
    seen: int
    criterion: str | None
    status: str
    reason: str
    text: str
    outcome: str
    words: str
    side: str
    page: int | None
    first: int | None
    last: int | None
    start: int | None
    end: int | None


def step(
    kind: Annotated[Kind, Form()],
    seen: Annotated[int, Form(ge=0)],
    criterion: Annotated[str, Form(max_length=60)] = "",
    status: Annotated[str, Form(max_length=60)] = "",
    reason: _Text = "",
    text: _Text = "",
    outcome: Annotated[str, Form(max_length=60)] = "",
    words: _Text = "",
    side: Annotated[str, Form(pattern="^(for|against)$")] = "for",
    page: _Count = None,
    first: _Count = None,
    last: _Count = None,
    start: _Count = None,
    end: _Count = None,
) -> Step:
    return Step(kind, seen, criterion or None, status, reason.strip(), text.strip(), outcome, words.strip(), side,
                page, first, last, start, end)  # fmt: skip


def payload(step: Step, assessed: Assessed) -> dict[str, Any]:
    """What is kept of the step (an undo's is looked up by the store). Raises StoreError for what the chart lacks."""
    if step.criterion is not None and not _kind_of(step.criterion, assessed):
        raise StoreError("This guideline has no such criterion.")
    match step.kind:
        case Kind.REJECT:
            return {"reason": step.reason}
        case Kind.OVERRIDE:
            return {"status": _status(step, assessed), "reason": step.reason}
        case Kind.NOTE:
            return {"text": _needed(step.text, "Write something first.")}
        case Kind.EVIDENCE:
            return _words(step, _page(step, assessed)) | {"side": step.side}
        case Kind.SET_ASIDE | Kind.TAKE_BACK:
            return {"page": _page(step, assessed).number} | ({"reason": step.reason} if step.reason else {})
        case Kind.SIGN_OFF:
            if step.outcome not in list(SignOff):
                raise StoreError("Choose your determination.")
            return {"outcome": step.outcome, "words": step.words, "reason": step.reason}
        case Kind.REOPEN:
            return {"reason": step.reason}
    return {}


def _kind_of(key: str, assessed: Assessed) -> str:
    """ "criterion" or "safety"; "" where the determination has no such row."""
    if key in assessed.determination.criteria:
        return "criterion"
    return "safety" if key in assessed.determination.contraindications else ""


def _status(step: Step, assessed: Assessed) -> str:
    allowed = statuses(_kind_of(step.criterion or "", assessed))
    if step.status not in (status for status, _ in allowed):
        raise StoreError("Choose the status that is right.")
    return step.status


def _needed(text: str, told: str) -> str:
    if not text:
        raise StoreError(told)
    return text


def _page(step: Step, assessed: Assessed) -> Page:
    pages = assessed.chart.pages
    if step.page is None or not 1 <= step.page <= len(pages):
        raise StoreError("The chart has no such page.")
    return pages[step.page - 1]


def _words(step: Step, page: Page) -> dict[str, Any]:
    if page.words:
        if step.first is None or step.last is None or not step.first <= step.last < len(page.words):
            raise StoreError("Select words on the page first.")
        chosen = page.words[step.first : step.last + 1]
        start, end = chosen[0].start, chosen[-1].end
        boxes = [word.box.as_list() for word in chosen]
    else:
        if step.start is None or step.end is None or not step.start < step.end <= len(page.text):
            raise StoreError("Select words on the page first.")
        start, end, boxes = step.start, step.end, []
    said = _needed(" ".join(page.text[start:end].split()), "Select words on the page first.")
    return {"page": page.number, "start": start, "end": end, "text": said[:_LONGEST], "boxes": boxes}
