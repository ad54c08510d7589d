"""What a determination says of a packet, held against what is right: one `Judged` for each thing that can be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from chart_triage.assess import AssessedChart
from chart_triage.records.chart_index import PageKind, SetAside
from chart_triage.records.determination import Determination
from chart_triage.records.finding import Evidence
from chart_triage.records.mention import Status
from packeting.content import Packet
from packeting.gold import Gold, GoldPage, GoldRow

Place = tuple[float, float, float, float]

UNSAFE = {"present", "present_mr_conditional", "planned", "uncertain"}
TOUCHES = 0.25  # share of the smaller box that must be covered
SURE = 0.8  # confidence from which on a wrong answer is a dangerous one


ROWS = (  # of the table, in its order; those of single shapes of forms follow
    "charts with all of their pages",
    "determinations right",
    "criteria right",
    "contraindications found",
    "contraindications right",
    "conflicts shown",
    "evidence lines highlighted",
    "pages of other patients found",
    "the patient's pages left alone",
    "foreign pages not cited",
    "duplicate pages found",
    "the better copy cited",
    "pages that are no duplicates left alone",
    "illegible pages declared",
    "readable pages read",
    "readable pages without a warning",
    "blank pages declared",
    "page kinds",
    "beginnings of documents found",
    "beginnings of documents right",
    "printed names read",
    "no name where none is printed",
    "printed dates of birth read",
    "printed record numbers read",
    "form rows right",
    "ticked devices not read as absent",
)


class Judged(NamedTuple):
    """`what` is a row of the table. `told` says in a line what was wrong; it holds no more than the label does."""

    what: str
    right: bool
    told: str = ""


@dataclass(frozen=True)
class Seen:
    """What the program says of one page. None: it does not say such a thing yet. `doubtful`: a warning of poor copy."""

    number: int
    kind: str | None
    document: int | None
    foreign: bool
    duplicate: bool
    duplicate_of: int | None
    unread: bool
    doubtful: bool
    blank: bool
    name: str | None
    born: bool | None
    numbers: tuple[str, ...] | None


def seen(result: AssessedChart) -> list[Seen]:
    determination = result.determination
    index = determination.index
    warned = {
        kind: {page for warning in determination.warnings if warning.kind == kind for page in warning.pages}
        for kind in ("foreign_patient", "duplicate_page", "illegible_page", "unread_page", "blank_page")
    }
    pages = []
    for summary in determination.chart.pages:
        page = index.pages[summary.number - 1] if index else None
        identity = page.identity if page else None
        kind = page.kind if page else None
        blank = kind is PageKind.BLANK or summary.number in warned["blank_page"]
        unread = not blank and (kind is PageKind.ILLEGIBLE or not summary.readable)
        doubtful = summary.number in warned["illegible_page"] | warned["unread_page"]
        pages.append(
            Seen(
                number=summary.number,
                kind=kind.value if kind else None,
                document=page.document if page else None,
                foreign=page.set_aside is SetAside.FOREIGN_PATIENT
                if page
                else summary.number in warned["foreign_patient"],
                duplicate=page.duplicate_of is not None if page else summary.number in warned["duplicate_page"],
                duplicate_of=page.duplicate_of if page else None,
                unread=unread,
                doubtful=unread or doubtful,
                blank=blank,
                name=identity.name if identity else None,
                born=None if page is None else bool(identity and identity.born),
                numbers=None if page is None else identity.numbers if identity else (),
            )
        )
    return pages


def judge(packet: Packet, gold: Gold, result: AssessedChart) -> Iterator[Judged]:
    pages = seen(result)
    if len(pages) != len(gold.pages):
        yield Judged("charts with all of their pages", False, f"{len(pages)} pages instead of {len(gold.pages)}")
        return
    both = list(zip(gold.pages, pages, strict=True))
    for page, said in both:
        yield from _page(page, said, packet)
    yield from _boundaries(both)
    yield from _copies(both)
    for row in gold.rows:
        if row.concepts:
            yield from _row(row, result.determination)
    yield from _determination(packet, result.determination)
    yield from _lines(gold, pages, result.determination)
    yield from _leaks(gold, result.determination)
    yield Judged("charts with all of their pages", True)


def _page(page: GoldPage, said: Seen, packet: Packet) -> Iterator[Judged]:
    at = f"page {page.number}"
    if said.kind is not None:
        yield Judged("page kinds", said.kind in page.kinds, f"{at} {page.document}: {said.kind}, not {page.kinds[0]}")
    if page.kinds == ("illegible",):
        yield Judged("illegible pages declared", said.doubtful and not said.blank, f"{at}: not declared")
    elif page.kinds == ("blank",):
        yield Judged("blank pages declared", said.blank, f"{at}: not declared")
    else:
        yield Judged("readable pages read", not (said.unread or said.blank), f"{at}: declared unread")
        yield Judged("readable pages without a warning", not said.doubtful, f"{at}: poorly legible, the program says")
    if page.is_unread:
        return
    if page.foreign:
        yield Judged("pages of other patients found", said.foreign, f"{at} {page.document}: counted as the patient's")
    else:
        yield Judged("the patient's pages left alone", not said.foreign, f"{at} {page.document}: called foreign")
    if said.born is None or said.numbers is None:
        return
    person = packet.people[packet.parts[page.document].of]
    if page.printed.name:
        yield Judged("printed names read", _same_name(said.name, person.last), f"{at} {page.document}: name not read")
    else:
        yield Judged("no name where none is printed", said.name is None, f"{at} {page.document}: a name")
    if page.printed.born:
        yield Judged("printed dates of birth read", said.born, f"{at} {page.document}: date of birth not read")
    if page.printed.number:
        yield Judged("printed record numbers read", bool(said.numbers), f"{at} {page.document}: number not read")


def _same_name(said: str | None, last: str) -> bool:
    """Whether the last name is in it, but for a letter or two that a fax may have cost."""
    if said is None:
        return False
    wanted, had = Counter(last.upper()), Counter(said.upper())
    return sum((wanted - had).values()) <= max(1, len(last) // 6)


def _boundaries(both: Sequence[tuple[GoldPage, Seen]]) -> Iterator[Judged]:
    """Whether a new document begins between two neighbouring pages that can be read."""
    for (before, said_before), (page, said) in pairwise(both):
        if before.is_unread or page.is_unread or said.document is None:
            continue
        claimed = said.document != said_before.document
        if page.starts:
            yield Judged(
                "beginnings of documents found", claimed, f"page {page.number} {page.document}: no new document"
            )
        if claimed:
            yield Judged("beginnings of documents right", page.starts, f"page {page.number} {page.document}: goes on")


def _copies(both: Sequence[tuple[GoldPage, Seen]]) -> Iterator[Judged]:
    groups = {frozenset((page.number, *page.copies)) for page, _ in both if page.copies and not page.foreign}
    said = {each.number: each for _, each in both}
    better = {page.number: page.better for page, _ in both}
    for group in sorted(groups, key=sorted):
        aside = [n for n in group if said[n].duplicate and said[n].duplicate_of in (*group, None)]
        for extra in range(len(group) - 1):
            yield Judged("duplicate pages found", extra < len(aside), f"pages {sorted(group)}: both count")
        if len(aside) == len(group) - 1 and any(better[n] for n in group):
            (cited,) = group - set(aside)
            yield Judged("the better copy cited", not better[cited], f"pages {sorted(group)}: {cited} is cited")
    for page, each in both:
        if page.is_unread or page.foreign:
            continue
        wrong = each.duplicate and (not page.copies or each.duplicate_of not in (*page.copies, None))
        told = f"page {page.number} {page.document}: called a copy of {each.duplicate_of}"
        yield Judged("pages that are no duplicates left alone", not wrong, told)


def _row(row: GoldRow, determination: Determination) -> Iterator[Judged]:
    """Each device that the row asks for; "yes" to a row of two devices is right if either is seen."""
    statuses: list[Status] = []
    sure_no = False
    right = []
    for concept in row.concepts:
        items = [e for e in _evidence(determination, concept) if e.page == row.page and _in_row(e, row)]
        statuses += [item.status for item in items]
        sure_no |= any(item.status is Status.ABSENT and item.confidence >= SURE for item in items)
        if row.answer == "yes":
            right.append(any(i.status in (Status.PRESENT, Status.HISTORICAL_RESOLVED) for i in items))
        elif row.answer == "no":
            right.append(any(i.status in (Status.ABSENT, Status.HISTORICAL_RESOLVED) for i in items))
        else:
            right.append(all(item.status is Status.UNCERTAIN for item in items))
    fine = any(right) if row.answer == "yes" else all(right)
    had = ", ".join(sorted(set(statuses))) or "nothing"
    told = f"page {row.page} {row.question} ({row.marks}): {had}, not {row.answer or 'open'}"
    yield Judged("form rows right", fine, told)
    yield Judged(f"form rows right, {row.marks}", fine)
    if row.answer == "yes":
        yield Judged("ticked devices not read as absent", not sure_no, told)


def _in_row(evidence: Evidence, row: GoldRow) -> bool:
    return any(
        min(box[3], place[3]) - max(box[1], place[1]) > 0.5 * min(box[3] - box[1], place[3] - place[1])
        for box in evidence.boxes
        for place in row.places
    )


def _determination(packet: Packet, determination: Determination) -> Iterator[Judged]:
    wrong = [*_criteria(packet, determination), *_safety(packet, determination)]
    asked = packet.result.suggestion
    if determination.suggestion not in asked:
        wrong.append(f"suggests {determination.suggestion}, not {asked[0]}")
    yield Judged(
        "criteria right", not list(_criteria(packet, determination)), "; ".join(_criteria(packet, determination))
    )
    yield Judged("determinations right", not wrong, "; ".join(wrong))
    for key, result in determination.contraindications.items():
        wanted = packet.result.contraindications.get(key, ("not_documented",))
        if set(wanted) <= UNSAFE:
            yield Judged("contraindications found", result.status in UNSAFE, f"{key} is {result.status}")
        if result.status in UNSAFE:
            yield Judged("contraindications right", bool(set(wanted) & UNSAFE), f"{key} is {result.status}")
    for key in packet.result.conflicts:
        shown = determination.contraindications[key]
        yield Judged("conflicts shown", bool(shown.evidence and shown.counter_evidence), f"{key}: one side alone")


def _criteria(packet: Packet, determination: Determination) -> Iterator[str]:
    for number, result in determination.criteria.items():
        wanted = packet.result.criteria.get(number)
        if wanted is None:
            if result.status == "supported":
                yield f"{number} is supported"
        elif result.status not in wanted:
            yield f"{number} is {result.status}, not {wanted[0]}"


def _safety(packet: Packet, determination: Determination) -> Iterator[str]:
    for key, result in determination.contraindications.items():
        wanted = packet.result.contraindications.get(key, ("not_documented",))
        if result.status not in wanted:
            yield f"{key} is {result.status}, not {wanted[0]}"


def _lines(gold: Gold, pages: Sequence[Seen], determination: Determination) -> Iterator[Judged]:
    """A quotation is covered if a highlight of its concept touches its words on one of the pages that have them."""
    for line in gold.lines:
        items = list(_evidence(determination, line.concept))
        covered = any(
            item.page == page and any(_touch(box, place) for box in item.boxes for place in places)
            for page, places in line.places.items()
            for item in items
        )
        told = f"page {', '.join(map(str, line.places))}: {line.concept}: {line.words}"
        yield Judged("evidence lines highlighted", covered, told)


def _touch(box: Place, place: Place) -> bool:
    across = min(box[2], place[2]) - max(box[0], place[0])
    down = min(box[3], place[3]) - max(box[1], place[1])
    smaller = min((b[2] - b[0]) * (b[3] - b[1]) for b in (box, place))
    return across > 0 and down > 0 and across * down >= TOUCHES * smaller


def _leaks(gold: Gold, determination: Determination) -> Iterator[Judged]:
    """Nothing that counts may be cited from another patient's page."""
    cited = {
        item.page
        for result in (*determination.criteria.values(), *determination.contraindications.values())
        for item in (*result.evidence, *result.counter_evidence)
    }
    for page in gold.pages:
        if page.foreign and not page.is_unread:
            yield Judged("foreign pages not cited", page.number not in cited, f"page {page.number}: cited")


def _evidence(determination: Determination, concept: str) -> Iterator[Evidence]:
    """All that is shown for or against a concept, wherever it is shown."""
    for results in (determination.concepts, determination.contraindications):
        result = results.get(concept)
        if result:
            yield from (*result.evidence, *result.counter_evidence)
    for other in determination.others:
        if other.kind == concept:
            yield from other.evidence
