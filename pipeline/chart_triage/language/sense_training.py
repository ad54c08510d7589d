"""Trains the models of `senses` from text that nobody labelled.

A long form tells its own sense: where a report says "mitral stenosis", the words are replaced by "MS", and the place is
an example of that sense. Senses that corpora hardly contain are taught by sentences that were written for the purpose
(`sense_contexts.csv`). Nothing is drawn at random, so the same inputs give the same bytes. scikit-learn is needed here
and not at run time.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from chart_triage import resources
from chart_triage.errors import InputError
from chart_triage.language.segments import restore_breaks
from chart_triage.language.sense_features import REACH, features, sense_forms
from chart_triage.language.senses import Outcome, Weights, senses_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FOLDS = 5
_DOCUMENTS_PER_SENSE = 40
_PLACES_PER_DOCUMENT = 2
_INVERSE_PENALTY = 3.0
_BACKGROUND_CHARS = 60
_BACKGROUND_SHARE = 1.0
_STEP = 0.02
_LEAST_WEIGHT = 0.1
_TEMPERATURES = tuple(round(0.3 + 0.05 * i, 2) for i in range(31))

_LEAST_SPOKEN = 10
_LEAST_PRECISION = 0.9


class Example(NamedTuple):
    """One place where an abbreviation has a known sense; `document` keeps the places of one text in the same fold."""

    abbreviation: str
    sense: str
    document: str
    written: bool
    values: dict[str, float]


class Background(NamedTuple):
    """Any place of a corpus text: words that stand there say nothing of any sense."""

    document: str
    values: dict[str, float]


class SenseAccuracy(NamedTuple):
    """Held-out figures of one sense: examples and right answers by origin, and what `senses` made of them."""

    abbreviation: str
    sense: str
    concept: str
    corpus: int
    corpus_right: int
    written: int
    written_right: int
    named: int
    unsure: int
    other: int

    @property
    def accuracy(self) -> float:
        return (self.corpus_right + self.written_right) / max(1, self.corpus + self.written)


class TrainingReport(NamedTuple):
    accuracies: tuple[SenseAccuracy, ...]
    shipped: tuple[str, ...]
    documents: int
    temperature: float
    checksum: str


def train(corpus: Path, out: Path, leave_out: Path | None = None) -> TrainingReport:
    """Trains on `corpus` (JSON lines with "id" and "text") and the written sentences; writes the model to `out`.

    Texts whose id stands in `leave_out` (JSON lines with "id") are not used: they are kept for evaluation. `out`
    receives weights.npz, accuracy.csv (held out: five folds by document) and SHA256SUMS. weights.npz holds the
    abbreviations whose held-out answers are good enough (`ships`). Takes half a minute. Raises InputError for a file
    that cannot be read.
    """
    left_out = {str(row["id"]) for row in _json_lines(leave_out, ("id",))} if leave_out else set()
    texts = _texts(corpus, left_out)
    examples = [*written_examples(), *corpus_examples(texts)]
    plain = background(texts)
    held_out = _held_out(examples, plain)
    temperature = _temperature(examples, held_out)
    accuracies = _accuracies(examples, held_out, temperature)
    shipped = tuple(abbreviation for abbreviation in sense_forms() if ships(abbreviation, accuracies))
    out.mkdir(parents=True, exist_ok=True)
    weights = out / "weights.npz"
    fitted = _fit([e for e in examples if e.abbreviation in shipped], plain)
    arrays = {name: array for a, w in fitted.items() for name, array in _arrays(a, _calibrated(w, temperature))}
    np.savez(weights, **arrays)
    _write_accuracies(out / "accuracy.csv", accuracies, shipped)
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
    (out / "SHA256SUMS").write_text(f"{checksum}  {weights.name}\n", encoding="utf-8")
    return TrainingReport(accuracies, shipped, len(texts), temperature, checksum)


def card_lines(accuracies: Iterable[SenseAccuracy], shipped: Collection[str]) -> list[str]:
    """The table of the model card: one line per abbreviation, with the held-out accuracy of each of its senses."""
    by_abbreviation: dict[str, list[SenseAccuracy]] = defaultdict(list)
    for accuracy in accuracies:
        by_abbreviation[accuracy.abbreviation].append(accuracy)
    lines = []
    for abbreviation, own in by_abbreviation.items():
        senses = ", ".join(f"{a.sense.replace('_', ' ')} {a.accuracy:.2f}" for a in own)
        corpus = f"{sum(a.corpus_right for a in own)}/{sum(a.corpus for a in own)}"
        written = f"{sum(a.written_right for a in own)}/{sum(a.written for a in own)}"
        right, wrong = [a for a in own if a.concept], [a for a in own if not a.concept]
        named = f"{sum(a.named for a in right)} / {sum(a.named for a in wrong)}"
        unsure = f"{sum(a.unsure for a in right)} / {sum(a.unsure for a in wrong)}"
        asked = "yes" if abbreviation in shipped else "no"
        lines.append(f"| {abbreviation} | {senses} | {corpus} | {written} | {named} | {unsure} | {asked} |")
    return lines


def ships(abbreviation: str, accuracies: Iterable[SenseAccuracy]) -> bool:
    """Whether the model is good enough to be asked: of the held-out places where it spoke for a concept, as named or
    as unsure, it must have been right in ten at least, and in 90 %."""
    own = [a for a in accuracies if a.abbreviation == abbreviation]
    right = sum(a.named + a.unsure for a in own if a.concept)
    return right >= _LEAST_SPOKEN and right >= _LEAST_PRECISION * sum(a.named + a.unsure for a in own)


def written_examples() -> Iterator[Example]:
    """The sentences of sense_contexts.csv; each standalone occurrence of the abbreviation is one example."""
    with (resources.lexicons() / "shared" / "sense_contexts.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            text, short = row["sentence"], row["abbreviation"]
            for place in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z])", text):
                yield Example(short, row["sense"], f"written:{number}", True, features(text, *place.span()))


def corpus_examples(texts: Sequence[tuple[str, str]]) -> Iterator[Example]:
    """Long forms found in `texts` (id, text), replaced by their abbreviation wherever they stand around the place.

    At most 40 documents a sense, picked by the hash of their ids, and two places in each.
    """
    ordered = sorted(texts, key=lambda text: hashlib.sha256(text[0].encode()).digest())
    for abbreviation, forms in sense_forms().items():
        for sense in _senses(abbreviation):
            longest = sorted((f.long_form for f in forms if f.sense == sense), key=lambda form: (-len(form), form))
            either = "|".join(map(re.escape, longest))
            pattern = re.compile(rf"\b(?:{either})\b(?:\s?\({re.escape(abbreviation)}\))?", re.IGNORECASE)
            used = 0
            for document, text in ordered:
                places = list(pattern.finditer(text))[:_PLACES_PER_DOCUMENT]
                for place in places:
                    before = pattern.sub(abbreviation, text[max(0, place.start() - 2 * REACH) : place.start()])
                    after = pattern.sub(abbreviation, text[place.end() : place.end() + 2 * REACH])
                    values = features(before + abbreviation + after, len(before), len(before) + len(abbreviation))
                    yield Example(abbreviation, sense, document, False, values)
                used += bool(places)
                if used == _DOCUMENTS_PER_SENSE:
                    break


def background(texts: Sequence[tuple[str, str]]) -> list[Background]:
    """One place in each text, picked by the hash of its id, and the few words around it."""
    found = []
    for document, text in texts:
        middle = text.find(" ", _number(document) % max(1, len(text))) + 1
        before, after = text[max(0, middle - _BACKGROUND_CHARS) : middle], text[middle : middle + _BACKGROUND_CHARS]
        values = features(
            f"{before.partition(' ')[2]} {after.rpartition(' ')[0]}", *[len(before.partition(" ")[2])] * 2
        )
        found.append(Background(document, values))
    return found


def _texts(path: Path, left_out: Collection[str]) -> list[tuple[str, str]]:
    rows = _json_lines(path, ("id", "text"))
    return [(str(row["id"]), restore_breaks(row["text"])) for row in rows if str(row["id"]) not in left_out]


def _json_lines(path: Path, keys: tuple[str, ...]) -> list[dict[str, str]]:
    wanted = " and ".join(f'"{key}"' for key in keys)
    try:
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
    except OSError as error:
        raise InputError("unreadable", f"{path.name}: cannot be read. Give a file of JSON lines.") from error
    except ValueError:
        rows = [None]
    if not all(isinstance(row, dict) and all(isinstance(row.get(key), str) for key in keys) for row in rows):
        message = f"{path.name}: not a corpus. Each line must be a JSON object with {wanted}."
        raise InputError("not a corpus", message)
    if not rows:
        raise InputError("no texts", f"{path.name}: no texts in it. Give a file of JSON lines with {wanted}.")
    return rows


def _senses(abbreviation: str) -> list[str]:
    return list(dict.fromkeys(f.sense for f in sense_forms()[abbreviation]))


def _fit(examples: Iterable[Example], plain: Sequence[Background]) -> dict[str, Weights]:
    """One model per abbreviation. A sense counts by the root of its examples: frequent ones do not drown the rare.

    Each background place is an example of every sense alike, so that "history of" or "patient" tell nothing.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    by_abbreviation: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_abbreviation[example.abbreviation].append(example)
    models = {}
    for abbreviation, own in by_abbreviation.items():
        senses = _senses(abbreviation)
        labels = np.array([senses.index(e.sense) for e in own])
        weights = 1 / np.sqrt(np.bincount(labels)[labels])
        vectors = DictVectorizer()
        vectors.fit([e.values for e in own])
        senses_found = sorted(set(labels.tolist()))
        rows = [e.values for e in own] + [b.values for _ in senses_found for b in plain]
        alike = np.repeat(senses_found, len(plain))
        share = np.full(len(alike), _BACKGROUND_SHARE * len(own) / max(1, len(alike)))
        found: Any = LogisticRegression(C=_INVERSE_PENALTY, max_iter=500)
        found.fit(
            vectors.transform(rows),
            np.concatenate([labels, alike]),
            sample_weight=np.concatenate([weights * len(own) / weights.sum(), share]),
        )
        models[abbreviation] = Weights(tuple(senses), dict(vectors.vocabulary_), *_columns(found, len(senses)))
    return models


