"""What the kind of its page makes of a mention: rows of `lexicons/shared/page_kind_effects.csv`.

Consent, education and policy pages speak about anybody; what they name is hypothetical for the patient. A cover sheet
is written by whoever sends, not by whoever saw the patient: what it names is weak (a weight below 0, see findings.py).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources
from chart_triage.records.chart_index import PageKind

KindAt = Callable[[int], PageKind | None]
"""The kind of the page that holds an offset of the annotated text; None where it is not known."""


class PageEffect(NamedTuple):
    """`effect` as in section_effects.csv, empty where the section's stays; `says` is the reason in plain words."""

    effect: str
    weight: int
    says: str


@lru_cache(maxsize=1)
def page_effects() -> dict[PageKind, PageEffect]:
    """Kinds that are not in it change nothing."""
    path = resources.lexicons() / "shared" / "page_kind_effects.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {PageKind(r["kind"]): PageEffect(r["effect"], int(r["weight"]), r["says"]) for r in csv.DictReader(file)}


def unknown(_offset: int) -> None:
    """No page's kind is known."""
