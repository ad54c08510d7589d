"""The small model of page kinds: log-probabilities from a page's features. numpy is all that it needs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chart_triage import resources
from chart_triage.indexing.page_features import PageFeatures
from chart_triage.records.chart_index import PageKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = tuple(kind for kind in PageKind if kind not in (PageKind.BLANK, PageKind.ILLEGIBLE))
"""The kinds that words tell, in the order of all arrays."""


class KindModel(NamedTuple):
    """`words` (buckets x kinds), `layout` (signs x kinds), `bias` (kinds). `rule_weight` is what one point of a sign
    adds to a kind's log-probability; it was fitted with the weights."""

    words: NDArray[np.float32]
    layout: NDArray[np.float32]
    bias: NDArray[np.float32]
    rule_weight: float

    def scores(self, features: PageFeatures) -> NDArray[np.float64]:
        """Log-probabilities of the kinds, up to a constant."""
        by_words = features.values @ self.words[features.buckets]
        return np.asarray(by_words + features.layout @ self.layout + self.bias, dtype=np.float64)


def load(path: Path) -> KindModel:
    with np.load(path, allow_pickle=False) as arrays:
        step, rule_weight = (float(value) for value in arrays["scale"])
        words = arrays["words"].astype(np.float32) * step
        return KindModel(words, arrays["layout"], arrays["bias"], rule_weight)


@lru_cache(maxsize=1)
def shipped() -> KindModel:
    return load(resources.models() / "page_kind" / "weights.npz")