def _columns(found: Any, senses: int) -> tuple[Floats, Floats]:
    """Weights and biases with one column per sense. Of two senses scikit-learn keeps one column: their difference.
    A sense without examples in a fold is never the answer."""
    coefficients, intercepts = found.coef_, found.intercept_
    if len(coefficients) == 1:
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    matrix, bias = np.zeros((coefficients.shape[1], senses)), np.full(senses, -50.0)
    matrix[:, found.classes_] = coefficients.T
    bias[found.classes_] = intercepts
    return matrix - matrix.mean(axis=1, keepdims=True), bias


def _held_out(examples: list[Example], plain: list[Background]) -> list[Weights]:
    """For each example the model that was fitted without its document."""
    by_fold = []
    for fold in range(_FOLDS):
        kept = [e for e in examples if _fold(e.document) != fold]
        by_fold.append(_fit(kept, [b for b in plain if _fold(b.document) != fold]))
    return [by_fold[_fold(e.document)][e.abbreviation] for e in examples]


def _fold(document: str) -> int:
    return _number(document) % _FOLDS


def _number(document: str) -> int:
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big")


def _calibrated(weights: Weights, temperature: float) -> Weights:
    return weights._replace(matrix=weights.matrix / temperature, bias=weights.bias / temperature)


def _temperature(examples: list[Example], held_out: list[Weights]) -> float:
    """The temperature whose log loss is least, as the mean over the senses: the frequent must not decide alone."""
    found = list(zip(examples, held_out, strict=True))
    logs = [np.log(np.array(w.probabilities(e.values)) + 1e-30) for e, w in found]  # scores up to a constant

    def loss(temperature: float) -> float:
        losses: dict[tuple[str, str], list[float]] = defaultdict(list)
        for (example, weights), log in zip(found, logs, strict=True):
            scores = log / temperature
            own = scores[weights.senses.index(example.sense)]
            losses[example.abbreviation, example.sense].append(float(np.log(np.exp(scores).sum()) - own))
        return float(np.mean([np.mean(values) for values in losses.values()]))

    return min(_TEMPERATURES, key=loss)


