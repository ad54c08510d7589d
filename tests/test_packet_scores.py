"""The benchmark of packets calls a right index right, and each kind of mistake in it a mistake."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chart_triage.assess import AssessedChart, Assessor
from chart_triage.records.chart_index import ChartDocument, ChartIndex, Identity, IndexedPage, PageKind, SetAside
from chart_triage.records.request import RequestData

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "fixtures")]

from benchmarks.packet_scores import judge  # noqa: E402

import packet as packets  # noqa: E402
from packeting.content import Packet  # noqa: E402
from packeting.gold import Gold, gold  # noqa: E402

TWIN, COPY = "ms-twin-sister", "epilepsy-serial-notes"


@cache
def assessed(name: str) -> tuple[Packet, Gold, AssessedChart]:
    what = packets.packet(name)
    made = packets.composed(what)
    path = packets.KEPT / f"scores-{name}{what.ending}"
    path.write_bytes(made.data)
    return what, gold(what, made), Assessor().chart(path, RequestData(planned_scan=what.scan_date))


def right_index(what: Packet, right: Gold) -> list[dict[str, Any]]:
    """The pages of an index without a mistake."""
    pages, document = [], 0
    for page in right.pages:
        document += page.starts
        person = what.people[what.parts[page.document].of]
        first = min((page.number, *page.copies))
        pages.append(
            {
                "number": page.number,
                "kind": PageKind(page.kinds[0]),
                "document": document,
                "identity": Identity(
                    name=page.printed.name,
                    born=person.born if page.printed.born else None,
                    numbers=(person.mrn,) if page.printed.number else (),
                ),
                "duplicate_of": None if first == page.number else first,
                "set_aside": SetAside.FOREIGN_PATIENT if page.foreign else None,
            }
        )
    return pages


def wrong_rows(name: str, spoil: Callable[[list[dict[str, Any]]], None]) -> Counter[str]:
    """Rows of the table with mistakes, of those that an index decides, for an index that `spoil` has changed."""
    what, right, result = assessed(name)
    pages = right_index(what, right)
    spoil(pages)
    documents = {
        n: tuple(p["number"] for p in pages if p["document"] == n) for n in sorted({p["document"] for p in pages})
    }
    index = ChartIndex(
        pages=tuple(IndexedPage(**page) for page in pages),
        documents=tuple(ChartDocument(number=n, pages=of, kind=PageKind.OTHER) for n, of in documents.items()),
    )
    determination: Any = SimpleNamespace(**(dict(result.determination) | {"index": index}))
    judged = list(judge(what, right, AssessedChart(result.chart, determination)))
    decided = {"page kinds", "beginnings of documents found", "printed names read", "the patient's pages left alone"}
    assert decided <= {each.what for each in judged}
    by_findings = (
        "criteria",
        "determinations",
        "contraindications",
        "evidence",
        "foreign pages not",
        "form",
        "conflicts",
    )
    return Counter(each.what for each in judged if not each.right and not each.what.startswith(by_findings))


@pytest.mark.parametrize("name", [TWIN, COPY])
def test_a_right_index_has_no_mistakes(name: str) -> None:
    assert wrong_rows(name, lambda pages: None) == {}


def test_each_mistake_is_one_of_its_row() -> None:
    at = {page.document: page.number - 1 for page in assessed(TWIN)[1].pages}  # the last page of each document

    def spoil(pages: list[dict[str, Any]]) -> None:
        pages[at["mri"]] |= {"kind": PageKind.OTHER, "set_aside": SetAside.FOREIGN_PATIENT}
        pages[at["ent"]] |= {"set_aside": None, "identity": Identity(name="SOMEBODY, ELSE")}
        pages[at["labs"]] |= {"document": pages[at["ent"]]["document"], "identity": None}
        pages[at["order"]] |= {"duplicate_of": at["labs"] + 1}

    assert wrong_rows(TWIN, spoil) == {
        "page kinds": 1,
        "the patient's pages left alone": 1,
        "pages of other patients found": 1,
        "no name where none is printed": 1,
        "beginnings of documents found": 1,
        "printed names read": 1,
        "printed dates of birth read": 1,
        "printed record numbers read": 1,
        "pages that are no duplicates left alone": 1,
    }


def test_a_duplicate_is_found_whichever_of_the_copies_is_cited() -> None:
    numbers = [page.number for page in assessed(COPY)[1].pages if page.copies]
    assert len(numbers) == 2

    def other_way(pages: list[dict[str, Any]]) -> None:
        pages[numbers[0] - 1]["duplicate_of"], pages[numbers[1] - 1]["duplicate_of"] = numbers[1], None

    def neither(pages: list[dict[str, Any]]) -> None:
        pages[numbers[1] - 1]["duplicate_of"] = None

    assert wrong_rows(COPY, other_way) == {}
    assert wrong_rows(COPY, neither) == {"duplicate pages found": 1}
