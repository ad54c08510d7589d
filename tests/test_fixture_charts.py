"""Every fixture chart from file to result: what a careful reviewer expects, and highlights that lie on their words."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pdfplumber
import pikepdf
import pytest

from chart_triage.assess import AssessedChart, Assessor
from chart_triage.records.chart import Chart
from chart_triage.records.finding import Evidence
from chart_triage.records.page import Page
from chart_triage.records.request import RequestData

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))

from expected import read_all

CHARTS = {expected.path.stem: expected for expected in read_all()}


class Miss(NamedTuple):
    """What the program says otherwise than a careful reviewer of one chart: exactly these differences, and why."""

    differences: frozenset[str]
    why: str


# Charts whose reading is not yet what a reviewer expects. No other difference may join those named here, and one that
# goes away must leave the list: the test fails until it does.
KNOWN_MISSES: dict[str, Miss] = {}


@cache
def assessor() -> Assessor:
    return Assessor()


@cache
def assessed(name: str) -> AssessedChart:
    return assessor().chart(CHARTS[name].path, RequestData(planned_scan=CHARTS[name].scan_date))


def differences(name: str) -> Iterator[str]:
    """What the determination says otherwise than the labels: criteria, safety list, suggestion, flags."""
    expected, determination = CHARTS[name], assessed(name).determination
    for number, statuses in expected.criteria.items():
        if determination.criteria[number].status not in statuses:
            yield f"{number} is {determination.criteria[number].status}"
    for key, result in determination.contraindications.items():
        if not expected.contraindication_is_right(key, result.status):
            yield f"{key} is {result.status}"
    if determination.suggestion not in expected.suggestion:
        yield f"suggests {determination.suggestion}"
    if determination.flags != expected.flags:
        yield f"flags are {determination.flags}"


@pytest.mark.parametrize("name", CHARTS)
def test_the_determination_is_that_of_a_careful_reviewer(name: str) -> None:
    known = KNOWN_MISSES[name].differences if name in KNOWN_MISSES else frozenset()
    assert set(differences(name)) == known


def test_the_concepts_are_those_of_a_careful_reviewer() -> None:
    """Concepts that the labels do not list count as well, where the program mentions one."""
    right = total = 0
    for name, expected in CHARTS.items():
        concepts = assessed(name).determination.concepts
        for concept in sorted({*expected.concepts, *concepts}):
            total += 1
            right += expected.concept_is_right(concept, concepts[concept].status if concept in concepts else None)
    assert total > 300
    assert right / total >= 0.96


# Words that the labels want highlighted and that are not, by chart, page and words.
NOT_HIGHLIGHTED = {
    ("adrenoleukodystrophy-diagnostic-mri", 2, "diagnostic quality"),
    ("adrenoleukodystrophy-diagnostic-mri", 1, "Therapy planning"),
    ("alexander-therapies", 2, "Indeterminate as to progression"),
    ("glioblastoma-recurrence-or-necrosis", 2, "Treatment response"),
    ("glioma-biopsy-target", 4, "Treatment planning"),
    ("krabbe-transplant", 2, "Therapy planning"),
    ("metachromatic-gene-therapy", 1, "Krabbe"),
    ("metastases-radiosurgery", 2, "response to treatment"),
    ("oligodendroglioma-settled", 4, "treatment response"),
}


def highlights_of(name: str, concept: str) -> list[Evidence]:
    determination = assessed(name).determination
    results = (determination.concepts.get(concept), determination.contraindications.get(concept))
    return [item for result in results if result for item in (*result.evidence, *result.counter_evidence)]


def spans_of(words: str, page: int, chart: Chart) -> list[tuple[int, int]]:
    """Where the words stand on the page, in the chart's text; line breaks and line-end hyphens apart."""
    before = sum(len(other.text) + 1 for other in chart.pages[: page - 1])
    pattern = r"[\s-]*".join(re.escape(c) for c in words if not c.isspace())
    return [(before + m.start(), before + m.end()) for m in re.finditer(pattern, chart.pages[page - 1].text)]


