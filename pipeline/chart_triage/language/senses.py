"""Which meaning an ambiguous abbreviation has where no definition and no rule decides: "MS" the disease or the valve.

A logistic regression per abbreviation, trained without hand labels (`sense_training`), weighs the words around the
place. The weights lie in `models/abbreviation_senses/` and are read when a text asks for the first time; numpy is all
that is needed. Figures: the model card beside the weights.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from spacy.lang.en.stop_words import STOP_WORDS

from chart_triage import resources
from chart_triage.language.sense_features import features, sense_forms

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE = 0.9
UNSURE = 0.7
_WORDS_TO_NAME = 2
_LEAST_SHARE = 0.5
_MOST_WORDS = 3


class Outcome(StrEnum):
    """What becomes of an abbreviation that may name a concept."""

    NAMED = "named"
    UNSURE = "unsure"
    OTHER = "other"


class Sense(NamedTuple):
    """How likely the place names the concept, what follows, and the nearby words that spoke for it most."""

    outcome: Outcome
    probability: float
    words: tuple[str, ...]


class Weights(NamedTuple):
    """Of one abbreviation: `matrix[rows[feature], sense]`, each row with the mean 0, and `bias[sense]`."""

    senses: tuple[str, ...]
    rows: dict[str, int]
    matrix: NDArray[np.floating[Any]]
    bias: NDArray[np.floating[Any]]

    def probabilities(self, found: Mapping[str, float]) -> list[float]:
        """One per sense, from the features of a place."""
        _, shares = self._shares(found)
        return _softmax(shares.sum(axis=0) + self.bias)

    def sense(self, found: Mapping[str, float], meant: Collection[str]) -> Sense:
        """Whether the features of a place speak for one of the senses `meant`."""
        columns = [number for number, sense in enumerate(self.senses) if sense in meant]
        names, shares = self._shares(found)
        odds = _softmax(shares.sum(axis=0) + self.bias)
        probability = min(1.0, sum(odds[c] for c in columns))
        words = _telling_words(names, shares[:, columns].max(axis=1))
        return Sense(outcome(probability, len(words)), probability, words[:_MOST_WORDS])

    def _shares(self, found: Mapping[str, float]) -> tuple[list[str], NDArray[np.floating[Any]]]:
        """The known features, and what each adds to the score of each sense."""
        names = [name for name in found if name in self.rows]
        values = np.array([found[name] for name in names], dtype=self.matrix.dtype)
        return names, self.matrix[[self.rows[name] for name in names]] * values[:, None]


class SenseModel:
    """The weights of a folder like `models/abbreviation_senses/`."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            known = sorted({name.partition("/")[0] for name in arrays.files})
            self._weights = {a: _read(arrays[f"{a}/names"], arrays[f"{a}/weights"], arrays[f"{a}/bias"]) for a in known}

    def knows(self, abbreviation: str) -> bool:
        return abbreviation in self._weights

    def probabilities(self, text: str, start: int, end: int, abbreviation: str) -> dict[str, float]:
        """Sense -> its probability at `text[start:end]`. Raises KeyError for an abbreviation that is not known."""
        weights = self._weights[abbreviation]
        return dict(zip(weights.senses, weights.probabilities(features(text, start, end)), strict=True))

    def sense(self, text: str, start: int, end: int, abbreviation: str, concept: str) -> Sense:
        """Whether `text[start:end]`, `abbreviation` or its plural, names `concept`.

        Raises KeyError for an abbreviation that is not known.
        """
        return self._weights[abbreviation].sense(features(text, start, end), senses_of(abbreviation, concept))


def outcome(probability: float, words: int) -> Outcome:
    """What a probability means that so many telling words (no "for", no "the") stand behind.

    The thresholds are measured in models/abbreviation_senses/README.md.
    """
    if not words or probability < UNSURE:
        return Outcome.OTHER
    return Outcome.NAMED if probability >= SURE and words >= _WORDS_TO_NAME else Outcome.UNSURE


@lru_cache(maxsize=1)
def sense_model() -> SenseModel:
    """The shipped model, read once."""
    return SenseModel(resources.models() / "abbreviation_senses")


def is_ambiguous(abbreviation: str, concept: str) -> bool:
    """Whether the table lists `concept` among the senses of `abbreviation`; reads no weights."""
    return abbreviation in sense_forms() and bool(senses_of(abbreviation, concept))


@lru_cache(maxsize=256)
def senses_of(abbreviation: str, concept: str) -> frozenset[str]:
    """The senses of `abbreviation` that stand for `concept`."""
    return frozenset(f.sense for f in sense_forms()[abbreviation] if f.concept == concept)


def _read(names: NDArray[np.uint8], weights: NDArray[np.int8], bias: NDArray[np.float32]) -> Weights:
    """`names` holds the senses and the features, one a line each, with an empty line between them."""
    senses, _, known = names.tobytes().decode().partition("\n\n")
    rows = {name: row for row, name in enumerate(known.split("\n"))}
    step, *intercepts = bias.tolist()
    matrix = weights.astype(np.float32) * np.float32(step)
    return Weights(tuple(senses.split("\n")), rows, matrix, np.array(intercepts, dtype=np.float32))


def _softmax(scores: NDArray[np.floating[Any]]) -> list[float]:
    odds = np.exp(scores - scores.max())
    shares: list[float] = (odds / odds.sum()).tolist()
    return shares


def _telling_words(names: list[str], shares: NDArray[np.floating[Any]]) -> tuple[str, ...]:
    """Whole words that spoke for the sense, the strongest first; `shares` says how much each feature did."""
    words: dict[str, None] = {}
    for index in np.argsort(-shares, kind="stable").tolist():
        kind, _, word = names[index].partition("=")
        told = shares[index] >= _LEAST_SHARE and kind != "s"
        if told and len(word) > 1 and word.isalpha() and word not in STOP_WORDS:
            words[word] = None
    return tuple(words)
