"""Trains the models of `senses` from text that nobody labelled.

A long form tells its own sense: "mitral stenosis" in a report becomes an example of "MS" in the sense of mitral
stenosis when the words are replaced by the letters. Senses that corpora hardly contain are taught by sentences that
were written for the purpose (`lexicons/shared/sense_contexts.csv`). Nothing is drawn at random, so the same inputs
give the same bytes. scikit-learn is needed here, and only here.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chart_triage import resources
from chart_triage.errors import InputError
from chart_triage.language.segments import restore_breaks
from chart_triage.language.senses import features, sense_forms

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FOLDS = 5
_DOCUMENTS_PER_SENSE = 40
_PLACES_PER_DOCUMENT = 2
_REACH = 600
_STRENGTH = 3.0
_NAMED_WEIGHT = 1.0
_STEP = 0.05
_TEMPERATURES = tuple(round(0.3 + 0.1 * i, 1) for i in range(18))
_SURE = 0.9


class Example(NamedTuple):
    """One place where an abbreviation has a known sense; `document` keeps places of one text in the same fold."""

    abbreviation: str
    sense: str
    document: str
    written: bool
    values: dict[str, float]


class SenseAccuracy(NamedTuple):
    """Held-out figures of one sense: how many examples, how many right, how many answered surely, of these right."""

    abbreviation: str
    sense: str
    from_corpus: int
    written: int
    right: int
    sure: int
    sure_right: int


class TrainingReport(NamedTuple):
    accuracies: tuple[SenseAccuracy, ...]
    documents: int
    weights: Path
    checksum: str

    def accuracy(self) -> float:
        """Share of all held-out examples that got their own sense."""
        return sum(a.right for a in self.accuracies) / max(1, sum(a.from_corpus + a.written for a in self.accuracies))


def train(corpora: Sequence[Path], out: Path) -> TrainingReport:
    """Trains on `corpora` (JSON lines with "id" and "text") and the written sentences; writes the model to `out`.

    `out` receives weights.npz, accuracy.csv (held-out, five folds by document) and SHA256SUMS. Raises InputError for a
    corpus that cannot be read.
    """
    texts = [text for path in corpora for text in _texts(path)]
    found: dict[str, list[Example]] = defaultdict(list)
    for example in (*written_examples(), *corpus_examples(texts)):
        found[example.abbreviation].append(example)
    arrays: dict[str, NDArray[np.generic]] = {}
    accuracies: list[SenseAccuracy] = []
    for abbreviation in sense_forms():
        fitted, figures = _train_one(abbreviation, found[abbreviation])
        arrays.update((f"{abbreviation}/{key}", value) for key, value in fitted.items())
        accuracies += figures
    out.mkdir(parents=True, exist_ok=True)
    weights = out / "weights.npz"
    np.savez(weights, **arrays)  # type: ignore[arg-type]
    _write_accuracies(out / "accuracy.csv", accuracies)
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
    (out / "SHA256SUMS").write_text(f"{checksum}  {weights.name}\n", encoding="utf-8")
    return TrainingReport(tuple(accuracies), len(texts), weights, checksum)


def written_examples() -> Iterator[Example]:
    """The sentences of sense_contexts.csv; each standalone occurrence of the abbreviation is one example."""
    path = resources.lexicons() / "shared" / "sense_contexts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            text, short = row["sentence"], row["abbreviation"]
            for place in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z])", text):
                values = features(text, place.start(), place.end(), short)
                yield Example(short, row["sense"], f"written:{number}", True, values)


def corpus_examples(texts: Sequence[tuple[str, str]]) -> Iterator[Example]:
    """Long forms found in `texts` (id, text), each replaced by its abbreviation where it stands.

    At most 40 documents a sense, picked by the hash of their ids, and two places in each.
    """
    ordered = sorted(texts, key=lambda t: hashlib.sha256(t[0].encode()).digest())
    for abbreviation, forms in sense_forms().items():
        for sense in dict.fromkeys(f.sense for f in forms):
            longest = sorted((f.long_form for f in forms if f.sense == sense), key=lambda form: (-len(form), form))
            pattern = re.compile(
                rf"\b(?:{'|'.join(map(re.escape, longest))})\b(?:\s?\({re.escape(abbreviation)}\))?", re.I
            )
            used = 0
            for document, text in ordered:
                places = list(pattern.finditer(text))[:_PLACES_PER_DOCUMENT]
                for place in places:
                    before = text[max(0, place.start() - _REACH) : place.start()]
                    replaced = before + abbreviation + text[place.end() : place.end() + _REACH]
                    at = len(before)
                    values = features(replaced, at, at + len(abbreviation), abbreviation)
                    yield Example(abbreviation, sense, document, False, values)
                used += bool(places)
                if used == _DOCUMENTS_PER_SENSE:
                    break


def _texts(path: Path) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
        return [(row["id"], restore_breaks(row["text"])) for row in rows]
    except OSError as error:
        raise InputError("unreadable", f"{path.name}: cannot be read. Give a file of JSON lines.") from error
    except (ValueError, KeyError, TypeError) as error:
        message = f'{path.name}: not a corpus. Each line must be a JSON object with "id" and "text".'
        raise InputError("not a corpus", message) from error


def _train_one(
    abbreviation: str, examples: list[Example]
) -> tuple[dict[str, NDArray[np.generic]], list[SenseAccuracy]]:
    senses = list(dict.fromkeys(f.sense for f in sense_forms()[abbreviation]))
    gold = np.array([senses.index(e.sense) for e in examples])
    folds = np.array([int(hashlib.sha256(e.document.encode()).hexdigest(), 16) % _FOLDS for e in examples])
    scores = np.zeros((len(examples), len(senses)))
    for fold in range(_FOLDS):
        inside = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        held_out = np.flatnonzero(folds == fold)
        model = _fit(abbreviation, senses, inside)
        scores[held_out] = [model.scores(examples[i].values) for i in held_out]
    temperature = min(_TEMPERATURES, key=lambda t: _log_loss(scores / t, gold, len(senses)))
    figures = _accuracies(abbreviation, senses, examples, gold, _probabilities(scores / temperature))
    return _arrays(senses, _fit(abbreviation, senses, examples), temperature), figures


class _Fit(NamedTuple):
    names: list[str]
    matrix: NDArray[np.float64]
    bias: NDArray[np.float64]

    def scores(self, values: dict[str, float]) -> NDArray[np.float64]:
        rows = {name: row for row, name in enumerate(self.names)}
        known = [(rows[name], value) for name, value in values.items() if name in rows]
        total: NDArray[np.float64] = self.bias + sum(self.matrix[row] * value for row, value in known)
        return total


def _fit(abbreviation: str, senses: list[str], examples: list[Example]) -> _Fit:
    """Weights [features, senses]; each sense counts by the root of its examples' number, so rare ones are not drowned.

    One made-up example per sense says that its long form elsewhere in the text, with no other hint, decides.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    named = [f.sense for f in sense_forms()[abbreviation] if f.telling]
    rows = [e.values for e in examples] + [{f"named={sense}": 1.0} for sense in dict.fromkeys(named)]
    gold = [senses.index(e.sense) for e in examples]
    counts = np.bincount(gold, minlength=len(senses))
    weights = [1.0 / np.sqrt(counts[label]) for label in gold]
    scale = len(weights) / sum(weights)
    weights = [w * scale for w in weights] + [_NAMED_WEIGHT] * len(dict.fromkeys(named))
    gold += [senses.index(sense) for sense in dict.fromkeys(named)]
    vectorizer = DictVectorizer(sparse=True, sort=True)
    model = LogisticRegression(C=_STRENGTH, tol=1e-7, max_iter=2000)
    model.fit(vectorizer.fit_transform(rows), gold, sample_weight=weights)
    matrix, bias = model.coef_.T, model.intercept_
    if matrix.shape[1] == 1:
        matrix, bias = np.hstack([-matrix, matrix]) / 2, np.array([-bias[0], bias[0]]) / 2
    return _Fit(list(vectorizer.feature_names_), matrix, bias)


