"""Which meaning an ambiguous abbreviation has where it stands: "MS" the disease, the valve, the drug or the exam.

A small multinomial logistic regression per abbreviation, trained without hand labels (`sense_training`), reads the
words around the place. Its weights lie in `models/abbreviation_senses/` and are read for the abbreviations that occur
in a text, when they occur. `judge` weighs its answer against the conditions that the lexicon sets for the abbreviation.
"""

from __future__ import annotations

import csv
import itertools
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chart_triage import resources

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEAR_WORDS = 12
_PAIRED_WORDS = 6
_PREFIX = 5
_FAR_CHARS = 500
_FAR_VALUE = 0.2
_TITLE_VALUE = 0.5
_CAPITALS_CHARS = 60
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[^\sa-z0-9]")
_LETTER = re.compile(r"[A-Za-z]")


class SenseForm(NamedTuple):
    """One row of `lexicons/shared/abbreviation_senses.csv`.

    `concept` is the concept key that the sense stands for, or "". `topic` is one of topic_words.csv, or "". `telling`:
    the long form elsewhere in the text makes this sense likely ("mitral stenosis" does, "mental status" stands in
    every neurological examination).
    """

    abbreviation: str
    sense: str
    long_form: str
    concept: str
    topic: str
    telling: bool


class Sense(NamedTuple):
    """The likeliest meaning, how likely it is, and the words that spoke for it most."""

    name: str
    probability: float
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def sense_forms() -> dict[str, tuple[SenseForm, ...]]:
    """Abbreviation -> its senses' long forms, in the table's order."""
    table: dict[str, list[SenseForm]] = {}
    path = resources.lexicons() / "shared" / "abbreviation_senses.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            named = (row[key] for key in ("abbreviation", "sense", "long_form", "concept", "topic"))
            table.setdefault(row["abbreviation"], []).append(SenseForm(*named, row["telling"] == "yes"))
    return {abbreviation: tuple(forms) for abbreviation, forms in table.items()}


def features(text: str, start: int, end: int, abbreviation: str) -> dict[str, float]:
    """What surrounds `text[start:end]`, as feature -> value.

    `w=` words within 12 words (value 1) or 500 characters (0.2), `p=` their first five letters, `b=` pairs of
    neighbours among the six words before and after, `l1=` to `r2=` the tokens right beside the place ("#" for a
    number), `t=` the word before the last colon (a title, mostly), `named=` a sense whose long form stands within
    reach, `caps` where everything around is in capitals.
    """
    left_text, right_text = text[max(0, start - _FAR_CHARS) : start], text[end : end + _FAR_CHARS]
    left, right = _TOKEN.findall(left_text.lower())[::-1], _TOKEN.findall(right_text.lower())
    found = _beside(left, right, "\n" in left_text[len(left_text.rstrip()) :])
    short = abbreviation.lower()
    for tokens, order in ((left, -1), (right, 1)):
        words = [t for t in tokens if t.isalpha() and t != short]
        _add_near(found, words[:_NEAR_WORDS])
        for pair in itertools.pairwise(words):
            found["b=" + "_".join(pair[::order])] = 1.0
        for word in words[_NEAR_WORDS:]:
            found.setdefault("w=" + word, _FAR_VALUE)
    around = _LETTER.findall(left_text[-_CAPITALS_CHARS:] + right_text[:_CAPITALS_CHARS])
    if len(around) > 8 and "".join(around).isupper():
        found["caps"] = 1.0
    lower = f"{left_text}\n{right_text}".lower()
    for form in sense_forms()[abbreviation]:
        if form.telling and form.long_form in lower:
            found["named=" + form.sense] = 1.0
    return found


def topical_features(text: str, start: int, end: int) -> dict[str, float]:
    """The `w=` and `p=` features within 12 words of `text[start:end]`, the place itself left out."""
    found: dict[str, float] = {}
    before = _TOKEN.findall(text[max(0, start - _FAR_CHARS) : start].lower())[::-1]
    for tokens in (before, _TOKEN.findall(text[end : end + _FAR_CHARS].lower())):
        _add_near(found, [t for t in tokens if t.isalpha()][:_NEAR_WORDS])
    return found


def _add_near(found: dict[str, float], words: list[str]) -> None:
    for word in words:
        found["w=" + word] = 1.0
        if len(word) > _PREFIX:
            found["p=" + word[:_PREFIX]] = 1.0


def _beside(left: list[str], right: list[str], breaks: bool) -> dict[str, float]:
    """The tokens beside the place and the title before it; `left` is nearest first."""
    found: dict[str, float] = {}
    for side, tokens in (("l", left), ("r", right)):
        for distance, token in enumerate(tokens[:2], start=1):
            found[f"{side}{distance}={'#' if token[0].isdigit() else token}"] = 1.0
    if breaks or not left or left[0] in ".?!;":
        found["begins"] = 1.0
    if ":" in left:
        title = left[left.index(":") + 1 : left.index(":") + 2]
        found.update((f"t={word}", _TITLE_VALUE) for word in title)
    return found