def _accuracies(examples: list[Example], held_out: list[Weights], temperature: float) -> tuple[SenseAccuracy, ...]:
    concepts = {(f.abbreviation, f.sense): f.concept for forms in sense_forms().values() for f in forms}
    meant = {a: senses_of(a, next((f.concept for f in forms if f.concept), "")) for a, forms in sense_forms().items()}
    counts: dict[tuple[str, str], NDArray[np.int_]] = defaultdict(lambda: np.zeros(7, dtype=np.int_))
    ready = {id(w): _calibrated(w, temperature) for w in held_out}
    for example, fitted in zip(examples, held_out, strict=True):
        weights = ready[id(fitted)]
        right = weights.senses[int(np.argmax(weights.probabilities(example.values)))] == example.sense
        named = any(concepts[example.abbreviation, s] for s in weights.senses)
        stated = weights.sense(example.values, meant[example.abbreviation]).outcome if named else Outcome.OTHER
        origin = (False, False, True, right) if example.written else (True, right, False, False)
        flags = (*origin, *(stated is o for o in Outcome))
        counts[example.abbreviation, example.sense] += np.array(flags, dtype=np.int_)
    return tuple(SenseAccuracy(*sense, concept, *map(int, counts[sense])) for sense, concept in concepts.items())


def _arrays(abbreviation: str, weights: Weights) -> Iterator[tuple[str, NDArray[Any]]]:
    """Weights as multiples of 0.02 in one byte each; features that never weigh 0.1 are left out."""
    matrix = weights.matrix
    kept = [(name, row) for name, row in sorted(weights.rows.items()) if np.abs(matrix[row]).max() >= _LEAST_WEIGHT]
    names = "\n".join(weights.senses) + "\n\n" + "\n".join(name for name, _ in kept)
    steps = np.clip(np.rint(matrix[[row for _, row in kept]] / _STEP), -127, 127)
    yield f"{abbreviation}/names", np.frombuffer(names.encode(), dtype=np.uint8)
    yield f"{abbreviation}/weights", steps.astype(np.int8)
    yield f"{abbreviation}/bias", np.array([_STEP, *np.round(weights.bias, 2)], dtype=np.float32)


def _write_accuracies(path: Path, accuracies: Iterable[SenseAccuracy], shipped: Collection[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*SenseAccuracy._fields, "accuracy", "shipped"))
        for a in accuracies:
            writer.writerow((*a, f"{a.accuracy:.3f}", "yes" if a.abbreviation in shipped else "no"))