def _arrays(senses: list[str], fit: _Fit, temperature: float) -> dict[str, NDArray[np.generic]]:
    """What is stored of one abbreviation: names, weights as multiples of the step in one byte each, bias."""
    scaled = np.rint(fit.matrix / temperature / _STEP)
    kept = np.flatnonzero(np.abs(scaled).max(axis=1) > 1)
    return {
        "senses": _bytes(senses),
        "features": _bytes(fit.names[i] for i in kept),
        "weights": np.clip(scaled[kept], -127, 127).astype(np.int8),
        "bias": np.round(fit.bias / temperature, 2).astype(np.float32),
        "step": np.array(_STEP, dtype=np.float32),
    }


def _bytes(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _probabilities(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _log_loss(scores: NDArray[np.float64], gold: NDArray[np.int_], senses: int) -> float:
    """Mean over the senses of their examples' mean loss: a frequent sense must not decide the calibration alone."""
    loss = -np.log(_probabilities(scores)[np.arange(len(gold)), gold] + 1e-12)
    return float(np.mean([loss[gold == sense].mean() for sense in range(senses) if (gold == sense).any()]))


def _accuracies(
    abbreviation: str,
    senses: list[str],
    examples: list[Example],
    gold: NDArray[np.int_],
    probabilities: NDArray[np.float64],
) -> list[SenseAccuracy]:
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1) >= _SURE
    written = np.array([e.written for e in examples])
    figures = []
    for label, sense in enumerate(senses):
        own, right = gold == label, answers == label
        counts = (own & ~written, own & written, own & right, own & sure, own & sure & right)
        figures.append(SenseAccuracy(abbreviation, sense, *(int(c.sum()) for c in counts)))
    return figures


def _write_accuracies(path: Path, accuracies: list[SenseAccuracy]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*SenseAccuracy._fields, "accuracy"))
        writer.writerows((*a, f"{a.right / max(1, a.from_corpus + a.written):.3f}") for a in accuracies)
