"""The readiness card: what intake staff want to know of a chart in a glance."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from chart_triage.records.chart_index import SetAside
from chart_triage.records.determination import ContraindicationStatus, Determination
from chart_triage.report.wording import CONTRAINDICATION, PAGE_KIND, headline, supported_criteria, unread_pages
from chart_triage.store.tables import ChartRow
from chart_triage.web.views.words import SUGGESTIONS, Due, Tag, due

_SILENT = (ContraindicationStatus.ABSENT, ContraindicationStatus.NOT_DOCUMENTED)
LETTERS = (("request_letter.docx", "Letter (Word)"), ("request_letter.pdf", "Letter (PDF)"))
OTHER_FILES = (("highlighted.pdf", "Highlighted PDF"), ("report.html", "Report"))


class Answer(NamedTuple):
    """One question of the card: `question`, a short `answer`, more words where they help."""

    question: str
    answer: Tag
    more: str


class Readiness(NamedTuple):
    chart: str
    headline: str
    suggestion: Tag
    due: Due | None
    answers: tuple[Answer, ...]
    kinds: tuple[tuple[str, int], ...]
    supports: tuple[tuple[str, str], ...]
    safety: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    letters: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    reviews: bool


def readiness_of(chart: ChartRow, found: Determination, kinds: set[str], *, reviews: bool) -> Readiness:
    """`kinds` are the files that the chart has; `reviews`: whether the viewer may open the review page."""
    listed = Counter(PAGE_KIND[page.kind] for page in found.index.pages) if found.index else Counter()
    supported = supported_criteria(found)
    devices = [device for device in found.contraindications.values() if device.status not in _SILENT]
    return Readiness(
        chart=chart.id,
        headline=headline(found),
        suggestion=SUGGESTIONS[found.suggestion.value],
        due=due(chart),
        answers=(_readable(found), _one_patient(found), _expedited(found)),
        kinds=tuple(listed.most_common()),
        supports=tuple((number, found.criteria[number].label) for number in supported),
        safety=tuple((device.label, CONTRAINDICATION[device.status]) for device in devices),
        missing=tuple(item.text for item in found.requests),
        letters=tuple(file for file in LETTERS if file[0] in kinds and found.requests),
        files=tuple(file for file in OTHER_FILES if file[0] in kinds),
        reviews=reviews,
    )


def _readable(found: Determination) -> Answer:
    unread, count = unread_pages(found), len(found.chart.pages)
    if not unread:
        return Answer("Readable?", Tag("Yes", "good"), f"all {count} pages were read" if count > 1 else "1 page")
    if len(unread) == count:
        return Answer("Readable?", Tag("No", "bad"), "no page could be read; ask for a better copy")
    return Answer("Readable?", Tag("In part", "warn"), f"not read: {_numbers(unread)} of {count}")


def _one_patient(found: Determination) -> Answer:
    question = "One patient?"
    if found.index is None or found.index.patient is None:
        return Answer(question, Tag("Not known", "warn"), "no page says whose chart it is")
    foreign = [p.number for p in found.index.pages if p.set_aside is SetAside.FOREIGN_PATIENT]
    warned = [n for w in found.warnings if w.kind == "foreign_patient" for n in w.pages]
    name = found.index.patient.name or "named by number only"
    if foreign:
        return Answer(question, Tag("No", "bad"), f"{name}; set aside: {_numbers(foreign)} of another patient")
    if warned:
        return Answer(question, Tag("Look", "warn"), f"{name}; perhaps of another patient: {_numbers(warned)}")
    return Answer(question, Tag("Yes", "good"), name)


def _expedited(found: Determination) -> Answer:
    assert found.triage is not None
    urgency = found.triage.urgency
    words = {True: Tag("Yes", "bad"), False: Tag("No", "plain"), None: Tag("Not said", "plain")}[urgency.expedited]
    return Answer("Expedited?", words, urgency.why)


def _numbers(pages: tuple[int, ...] | list[int]) -> str:
    """
    >>> _numbers([3]), _numbers([1, 4])
    ('page 3', 'pages 1, 4')
    """
    shown = sorted(set(pages))
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
    return f"page{'s' if len(shown) > 1 else ''} {', '.join(map(str, shown[:12]))}{more}"
