"""What sort of page it is: its signs (rules) and the look of its words (a small model) together.

The score of a kind is the model's log-probability plus what the signs weigh; the confidence is the softmax of the
scores. A page whose text would count for nothing (consent, education, policy) must be surer than others: to hide
evidence is worse than to show a leaflet's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chart_triage.indexing import kind_model, kind_signs, page_words
from chart_triage.indexing.kind_model import KINDS
from chart_triage.indexing.page_features import features
from chart_triage.records.chart import Chart
from chart_triage.records.chart_index import PageKind
from chart_triage.records.page import FurnitureRole, Page, PageSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ABOUT_ANYBODY = frozenset((PageKind.CONSENT_OR_EDUCATION, PageKind.GUIDELINE_OR_POLICY))
_LEAST_SURE = 0.8


class KindOfPage(NamedTuple):
    """`confidence` is the probability of `kind`, 0..1; `title` the words that title the page, if any do."""

    kind: PageKind
    confidence: float
    title: str | None = None


def of_chart(chart: Chart) -> tuple[KindOfPage, ...]:
    """The kind of each page; pages that intake found to have nothing drawn on them are blank."""
    blank = {number for warning in chart.warnings if warning.kind == "blank_page" for number in warning.pages}
    return tuple(classify(page, blank=page.number in blank) for page in chart.pages)


def classify(page: Page, *, blank: bool = False) -> KindOfPage:
    """The kind of one page. `blank`: intake found nothing drawn on it; what else could not be read is illegible."""
    if blank or (page.readable and not page.text.strip()):
        return KindOfPage(PageKind.BLANK, 1.0)
    if not page.readable:
        return KindOfPage(PageKind.ILLEGIBLE, 1.0)
    cells = list(page_words.cells(page_words.looked_at(page.text)))
    signs = kind_signs.find(cells, headers(page), noisy=page.source is PageSource.OCR)
    points, title = kind_signs.points(signs), kind_signs.title_of(signs)
    model = kind_model.shipped()
    scores = model.scores(features(cells)) + model.rule_weight * np.array([points.get(k, 0.0) for k in KINDS])
    return decided(scores)._replace(title=title.text if title is not None else None)


def headers(page: Page) -> list[page_words.Cell]:
    """The cells of the page's running headers."""
    lines = (line.text for line in page.furniture if line.role is FurnitureRole.HEADER)
    return [cell for line in lines for cell in page_words.cells(line)]


def decided(scores: NDArray[np.float64]) -> KindOfPage:
    """The kind with the highest of `scores` (in the order of `KINDS`), but no page about anybody that is not sure."""
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    ranked = sorted(
        (KindOfPage(kind, float(share)) for kind, share in zip(KINDS, shares, strict=True)), key=lambda k: -k.confidence
    )
    best = ranked[0]
    if best.kind in _ABOUT_ANYBODY and sum(k.confidence for k in ranked if k.kind in _ABOUT_ANYBODY) < _LEAST_SURE:
        best = next(k for k in ranked if k.kind not in _ABOUT_ANYBODY)
    return best._replace(confidence=round(best.confidence, 3))
