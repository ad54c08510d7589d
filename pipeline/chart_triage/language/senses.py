"""Which meaning an ambiguous abbreviation has where it stands: "MS" the disease, the valve, the drug or the exam.

A small multinomial logistic regression per abbreviation, trained without hand labels (`sense_training`), reads the
words around the place. Its weights lie in `models/abbreviation_senses/` and are read for the abbreviations that occur
in a text, when they occur. `judge` weighs its answer against the conditions that the lexicon sets for the abbreviation.
"""

from __future__ import annotations

import csv
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

    `concept` is the concept key that the sense stands for, or "". `telling`: the long form elsewhere in the text makes
    this sense likely ("mitral stenosis" does, "mental status" stands in every neurological examination).
    """

    abbreviation: str
    sense: str
    long_form: str
    concept: str
    telling: bool


class Sense(NamedTuple):
    """The likeliest meaning, how likely it is, and the words that spoke for it most."""

    name: str
    concept: str
    probability: float
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def sense_forms() -> dict[str, tuple[SenseForm, ...]]:
    """Abbreviation -> its senses' long forms, in the table's order."""
    table: dict[str, list[SenseForm]] = {}
    path = resources.lexicons() / "shared" / "abbreviation_senses.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            form = SenseForm(
                row["abbreviation"], row["sense"], row["long_form"].lower(), row["concept"], row["telling"] == "yes"
            )
            table.setdefault(form.abbreviation, []).append(form)
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
        for word in words[:_NEAR_WORDS]:
            found["w=" + word] = 1.0
            if len(word) > _PREFIX:
                found["p=" + word[:_PREFIX]] = 1.0
        for pair in zip(words[: _PAIRED_WORDS - 1], words[1:_PAIRED_WORDS], strict=False):
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
    """`rows[feature]` is a row of `matrix`, [features, senses]; `bias` [senses]."""

    senses: tuple[str, ...]
    rows: dict[str, int]
    matrix: NDArray[np.float32]
    bias: NDArray[np.float32]


class SenseModel:
    """The weights of a folder `models/abbreviation_senses/`; each abbreviation's are read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._arrays = np.load(folder / "weights.npz", allow_pickle=False)
        self._known = frozenset(name.partition("/")[0] for name in self._arrays.files)
        self._weights: dict[str, _Weights] = {}
        self._concepts = {(f.abbreviation, f.sense): f.concept for forms in sense_forms().values() for f in forms}

    def knows(self, abbreviation: str) -> bool:
        return abbreviation in self._known

    def sense(self, text: str, start: int, end: int, abbreviation: str | None = None) -> Sense:
        """The meaning of `text[start:end]`; `abbreviation` where that is a plural or another spelling of it.

        Raises KeyError for an abbreviation that the model does not know.
        """
        abbreviation = abbreviation or text[start:end]
        weights = self._weights.get(abbreviation) or self._read(abbreviation)
        known = [
            (weights.rows[f], v, f) for f, v in features(text, start, end, abbreviation).items() if f in weights.rows
        ]
        values = np.array([v for _, v, _ in known], dtype=np.float32)
        shares = weights.matrix[[row for row, _, _ in known]] * values[:, None]
        scores = shares.sum(axis=0) + weights.bias
        odds = np.exp(scores - scores.max())
        best = int(odds.argmax())
        name = weights.senses[best]
        words = _telling_words([f for _, _, f in known], shares[:, best] - shares.mean(axis=1))
        return Sense(name, self._concepts[abbreviation, name], float(odds[best] / odds.sum()), words)

    def _read(self, abbreviation: str) -> _Weights:
        part = {key: self._arrays[f"{abbreviation}/{key}"] for key in ("senses", "features", "weights", "bias", "step")}
        names = part["features"].tobytes().decode().split("\n")
        step = float(part["step"])
        weights = _Weights(
            tuple(part["senses"].tobytes().decode().split("\n")),
            {name: row for row, name in enumerate(names)},
            part["weights"].astype(np.float32) * step,
            part["bias"].astype(np.float32),
        )
        self._weights[abbreviation] = weights
        return weights


def _telling_words(names: list[str], shares: NDArray[np.float32]) -> tuple[str, ...]:
    """Up to three words that spoke for the sense most; `shares` says how much each feature did."""
    words: dict[str, float] = {}
    for index in np.argsort(-shares, kind="stable")[:12]:
        kind, _, word = names[index].partition("=")
        if shares[index] > 0 and kind in ("w", "l1", "l2", "r1", "r2") and word.isalpha():
            words.setdefault(word, float(shares[index]))
    return tuple(words)[:3]


@lru_cache(maxsize=1)
def sense_model() -> SenseModel:
    """The shipped model, opened once."""
    return SenseModel(resources.models() / "abbreviation_senses")