def test_highlights_touch_the_words_that_the_labels_name() -> None:
    missed, total = set(), 0
    for name, expected in CHARTS.items():
        for quote in expected.evidence:
            total += 1
            spans = spans_of(quote.words, quote.page, assessed(name).chart)
            assert spans, quote
            items = highlights_of(name, quote.concept)
            if not any(item.start < end and start < item.end for item in items for start, end in spans):
                missed.add((name, quote.page, quote.words))
    assert missed == NOT_HIGHLIGHTED
    assert total > 150


def all_evidence(name: str) -> set[Evidence]:
    return evidence_of(assessed(name))


def evidence_of(assessed_chart: AssessedChart) -> set[Evidence]:
    """Everything that is highlighted: of concepts, criteria, the safety list and what is shown besides."""
    determination = assessed_chart.determination
    groups = [*determination.concepts.values(), *determination.criteria.values()]
    sides = [side for group in groups for side in (group.evidence, group.counter_evidence)]
    sides += [side for c in determination.contraindications.values() for side in (c.evidence, c.counter_evidence)]
    sides += [other.evidence for other in determination.others]
    return {item for side in sides for item in side}


Place = tuple[float, float, float, float]
SLACK = 3.0  # points by which two readers may differ over the height of a font
PDFS = [name for name, expected in CHARTS.items() if expected.path.suffix == ".pdf"]


def on_shown_page(place: Place, page: Page, shown: pdfplumber.page.Page) -> Place:
    """A place of the upright page where pdfplumber sees it: on the page as a viewer shows it, its crop box included."""
    x0, y0, x1, y1 = place
    match (shown.rotation - page.rotation) % 360:
        case 90:
            x0, y0, x1, y1 = page.height - y1, x0, page.height - y0, x1
        case 180:
            x0, y0, x1, y1 = page.width - x1, page.height - y1, page.width - x0, page.height - y0
        case 270:
            x0, y0, x1, y1 = y0, page.width - x1, y1, page.width - x0
    left, top = shown.cropbox[:2]
    return x0 + left, y0 + top, x1 + left, y1 + top


def read_under(place: Place, shown: pdfplumber.page.Page) -> str:
    """The characters whose middle lies within the place, in the order in which they were drawn.

    Nothing where the place reaches more than SLACK points beyond them or cuts as much off: it is not theirs.
    """
    x0, y0, x1, y1 = place
    under = [c for c in shown.chars if x0 <= (c["x0"] + c["x1"]) / 2 <= x1 and y0 <= (c["top"] + c["bottom"]) / 2 <= y1]
    if not under:
        return ""
    around = (
        min(c["x0"] for c in under), min(c["top"] for c in under),
        max(c["x1"] for c in under), max(c["bottom"] for c in under),
    )  # fmt: skip
    beyond = max(abs(side - own) for side, own in zip(place, around, strict=True))
    return "".join(c["text"] for c in under) if beyond <= SLACK else ""


