"""The pages of the fixture charts as they are read, with the labels of fixture_pages.csv.

`kinds` lists the kinds that a careful reader accepts, the likeliest first; `document` counts from 1 in each chart.
Title, author and day are those that the description of the chart gives to the document (fixtures/content); the author
is empty where none is printed: the physician in the header of a radiology report is who ordered it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from chart_triage import intake
from chart_triage.records.chart import Chart
from chart_triage.records.chart_index import PageKind

CHARTS = Path(__file__).resolve().parents[2] / "fixtures" / "charts"


class PageLabel(NamedTuple):
    page: int
    document: int
    kinds: tuple[PageKind, ...]
    title: str
    author: str
    on: date | None


@cache
def labels() -> dict[str, tuple[PageLabel, ...]]:
    """For each chart its pages in order."""
    found: dict[str, list[PageLabel]] = defaultdict(list)
    with Path(__file__).with_name("fixture_pages.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds = tuple(PageKind(kind) for kind in row["kinds"].split("|"))
            on = date.fromisoformat(row["on"]) if row["on"] else None
            place = int(row["page"]), int(row["document"])
            found[row["chart"]].append(PageLabel(*place, kinds, row["title"], row["author"], on))
    return {chart: tuple(pages) for chart, pages in found.items()}


@cache
def chart(name: str) -> Chart:
    path = next(p for p in CHARTS.glob(f"{name}.*") if p.suffix in (".pdf", ".txt"))
    return intake.read_chart(path)