class _Weights(NamedTuple):
    """Of one abbreviation: `matrix[rows[feature], sense]` its own, `shared[feature, sense]` its topics' weights."""

    senses: tuple[str, ...]
    rows: dict[str, int]
    matrix: NDArray[np.float32]
    shared: NDArray[np.float32]
    bias: NDArray[np.float32]


class SenseModel:
    """Weights in a folder `models/abbreviation_senses/`; each abbreviation's are read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._arrays = np.load(folder / "weights.npz", allow_pickle=False)
        self._known = frozenset(name.partition("/")[0] for name in self._arrays.files if "/" in name)
        self._shared_rows = {name: row for row, name in enumerate(_names(self._arrays["features"]))}
        self._shared = self._matrix("weights", "step")
        self._weights: dict[str, _Weights] = {}

    def knows(self, abbreviation: str) -> bool:
        return abbreviation in self._known

    def probabilities(self, text: str, start: int, end: int, abbreviation: str) -> dict[str, float]:
        """Sense -> probability of it at `text[start:end]`. Raises KeyError for an abbreviation that is not known."""
        weights = self._weights.get(abbreviation) or self._read(abbreviation)
        shares = self._shares(weights, features(text, start, end, abbreviation))[1]
        return dict(zip(weights.senses, _softmax(shares.sum(axis=0) + weights.bias), strict=True))

    def sense(self, text: str, start: int, end: int, abbreviation: str | None = None) -> Sense:
        """The meaning of `text[start:end]`; `abbreviation` where that is a plural or another spelling of it."""
        abbreviation = abbreviation or text[start:end]
        weights = self._weights.get(abbreviation) or self._read(abbreviation)
        names, shares = self._shares(weights, features(text, start, end, abbreviation))
        odds = _softmax(shares.sum(axis=0) + weights.bias)
        best = odds.index(max(odds))
        words = _telling_words(names, shares[:, best] - shares.mean(axis=1))
        return Sense(weights.senses[best], odds[best], words)

    def _shares(self, weights: _Weights, found: dict[str, float]) -> tuple[list[str], NDArray[np.float32]]:
        """How much each known feature speaks for each sense, [features, senses], own and topics' weights added up."""
        own = [(name, row) for name in found if (row := weights.rows.get(name)) is not None]
        topical = [(name, row) for name in found if (row := self._shared_rows.get(name)) is not None]
        names = [name for name, _ in own] + [name for name, _ in topical]
        values = np.array([found[name] for name in names], dtype=np.float32)
        matrix = np.concatenate([weights.matrix[[r for _, r in own]], weights.shared[[r for _, r in topical]]])
        return names, matrix * values[:, None]

    def _matrix(self, name: str, step: str) -> NDArray[np.float32]:
        matrix: NDArray[np.float32] = self._arrays[name].astype(np.float32) * self._arrays[step]
        return matrix

    def _read(self, abbreviation: str) -> _Weights:
        topics = self._arrays[f"{abbreviation}/topics"]
        weights = _Weights(
            _names(self._arrays[f"{abbreviation}/senses"]),
            {name: row for row, name in enumerate(_names(self._arrays[f"{abbreviation}/features"]))},
            self._matrix(f"{abbreviation}/weights", f"{abbreviation}/step"),
            np.where(topics >= 0, self._shared[:, topics], np.float32(0)),
            self._arrays[f"{abbreviation}/bias"],
        )
        self._weights[abbreviation] = weights
        return weights


def _names(data: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(data.tobytes().decode().split("\n"))


def _softmax(scores: NDArray[np.float32]) -> list[float]:
    odds = np.exp(scores - scores.max())
    shares: list[float] = (odds / odds.sum()).tolist()
    return shares


def _telling_words(names: list[str], shares: NDArray[np.float32]) -> tuple[str, ...]:
    """Up to three words that spoke for the sense most; `shares` says how much each feature did."""
    words: dict[str, float] = {}
    for name, share in zip(names, shares.tolist(), strict=True):
        kind, _, word = name.partition("=")
        if kind in ("w", "l1", "l2", "r1", "r2") and word.isalpha():
            words[word] = words.get(word, 0.0) + share
    return tuple(w for w, share in sorted(words.items(), key=lambda item: -item[1])[:3] if share > 0)


@lru_cache(maxsize=1)
def sense_model() -> SenseModel:
    """The shipped model, opened once."""
    return SenseModel(resources.models() / "abbreviation_senses")