def plain(text: str) -> str:
    """Ligatures as letters, without space and soft hyphens, in lower case."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\u00ad", "").split()).casefold()


def lies_on(quoted: str, readings: Sequence[str]) -> bool:
    """Whether the readings under the boxes, one after the other, are the quoted words and nothing else.

    What stands in the same word before the first letter or after the last one may be there besides: brackets, a full
    stop, the other half of "AAIR-DDDR". A reading but the last that ends in a hyphen may be the first half of a word
    that the quotation joins.
    """
    parts = [plain(reading) for reading in readings]
    if not all(parts):
        return False
    halves = [(part, part[:-1]) if part.endswith("-") else (part,) for part in parts[:-1]]
    for chosen in product(*halves, (parts[-1],)):
        shown, first, last = "".join(chosen), len(chosen[0]), len(chosen[-1])
        for found in re.finditer(f"(?={re.escape(plain(quoted))})", shown):
            if found.start() < first and found.start() + len(plain(quoted)) > len(shown) - last:
                return True
    return False


@pytest.mark.parametrize(
    ("quoted", "readings", "right"),
    [
        ("pacemaker", ["(pacemaker,"], True),
        ("brain\ntumor", ["brain", "tumor."], True),
        ("indeterminate", ["indetermi-", "nate;"], True),
        ("non-diagnostic", ["non-", "diagnostic"], True),
        ("mitochondrial de\ufb01cit", ["mito-", "chondrial", "deficit"], True),
        ("AAIR", ["AAIR-DDDR"], True),
        ("pacemaker", ["p"], False),
        ("pacemaker", ["pacema"], False),
        ("pacemaker", [""], False),
        ("brain tumor", ["brain"], False),
        ("brain tumor", ["tumor", "brain"], False),
        ("pacemaker", ["No", "pacemaker"], False),
        ("pacemaker", ["pacemaker", "lead"], False),
        ("C71.2", ["C71.9"], False),
    ],
)
def test_the_check_of_highlights_is_strict(quoted: str, readings: list[str], *, right: bool) -> None:
    assert lies_on(quoted, readings) is right


def faults(evidence: Iterable[Evidence], chart: Chart, path: Path) -> list[str]:
    """Each highlight that does not lie on its words, as another reader of the file sees them."""
    found = []
    with pdfplumber.open(path) as pdf:
        for item in evidence:
            assert item.page is not None
            page, shown = chart.pages[item.page - 1], pdf.pages[item.page - 1]
            readings = [read_under(on_shown_page(box, page, shown), shown) for box in item.boxes]
            if not readings or not lies_on(item.text, readings):
                found.append(f"page {item.page}: {item.text!r} lies on {readings}")
    return found


@pytest.mark.parametrize("name", PDFS)
def test_every_highlight_lies_on_the_words_that_it_quotes(name: str) -> None:
    evidence = all_evidence(name)
    assert evidence
    assert not faults(evidence, assessed(name).chart, CHARTS[name].path)


def test_there_are_highlights_enough_to_tell() -> None:
    assert sum(len(all_evidence(name)) for name in PDFS) > 550


def turn_as_shown(page: pikepdf.Page, degrees: int) -> None:
    page.rotate(degrees, relative=True)


def turn_the_drawing(page: pikepdf.Page, degrees: int) -> None:
    """Clockwise, as on a scanned sheet that lay sideways: the words run sideways and no viewer puts them right."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    assert (left, bottom) == (0, 0)
    matrix = {90: (0, -1, 1, 0, 0, right), 180: (-1, 0, 0, -1, right, top), 270: (0, 1, -1, 0, top, 0)}[degrees]
    page.contents_add(f"q {' '.join(map(str, matrix))} cm".encode(), prepend=True)
    page.contents_add(b"Q")
    if degrees != 180:
        page.mediabox = [0, 0, top, right]


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("turn", [turn_as_shown, turn_the_drawing])
def test_highlights_of_turned_pages_lie_on_their_words(
    tmp_path: Path, degrees: int, turn: Callable[[pikepdf.Page, int], None]
) -> None:
    """A letter in two columns with broken words; turned, it says the same, and every highlight lies on its words."""
    name, path = "krabbe-transplant", tmp_path / "turned.pdf"
    with pikepdf.open(CHARTS[name].path) as pdf:
        for page in pdf.pages:
            turn(page, degrees)
        pdf.save(path)
    turned = assessor().chart(path, RequestData(planned_scan=CHARTS[name].scan_date))
    evidence = evidence_of(turned)
    assert {(item.page, item.text) for item in evidence} == {(item.page, item.text) for item in all_evidence(name)}
    assert not faults(evidence, turned.chart, path)


def test_every_word_of_a_turned_page_lies_on_itself() -> None:
    """Of the fixture pages that are stored sideways none carries evidence, so all of their words are read back."""
    turned = [(CHARTS[name].path, page) for name in PDFS for page in assessed(name).chart.pages if page.rotation]
    assert {page.rotation for _, page in turned} == {90, 270}
    for path, page in turned:
        with pdfplumber.open(path) as pdf:
            shown = pdf.pages[page.number - 1]
            assert len(page.words) > 100
            for word in page.words:
                box = (word.box.x0, word.box.y0, word.box.x1, word.box.y1)
                reading = read_under(on_shown_page(box, page, shown), shown)
                assert lies_on(page.text[word.start : word.end], [reading])
